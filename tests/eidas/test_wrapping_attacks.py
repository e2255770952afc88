"""Signature wrapping by its published recipes, and any altered byte, against a whole response."""

import base64
import copy
from collections.abc import Callable

import pytest
from eidas_world import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import eidas

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"


def signature_of(root: etree._Element) -> etree._Element:
    """Give the signature of a response."""
    return root.find(f"{DS}Signature")


def unsigned(root: etree._Element) -> etree._Element:
    """Give a copy without its signature."""
    clone = copy.deepcopy(root)
    clone.remove(signature_of(clone))
    return clone


def evil(root: etree._Element) -> etree._Element:
    """Make the original evil: another ID, another issue time."""
    root.set("ID", "_evil")
    return root


def xsw1(root: etree._Element) -> None:
    """Put the original inside the signature of the evil one."""
    clone = unsigned(root)
    signature_of(evil(root)).append(clone)


def xsw2(root: etree._Element) -> None:
    """Put the original before the signature of the evil one."""
    clone = unsigned(root)
    signature_of(evil(root)).addprevious(clone)


def encrypted_twice(root: etree._Element) -> None:
    """Add a second encrypted assertion (the third to sixth recipes, where assertions hide)."""
    root.append(copy.deepcopy(root.find(f"{SAML}EncryptedAssertion")))


def plain_beside(root: etree._Element) -> None:
    """Add an unsigned plain assertion (CVE-2022-41912)."""
    root.append(etree.Element(f"{SAML}Assertion", ID="_evil", Version="2.0"))


def in_extensions(root: etree._Element) -> None:
    """Hide the original in Extensions under the same ID (the seventh recipe)."""
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(unsigned(root))
    signature_of(root).addnext(extensions)


def in_object(root: etree._Element) -> None:
    """Hide the original in a ds:Object (the eighth recipe)."""
    clone = unsigned(root)
    etree.SubElement(signature_of(evil(root)), f"{DS}Object").append(clone)


def in_status_detail(root: etree._Element) -> None:
    """Hide the signed original in StatusDetail (CVE-2024-45409)."""
    detail = etree.SubElement(root.find(f"{SAMLP}Status"), f"{SAMLP}StatusDetail")
    detail.append(copy.deepcopy(evil(root)))


def excluded(root: etree._Element) -> None:
    """Take the signature away."""
    root.remove(signature_of(root))


def emptied(root: etree._Element) -> None:
    """Leave the signature without a value."""
    signature_of(root).find(f"{DS}SignatureValue").text = ""


def hmac_instead(root: etree._Element) -> None:
    """Claim an HMAC, keyed by the public key (CVE-2025-48994)."""
    path = f"{DS}SignedInfo/{DS}SignatureMethod"
    signature_of(root).find(path).set(
        "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    )


def comment_in_issuer(root: etree._Element) -> None:
    """Cut the issuer in two (VU#475445)."""
    issuer = root.find(f"{SAML}Issuer")
    comment = etree.Comment("x")
    comment.tail = ".evil.example"
    issuer.append(comment)


RECIPES = (
    xsw1,
    xsw2,
    encrypted_twice,
    plain_beside,
    in_extensions,
    in_object,
    in_status_detail,
    excluded,
    emptied,
    hmac_instead,
    comment_in_issuer,
)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.__name__)
def test_a_wrapped_or_stripped_response_is_refused(
    world: World, recipe: Callable[[etree._Element], None]
) -> None:
    pending, form = world.ask()
    root = etree.fromstring(base64.b64decode(world.answer(world.receive(form))))
    recipe(root)
    value = base64.b64encode(etree.tostring(root)).decode()
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending)
    assert refusal.value.rule.split("/")[0].split(".")[0] in {"dsig", "message", "xml"}


@given(data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_altered_byte_of_a_response_is_accepted(world: World, data: st.DataObject) -> None:
    pending, form = world.ask()
    message = bytearray(base64.b64decode(world.answer(world.receive(form))))
    position = data.draw(st.integers(0, len(message) - 1))
    change = data.draw(st.integers(1, 255))
    message[position] ^= change
    try:
        identity = world.accept(base64.b64encode(message).decode(), pending)
    except eidas.EidasError:
        return
    # Only the certificate hint and white space inside base64 are outside the signature.
    before = bytes(message[:position])
    assert before.rfind(b"<ds:KeyInfo") > before.rfind(b"</ds:KeyInfo")
    assert identity.natural_person is not None
