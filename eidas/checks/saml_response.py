"""Judging a response as the portal that asked would."""

import base64
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime

from eidas.accept import judge
from eidas.attributes import ALL
from eidas.checks.context import Context, content, policy_of, text, xml_of
from eidas.checks.finding import Finding, Judgement, finding_of, schema_findings, warning
from eidas.errors import EidasError, EidasMisuse, ResponseRefused
from eidas.expectation import Expectation, Receiver
from eidas.identity import Identity, Personal
from eidas.levels import LevelOfAssurance, RequestedLevels
from eidas.metadata import NodeMetadata
from eidas.pending import PendingLogin
from eidas.policy import Policy
from eidas.reading import LIMITS, refusing
from eidas.replay import MemoryReplayGuard
from eidas.vocabulary import INTEROPERABILITY, PersonKind
from xmltrust import DecryptionKey, XmlTrustError, parse

HIDDEN = "…"


def check_saml_response(
    data: bytes, *, context: Context, now: datetime, show_values: bool
) -> Judgement:
    """Judge a Response, XML or base64; any bytes give a judgement.

    Context: ``entity_id``, ``acs_url``, ``request_id``, ``requested_loa``, ``issuer``, contents of
    ``idp_metadata`` and ``decryption_key``, ``policy``; also ``country``, ``allow_representation``.
    """
    findings: list[Finding] = []
    message = xml_of(data)
    try:
        identity = _identity(message, context, now, findings)
    except EidasError as problem:
        return Judgement((*findings, finding_of(problem, where="/Response"), *_why(message)))
    findings.extend(
        warning("response.policy", one, where="/Response", fix="Ask the peer to move to 1.4.")
        for one in identity.warnings
    )
    return Judgement(tuple(findings), _described(identity, show_values=show_values))


def _identity(message: bytes, context: Context, now: datetime, findings: list[Finding]) -> Identity:
    value = base64.b64encode(message)
    policy = policy_of(context)
    node = _node(context, now)
    receiver = _receiver(context, findings)
    first: ResponseRefused | None = None
    for kind in PersonKind:
        pending = _pending(context, node, kind, now, policy)
        expectation = Expectation(
            pending=pending, receiver=receiver, node=node, now=now, policy=policy
        )
        try:
            return judge(value, expectation, replay=MemoryReplayGuard())
        except ResponseRefused as problem:
            first = first or problem
            if problem.rule != "response.minimum-data-set":
                break
    raise first or ResponseRefused("response.unknown")


def _node(context: Context, now: datetime) -> NodeMetadata:
    metadata = content(context, "idp_metadata")
    if metadata is None:
        raise EidasMisuse("check.context", expected="idp_metadata", found="none")
    found = NodeMetadata.read_all_unsafe(xml_of(metadata), now=now)
    issuer = text(context, "issuer")
    for one in found:
        if issuer in {None, one.entity_id}:
            return one
    raise EidasMisuse("check.context", expected="the issuer in idp_metadata", found="none")


def _receiver(context: Context, findings: list[Finding]) -> Receiver:
    key = content(context, "decryption_key")
    if key is None:
        raise EidasMisuse("check.context", expected="decryption_key", found="none")
    certificate = key if b"-----BEGIN CERTIFICATE" in key else None
    try:
        keys = (DecryptionKey.load(key, certificate),)
    except XmlTrustError as problem:
        raise EidasMisuse("check.context", expected=problem.expected, found=problem.found) from None
    country = text(context, "country")
    if country is None:
        findings.append(
            warning(
                "response.receiving-country",
                "nobody said for which country the identifier must be made",
                where="/Response",
                fix="Give country in the context.",
            )
        )
    return Receiver(
        entity_id=_demanded(context, "entity_id"),
        assertion_consumer_url=_demanded(context, "acs_url"),
        decryption_keys=keys,
        country=country,
    )


def _pending(
    context: Context, node: NodeMetadata, kind: PersonKind, now: datetime, policy: Policy
) -> PendingLogin:
    return PendingLogin(
        request_id=_demanded(context, "request_id"),
        relay_state="",
        browser="",
        node=node.entity_id,
        country=node.country,
        levels=_levels(context.get("requested_loa")),
        person=kind,
        attributes=tuple(one.name for one in ALL),
        created_at=now - policy.longest_age,
        expires_at=now + policy.longest_age,
        allow_representation=context.get("allow_representation") is True,
    )


def _levels(given: object) -> RequestedLevels:
    if given is None:
        return RequestedLevels.at_least(LevelOfAssurance.LOW)
    names = [str(one) for one in given] if isinstance(given, (list, tuple)) else [str(given)]
    by_name = {one.name.lower(): one.value for one in LevelOfAssurance}
    uris = [by_name.get(name.lower(), name) for name in names]
    known = {one.value for one in LevelOfAssurance}
    if len(uris) == 1 and uris[0] in known:
        return RequestedLevels.for_level(LevelOfAssurance(uris[0]))
    return RequestedLevels.any_of(*uris)


def _demanded(context: Context, name: str) -> str:
    value = text(context, name)
    if not value:
        raise EidasMisuse("check.context", expected=name, found="none")
    return value


def _why(message: bytes) -> list[Finding]:
    try:
        with refusing(ResponseRefused, f"{INTEROPERABILITY}, 7.5"):
            root = parse(message, limits=LIMITS)
    except ResponseRefused:
        return []
    return schema_findings(root, clause=f"{INTEROPERABILITY}, 7.5")


def _described(identity: Identity, *, show_values: bool) -> Mapping[str, object]:
    return {
        "level": identity.level,
        "node": identity.node,
        "country": identity.country,
        "authenticated_at": identity.authenticated_at.isoformat(),
        "request_id": identity.request_id,
        "response_id": identity.response_id,
        "name_id": identity.name_id if show_values else HIDDEN,
        **{
            name: _shown(getattr(identity, name), show_values=show_values)
            for name in ("natural_person", "legal_person", "representative")
            if getattr(identity, name) is not None
        },
    }


def _shown(value: object, *, show_values: bool) -> object:
    if isinstance(value, Personal):
        named = {one.name: getattr(value, one.name) for one in fields(value)}  # type: ignore[arg-type]
        return {name: _shown(part, show_values=show_values) for name, part in named.items() if part}
    if not show_values:
        return HIDDEN
    if isinstance(value, tuple):
        return [_shown(part, show_values=True) for part in value]
    return value.isoformat() if isinstance(value, date) else str(value)
