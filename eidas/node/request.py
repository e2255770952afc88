"""Accepting a request: numbered checks, from the form value or query to what is asked."""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from eidas.attributes import BY_NAME, AttributeDefinition, minimum_data_set
from eidas.bindings import checked_relay_state, read_post, read_redirect
from eidas.errors import RequestRefused
from eidas.levels import Comparison, fault_of
from eidas.metadata import ConnectorMetadata
from eidas.moments import parse_moment
from eidas.node.proxy import ProxyService
from eidas.policy import Policy
from eidas.reading import parse_message, refusing, text_or_empty
from eidas.replay import ReplayGuard
from eidas.vocabulary import (
    MESSAGE_FORMAT,
    NAME_FORMAT_URI,
    SAML_CORE,
    Binding,
    NameIdFormat,
    Namespace,
    PersonKind,
    SPType,
)
from xmltrust import at_most_one, every, exactly_one, required_attribute, verify_element

AUTHN_REQUEST = Namespace.PROTOCOL("AuthnRequest")
_SAML, _SAMLP, _EIDAS = Namespace.ASSERTION, Namespace.PROTOCOL, Namespace.EIDAS
_CLAUSE = f"{MESSAGE_FORMAT}, 2.3.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """What a connector asked for, after every rule held."""

    id: str
    issuer: str
    issued_at: datetime
    person_kind: PersonKind
    attributes: tuple[AttributeDefinition, ...]
    comparison: Comparison
    levels: tuple[str, ...]
    sp_type: SPType
    name_id_format: NameIdFormat
    requester_id: str
    provider_name: str
    relay_state: str
    assertion_consumer_url: str
    """From the connector's metadata, never from the request."""


def accept_request(
    value: str | bytes,
    *,
    proxy: ProxyService,
    connector: ConnectorMetadata,
    now: datetime,
    replay: ReplayGuard,
    binding: Binding = Binding.POST,
    relay_state: str = "",
    policy: Policy | None = None,
) -> LoginRequest:
    """Verify a request and check every rule of the profile; raise ``RequestRefused``.

    ``value`` is the posted ``SAMLRequest`` or, for HTTP-Redirect, the raw query string.
    ``connector`` is the metadata of the issuer, chosen with ``peek_issuer`` from an allow-list.
    """
    rules = policy or Policy()
    if binding is Binding.REDIRECT:
        query = read_redirect(str(value), kind="SAMLRequest", refusal=RequestRefused)
        query.verify(
            trusted=connector.signing_keys, policy=rules.signatures, refusal=RequestRefused
        )
        request = parse_message(query.message, root=AUTHN_REQUEST, refusal=RequestRefused)
        relay_state = query.relay_state
    else:
        data = read_post(value, refusal=RequestRefused)
        parsed = parse_message(data, root=AUTHN_REQUEST, refusal=RequestRefused)
        request = _verified(parsed, connector, rules)
    checked_relay_state(relay_state, refusal=RequestRefused)
    accepted = read_request(
        request,
        destination=proxy.single_sign_on_url,
        connector=connector,
        now=now,
        policy=rules,
        relay_state=relay_state,
    )
    until = now + rules.longest_age + 2 * rules.skew
    if not replay.first_time(accepted.issuer, accepted.id, until=until, now=now):
        raise _refused("request.replay", "a request that is new", "one that was used before")
    return accepted


def read_request(
    request: etree._Element,
    *,
    destination: str | None,
    connector: ConnectorMetadata,
    now: datetime,
    policy: Policy,
    relay_state: str = "",
) -> LoginRequest:
    """Check the content of a request whose signature was verified; raise ``RequestRefused``.

    ``destination`` is our own address, or ``None`` where nobody knows it.
    """
    with refusing(RequestRefused, _CLAUSE):
        _1_issuer(request, connector)
        issued_at = _2_time(request, now, policy)
        _3_destination(request, destination)
        _4_flags(request)
        _5_address_of_answer(request, connector)
        levels, comparison = _6_levels(request)
        extensions = exactly_one(request, _SAMLP("Extensions"), "request.extensions")
        sector = _7_sector(extensions, connector)
        attributes = _8_attributes(extensions)
        scoping = at_most_one(request, _SAMLP("Scoping"))
        requesters = () if scoping is None else every(scoping, _SAMLP("RequesterID"))
        return LoginRequest(
            id=required_attribute(request, "ID"),
            issuer=connector.entity_id,
            issued_at=issued_at,
            person_kind=attributes[0].kind,
            attributes=attributes,
            comparison=comparison,
            levels=levels,
            sp_type=sector,
            name_id_format=_9_name_id_format(request),
            requester_id=text_or_empty(requesters[0]) if requesters else "",
            provider_name=request.get("ProviderName", ""),
            relay_state=relay_state,
            assertion_consumer_url=connector.assertion_consumer(),
        )


def peek_issuer(value: str | bytes, *, binding: Binding = Binding.POST) -> str:
    """Read the issuer a request claims, believed for nothing but choosing its metadata."""
    data = (
        read_redirect(str(value), kind="SAMLRequest", refusal=RequestRefused).message
        if binding is Binding.REDIRECT
        else read_post(value, refusal=RequestRefused)
    )
    request = parse_message(data, root=AUTHN_REQUEST, refusal=RequestRefused)
    with refusing(RequestRefused, _CLAUSE):
        return text_or_empty(exactly_one(request, _SAML("Issuer"), "request.issuer"))


def _verified(
    request: etree._Element, connector: ConnectorMetadata, policy: Policy
) -> etree._Element:
    with refusing(RequestRefused, f"{MESSAGE_FORMAT}, 2.3.1", code="203013"):
        return verify_element(
            request,
            trusted=connector.signing_keys,
            policy=policy.signatures,
            expected=AUTHN_REQUEST,
        ).element


def _1_issuer(request: etree._Element, connector: ConnectorMetadata) -> None:
    if text_or_empty(exactly_one(request, _SAML("Issuer"))) != connector.entity_id:
        raise _refused("request.issuer", "the connector of the metadata", "another issuer")
    if request.get("Version") != "2.0":
        raise _refused("request.version", "2.0", "another version", code="203027")


def _2_time(request: etree._Element, now: datetime, policy: Policy) -> datetime:
    moment = parse_moment(request.get("IssueInstant", ""))
    earliest = now - policy.longest_age - policy.skew
    if moment is None or not earliest <= moment <= now + policy.skew:
        raise _refused("request.issue-instant", "a recent time in UTC", "another")
    return moment


def _3_destination(request: etree._Element, ours: str | None) -> None:
    if ours is not None and request.get("Destination", ours) != ours:
        raise _refused("request.destination", "our own address", "another", code="203002")


def _4_flags(request: etree._Element) -> None:
    if request.get("ForceAuthn") not in {"true", "1"}:
        raise _refused("request.force-authn", "ForceAuthn true", "false or none")
    if request.get("IsPassive", "false") not in {"false", "0"}:
        raise _refused("request.is-passive", "IsPassive false", "true")


def _5_address_of_answer(request: etree._Element, connector: ConnectorMetadata) -> None:
    """MF 1.4, 2.3.2: SHOULD NOT be present; when it is, it equals the one in metadata."""
    address = request.get("AssertionConsumerServiceURL")
    if address is not None and address != connector.assertion_consumer():
        raise _refused("request.assertion-consumer", "the address in metadata", "another")
    if request.get("ProtocolBinding", Binding.POST.value) != Binding.POST.value:
        raise _refused("request.protocol-binding", "HTTP-POST", "another binding")


def _6_levels(request: etree._Element) -> tuple[tuple[str, ...], Comparison]:
    context = exactly_one(request, _SAMLP("RequestedAuthnContext"), "request.level")
    uris = tuple(text_or_empty(one) for one in every(context, _SAML("AuthnContextClassRef")))
    # SAML Core 3.3.2.2.1: a missing Comparison means exact.
    comparison = context.get("Comparison", Comparison.EXACT.value)
    fault = fault_of(comparison, uris)
    if comparison not in set(Comparison) or fault:
        expected = fault or "Comparison minimum or exact"
        raise _refused("request.level", expected, "another combination", code="202015")
    return uris, Comparison(comparison)


def _7_sector(extensions: etree._Element, connector: ConnectorMetadata) -> SPType:
    stated = at_most_one(extensions, _EIDAS("SPType"), "request.sp-type")
    if every(extensions, _EIDAS("NodeCountry")):
        raise _refused("request.node-country", "no NodeCountry in a request", "one")
    if stated is None and connector.sp_type is None:
        raise _refused("request.sp-type", "SPType here or in metadata", "neither", code="203017")
    if stated is None:
        return connector.sp_type or SPType.PUBLIC
    if connector.sp_type is not None:
        raise _refused("request.sp-type", "SPType here or in metadata", "both", code="202016")
    return SPType(text_or_empty(stated))


def _8_attributes(extensions: etree._Element) -> tuple[AttributeDefinition, ...]:
    listed = exactly_one(extensions, _EIDAS("RequestedAttributes"), "request.attributes")
    found = tuple(_attribute(one) for one in every(listed, _EIDAS("RequestedAttribute")))
    kinds = {one.kind for one in found}
    if len(set(found)) != len(found):
        raise _refused("request.attributes", "each attribute once", "one that repeats")
    if len(kinds) != 1:
        raise _refused(
            "request.attributes",
            "attributes of a natural or of a legal person",
            "both" if kinds else "none",
            code="202005",
        )
    if not set(minimum_data_set(found[0].kind)) <= set(found):
        raise _refused("request.minimum-data-set", "the whole minimum data set", "a part of it")
    return found


def _attribute(element: etree._Element) -> AttributeDefinition:
    definition = BY_NAME.get(required_attribute(element, "Name"))
    if definition is None:
        raise _refused("request.attributes", "attributes of the profile", "another attribute")
    if definition.representative:
        raise _refused(
            "request.representative", "no representative attribute", "one", code="203024"
        )
    if element.get("NameFormat") != NAME_FORMAT_URI:
        raise _refused("request.name-format", "attrname-format:uri", "another name format")
    if (element.get("isRequired") in {"true", "1"}) != definition.mandatory:
        raise _refused(
            "request.is-required",
            "isRequired true for the minimum data set and false for all else",
            "the contrary",
        )
    return definition


def _9_name_id_format(request: etree._Element) -> NameIdFormat:
    policy = at_most_one(request, _SAMLP("NameIDPolicy"))
    form = NameIdFormat.UNSPECIFIED.value if policy is None else policy.get("Format", "")
    form = form or NameIdFormat.UNSPECIFIED.value
    if form not in set(NameIdFormat):
        raise _refused(
            "request.name-id-policy", "a format of the profile", "another", code="202022"
        )
    return NameIdFormat(form)


def _refused(rule: str, expected: str, found: str, *, code: str = "") -> RequestRefused:
    clause = _CLAUSE if not rule.startswith("request.version") else f"{SAML_CORE}, 3.2.1"
    return RequestRefused(rule, expected=expected, found=found, clause=clause, code=code)
