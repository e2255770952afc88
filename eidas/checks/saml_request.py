"""Judging an authentication request as a node would."""

from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

from eidas.checks.context import (
    Context,
    content,
    embedded_certificates,
    policy_of,
    text,
    trusted_certificates,
    xml_of,
)
from eidas.checks.finding import Finding, Judgement, finding_of, schema_findings, warning
from eidas.errors import EidasError, RequestRefused
from eidas.metadata import ConnectorMetadata
from eidas.metadata_reader import Endpoint
from eidas.node.request import AUTHN_REQUEST, LoginRequest, read_request
from eidas.policy import Policy
from eidas.reading import LIMITS, parse_message, refusing
from eidas.vocabulary import INTEROPERABILITY, MESSAGE_FORMAT, Binding, Namespace, SPType
from xmltrust import parse, verify_element

_NOWHERE = "https://unknown.invalid/"


def check_saml_request(
    data: bytes,
    *,
    context: Context,
    now: datetime,
    show_values: bool,
) -> Judgement:
    """Judge an AuthnRequest, XML or base64; any bytes give a judgement.

    Context: ``metadata`` (content of the connector's metadata) or ``certificate``; ``destination``.
    """
    findings: list[Finding] = []
    message = xml_of(data)
    try:
        policy = policy_of(context)
        request = parse_message(message, root=AUTHN_REQUEST, refusal=RequestRefused)
        connector = _connector(request, context, now, findings)
        verified = _verified(request, connector, policy)
        accepted = read_request(
            verified,
            destination=text(context, "destination"),
            connector=connector,
            now=now,
            policy=policy,
        )
    except EidasError as problem:
        return Judgement((*findings, finding_of(problem, where="/AuthnRequest"), *_why(message)))
    return Judgement(tuple(findings), _described(accepted))


def _connector(
    request: etree._Element, context: Context, now: datetime, findings: list[Finding]
) -> ConnectorMetadata:
    issuer = (request.findtext(Namespace.ASSERTION("Issuer")) or "").strip()
    metadata = content(context, "metadata")
    if metadata is not None:
        # A tester names the metadata as trusted; its own signature is judged by its own check.
        for one in ConnectorMetadata.read_all_unsafe(xml_of(metadata), now=now):
            if one.entity_id == issuer:
                return one
        raise RequestRefused(
            "request.issuer",
            expected="an issuer of the given metadata",
            found="another issuer",
            clause=f"{MESSAGE_FORMAT}, 2.3.2",
        )
    keys = trusted_certificates(context)
    if not keys:
        keys = embedded_certificates(request)
        findings.append(
            warning(
                "signature.not-trusted",
                "neither metadata nor certificate was given: only integrity was judged",
                where="/AuthnRequest/Signature",
                fix="Give metadata or certificate in the context.",
            )
        )
    address = request.get("AssertionConsumerServiceURL", _NOWHERE)
    return ConnectorMetadata(
        entity_id=issuer,
        country="",
        valid_until=datetime.max.replace(tzinfo=UTC),
        signing_keys=keys,
        encryption_certificates=(),
        endpoints=(Endpoint(Binding.POST.value, address),),
        levels=(),
        attributes=frozenset(),
        protocol_versions=(),
        application_identifier="",
        sp_type=_sector(request, findings),
        wants_requester_id=False,
        name_id_formats=(),
        deviations=(),
    )


def _sector(request: etree._Element, findings: list[Finding]) -> SPType | None:
    path = f"{Namespace.PROTOCOL('Extensions')}/{Namespace.EIDAS('SPType')}"
    if request.find(path) is not None:
        return None
    findings.append(
        warning(
            "request.sp-type",
            "the request names no SPType; without metadata nobody can say whether that is right",
            where="/AuthnRequest/Extensions",
            fix="Give the connector's metadata in the context.",
        )
    )
    return SPType.PUBLIC


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


def _why(message: bytes) -> list[Finding]:
    try:
        with refusing(RequestRefused, f"{INTEROPERABILITY}, 7.5"):
            root = parse(message, limits=LIMITS)
    except RequestRefused:
        return []
    return schema_findings(root, clause=f"{INTEROPERABILITY}, 7.5")


def _described(request: LoginRequest) -> Mapping[str, object]:
    return {
        "id": request.id,
        "issuer": request.issuer,
        "issued_at": request.issued_at.isoformat(),
        "person": request.person_kind.value,
        "attributes": [one.name for one in request.attributes],
        "comparison": request.comparison.value,
        "levels": list(request.levels),
        "sp_type": request.sp_type.value,
        "name_id_format": request.name_id_format.value,
        "requester_id": request.requester_id,
        "provider_name": request.provider_name,
    }
