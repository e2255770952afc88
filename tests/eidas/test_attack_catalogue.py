"""Recipes of the catalogue that need a whole login: what a signer, or its metadata, might be made
to sign, and what a browser might be made to carry. The numbers are those of docs/conformance.md.
"""

import base64
import copy
import socket
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from eidas_world import NOW, SESSION, World
from lxml import etree

import eidas
from eidas import node as proxy_side
from eidas.schema import explain
from xmltrust import SigningKey, add_signature, encrypt_element, parse, sign_enveloped

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
Change = Callable[[etree._Element], object]


def rule_of(world: World, value: str, pending: eidas.PendingLogin) -> str:
    """Give the rule under which a value is refused."""
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending)
    return refusal.value.rule


def made(
    world: World,
    *,
    assertion: Change | None = None,
    response: Change | None = None,
    key: SigningKey | None = None,
) -> tuple[str, eidas.PendingLogin]:
    """An answer changed before it is encrypted and signed: the node itself says the wrong thing."""
    pending, form = world.ask(optional_attributes=["gender", "nationality"])
    switches = proxy_side.Switches.of(["plain_assertion"])
    root = parse(base64.b64decode(world.answer(world.receive(form), switches=switches)))
    plain = root[-1]
    root.remove(root.find(f"{DS}Signature"))
    (assertion or _unchanged)(plain)
    (response or _unchanged)(root)
    holder = etree.Element(f"{SAML}EncryptedAssertion")
    holder.append(encrypt_element(plain, recipient=world.connector.encryption_certificates[0]))
    root.replace(plain, holder)
    signed = sign_enveloped(
        root,
        key=key or world.proxy.signing_key,
        algorithm=world.proxy.algorithm,
        after=f"{SAML}Issuer",
    )
    return base64.b64encode(signed).decode(), pending


def _unchanged(_: etree._Element) -> None:
    """Change nothing."""


def _first(name: str) -> Callable[[etree._Element], etree._Element]:
    return lambda root: next(root.iter(f"{SAML}{name}"))


def _without(name: str, attribute: str = "") -> Change:
    def change(root: etree._Element) -> None:
        found = _first(name)(root)
        if attribute:
            del found.attrib[attribute]
        else:
            found.getparent().remove(found)

    return change


def _with(name: str, attribute: str, value: str) -> Change:
    return lambda root: _first(name)(root).set(attribute, value)


def _value(local: str, text: str) -> Change:
    def change(root: etree._Element) -> None:
        for one in root.iter(f"{SAML}Attribute"):
            if one.get("Name", "").endswith(f"/{local}"):
                one[0].text = text

    return change


def _untyped(root: etree._Element) -> None:
    for one in root.iter(f"{SAML}AttributeValue"):
        one.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}type")


def _encrypted_name(root: etree._Element) -> None:
    name = _first("NameID")(root)
    holder = etree.Element(f"{SAML}EncryptedID")
    holder.append(_sealed_nothing())
    name.getparent().replace(name, holder)


def _encrypted_attribute(root: etree._Element) -> None:
    holder = etree.SubElement(_first("AttributeStatement")(root), f"{SAML}EncryptedAttribute")
    holder.append(_sealed_nothing())


def _sealed_nothing() -> etree._Element:
    xenc = "http://www.w3.org/2001/04/xmlenc#"
    data = etree.Element(f"{{{xenc}}}EncryptedData")
    cipher = etree.SubElement(data, f"{{{xenc}}}CipherData")
    etree.SubElement(cipher, f"{{{xenc}}}CipherValue").text = "AAAA"
    return data


def _second_audience(root: etree._Element) -> None:
    found = _first("AudienceRestriction")(root)
    another = copy.deepcopy(found)
    another[0].text = "https://elsewhere.example"
    found.addnext(another)


WRONG = {
    "29 assertion of version 1.1": (
        lambda root: root.set("Version", "1.1"),
        "response.assertion-version",
    ),
    "29 confirmation without an end": (
        _without("SubjectConfirmationData", "NotOnOrAfter"),
        "response.confirmation-not-on-or-after",
    ),
    "29 no confirmation": (_without("SubjectConfirmation"), "response.subject-confirmation"),
    "29 confirmation without data": (
        _without("SubjectConfirmationData"),
        "response.subject-confirmation-data",
    ),
    "29 confirmation for no request": (
        _without("SubjectConfirmationData", "InResponseTo"),
        "response.confirmation-in-response-to",
    ),
    "29 confirmation for no address": (
        _without("SubjectConfirmationData", "Recipient"),
        "response.recipient",
    ),
    "29 conditions without an end": (
        _without("Conditions", "NotOnOrAfter"),
        "response.not-on-or-after",
    ),
    "29 every restriction must hold": (_second_audience, "response.audience"),
    "29 session over": (
        _with("AuthnStatement", "SessionNotOnOrAfter", "2020-01-01T00:00:00Z"),
        "response.session-not-on-or-after",
    ),
    "29 name hidden": (_encrypted_name, "response.name-id"),
    "29 attribute hidden": (_encrypted_attribute, "response.encrypted-attribute"),
    "29 day that is none": (_value("DateOfBirth", "2001-02-30"), "response.assertion-schema"),
    "29 day with rubbish behind it, without a type": (
        lambda root: (_value("DateOfBirth", "2001-05-17x")(root), _untyped(root)),
        "response.date",
    ),
    "29 gender that is none": (_value("Gender", "Other"), "response.assertion-schema"),
    "29 country that is none": (_value("Nationality", "Spain"), "response.assertion-schema"),
    "29 identifier without a name": (_value("PersonIdentifier", "ES/LV/"), "response.identifier"),
    "29 identifier of one country": (_value("PersonIdentifier", "ES/123"), "response.identifier"),
}


@pytest.mark.parametrize("recipe", WRONG)
def test_what_the_node_itself_says_wrongly_is_refused(world: World, recipe: str) -> None:
    change, rule = WRONG[recipe]
    assert rule_of(world, *made(world, assertion=change)) == rule


@pytest.mark.parametrize(
    "uri",
    [
        "http://eidas.europa.eu/NotNotified/LoA/substantial",
        "http://eidas.europa.eu/LoA/SUBSTANTIAL",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    ],
)
def test_29_a_level_that_nobody_notified_is_not_mixed_up_with_a_notified_one(
    world: World, uri: str
) -> None:
    def change(root: etree._Element) -> None:
        _first("AuthnContextClassRef")(root).text = uri

    assert rule_of(world, *made(world, assertion=change)) == "response.level"


def test_29_a_response_of_another_version_is_refused(world: World) -> None:
    value, pending = made(world, response=lambda root: root.set("Version", "1.1"))
    assert rule_of(world, value, pending) == "response.version"


def test_13_a_signature_moved_from_other_things_that_the_node_signed_is_refused(
    world: World,
) -> None:
    pending, form = world.ask()
    root = parse(base64.b64decode(world.answer(world.receive(form))))
    metadata = parse(proxy_side.proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id))
    lent = metadata.find(f"{DS}Signature")
    root.replace(root.find(f"{DS}Signature"), lent)
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(metadata)
    lent.addnext(extensions)
    value = base64.b64encode(etree.tostring(root)).decode()
    assert rule_of(world, value, pending) == "dsig/reference-target"


def test_14_character_data_that_is_split_is_read_whole(world: World) -> None:
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    issuer = world.proxy.entity_id.encode()
    split = (
        b"<![CDATA[" + issuer[:12] + b"]]>" + issuer[12:20] + b"<![CDATA[" + issuer[20:] + b"]]>"
    )
    value = base64.b64encode(message.replace(issuer, split, 1)).decode()
    assert world.accept(value, pending).node == world.proxy.entity_id


@pytest.mark.parametrize(
    ("attack", "rule"),
    [
        # CVE-2025-25291: two parsers would see two documents
        (b"<!DOCTYPE r SYSTEM 'x\"><!--'>%s<![CDATA[-->%s<!--]]>-->", "xml/doctype"),
        # CVE-2025-25292: a namespace that is no URI makes one of two parsers stumble
        ("<e xmlns:x='http://e.example\u0080'>%s%s</e>".encode(), "xml/well-formed"),
        # CVE-2025-23369: the identifier stands in an entity
        (b"<!DOCTYPE r [<!ENTITY i 'a1'>]>%s%s", "xml/doctype"),
        (b"%s%s", "xml/well-formed"),
    ],
)
def test_15_16_a_document_that_two_parsers_would_read_in_two_ways_is_refused(
    world: World, attack: bytes, rule: str
) -> None:
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    evil = message.replace(b"Success", b"Succes5", 1)
    value = base64.b64encode(attack.replace(b"%s", evil, 1).replace(b"%s", message, 1)).decode()
    assert rule_of(world, value, pending) == rule


def test_18_a_signature_whose_prefix_means_another_namespace_is_none(world: World) -> None:
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    elsewhere = message.replace(DS[1:-1].encode(), b"http://www.w3.org/2000/09/xmldsig", 1)
    rule = rule_of(world, base64.b64encode(elsewhere).decode(), pending)
    assert rule in {"message.schema", "dsig/own-signature"}


def test_23_a_query_that_was_encoded_anew_is_refused(world: World) -> None:
    _, redirect = eidas.request_login(
        world.provider,
        node=world.node,
        level=eidas.LevelOfAssurance.SUBSTANTIAL,
        browser_session=SESSION,
        now=NOW,
        new_id=world.new_id,
        binding=eidas.Binding.REDIRECT,
    )
    assert isinstance(redirect, eidas.LoginRedirect)
    query = urlsplit(redirect.url).query
    assert "%2F" in query
    with pytest.raises(eidas.RequestRefused) as refusal:
        proxy_side.accept_request(
            query.replace("%2F", "%2f"),
            proxy=world.proxy,
            connector=world.connector,
            now=NOW,
            replay=world.node_replay,
            binding=eidas.Binding.REDIRECT,
        )
    assert refusal.value.rule == "redirect.signature"


def test_30_a_proper_answer_of_another_node_than_the_one_asked_is_refused(world: World) -> None:
    other = "https://node.it.example/metadata"

    def change(root: etree._Element) -> None:
        _first("Issuer")(root).text = other

    value, pending = made(world, assertion=change, response=change, key=world.other_key)
    assert rule_of(world, value, pending) == "response.issuer"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_32_a_schema_location_in_a_message_is_never_followed(world: World, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"127.0.0.1:{server.getsockname()[1]}/evil.xsd"
        where = f"urn:evil {scheme}://{'' if scheme == 'file' else address}/none.xsd"

        def change(root: etree._Element) -> None:
            root.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", where)

        value, pending = made(world, response=change)
        assert world.accept(value, pending).natural_person is not None
        explain(parse(base64.b64decode(value)))
        with pytest.raises(TimeoutError):
            server.accept()


def test_33_a_signature_around_one_entity_says_nothing_about_the_aggregate(world: World) -> None:
    signed = parse(proxy_side.proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id))
    evil = copy.deepcopy(signed)
    evil.remove(evil.find(f"{DS}Signature"))
    evil.set("entityID", "https://evil.example")
    evil.set("ID", "_evil")
    aggregate = etree.Element(f"{MD}EntitiesDescriptor", ID="_all")
    aggregate.extend([evil, signed])
    with pytest.raises(eidas.MetadataRefused) as refusal:
        eidas.NodeMetadata.read_all(
            etree.tostring(aggregate), trusted=world.node.signing_keys, now=NOW
        )
    assert refusal.value.rule == "dsig/own-signature"


def test_33_an_aggregate_without_end_is_refused_unread(world: World) -> None:
    data = b"<x>" + b" " * (8 * 1024 * 1024) + b"</x>"
    with pytest.raises(eidas.MetadataRefused) as refusal:
        eidas.NodeMetadata.read_all(data, trusted=world.node.signing_keys, now=NOW)
    assert refusal.value.rule == "xml/size"


def test_33_metadata_of_another_country_makes_no_identifier_of_ours(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending, node=replace(world.node, country="IT"))
    assert refusal.value.rule == "response.issuing-country"


@pytest.mark.parametrize(("length", "fits"), [(80, True), (81, False)])
def test_31_a_relay_state_beyond_eighty_bytes_is_refused(
    world: World, length: int, fits: bool
) -> None:
    _, form = world.ask()
    fields = dict(form.fields) | {"RelayState": "é" * (length // 2) + "x" * (length % 2)}
    if fits:
        assert world.receive(replace(form, fields=tuple(fields.items()))).relay_state
        return
    with pytest.raises(eidas.RequestRefused) as refusal:
        world.receive(replace(form, fields=tuple(fields.items())))
    assert refusal.value.rule == "message.relay-state"


def test_an_assertion_that_is_signed_too_is_believed_by_the_nodes_key_only(world: World) -> None:
    def signed_by(key: SigningKey, then: Change = _unchanged) -> Change:
        def change(root: etree._Element) -> None:
            add_signature(root, key=key, algorithm=world.proxy.algorithm, after=f"{SAML}Issuer")
            then(root)

        return change

    value, pending = made(world, assertion=signed_by(world.proxy.signing_key))
    assert world.accept(value, pending).natural_person is not None
    value, pending = made(world, assertion=signed_by(world.other_key))
    assert rule_of(world, value, pending) == "dsig/trusted-key"
    later = _value("CurrentFamilyName", "Evil")
    value, pending = made(world, assertion=signed_by(world.proxy.signing_key, later))
    assert rule_of(world, value, pending) == "dsig/digest"


def test_9_a_signed_assertion_in_the_advice_of_another_is_refused(world: World) -> None:
    def change(root: etree._Element) -> None:
        hidden = copy.deepcopy(root)
        hidden.set("ID", "_hidden")
        add_signature(
            hidden,
            key=world.proxy.signing_key,
            algorithm=world.proxy.algorithm,
            after=f"{SAML}Issuer",
        )
        advice = etree.Element(f"{SAML}Advice")
        advice.append(hidden)
        _first("Conditions")(root).addnext(advice)

    assert rule_of(world, *made(world, assertion=change)) == "response.nested-assertion"
