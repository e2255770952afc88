"""Encryption: what we seal opens, and everything else fails in one and the same way."""

import base64
import copy
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree

from xmltrust import (
    ContentEncryption,
    DecryptionFailed,
    EncryptionPolicy,
    KeyWrap,
    XmlMisuse,
    decrypt_element,
    encrypt_element,
    parse,
)
from xmltrust.algorithms import DS, XENC
from xmltrust.content import seal
from xmltrust.encrypted_key import wrap_key, write_cipher_data

STATEMENT = "{urn:s}Statement"
PLAIN = '<s:Statement xmlns:s="urn:s"><s:Name>Ελένη</s:Name></s:Statement>'.encode()
METHOD = f"{{{XENC}}}EncryptionMethod"
KEY = f"{{{XENC}}}EncryptedKey"
SAME_TEXT = str(DecryptionFailed())


def _encrypted(pairs, name="p256", **options):
    data = encrypt_element(parse(PLAIN), recipient=pairs[name].certificate, **options)
    return parse(etree.tostring(data))


def _open(data, pairs, name="p256", **options):
    return decrypt_element(data, keys=[pairs[name].decryption], expected=STATEMENT, **options)


def _fails(data, pairs, name="p256", **options):
    with pytest.raises(DecryptionFailed) as caught:
        _open(data, pairs, name, **options)
    assert str(caught.value) == SAME_TEXT
    assert caught.value.__cause__ is None


def _holding(pairs, plaintext, *, name="rsa3072"):
    """EncryptedData with any octets at all inside."""
    key = os.urandom(32)
    data = _encrypted(pairs, name)
    information = data.find(f"{{{DS}}}KeyInfo")
    information.clear()
    information.append(
        wrap_key(
            key,
            recipient=pairs[name].certificate,
            wrap=KeyWrap.AES256,
            policy=EncryptionPolicy(),
        )
    )
    data.remove(data[-1])
    write_cipher_data(data, seal(key, plaintext))
    return data


@pytest.mark.parametrize("name", ["rsa3072", "p256", "p384", "p521", "bp256", "bp384", "bp512"])
@pytest.mark.parametrize("content", list(ContentEncryption))
def test_what_is_encrypted_for_a_key_is_decrypted_by_it(pairs, name, content):
    found = _open(_encrypted(pairs, name, content=content), pairs, name)
    assert etree.tostring(found, encoding="UTF-8") == PLAIN


@pytest.mark.parametrize("wrap", list(KeyWrap))
def test_both_key_wraps_open(pairs, wrap):
    assert _open(_encrypted(pairs, "bp256", wrap=wrap), pairs, "bp256").tag == STATEMENT


def test_each_message_has_its_own_ephemeral_key_and_nonce(pairs):
    first, second = (etree.tostring(_encrypted(pairs)) for _ in range(2))
    point = "{http://www.w3.org/2009/xmldsig11#}PublicKey"
    assert next(parse(first).iter(point)).text != next(parse(second).iter(point)).text
    assert first[-200:] != second[-200:]


def test_a_short_recipient_key_is_refused_before_anything_is_encrypted(pairs):
    with pytest.raises(XmlMisuse) as caught:
        _encrypted(pairs, "rsa2048")
    assert caught.value.rule == "key/size"
    data = _encrypted(pairs, "rsa2048", policy=EncryptionPolicy().with_rsa_2048())
    _fails(data, pairs, "rsa2048")
    assert _open(data, pairs, "rsa2048", policy=EncryptionPolicy().with_rsa_2048()) is not None


@pytest.mark.parametrize("name", ["rsa3072", "p256"])
def test_another_key_of_ours_does_not_open_it(pairs, name):
    data = _encrypted(pairs, name)
    _fails(data, pairs, f"{name}-other")
    _fails(data, pairs, f"{name}-other", policy=EncryptionPolicy().without_recipient_name())


@pytest.mark.parametrize("where", ["key", "content"])
@pytest.mark.parametrize("name", ["rsa3072", "p256"])
def test_flipping_each_octet_of_a_ciphertext_fails_alike(pairs, name, where):
    data = _encrypted(pairs, name)
    values = list(data.iter(f"{{{XENC}}}CipherValue"))
    value = values[0] if where == "key" else values[1]
    octets = base64.b64decode(value.text)
    for place in range(0, len(octets), 7):
        flipped = bytearray(octets)
        flipped[place] ^= 1
        value.text = base64.b64encode(flipped).decode()
        _fails(data, pairs, name)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, -1])
def test_a_cut_ciphertext_or_tag_fails(pairs, length):
    data = _encrypted(pairs)
    value = list(data.iter(f"{{{XENC}}}CipherValue"))[-1]
    value.text = base64.b64encode(base64.b64decode(value.text)[:length]).decode()
    _fails(data, pairs)


@pytest.mark.parametrize(
    "algorithm",
    [
        f"{XENC}aes128-cbc",
        f"{XENC}aes256-cbc",
        f"{XENC}tripledes-cbc",
        "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        "urn:none",
        "",
    ],
)
def test_another_content_algorithm_than_the_one_used_fails(pairs, algorithm):
    data = _encrypted(pairs)
    data.find(METHOD).set("Algorithm", algorithm)
    _fails(data, pairs)


@pytest.mark.parametrize("algorithm", [f"{XENC}rsa-1_5", f"{XENC}rsa-oaep-mgf1p", "urn:none"])
def test_another_key_transport_fails(pairs, algorithm):
    data = _encrypted(pairs, "rsa3072")
    next(data.iter(KEY)).find(METHOD).set("Algorithm", algorithm)
    _fails(data, pairs, "rsa3072")


def test_the_oaep_of_older_peers_opens_only_where_the_policy_says_so(pairs):
    data, pair = _encrypted(pairs, "rsa3072"), pairs["rsa3072"]
    method = next(data.iter(KEY)).find(METHOD)
    method.clear()
    method.set("Algorithm", f"{XENC}rsa-oaep-mgf1p")
    key = os.urandom(32)
    oaep = padding.OAEP(mgf=padding.MGF1(SHA1()), algorithm=SHA1(), label=None)  # noqa: S303  older peers
    values = list(data.iter(f"{{{XENC}}}CipherValue"))
    values[0].text = base64.b64encode(pair.certificate.public_key.encrypt(key, oaep)).decode()
    nonce = os.urandom(12)
    values[1].text = base64.b64encode(nonce + AESGCM(key).encrypt(nonce, PLAIN, None)).decode()
    _fails(data, pairs, "rsa3072")
    assert _open(data, pairs, "rsa3072", policy=EncryptionPolicy().with_oaep_mgf1p()) is not None


@pytest.mark.parametrize(
    "plaintext",
    [
        PLAIN + PLAIN,
        b"<!-- -->" + PLAIN,
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + PLAIN,
        b"text",
        b"",
        b'<s:Other xmlns:s="urn:s"/>',
        b'<Statement xmlns="urn:other"/>',
        PLAIN.decode().encode("utf-16"),
        b"<a>" * 100 + b"</a>" * 100,
    ],
)
def test_plaintext_that_is_not_one_expected_element_fails_alike(pairs, plaintext):
    _fails(_holding(pairs, plaintext), pairs, "rsa3072")


def test_encrypted_data_inside_encrypted_data_is_not_opened(pairs):
    inner = etree.tostring(_encrypted(pairs, "rsa3072"))
    _fails(_holding(pairs, inner), pairs, "rsa3072")


def test_a_cipher_reference_is_never_followed(pairs):
    data = _encrypted(pairs)
    cipher = data.find(f"{{{XENC}}}CipherData")
    cipher.clear()
    etree.SubElement(cipher, f"{{{XENC}}}CipherReference", URI="http://127.0.0.1:9/")
    _fails(data, pairs)


@pytest.mark.parametrize("count", [0, 2, 17, 1000])
def test_other_than_one_key_for_us_fails(pairs, count):
    data = _encrypted(pairs)
    information = data.find(f"{{{DS}}}KeyInfo")
    key = information[0]
    information.clear()
    for _ in range(count):
        information.append(copy.deepcopy(key))
    _fails(data, pairs)
    _fails(data, pairs, policy=EncryptionPolicy().without_recipient_name())


def test_a_key_for_somebody_else_beside_ours_is_passed_over(pairs):
    data = _encrypted(pairs)
    other = copy.deepcopy(_encrypted(pairs, "p256-other").find(f"{{{DS}}}KeyInfo")[0])
    data.find(f"{{{DS}}}KeyInfo").insert(0, other)
    assert _open(data, pairs).tag == STATEMENT


def test_a_key_that_names_nobody_opens_only_where_the_policy_says_so(pairs):
    data = _encrypted(pairs, "rsa3072")
    key = next(data.iter(KEY))
    key.remove(key.find(f"{{{DS}}}KeyInfo"))
    _fails(data, pairs, "rsa3072")
    policy = EncryptionPolicy().without_recipient_name()
    assert _open(data, pairs, "rsa3072", policy=policy).tag == STATEMENT


def test_a_key_beside_the_data_is_found_by_its_retrieval_method(pairs):
    data = _encrypted(pairs)
    information = data.find(f"{{{DS}}}KeyInfo")
    key = information[0]
    information.remove(key)
    _fails(data, pairs)
    assert _open(data, pairs, siblings=[key]).tag == STATEMENT
    key.set("Id", "k1")
    pointer = etree.SubElement(information, f"{{{DS}}}RetrievalMethod", URI="#k1")
    assert _open(data, pairs, siblings=[key]).tag == STATEMENT
    pointer.set("URI", "http://127.0.0.1:9/#k1")
    _fails(data, pairs, siblings=[key])


def test_an_originator_on_another_curve_fails(pairs):
    data = _encrypted(pairs)
    foreign = next(_encrypted(pairs, "bp256").iter("{http://www.w3.org/2009/xmldsig11#}ECKeyValue"))
    own = next(data.iter("{http://www.w3.org/2009/xmldsig11#}ECKeyValue"))
    own.getparent().replace(own, foreign)
    _fails(data, pairs)


def test_an_originator_off_the_curve_fails(pairs):
    data = _encrypted(pairs)
    point = next(data.iter("{http://www.w3.org/2009/xmldsig11#}PublicKey"))
    octets = bytearray(base64.b64decode(point.text))
    octets[-1] ^= 1
    point.text = base64.b64encode(octets).decode()
    _fails(data, pairs)


@pytest.mark.parametrize("parameter", ["0100", "00zz", "0", "", "0001"])
def test_other_derivation_parameters_fail(pairs, parameter):
    data = _encrypted(pairs)
    next(data.iter("{http://www.w3.org/2009/xmlenc11#}ConcatKDFParams")).set(
        "AlgorithmID", parameter
    )
    _fails(data, pairs)


def test_a_content_type_that_is_not_an_element_fails(pairs):
    data = _encrypted(pairs)
    data.set("Type", f"{XENC}Content")
    _fails(data, pairs)


def test_keys_and_data_that_point_at_one_another_are_followed_once(pairs):
    data = _encrypted(pairs)
    data.set("Id", "d1")
    key = next(data.iter(KEY))
    key.set("Id", "k1")
    listed = etree.SubElement(key, f"{{{XENC}}}ReferenceList")
    for uri in ("#d1", "#k1"):
        etree.SubElement(listed, f"{{{XENC}}}DataReference", URI=uri)
        etree.SubElement(listed, f"{{{XENC}}}KeyReference", URI=uri)
    assert _open(data, pairs)[0].text == "Ελένη"
    retrieval = etree.SubElement(key.find(f"{{{DS}}}KeyInfo"), f"{{{DS}}}RetrievalMethod")
    retrieval.set("URI", "#k1")
    assert _open(data, pairs)[0].text == "Ελένη"


def test_data_wrapped_around_other_data_gives_none_of_it(pairs):
    outer = _encrypted(pairs)
    outer.find(f"{{{XENC}}}CipherData").insert(0, _encrypted(pairs))
    _fails(outer, pairs)
