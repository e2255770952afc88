"""Signature attacks, each built from its recipe, each refused under a named rule."""

import base64
import copy
import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from xmltrust import (
    SignatureAlgorithm,
    SignaturePolicy,
    SignatureRefused,
    XmlTrustError,
    parse,
    sign_enveloped,
    verify_element,
    verify_enveloped,
)
from xmltrust.algorithms import DS, EXCLUSIVE_C14N
from xmltrust.canonical import canonical_bytes
from xmltrust.references import Reference, Transform, read_reference, write_reference
from xmltrust.signature_value import is_made_by, sign_octets

ROOT = "{urn:example:message}Message"
INNER = "{urn:example:message}Statement"
ISSUER = "{urn:example:message}Issuer"
SIGNATURE = f"{{{DS}}}Signature"
DOCUMENT = (
    b'<m:Message xmlns:m="urn:example:message" ID="r1"><m:Issuer>issuer</m:Issuer><m:Extensions/>'
    b'<m:Statement ID="a1"><m:Issuer>issuer</m:Issuer><m:Advice/><m:Name>victim</m:Name>'
    b"</m:Statement></m:Message>"
)
P256 = SignatureAlgorithm.ECDSA_SHA256


@pytest.fixture(scope="module")
def message(pairs):
    """A message signed as a whole."""
    return sign_enveloped(parse(DOCUMENT), key=pairs["p256"].signing, algorithm=P256, after=ISSUER)


@pytest.fixture(scope="module")
def inner_signed(pairs):
    """A message whose statement alone is signed."""
    root = parse(DOCUMENT)
    statement = root.find(INNER)
    sign_enveloped(statement, key=pairs["p256"].signing, algorithm=P256, after=ISSUER)
    return etree.tostring(root)


def _refused(data, pairs, *, element=None, policy=None):
    with pytest.raises(XmlTrustError) as caught:
        _verify(data, pairs, element, policy or SignaturePolicy())
    assert "victim" not in str(caught.value)
    return caught.value.rule


def _verify(data, pairs, element, policy):
    trusted = pairs["p256"].trusted
    if element is None:
        verify_enveloped(data, trusted=trusted, expected_root=ROOT, policy=policy)
    else:
        verify_element(element, trusted=trusted, expected=element.tag, policy=policy)


def _resigned(pairs, change: Callable[[etree._Element], None], *, key: str = "p256") -> bytes:
    """The message with a SignedInfo that its own signer made otherwise: digest and value hold."""
    root = parse(
        sign_enveloped(parse(DOCUMENT), key=pairs[key].signing, algorithm=P256, after=ISSUER)
    )
    information = root.find(f"{SIGNATURE}/{{{DS}}}SignedInfo")
    change(information)
    value = sign_octets(canonical_bytes(information), key=pairs[key].signing, algorithm=P256)
    root.find(f"{SIGNATURE}/{{{DS}}}SignatureValue").text = base64.b64encode(value).decode()
    return etree.tostring(root)


def _evil(root):
    for name in root.iter("{urn:example:message}Name"):
        name.text = "attacker"
    return root


def _stripped(root):
    clone = copy.deepcopy(root)
    for signature in list(clone.iter(SIGNATURE)):
        signature.getparent().remove(signature)
    return clone


def test_the_unaltered_message_is_believed_and_gives_only_signed_octets(message, pairs):
    proven = verify_enveloped(message, trusted=pairs["p256"].trusted, expected_root=ROOT)
    assert proven.signed_bytes == canonical_bytes(parse(DOCUMENT))
    assert canonical_bytes(proven.element) == proven.signed_bytes
    assert proven.element.find(SIGNATURE) is None


def test_xsw1_the_original_inside_the_signature_is_refused(message, pairs):
    root = parse(message)
    original = _stripped(root)
    _evil(root).set("ID", "evil")
    root.find(INNER).set("ID", "a2")
    root.find(SIGNATURE).append(original)
    assert _refused(etree.tostring(root), pairs) == "dsig/signature-content"


def test_xsw2_the_original_before_the_signature_is_refused(message, pairs):
    root = parse(message)
    original = _stripped(root)
    _evil(root).set("ID", "evil")
    root.find(INNER).set("ID", "a2")
    root.find(SIGNATURE).addprevious(original)
    assert _refused(etree.tostring(root), pairs) == "dsig/reference-target"


def test_xsw3_an_evil_statement_before_the_signed_one_proves_nothing(inner_signed, pairs):
    root = parse(inner_signed)
    evil = _evil(_stripped(root.find(INNER)))
    evil.set("ID", "evil")
    root.find(INNER).addprevious(evil)
    assert _refused(None, pairs, element=evil) == "dsig/own-signature"


def test_xsw4_an_evil_statement_around_the_signed_one_is_refused(inner_signed, pairs):
    root = parse(inner_signed)
    signed = root.find(INNER)
    evil = _evil(_stripped(signed))
    evil.set("ID", "evil")
    root.replace(signed, evil)
    evil.append(signed)
    assert _refused(None, pairs, element=evil) == "dsig/own-signature"


def test_xsw5_an_evil_statement_that_keeps_the_signature_is_refused(inner_signed, pairs):
    root = parse(inner_signed)
    evil = root.find(INNER)
    root.append(_stripped(evil))
    _evil(evil).set("ID", "evil")
    assert _refused(None, pairs, element=evil) == "dsig/reference-target"


def test_xsw6_the_original_inside_the_signature_of_the_evil_one_is_refused(inner_signed, pairs):
    evil = parse(inner_signed).find(INNER)
    original = _stripped(evil)
    _evil(evil).set("ID", "evil")
    evil.find(SIGNATURE).append(original)
    assert _refused(None, pairs, element=evil) == "dsig/signature-content"


def test_xsw7_an_evil_statement_of_the_same_id_in_extensions_is_refused(inner_signed, pairs):
    root = parse(inner_signed)
    root.find("{urn:example:message}Extensions").append(_evil(_stripped(root.find(INNER))))
    assert _refused(None, pairs, element=root.find(INNER)) == "dsig/unique-identifiers"


def test_xsw8_the_original_in_an_object_of_the_signature_is_refused(inner_signed, pairs):
    evil = parse(inner_signed).find(INNER)
    original = _stripped(evil)
    _evil(evil).set("ID", "evil")
    etree.SubElement(evil.find(SIGNATURE), f"{{{DS}}}Object").append(original)
    assert _refused(None, pairs, element=evil) == "dsig/signature-content"


def test_a_signed_statement_hidden_in_advice_lends_nothing_to_its_host(inner_signed, pairs):
    root = parse(inner_signed)
    evil = _evil(_stripped(root.find(INNER)))
    evil.set("ID", "evil")
    evil.find("{urn:example:message}Advice").append(copy.deepcopy(root.find(INNER)))
    assert _refused(None, pairs, element=evil) == "dsig/own-signature"


def test_a_message_without_signature_is_refused(pairs):
    assert _refused(DOCUMENT, pairs) == "dsig/own-signature"


@pytest.mark.parametrize("emptied", ["SignatureValue", "SignedInfo", "Signature"])
def test_an_emptied_signature_is_refused(message, pairs, emptied):
    root = parse(message)
    found = next(root.iter(f"{{{DS}}}{emptied}"))
    for child in list(found):
        found.remove(child)
    found.text = None
    assert _refused(etree.tostring(root), pairs).startswith("dsig/")


@pytest.mark.parametrize("attribute", ["ID", "Id", "id", "{urn:x}ID", "{urn:x}Id"])
def test_one_identifier_in_two_spellings_is_refused(message, pairs, attribute):
    root = parse(message)
    root.find("{urn:example:message}Extensions").set(attribute, "r1")
    assert _refused(etree.tostring(root), pairs) == "dsig/unique-identifiers"


def test_xml_id_counts_as_an_identifier(message, pairs):
    root = parse(message)
    root.find("{urn:example:message}Extensions").set(
        "{http://www.w3.org/XML/1998/namespace}id", "r1"
    )
    assert _refused(etree.tostring(root), pairs) == "dsig/unique-identifiers"


def test_a_namespaced_identifier_is_no_identifier(message, pairs):
    root = parse(message)
    root.set("{urn:example:message}ID", "r1")
    root.set("ID", "evil")
    assert _refused(etree.tostring(root), pairs) == "dsig/reference-target"


def test_a_second_digest_elsewhere_is_not_looked_at(message, pairs):
    root = parse(message)
    _evil(root)
    fake = etree.SubElement(root.find("{urn:example:message}Extensions"), f"{{{DS}}}DigestValue")
    fake.text = base64.b64encode(hashlib.sha256(canonical_bytes(_stripped(root))).digest()).decode()
    assert _refused(etree.tostring(root), pairs) == "dsig/digest"


def test_a_second_signed_info_is_refused(message, pairs):
    root = parse(message)
    signature = root.find(SIGNATURE)
    signature.insert(0, copy.deepcopy(signature[0]))
    assert _refused(etree.tostring(root), pairs) == "dsig/signature-content"


def test_a_comment_in_the_digest_value_is_refused(message, pairs):
    evil = message.replace(b"<ds:DigestValue>", b"<ds:DigestValue><!--ZXZpbA==-->")
    assert _refused(evil, pairs) == "xml/comment"


def test_another_signed_object_of_the_same_signer_lends_no_signature(message, pairs):
    root = parse(DOCUMENT)
    root.set("ID", "evil")
    root.insert(1, parse(message).find(SIGNATURE))
    root.find("{urn:example:message}Extensions").append(_stripped(parse(message)))
    for name in root.iterchildren(INNER):
        name.set("ID", "a2")
    assert _refused(etree.tostring(_evil(root)), pairs) == "dsig/reference-target"


def test_another_element_name_with_a_good_signature_is_refused(message, pairs):
    with pytest.raises(SignatureRefused) as caught:
        verify_enveloped(message, trusted=pairs["p256"].trusted, expected_root=INNER)
    assert caught.value.rule == "dsig/expected-element"


def test_a_lookalike_signature_namespace_is_no_signature(message, pairs):
    evil = message.replace(DS.encode(), DS[:-1].encode())
    assert _refused(evil, pairs) == "dsig/own-signature"


def test_a_relative_namespace_is_refused_and_not_digested_as_nothing(message, pairs):
    evil = message.replace(b"<m:Extensions/>", b'<m:Extensions xmlns:v="1" v:x="y"/>')
    assert _refused(evil, pairs) in ("xml/canonical", "dsig/digest")


def test_the_digest_of_nothing_signed_by_the_signer_is_refused(pairs):
    def empty(information):
        value = next(information.iter(f"{{{DS}}}DigestValue"))
        value.text = base64.b64encode(hashlib.sha256(b"").digest()).decode()

    evil = _resigned(pairs, empty).replace(
        b"<m:Extensions/>", b'<m:Extensions xmlns:v="1" v:x="y"/>'
    )
    assert _refused(evil, pairs) in ("xml/canonical", "dsig/digest")


def test_a_signature_by_another_key_whose_certificate_it_shows_is_refused(pairs):
    evil = sign_enveloped(
        parse(DOCUMENT), key=pairs["p256-other"].signing, algorithm=P256, after=ISSUER
    )
    assert _refused(evil, pairs) == "dsig/trusted-key"


def test_the_trusted_certificate_beside_the_attackers_signature_changes_nothing(pairs):
    evil = parse(
        sign_enveloped(
            parse(DOCUMENT), key=pairs["p256-other"].signing, algorithm=P256, after=ISSUER
        )
    )
    shown = next(evil.iter(f"{{{DS}}}X509Certificate"))
    shown.text = base64.b64encode(pairs["p256"].certificate.der).decode()
    assert _refused(etree.tostring(evil), pairs) == "dsig/trusted-key"


@pytest.mark.parametrize(
    "hint",
    [
        '<ds:RetrievalMethod xmlns:ds="{0}" URI="http://127.0.0.1:9/key"/>',
        '<ds:KeyName xmlns:ds="{0}">any</ds:KeyName>',
        '<d:KeyInfoReference xmlns:d="http://www.w3.org/2009/xmldsig11#" URI="#self"/>',
    ],
)
def test_key_information_is_never_followed(message, pairs, hint):
    root = parse(message)
    information = next(root.iter(f"{{{DS}}}KeyInfo"))
    information.clear()
    information.append(parse(hint.format(DS).encode()))
    proven = verify_enveloped(
        etree.tostring(root), trusted=pairs["p256"].trusted, expected_root=ROOT
    )
    assert proven.key is pairs["p256"].trusted[0]


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "",
        "none",
    ],
)
def test_an_algorithm_that_the_policy_does_not_list_is_refused(pairs, algorithm):
    evil = _resigned(pairs, lambda one: one[1].set("Algorithm", algorithm))
    assert _refused(evil, pairs) == "dsig/algorithm"


def test_an_hmac_output_length_is_refused(pairs):
    def shorten(information):
        etree.SubElement(information[1], f"{{{DS}}}HMACOutputLength").text = "1"

    assert _refused(_resigned(pairs, shorten), pairs) == "dsig/algorithm"


def test_a_sha1_digest_is_refused_whatever_signs_it(pairs):
    def weaken(information):
        method = next(information.iter(f"{{{DS}}}DigestMethod"))
        method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")

    assert _refused(_resigned(pairs, weaken), pairs) == "dsig/digest-algorithm"


def test_an_rsa_algorithm_is_not_tried_with_a_curve_key(pairs):
    evil = _resigned(
        pairs, lambda one: one[1].set("Algorithm", SignatureAlgorithm.RSA_PSS_SHA256.value)
    )
    assert _refused(evil, pairs) == "dsig/key-kind"


def test_a_key_below_the_policy_is_not_used(pairs):
    short = pairs["rsa2048"]
    data = sign_enveloped(
        parse(DOCUMENT),
        key=short.signing,
        algorithm=SignatureAlgorithm.RSA_PSS_SHA256,
        after=ISSUER,
    )
    with pytest.raises(SignatureRefused) as caught:
        verify_enveloped(data, trusted=short.trusted, expected_root=ROOT)
    assert caught.value.rule == "dsig/key-size"
    relaxed = SignaturePolicy().with_rsa_2048()
    assert verify_enveloped(data, trusted=short.trusted, expected_root=ROOT, policy=relaxed)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 70, 72, 128])
def test_a_curve_signature_of_another_length_is_refused(message, pairs, length):
    root = parse(message)
    value = next(root.iter(f"{{{DS}}}SignatureValue"))
    value.text = base64.b64encode(b"\x01" * length).decode()
    assert _refused(etree.tostring(root), pairs) in ("dsig/trusted-key", "dsig/signature-value")


def test_a_curve_signature_of_two_zeros_is_refused(message, pairs):
    root = parse(message)
    next(root.iter(f"{{{DS}}}SignatureValue")).text = base64.b64encode(bytes(64)).decode()
    assert _refused(etree.tostring(root), pairs) == "dsig/trusted-key"


def test_a_pss_signature_with_another_salt_length_is_refused(pairs):
    pair, algorithm = pairs["rsa3072"], SignatureAlgorithm.RSA_PSS_SHA256
    root = parse(
        sign_enveloped(parse(DOCUMENT), key=pair.signing, algorithm=algorithm, after=ISSUER)
    )
    octets = canonical_bytes(root.find(f"{SIGNATURE}/{{{DS}}}SignedInfo"))
    odd = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=20)
    value = pair.decryption.private_key.sign(octets, odd, SHA256())
    next(root.iter(f"{{{DS}}}SignatureValue")).text = base64.b64encode(value).decode()
    with pytest.raises(SignatureRefused) as caught:
        verify_enveloped(etree.tostring(root), trusted=pair.trusted, expected_root=ROOT)
    assert caught.value.rule == "dsig/trusted-key"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2002/07/decrypt#XML",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "urn:unknown",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_transform_is_refused_even_when_the_signer_signed_it(pairs, algorithm, place):
    def transform(information):
        transforms = next(information.iter(f"{{{DS}}}Transforms"))
        transforms.insert(place, etree.Element(f"{{{DS}}}Transform", Algorithm=algorithm))

    assert _refused(_resigned(pairs, transform), pairs) == "dsig/transforms"


@pytest.mark.parametrize("place", [0, 1])
def test_a_transform_left_out_is_refused(pairs, place):
    def leave_out(information):
        transforms = next(information.iter(f"{{{DS}}}Transforms"))
        transforms.remove(transforms[place])

    assert _refused(_resigned(pairs, leave_out), pairs) == "dsig/transforms"


def test_transforms_in_the_other_order_are_refused(pairs):
    def swap(information):
        transforms = next(information.iter(f"{{{DS}}}Transforms"))
        transforms.append(transforms[0])

    assert _refused(_resigned(pairs, swap), pairs) == "dsig/transforms"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2010/xml-c14n2",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
    ],
)
def test_another_canonicalisation_of_signed_info_is_refused(pairs, algorithm):
    evil = _resigned(pairs, lambda one: one[0].set("Algorithm", algorithm))
    assert _refused(evil, pairs) == "dsig/canonicalisation"


def test_two_prefix_lists_in_one_canonicalisation_are_refused(pairs):
    def twice(information):
        for _ in range(2):
            etree.SubElement(
                information[0],
                "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces",
                PrefixList="m",
            )

    assert _refused(_resigned(pairs, twice), pairs) == "dsig/canonicalisation"


@pytest.mark.parametrize("count", [0, 2, 2000])
def test_another_number_of_references_than_one_is_refused(pairs, count):
    def repeat(information):
        reference = information[2]
        information.remove(reference)
        for _ in range(count):
            information.append(copy.deepcopy(reference))

    assert _refused(_resigned(pairs, repeat), pairs) in ("dsig/one-reference", "xml/size")


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "#",
        "#a1",
        "r1",
        "#xpointer(/)",
        "#xpointer(id('r1'))",
        "http://127.0.0.1:9/document",
        "file:///etc/passwd",
        None,
    ],
)
def test_a_reference_to_anything_else_is_refused(pairs, uri):
    def redirect(information):
        if uri is None:
            del information[2].attrib["URI"]
        else:
            information[2].set("URI", uri)

    assert _refused(_resigned(pairs, redirect), pairs) == "dsig/reference-target"


def test_a_reference_to_the_whole_document_counts_only_where_the_policy_says_so(pairs):
    data = _resigned(pairs, lambda one: one[2].set("URI", ""))
    policy = SignaturePolicy().with_whole_document()
    assert verify_enveloped(data, trusted=pairs["p256"].trusted, expected_root=ROOT, policy=policy)
    host = parse(b'<h:Host xmlns:h="urn:host"/>')
    host.append(parse(data))
    assert _refused(None, pairs, element=host[0], policy=policy) == "dsig/reference-target"


def test_two_signatures_in_one_element_are_refused(message, pairs):
    root = parse(message)
    root.find(SIGNATURE).addnext(copy.deepcopy(root.find(SIGNATURE)))
    assert _refused(etree.tostring(root), pairs) == "dsig/own-signature"


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE m:Message [<!ENTITY idv "r1">]>',
        b"<!DOCTYPE m:Message SYSTEM 'x\"><!--'>",
        b'<!DOCTYPE m:Message [<!ATTLIST m:Extensions ID CDATA "r1">]>',
    ],
)
def test_a_doctype_before_a_signed_message_is_refused(message, pairs, doctype):
    assert _refused(doctype + message, pairs) == "xml/doctype"


def test_an_attack_on_the_dom_leaves_no_text_in_error_messages(message, pairs):
    evil = message.replace(b"victim", b"attacker")
    with pytest.raises(SignatureRefused) as caught:
        verify_enveloped(evil, trusted=pairs["p256"].trusted, expected_root=ROOT)
    assert "attacker" not in repr(caught.value)


def test_a_forgery_against_a_small_exponent_is_refused():
    # Bleichenbacher 2006: with e=3, a cube root whose cube begins like the padding and ends in
    # rubbish satisfies a verifier that does not look at the end.
    key = rsa.generate_private_key(public_exponent=3, key_size=3072)
    data = b"signed by nobody"
    prefix = bytes.fromhex("3031300d060960864801650304020105000420")
    block = b"\x00\x01" + b"\xff" * 8 + b"\x00" + prefix + hashlib.sha256(data).digest()
    target = int.from_bytes(block.ljust(384, b"\x00"), "big")
    root = _cube_root_above(target)
    assert (root**3).to_bytes(384, "big").startswith(block)
    forged = root.to_bytes(384, "big")
    assert not is_made_by(key.public_key(), SignatureAlgorithm.RSA_SHA256, data, forged)


def _cube_root_above(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def test_something_else_among_the_transforms_of_a_reference_is_refused():
    holder = etree.Element(f"{{{DS}}}SignedInfo")
    sent = Reference(
        uri="#x", transforms=(Transform(EXCLUSIVE_C14N, ("a", "b")),), digest=b"1" * 32
    )
    write_reference(holder, sent)
    assert read_reference(holder[0]) == sent
    etree.SubElement(holder[0][0], "{urn:evil}Transform", Algorithm=EXCLUSIVE_C14N)
    with pytest.raises(SignatureRefused) as caught:
        read_reference(holder[0])
    assert caught.value.rule == "dsig/transforms"
