"""Requests: what the profile forbids cannot be written, and is refused when others write it."""

import base64
import zlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from eidas_world import NOW, SESSION, World
from lxml import etree

import eidas
from eidas import node as proxy_side
from eidas.attributes import minimum_data_set
from eidas.authn_request import ISSUER
from eidas.bindings import read_redirect
from eidas.levels import Comparison
from xmltrust import parse, sign_enveloped

LOA = eidas.LevelOfAssurance
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
EIDAS = "{http://eidas.europa.eu/saml-extensions}"


@pytest.mark.parametrize(
    ("choices", "rule"),
    [
        ({"sp_type": eidas.SPType.PUBLIC}, "request.sp-type"),
        ({"optional_attributes": ("lei",)}, "request.attributes"),
        ({"optional_attributes": ("gender", "Gender")}, "request.attributes"),
        ({"optional_attributes": ("RepresentativeFamilyName",)}, "request.attributes"),
        ({"requester_id": "not a uri"}, "request.requester-id"),
        ({"requester_id": "urn:" + "x" * 1024}, "request.requester-id"),
        ({"level": LOA.NOT_NOTIFIED_LOW}, None),
        ({"browser_session": ""}, "pending.browser"),
    ],
)
def test_a_forbidden_request_cannot_be_written(
    world: World, choices: dict[str, object], rule: str | None
) -> None:
    if rule is None:
        world.ask(**choices)
        return
    with pytest.raises(eidas.EidasMisuse) as misuse:
        world.ask(**choices)
    assert misuse.value.rule == rule


@pytest.mark.parametrize(
    ("comparison", "uris"),
    [
        (Comparison.MINIMUM, ()),
        (Comparison.MINIMUM, (LOA.LOW, LOA.HIGH)),
        (Comparison.MINIMUM, (LOA.NOT_NOTIFIED_LOW,)),
        (Comparison.EXACT, (LOA.LOW,)),
        (Comparison.EXACT, (LOA.NOT_NOTIFIED_LOW, LOA.LOW)),
        (Comparison.EXACT, (LOA.NOT_NOTIFIED_LOW, LOA.NOT_NOTIFIED_LOW)),
        (Comparison.EXACT, ("http://eidas.europa.eu/LoA/own",)),
    ],
)
def test_levels_that_the_profile_forbids_cannot_be_asked_for(
    comparison: Comparison, uris: tuple[str, ...]
) -> None:
    with pytest.raises(eidas.EidasMisuse):
        eidas.RequestedLevels(comparison, tuple(str(uri) for uri in uris))


def test_a_level_beyond_the_node_is_not_asked_for(world: World) -> None:
    weak = replace(world.node, levels=(LOA.LOW.value,))
    with pytest.raises(eidas.EidasMisuse) as misuse:
        world.ask(node=weak)
    assert misuse.value.rule == "request.level"


def test_only_attributes_that_the_node_publishes_are_asked_for(world: World) -> None:
    minimum = frozenset(one.name for one in minimum_data_set(eidas.PersonKind.NATURAL))
    node = replace(world.node, attributes=minimum)
    world.ask(node=node)
    for choices in ({"optional_attributes": ["gender"]}, {"person": eidas.PersonKind.LEGAL}):
        with pytest.raises(eidas.EidasMisuse) as mistake:
            world.ask(node=node, **choices)
        assert mistake.value.rule == "request.attributes"
    world.ask(node=replace(world.node, attributes=frozenset()), optional_attributes=["gender"])


def test_a_node_that_wants_to_know_the_requester_is_told(world: World) -> None:
    curious = replace(world.node, wants_requester_id=True)
    with pytest.raises(eidas.EidasMisuse):
        world.ask(node=curious)
    _, form = world.ask(node=curious, requester_id="urn:lv:agency:7")
    assert world.receive(form).requester_id == "urn:lv:agency:7"


def test_the_request_says_what_the_profile_demands(world: World) -> None:
    _, form = world.ask(optional_attributes=("gender",))
    root = parse(base64.b64decode(dict(form.fields)["SAMLRequest"]))
    assert root.get("ForceAuthn") == "true"
    assert root.get("IsPassive") == "false"
    assert root.get("AssertionConsumerServiceURL") is None
    assert root.find(f".//{EIDAS}NodeCountry") is None
    required = [one.get("isRequired") for one in root.iter(f"{EIDAS}RequestedAttribute")]
    assert required == ["true"] * 4 + ["false"]


def altered(world: World, change: object) -> str:
    """Give a request that was changed and then properly signed."""
    _, form = world.ask()
    root = parse(base64.b64decode(dict(form.fields)["SAMLRequest"]))
    root.remove(root.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    change(root)  # type: ignore[operator]
    signed = sign_enveloped(
        root, key=world.provider.signing_key, algorithm=world.provider.algorithm, after=ISSUER
    )
    return base64.b64encode(signed).decode()


def _set(name: str, value: str | None) -> object:
    def change(root: etree._Element) -> None:
        root.attrib.pop(name, None)
        if value is not None:
            root.set(name, value)

    return change


def _requested(change: object) -> object:
    return lambda root: change(list(root.iter(f"{EIDAS}RequestedAttribute")))  # type: ignore[operator]


def _name(value: str) -> object:
    return _requested(lambda found: found[0].set("Name", value))


def _drop_sector_and_add_country(root: etree._Element) -> None:
    extensions = root.find(f"{SAMLP}Extensions")
    etree.SubElement(extensions, f"{EIDAS}NodeCountry").text = "LV"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_set("ForceAuthn", "false"), "request.force-authn"),
        (_set("ForceAuthn", None), "request.force-authn"),
        (_set("IsPassive", "true"), "request.is-passive"),
        (_set("Destination", "https://elsewhere.example"), "request.destination"),
        (_set("Version", "1.1"), "request.version"),
        (_set("IssueInstant", "2020-01-01T00:00:00Z"), "request.issue-instant"),
        (_set("AssertionConsumerServiceURL", "https://evil.example"), "request.assertion-consumer"),
        (_set("ProtocolBinding", "urn:x"), "request.protocol-binding"),
        (_drop_sector_and_add_country, "request.node-country"),
        (
            lambda root: root.find(f"{SAMLP}NameIDPolicy").set("Format", "urn:x"),
            "request.name-id-policy",
        ),
        (
            lambda root: root.find(f"{SAMLP}RequestedAuthnContext").set("Comparison", "better"),
            "request.level",
        ),
        (
            lambda root: root.find(f"{SAMLP}RequestedAuthnContext").set("Comparison", "exact"),
            "request.level",
        ),
        (_name("urn:unknown"), "request.attributes"),
        (
            _name("http://eidas.europa.eu/attributes/naturalperson/representative/DateOfBirth"),
            "request.representative",
        ),
        (
            _name("http://eidas.europa.eu/attributes/legalperson/LegalName"),
            "request.attributes",
        ),
        (
            _requested(lambda found: found[0].getparent().remove(found[0])),
            "request.minimum-data-set",
        ),
        (_requested(lambda found: found[0].set("isRequired", "false")), "request.is-required"),
        (_requested(lambda found: found[0].set("NameFormat", "urn:x")), "request.name-format"),
    ],
)
def test_a_request_that_breaks_the_profile_is_refused(
    world: World, change: object, rule: str
) -> None:
    assert request_rule(world, altered(world, change)) == rule


def test_a_request_is_taken_once(world: World) -> None:
    _, form = world.ask()
    world.receive(form)
    assert request_rule(world, dict(form.fields)["SAMLRequest"]) == "request.replay"


def test_a_sector_in_both_places_is_refused(world: World) -> None:
    def add(root: etree._Element) -> None:
        sector = etree.Element(f"{EIDAS}SPType")
        sector.text = "public"
        root.find(f"{SAMLP}Extensions").insert(0, sector)

    assert request_rule(world, altered(world, add)) == "request.sp-type"


def redirected(world: World) -> str:
    """Ask by HTTP-Redirect and give the query."""
    _, redirect = eidas.request_login(
        world.provider,
        node=world.node,
        level=LOA.SUBSTANTIAL,
        browser_session=SESSION,
        now=NOW,
        new_id=world.new_id,
        binding=eidas.Binding.REDIRECT,
    )
    assert isinstance(redirect, eidas.LoginRedirect)
    return urlsplit(redirect.url).query


def accept_query(world: World, query: str) -> proxy_side.LoginRequest:
    """Let the node read a query."""
    return proxy_side.accept_request(
        query,
        proxy=world.proxy,
        connector=world.connector,
        now=NOW,
        replay=world.node_replay,
        binding=eidas.Binding.REDIRECT,
    )


def test_a_redirect_is_accepted_by_its_signed_query(world: World) -> None:
    request = accept_query(world, redirected(world))
    assert request.relay_state.startswith("_")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda query: query + "&RelayState=x", "redirect.duplicate"),
        (lambda query: query + "&SAMLResponse=x", "redirect.parameters"),
        (lambda query: query.replace("RelayState=_", "RelayState=x", 1), "redirect.signature"),
        (lambda query: query.partition("&Signature")[0], "redirect.parameters"),
        (lambda query: query.replace("ecdsa-sha256", "hmac-sha256"), "redirect.signature"),
        (lambda query: query.replace("SAMLRequest=", "SAMLRequest=%21"), "message.base64"),
    ],
)
def test_a_redirect_that_was_tampered_with_is_refused(
    world: World, change: object, rule: str
) -> None:
    with pytest.raises(eidas.RequestRefused) as refusal:
        accept_query(world, change(redirected(world)))  # type: ignore[operator]
    assert refusal.value.rule == rule


def test_a_deflate_bomb_is_refused_before_it_grows() -> None:
    deflate = zlib.compressobj(9, wbits=-15)
    bomb = deflate.compress(b" " * 50_000_000) + deflate.flush()
    query = f"SAMLRequest={quote(base64.b64encode(bomb))}&SigAlg=x&Signature=x"
    with pytest.raises(eidas.RequestRefused) as refusal:
        read_redirect(query, kind="SAMLRequest", refusal=eidas.RequestRefused)
    assert refusal.value.rule == "message.size"


def test_trailing_bytes_after_the_deflated_message_are_refused() -> None:
    deflate = zlib.compressobj(9, wbits=-15)
    packed = deflate.compress(b"<x/>") + deflate.flush() + b"more"
    query = f"SAMLRequest={quote(base64.b64encode(packed))}&SigAlg=x&Signature=x"
    with pytest.raises(eidas.RequestRefused) as refusal:
        read_redirect(query, kind="SAMLRequest", refusal=eidas.RequestRefused)
    assert refusal.value.rule == "redirect.deflate"


def test_an_old_request_is_refused(world: World) -> None:
    _, form = world.ask(now=NOW - timedelta(hours=1))
    assert request_rule(world, dict(form.fields)["SAMLRequest"]) == "request.issue-instant"


def test_the_issuer_is_only_peeked_at(world: World) -> None:
    _, form = world.ask()
    value = dict(form.fields)["SAMLRequest"]
    assert proxy_side.peek_issuer(value) == world.provider.entity_id
    assert (
        proxy_side.peek_issuer(redirected(world), binding=eidas.Binding.REDIRECT)
        == world.provider.entity_id
    )


def request_rule(world: World, value: str) -> str:
    """Give the rule under which a posted request is refused."""
    with pytest.raises(eidas.RequestRefused) as refusal:
        proxy_side.accept_request(
            value, proxy=world.proxy, connector=world.connector, now=NOW, replay=world.node_replay
        )
    return refusal.value.rule
