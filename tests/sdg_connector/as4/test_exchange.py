"""A message passes from one access point to another, and nothing else does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_connector.as4 import (
    As4Misuse,
    As4Refused,
    EbmsError,
    MessageProperty,
    Payload,
    PeerReportedError,
    SecurityProfile,
    SentReferences,
    Service,
    TokenForm,
    accept_answer,
    attachments,
    build_error,
    build_receipt,
    pack_user_message,
    wssecurity,
)
from sdg_connector.as4.message import (
    TEST_ACTION,
    TEST_SERVICE,
    read_user_message,
    write_user_message,
)
from sdg_connector.as4.mime import MimeReader
from tests.support.as4_pair import Pair, curve_keys, make_pair


def refusal(pair, content_type, body, **more):
    with pytest.raises(As4Refused) as caught:
        pair.accept(content_type, body, **more)
    return caught.value


def changed(packed, old: bytes, new: bytes) -> bytes:
    body = packed.body
    assert old in body
    return body.replace(old, new, 1)


@pytest.mark.parametrize("form", list(TokenForm))
def test_every_token_form_is_written_and_matched(pair, form):
    bent = pair.bent(token=form)
    packed = bent.pack()
    received = bent.accept(packed.content_type, packed.body)
    assert [one.media_type for one in received.payloads] == [
        "application/x-ebrs+xml",
        "application/pdf",
    ]


@pytest.mark.parametrize("action", ["ExecuteQueryRequest", "ExecuteQueryResponse"])
def test_payloads_arrive_byte_for_byte_compressed_or_not(pair, payloads, action):
    packed = pair.pack(action=action)
    received = pair.accept(packed.content_type, packed.body)
    assert [one.read() for one in received.payloads] == [one.content for one in payloads]
    assert received.payloads[0].properties == ()
    assert received.message.conversation_id


def test_profile_two_signs_with_ed25519_and_encrypts_with_x25519(modern_pair, payloads):
    packed = modern_pair.pack()
    assert b"eddsa-ed25519" in packed.root
    assert b"xmldsig-more#x25519" in packed.root
    received = modern_pair.accept(packed.content_type, packed.body)
    assert received.payloads[1].read() == payloads[1].content


@pytest.fixture(scope="module", params=[ec.SECP256R1(), ec.BrainpoolP256R1(), ec.SECP384R1()])
def curve_pair(request) -> Pair:
    """The alternative of profile 2.0, on each curve that it names."""
    keys = [curve_keys(name, request.param) for name in ("lv", "es")]
    return make_pair(*keys, SecurityProfile.ECDSA)


def test_the_alternative_of_profile_two_signs_and_agrees_on_a_curve(
    curve_pair, payloads, now, new_id
):
    packed = curve_pair.pack()
    for name in (b"#ecdsa-sha256", b"xmlenc11#ECDH-ES", b"xmldsig-more#hkdf", b"#kw-aes128"):
        assert name in packed.root
    received = curve_pair.accept(packed.content_type, packed.body)
    assert received.payloads[1].read() == payloads[1].content
    receipt = build_receipt(received, keys=curve_pair.receiver_keys, new_id=new_id, now=now)
    proof = accept_answer(
        receipt.content_type,
        [receipt.body],
        message_id=packed.message_id,
        sent=packed.references,
        receiver=curve_pair.spain,
        profile=SecurityProfile.ECDSA,
        now=now,
    )
    assert proof.ref_to_message_id == packed.message_id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2021/04/xmldsig-more#hkdf", b"2009/xmlenc11#ConcatKDF"),
        (b"xmlenc#kw-aes128", b"xmlenc#kw-aes256"),
        (b">16</dsig-more:KeyLength>", b">32</dsig-more:KeyLength>"),
        (b"xmlenc11#ECDH-ES", b"xmlenc11#dh-es"),
        (b"urn:oid:1.2.840.10045.3.1.7", b"urn:oid:1.3.132.0.34"),
    ],
)
def test_a_key_agreement_of_another_kind_does_not_decrypt(old, new):
    pair = make_pair(curve_keys("lv"), curve_keys("es"), SecurityProfile.ECDSA)
    packed = pair.pack()
    assert old in packed.root
    refused = refusal(pair, packed.content_type, packed.body.replace(old, new, 1))
    assert refused.error is EbmsError.FAILED_DECRYPTION


def test_an_agreement_on_another_curve_or_with_a_second_key_does_not_decrypt():
    other = make_pair(
        curve_keys("lv"), curve_keys("es", ec.BrainpoolP256R1()), SecurityProfile.ECDSA
    )
    pair = make_pair(other.sender_keys, curve_keys("es"), SecurityProfile.ECDSA)
    packed = other.pack()
    assert refusal(pair, packed.content_type, packed.body).error is EbmsError.FAILED_DECRYPTION
    packed = pair.pack()
    value = re.search(rb"<ds:KeyValue.*?</ds:KeyValue>", packed.body, re.DOTALL)[0]
    twice = packed.body.replace(value, value + value, 1)
    assert refusal(pair, packed.content_type, twice).error is EbmsError.FAILED_DECRYPTION


@pytest.mark.parametrize("agreed", [SecurityProfile.EDDSA, SecurityProfile.ECDSA])
def test_a_profile_one_message_is_refused_where_profile_two_was_agreed(pair, agreed):
    packed = pair.pack()
    modern = pair.bent(profile=agreed)
    assert refusal(modern, packed.content_type, packed.body).error is (
        EbmsError.FAILED_AUTHENTICATION
    )


def test_the_receipt_proves_every_digest(pair, now, new_id):
    packed = pair.pack()
    received = pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=now)
    sent = SentReferences.from_json(SentReferences(packed.references).to_json()).references
    assert answer(pair, packed, receipt.body, sent, now).ref_to_message_id == packed.message_id
    for lie in (sent[:-1], (*sent, sent[0]), (replace(sent[0], digest=b"x" * 32), *sent[1:])):
        with pytest.raises(As4Refused) as caught:
            answer(pair, packed, receipt.body, lie, now)
        assert caught.value.error is EbmsError.INVALID_RECEIPT


def answer(pair, packed, body, sent, now, *, message_id=None):
    return accept_answer(
        "application/soap+xml",
        [body],
        message_id=message_id or packed.message_id,
        sent=sent,
        receiver=pair.spain,
        profile=SecurityProfile.RSA,
        now=now,
    )


def test_a_receipt_by_somebody_else_or_for_another_message_is_refused(pair, now, new_id):
    packed = pair.pack()
    received = pair.accept(packed.content_type, packed.body)
    ours = build_receipt(received, keys=pair.sender_keys, new_id=new_id, now=now)
    theirs = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=now)
    with pytest.raises(As4Refused):
        answer(pair, packed, ours.body, packed.references, now)
    with pytest.raises(As4Refused):
        answer(pair, packed, theirs.body, packed.references, now, message_id="other@x")
    unsigned = re.sub(rb"<wsse:Security.*</wsse:Security>", b"", theirs.body, flags=re.DOTALL)
    with pytest.raises(As4Refused):
        answer(pair, packed, unsigned, packed.references, now)


def test_an_error_beside_a_receipt_counts_as_an_error(pair, now, new_id):
    packed = pair.pack()
    received = pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=now).body
    error = b'<eb:Error errorCode="EBMS:0004" severity="failure"/><eb:Receipt'
    both = receipt.replace(b"<eb:Receipt", error, 1)
    with pytest.raises(PeerReportedError) as caught:
        answer(pair, packed, both, packed.references, now)
    assert not caught.value.signed


@pytest.mark.parametrize("error", list(EbmsError))
def test_an_error_signal_is_signed_and_says_its_code(pair, now, new_id, error):
    refused = As4Refused(error, "rule", expected="this", found="that")
    refused.message_id = "m@x"
    signal = build_error(refused, keys=pair.receiver_keys, new_id=new_id, now=now)
    with pytest.raises(PeerReportedError) as caught:
        answer(pair, None, signal.body, (), now, message_id="m@x")
    assert (caught.value.codes, caught.value.signed) == ((error.code,), True)


def test_an_error_is_signed_by_the_profile_of_the_key_that_signs(modern_pair, now, new_id):
    refused = As4Refused(EbmsError.MIME_INCONSISTENCY, "rule", expected="this", found="that")
    signal = build_error(refused, keys=modern_pair.receiver_keys, new_id=new_id, now=now)
    with pytest.raises(PeerReportedError) as caught:
        accept_answer(
            "application/soap+xml",
            [signal.body],
            message_id="m@x",
            sent=(),
            receiver=modern_pair.spain,
            profile=SecurityProfile.EDDSA,
            now=now,
        )
    assert (caught.value.codes, caught.value.signed) == (("EBMS:0007",), True)


def test_a_test_message_is_recognised(pair, now, new_id):
    message = pair.message(service=Service(name=TEST_SERVICE), action=TEST_ACTION, properties=())
    packed = pack_user_message(
        message, (), agreements=pair.sending, keys=pair.sender_keys, new_id=new_id
    )
    assert packed.content_type.startswith("application/soap+xml")
    assert pair.accept(packed.content_type, packed.body).is_test


def test_two_octet_streams_of_one_message_have_the_same_digest_and_another_has_not(pair):
    packed = pair.pack()
    again = pair.accept(packed.content_type, packed.body)
    assert again.digest == pair.accept(packed.content_type, packed.body).digest
    other = pair.pack(message_id=packed.message_id)
    assert pair.accept(other.content_type, other.body).digest != again.digest


# Who, what, for whom


def test_a_message_of_a_stranger_is_refused(pair, stranger):
    packed = stranger.pack()
    assert refusal(pair, packed.content_type, packed.body).error is (
        EbmsError.FAILED_AUTHENTICATION
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">AP_lv<", b">AP_xx<"),
        (b">AP_es<", b">AP_xx<"),
        (b">QueryManager<", b">QueryBanager<"),
        (b">ExecuteQueryRequest<", b">ExecuteQueryRequesT<"),
        (b"edelivery/gateway<", b"edelivery/gatewaY<"),
    ],
)
def test_a_header_outside_the_agreements_is_a_processing_mode_mismatch(pair, old, new):
    packed = pair.pack()
    refused = refusal(pair, packed.content_type, changed(packed, old, new))
    assert refused.error is EbmsError.PMODE_MISMATCH
    assert refused.message_id == packed.message_id


def test_from_and_to_swapped_is_refused(pair):
    packed = pair.pack()
    body = packed.body.replace(b"AP_lv", b"AP_##").replace(b"AP_es", b"AP_lv")
    assert refusal(pair, packed.content_type, body.replace(b"AP_##", b"AP_es")).error is (
        EbmsError.PMODE_MISMATCH
    )


def test_a_missing_four_corner_property_is_refused_both_ways(pair):
    with pytest.raises(As4Misuse):
        pair.pack(properties=(MessageProperty(name="finalRecipient", value="C4"),))
    packed = pair.pack()
    body = changed(packed, b'name="originalSender"', b'name="originalSendeX"')
    assert refusal(pair, packed.content_type, body).error is EbmsError.VALUE_INCONSISTENT


def test_an_expired_certificate_is_refused(pair, now):
    packed = pair.pack()
    refused = refusal(pair, packed.content_type, packed.body, now=now + timedelta(days=301))
    assert (refused.error, refused.rule) == (EbmsError.FAILED_AUTHENTICATION, "RFC 5280 6.1.3")


def test_a_message_encrypted_for_another_is_refused_without_a_reason(pair, stranger):
    packed = pair.pack()
    bent = replace(pair, receiver_keys=stranger.sender_keys)
    refused = refusal(bent, packed.content_type, packed.body)
    assert (refused.error, refused.found) == (
        EbmsError.FAILED_DECRYPTION,
        "something that does not decrypt",
    )


# Signature coverage and wrapping


def test_a_signed_value_changed_is_refused(pair):
    packed = pair.pack()
    for old, new in ((b">C1<", b">C9<"), (b"<env:Body ", b'<env:Body x="" ')):
        refused = refusal(pair, packed.content_type, changed(packed, old, new))
        assert refused.error is EbmsError.FAILED_AUTHENTICATION


def test_an_unsigned_message_is_refused(pair):
    packed = pair.pack()
    bare = re.sub(rb"<wsse:Security.*</wsse:Security>", b"", packed.body, flags=re.DOTALL)
    assert refusal(pair, packed.content_type, bare).error is EbmsError.POLICY_NONCOMPLIANCE


def test_messaging_moved_aside_and_replaced_is_refused(pair):
    packed = pair.pack()
    found = re.search(rb"<eb:Messaging.*</eb:Messaging>", packed.root, re.DOTALL)
    signed = found[0]
    evil = signed.replace(b'wsu:Id="_1', b'wsu:Id="_9').replace(b">C1<", b">C9<")
    wrapped = evil + b'<wrap xmlns="urn:x">' + signed + b"</wrap>"
    refused = refusal(pair, packed.content_type, changed(packed, signed, wrapped))
    assert refused.error is EbmsError.FAILED_AUTHENTICATION


def test_a_second_messaging_header_is_refused(pair):
    packed = pair.pack()
    signed = re.search(rb"<eb:Messaging.*</eb:Messaging>", packed.root, re.DOTALL)[0]
    refused = refusal(pair, packed.content_type, changed(packed, signed, signed + signed))
    assert refused.error is EbmsError.INVALID_HEADER


def test_a_second_user_message_is_refused(pair):
    packed = pair.pack()
    user = re.search(rb"<eb:UserMessage.*</eb:UserMessage>", packed.root, re.DOTALL)[0]
    refused = refusal(pair, packed.content_type, changed(packed, user, user + user))
    assert refused.error is EbmsError.INVALID_HEADER


def test_the_same_identifier_on_another_element_is_refused(pair):
    packed = pair.pack()
    body_id = re.search(rb'<env:Body wsu:Id="([^"]+)"', packed.root)[1]
    decoy = b'<x xmlns="urn:x" Id="' + body_id + b'"/></env:Header>'
    refused = refusal(pair, packed.content_type, changed(packed, b"</env:Header>", decoy))
    assert (refused.error, refused.rule) == (EbmsError.FAILED_AUTHENTICATION, "WSS 4.3")


def test_a_second_security_header_or_signature_is_refused(pair):
    packed = pair.pack()
    security = re.search(rb"<wsse:Security.*</wsse:Security>", packed.root, re.DOTALL)[0]
    twice = changed(packed, security, security + security)
    assert refusal(pair, packed.content_type, twice).error is EbmsError.INVALID_HEADER
    signature = re.search(rb"<ds:Signature .*</ds:Signature>", packed.root, re.DOTALL)[0]
    other = signature.replace(b'Id="SIG-1"', b'Id="SIG-2"')
    two = changed(packed, signature, signature + other)
    assert refusal(pair, packed.content_type, two).error is EbmsError.POLICY_NONCOMPLIANCE


def test_a_security_header_for_another_role_is_refused(pair):
    packed = pair.pack()
    body = changed(packed, b"<wsse:Security ", b'<wsse:Security env:role="urn:next" ')
    assert refusal(pair, packed.content_type, body).error is EbmsError.POLICY_NONCOMPLIANCE


def test_a_signature_that_leaves_a_part_out_is_refused(pair, monkeypatch):
    for missing in (0, 1, 2, 3):
        packed = resigned(pair, monkeypatch, lambda refs, at=missing: refs[:at] + refs[at + 1 :])
        refused = refusal(pair, packed.content_type, packed.body)
        assert (refused.error, refused.rule) == (
            EbmsError.FAILED_AUTHENTICATION,
            "eDelivery AS4 3.2.4",
        )


def resigned(pair, monkeypatch, change):
    """A message whose sender signs other references than it should."""
    honest = wssecurity.fill_signature
    with monkeypatch.context() as patched:
        patched.setattr(
            wssecurity,
            "fill_signature",
            lambda signature, references, **more: honest(
                signature, change(tuple(references)), **more
            ),
        )
        return pair.pack()


def test_weaker_algorithms_are_refused(pair):
    packed = pair.pack()
    for old, new in (
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#hmac-sha256"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha512"),
        (
            b'DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestV',
            b'DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><ds:DigestV',
        ),
        (b"Attachment-Content-Signature-Transform", b"Attachment-Complete-Signature-Transform"),
    ):
        refused = refusal(pair, packed.content_type, changed(packed, old, new))
        assert refused.error is EbmsError.FAILED_AUTHENTICATION
    for old, new in (
        (b"xmlenc11#aes128-gcm", b"xmlenc11#aes256-gcm"),
        (b"xmlenc11#aes128-gcm", b"xmlenc#aes128-cbc"),
        (b"xmlenc11#rsa-oaep", b"xmlenc#rsa-1_5"),
        (b"xmlenc11#mgf1sha256", b"xmlenc11#mgf1sha1"),
    ):
        refused = refusal(pair, packed.content_type, changed(packed, old, new))
        assert refused.error is EbmsError.FAILED_DECRYPTION


# Parts and payloads


def test_an_attachment_nobody_announced_is_refused(pair):
    packed = pair.pack()
    boundary = packed.boundary.encode()
    extra = b"--" + boundary + b"\r\nContent-ID: <evil@x>\r\n\r\nevil\r\n--" + boundary + b"--"
    body = changed(packed, b"--" + boundary + b"--", extra)
    assert refusal(pair, packed.content_type, body).error is EbmsError.MIME_INCONSISTENCY


def test_an_announced_attachment_that_is_not_there_is_refused(pair):
    packed = pair.pack()
    body = changed(packed, b"Content-ID: <diploma@oots.eu>", b"Content-ID: <diplomX@oots.eu>")
    assert refusal(pair, packed.content_type, body).error is EbmsError.MIME_INCONSISTENCY


def test_a_payload_outside_the_message_is_refused(pair):
    packed = pair.pack()
    body = changed(packed, b'href="cid:diploma@oots.eu"', b'href="https://evil.example/"')
    assert refusal(pair, packed.content_type, body).error is EbmsError.EXTERNAL_PAYLOAD


def test_content_in_the_soap_body_is_refused(pair):
    packed = pair.pack()
    body = re.sub(rb"(<env:Body [^>]*)/>", rb"\1><x/></env:Body>", packed.body)
    assert refusal(pair, packed.content_type, body).error is EbmsError.INVALID_HEADER


def test_a_payload_that_is_no_gzip_though_it_says_so_is_a_decompression_failure(pair, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(attachments, "compress", lambda chunks: chunks)
        packed = pair.pack()
    assert refusal(pair, packed.content_type, packed.body).error is (
        EbmsError.DECOMPRESSION_FAILURE
    )


def test_a_gzip_bomb_is_refused_under_the_cap(pair):
    bomb = Payload(content_id="b@x", media_type="text/plain", content=b"\0" * 60_000_000)
    packed = pair.pack(bomb)
    assert len(packed.body) < 200_000
    assert refusal(pair, packed.content_type, packed.body).error is (
        EbmsError.DECOMPRESSION_FAILURE
    )


def test_values_that_ebms_forbids_are_our_own_mistake(pair):
    with pytest.raises(As4Misuse):
        pair.pack(message_id="no-at-sign")
    with pytest.raises(As4Misuse):
        pair.pack(conversation_id=" ")
    with pytest.raises(As4Misuse):
        pair.pack(conversation_id="a\x00b")
    with pytest.raises(As4Misuse):
        pair.pack(Payload(content_id="with space", media_type="a/b", content=b""))
    with pytest.raises(As4Misuse):
        pair.pack(
            Payload(content_id="a@x", media_type="a/b", content=b"1"),
            Payload(content_id="A@x", media_type="a/b", content=b"2"),
        )
    with pytest.raises(As4Misuse):
        pair.pack(action="Unknown")


# Any bytes


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_flipped_bit_anywhere_gives_the_same_message_or_a_refusal(packed_once, data):
    pair, packed, values = packed_once
    body = packed.body
    at = data.draw(st.integers(0, len(body) - 1))
    bit = data.draw(st.integers(0, 7))
    changed_body = body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]
    try:
        received = pair.accept(packed.content_type, changed_body)
    except As4Refused:
        return
    assert [one.read() for one in received.payloads] == values
    assert received.message.message_id == packed.message_id


@given(st.binary(max_size=400), st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_bytes_under_any_content_type_are_refused(packed_once, body, content_type):
    pair = packed_once[0]
    for header in (content_type, 'multipart/related; boundary="b"', "application/soap+xml"):
        with pytest.raises(As4Refused):
            pair.accept(header, body)


def test_a_user_message_survives_writing_and_reading(pair):
    message = pair.message(ref_to_message_id="r@x", agreement="A1", mpc="urn:mpc")
    assert read_user_message(write_user_message(message)) == message


def test_a_message_may_arrive_octet_by_octet(pair):
    packed = pair.pack()
    whole = MimeReader(packed.content_type)
    for at in range(len(packed.body)):
        whole.feed(packed.body[at : at + 1])
    assert [part.content_id for part in whole.close().parts] == [
        "request@oots.eu",
        "diploma@oots.eu",
    ]
