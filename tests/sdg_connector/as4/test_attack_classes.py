"""The attack catalogue's WS-Security and AS4 classes: each recipe, and the error that answers it.

Further recipes of the same classes stand in ``test_exchange``, ``test_mime`` and
``test_as4_vectors``; ``docs/conformance.md`` has the whole table.
"""

import base64
import re
from collections.abc import Callable

import pytest

from sdg_connector.as4 import (
    As4Refused,
    EbmsError,
    SecurityProfile,
    SentReferences,
    accept_answer,
    build_receipt,
)
from tests.support.as4_pair import rsa_keys

AUTHENTICATION = EbmsError.FAILED_AUTHENTICATION
DECRYPTION = EbmsError.FAILED_DECRYPTION
POLICY = EbmsError.POLICY_NONCOMPLIANCE
HEADER = EbmsError.INVALID_HEADER
MIME = EbmsError.MIME_INCONSISTENCY
PMODE = EbmsError.PMODE_MISMATCH

Change = Callable[[bytes], bytes]


def swap(old: bytes, new: bytes, *, times: int = 1) -> Change:
    def change(body: bytes) -> bytes:
        assert old in body, old
        return body.replace(old, new, times)

    return change


def pattern(expression: bytes, new: bytes | Callable[[re.Match[bytes]], bytes]) -> Change:
    def change(body: bytes) -> bytes:
        changed, count = re.subn(expression, new, body, count=1, flags=re.DOTALL)
        assert count == 1, expression
        return changed

    return change


def doubled(expression: bytes, *, old: bytes = b"", new: bytes = b"") -> Change:
    return pattern(expression, lambda found: found[0] + found[0].replace(old, new, 1))


def foreign_token(body: bytes) -> bytes:
    """The attacker's certificate in the token, and a signature that claims it."""
    der = rsa_keys("evil").signing.certificates[0].der
    token = base64.b64encode(der)
    return pattern(
        rb'(<wsse:BinarySecurityToken[^>]*wsu:Id="X509-S"[^>]*>)[^<]*',
        lambda found: found[1] + token,
    )(body)


def body_into_header(body: bytes) -> bytes:
    """The signed Body hidden in a header, an unsigned one in its place."""
    signed = re.search(rb"<env:Body [^>]*/>", body)
    assert signed is not None
    wrapped = b'<w xmlns="urn:w">' + signed[0] + b"</w></env:Header><env:Body/>"
    return body.replace(b"</env:Header>" + signed[0], wrapped, 1)


def exchanged(body: bytes) -> bytes:
    """Each part under the other's name."""
    first, second = b"<request@oots.eu>", b"<diploma@oots.eu>"
    return body.replace(first, b"<#>").replace(second, first).replace(b"<#>", second)


RECIPES = [
    # 28: encryption structure
    (
        "28 two EncryptedKeys",
        doubled(rb"<xenc:EncryptedKey.*?</xenc:EncryptedKey>", old=b'Id="EK-1"', new=b'Id="EK-9"'),
        DECRYPTION,
    ),
    ("28 no EncryptedKey", pattern(rb"<xenc:EncryptedKey.*?</xenc:EncryptedKey>", b""), DECRYPTION),
    (
        "28 one EncryptedData twice",
        doubled(
            rb'<xenc:EncryptedData[^>]*Id="ED-1".*?</xenc:EncryptedData>',
            old=b'Id="ED-1"',
            new=b'Id="ED-9"',
        ),
        DECRYPTION,
    ),
    (
        "28 one part in the clear",
        pattern(rb'<xenc:EncryptedData[^>]*Id="ED-1".*?</xenc:EncryptedData>', b""),
        POLICY,
    ),
    (
        "28 CipherReference to a URL",
        swap(
            b'CipherReference URI="cid:request@oots.eu"',
            b'CipherReference URI="http://evil.example/"',
        ),
        DECRYPTION,
    ),
    (
        "28 CipherReference to another part",
        swap(
            b'CipherReference URI="cid:request@oots.eu"',
            b'CipherReference URI="cid:diploma@oots.eu"',
        ),
        DECRYPTION,
    ),
    (
        "28 EncryptedData of another type",
        swap(b"#Attachment-Content-Only", b"#Attachment-Complete"),
        DECRYPTION,
    ),
    (
        "28 encrypted signature",
        pattern(
            rb"<ds:Signature .*?</ds:Signature>",
            b'<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>',
        ),
        POLICY,
    ),
    # 27: what is encrypted is authentic
    (
        "27 another content key",
        pattern(
            rb"(<xenc:CipherValue>)[^<]*", lambda found: found[1] + base64.b64encode(b"\x01" * 256)
        ),
        DECRYPTION,
    ),
    # 35: signature coverage
    ("35 no wsu:Id on the Body", pattern(rb"<env:Body [^>]*/>", b"<env:Body/>"), AUTHENTICATION),
    (
        "35 a PartInfo more",
        doubled(
            rb'<eb:PartInfo href="cid:diploma@oots.eu">.*?</eb:PartInfo>',
            old=b"diploma",
            new=b"diplomb",
        ),
        MIME,
    ),
    (
        "35 a PartInfo twice",
        doubled(rb'<eb:PartInfo href="cid:diploma@oots.eu">.*?</eb:PartInfo>'),
        HEADER,
    ),
    (
        "35 a PartInfo that differs by case",
        doubled(
            rb'<eb:PartInfo href="cid:diploma@oots.eu">.*?</eb:PartInfo>',
            old=b"diploma",
            new=b"DIPLOMA",
        ),
        HEADER,
    ),
    (
        "35 a Content-ID in percent spelling",
        swap(b"Content-ID: <diploma@oots.eu>", b"Content-ID: <diploma%40oots.eu>"),
        MIME,
    ),
    (
        "35 a Content-ID in two brackets",
        swap(b"Content-ID: <diploma@oots.eu>", b"Content-ID: <<diploma@oots.eu>>"),
        MIME,
    ),
    ("35 parts exchanged", exchanged, AUTHENTICATION),
    # 36: wrapping and envelope tricks
    ("36 the signed Body in a header", body_into_header, AUTHENTICATION),
    (
        "36 SOAP 1.1",
        swap(
            b"http://www.w3.org/2003/05/soap-envelope",
            b"http://schemas.xmlsoap.org/soap/envelope/",
            times=-1,
        ),
        HEADER,
    ),
    ("36 two Bodies", doubled(rb"<env:Body [^>]*/>", old=b'wsu:Id="_2', new=b'wsu:Id="_3'), HEADER),
    (
        "36 a header that must be understood",
        swap(b"</env:Header>", b'<x xmlns="urn:x" env:mustUnderstand="1"/></env:Header>'),
        HEADER,
    ),
    ("36 relay to the next", swap(b"<wsse:Security ", b'<wsse:Security env:relay="true" '), POLICY),
    (
        "36 an unsigned Timestamp",
        swap(b"</wsse:Security>", b"<wsu:Timestamp/></wsse:Security>"),
        POLICY,
    ),
    (
        "36 a UsernameToken",
        swap(b"</wsse:Security>", b"<wsse:UsernameToken/></wsse:Security>"),
        POLICY,
    ),
    # 37: tokens
    ("37 the attacker's certificate", foreign_token, AUTHENTICATION),
    (
        "37 a reference to no token",
        swap(b'Reference URI="#X509-S"', b'Reference URI="#X509-X"'),
        AUTHENTICATION,
    ),
    (
        "37 a token elsewhere",
        swap(b'Reference URI="#X509-S"', b'Reference URI="http://evil.example/c"'),
        AUTHENTICATION,
    ),
    (
        "37 the encrypted key as signer",
        swap(b'Reference URI="#X509-S"', b'Reference URI="#EK-1"'),
        AUTHENTICATION,
    ),
    (
        "37 another kind of token",
        pattern(rb'X509v3"( wsu:Id="X509-S")', rb'X509PKCS7"\1'),
        AUTHENTICATION,
    ),
    (
        "37 an embedded token",
        pattern(rb'<wsse:Reference URI="#X509-S"[^>]*/>', b"<wsse:Embedded/>"),
        AUTHENTICATION,
    ),
    (
        "37 a bare key",
        pattern(
            rb"(<ds:SignatureValue>[^<]*</ds:SignatureValue><ds:KeyInfo>).*?(</ds:KeyInfo>)",
            rb"\1<ds:KeyValue/>\2",
        ),
        AUTHENTICATION,
    ),
    # 38: attachment transforms
    (
        "38 the label of a part changed",
        swap(b'MimeType="application/gzip"', b'MimeType="text/xml"'),
        AUTHENTICATION,
    ),
    (
        "38 STR-Transform",
        swap(b"Attachment-Content-Signature-Transform", b"STR-Transform"),
        AUTHENTICATION,
    ),
    (
        "38 XSLT",
        swap(
            b"http://www.w3.org/2001/10/xml-exc-c14n#",
            b"http://www.w3.org/TR/1999/REC-xslt-19991116",
        ),
        AUTHENTICATION,
    ),
    # 41, 42: identity of messages and parties
    ("41 a message id with space", pattern(rb"<eb:MessageId>", b"<eb:MessageId>x y"), HEADER),
    (
        "41 a message id in brackets",
        pattern(rb"<eb:MessageId>([^<]*)", rb"<eb:MessageId>&lt;\1&gt;"),
        HEADER,
    ),
    (
        "41 a timestamp that is none",
        pattern(rb"<eb:Timestamp>[^<]*", b"<eb:Timestamp>yesterday"),
        HEADER,
    ),
    ("42 two senders", doubled(rb"<eb:PartyId[^>]*>AP_lv</eb:PartyId>"), HEADER),
    ("42 a party id of another scheme", swap(b"unregistered:oots", b"unregistered:ootz"), PMODE),
    ("42 another corner 1", swap(b">C1<", b">C9<"), AUTHENTICATION),
    (
        "42 a property twice",
        doubled(rb'<eb:Property[^>]*name="originalSender"[^>]*>C1</eb:Property>'),
        HEADER,
    ),
    ("42 another channel", swap(b"<eb:UserMessage", b'<eb:UserMessage mpc="urn:other"'), PMODE),
    # 19, 14: the parser
    (
        "19 a DOCTYPE",
        swap(b"<env:Envelope", b"<!DOCTYPE x [<!ENTITY a 'b'>]><env:Envelope"),
        HEADER,
    ),
    ("14 a comment in a value", swap(b">C1<", b">C1<!-- -->x<"), HEADER),
    (
        "17 a relative namespace",
        swap(b"<eb:UserMessage", b'<eb:UserMessage xmlns:v="1"'),
        AUTHENTICATION,
    ),
]


@pytest.mark.parametrize(
    ("change", "error"), [one[1:] for one in RECIPES], ids=[one[0] for one in RECIPES]
)
def test_each_recipe_is_refused_with_its_error(pair, packed_once, change, error):
    _, packed, _ = packed_once
    with pytest.raises(As4Refused) as refused:
        pair.accept(packed.content_type, change(packed.body))
    assert refused.value.error is error, refused.value
    assert "C1" not in str(refused.value)


RECEIPTS = [
    (
        "no digest",
        pattern(rb"<ebbp:MessagePartNRInformation>.*?</ebbp:MessagePartNRInformation>", b""),
    ),
    (
        "a digest twice",
        doubled(rb"<ebbp:MessagePartNRInformation>.*?</ebbp:MessagePartNRInformation>"),
    ),
    (
        "a part by name only",
        pattern(
            rb"<ebbp:MessagePartNRInformation>.*?</ebbp:MessagePartNRInformation>",
            b"<ebbp:MessagePartNRInformation><ebbp:MessagePartIdentifier>x</ebbp:MessagePartIdentifier></ebbp:MessagePartNRInformation>",
        ),
    ),
    ("for another message", pattern(rb"<eb:RefToMessageId>[^<]*", b"<eb:RefToMessageId>other@x")),
    ("unsigned", pattern(rb"<wsse:Security.*</wsse:Security>", b"")),
    ("two signals", doubled(rb"<eb:SignalMessage>.*</eb:SignalMessage>")),
    (
        "inside a user message",
        swap(b"eb:SignalMessage>", b"eb:UserMessage>", times=-1),
    ),
]


@pytest.mark.parametrize("change", [one[1] for one in RECEIPTS], ids=[one[0] for one in RECEIPTS])
def test_40_a_receipt_that_proves_less_is_refused(pair, packed_once, now, new_id, change):
    _, packed, _ = packed_once
    received = pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=now).body
    sent = SentReferences(packed.references).references

    def accept(body):
        return accept_answer(
            "application/soap+xml",
            [body],
            message_id=packed.message_id,
            sent=sent,
            receiver=pair.spain,
            profile=SecurityProfile.RSA,
            now=now,
        )

    assert accept(receipt).ref_to_message_id == packed.message_id
    with pytest.raises(As4Refused) as refused:
        accept(change(receipt))
    assert refused.value.error is EbmsError.INVALID_RECEIPT
