"""Judging metadata: signature, validity, keys, promises."""

from datetime import datetime
from typing import Final

from lxml import etree

from eidas.checks.context import (
    Context,
    content,
    embedded_certificates,
    policy_of,
    trusted_certificates,
    xml_of,
)
from eidas.checks.finding import Finding, Judgement, finding_of, finding_of_deviation, warning
from eidas.errors import EidasError, MetadataRefused
from eidas.metadata import LIMITS, ConnectorMetadata, EntityMetadata, NodeMetadata
from eidas.reading import refusing
from eidas.service_list import SERVICE_LIST, MetadataServiceList
from eidas.vocabulary import SAML_METADATA
from xmltrust import TrustedKey, parse

_KINDS: Final[tuple[type[EntityMetadata], ...]] = (NodeMetadata, ConnectorMetadata)


def check_saml_metadata(
    data: bytes,
    *,
    context: Context,
    now: datetime,
    show_values: bool,
) -> Judgement:
    """Judge an EntityDescriptor, an aggregate or a MetadataServiceList; any bytes are judged.

    Context: ``certificate`` of whom to trust, or ``metadata`` whose signing keys are trusted.
    """
    findings: list[Finding] = []
    message = xml_of(data)
    try:
        with refusing(MetadataRefused, f"{SAML_METADATA}, 2.3"):
            root = parse(message, limits=LIMITS, comments_allowed=True)
        trusted = _trusted(root, context, findings, now)
        if root.tag == SERVICE_LIST:
            policy = policy_of(context).signatures
            listed = MetadataServiceList.read(message, trusted=trusted, now=now, policy=policy)
            return Judgement(tuple(findings), _described_list(listed))
        entities = _verified(message, root, trusted, context, now)
    except EidasError as problem:
        return Judgement((*findings, finding_of(problem, where="/"), *_deviations(message, now)))
    findings.extend(finding_of_deviation(one) for entity in entities for one in entity.deviations)
    return Judgement(
        tuple(dict.fromkeys(findings)), {"entities": [_described(one) for one in entities]}
    )


def _trusted(
    root: etree._Element, context: Context, findings: list[Finding], now: datetime
) -> tuple[TrustedKey, ...]:
    given = trusted_certificates(context)
    metadata = content(context, "metadata")
    if metadata is not None:
        given += tuple(
            key
            for kind in _KINDS
            for one in kind.read_all_unsafe(xml_of(metadata), now=now)
            for key in one.signing_keys
        )
    if given:
        return given
    embedded = embedded_certificates(root)
    if embedded:
        findings.append(
            warning(
                "signature.not-trusted",
                "no certificate was given, so only the integrity of the signature was judged",
                where="/",
                fix="Give the trust anchor as certificate in the context.",
            )
        )
    return embedded


def _verified(
    message: bytes,
    root: etree._Element,
    trusted: tuple[TrustedKey, ...],
    context: Context,
    now: datetime,
) -> list[EntityMetadata]:
    found: list[EntityMetadata] = []
    policy = policy_of(context).signatures
    for kind in _KINDS:
        found.extend(kind.read_all(message, trusted=trusted, now=now, policy=policy))
    if not found:
        raise MetadataRefused(
            "metadata.role",
            expected="a service or a connector",
            found=f"neither in {etree.QName(root).localname}",
            clause=f"{SAML_METADATA}, 2.4",
        )
    return found


def _deviations(message: bytes, now: datetime) -> list[Finding]:
    """Report what deviates in metadata that was refused, as far as it can be read."""
    findings: list[Finding] = []
    try:
        for kind in _KINDS:
            for entity in kind.read_all_unsafe(message, now=now):
                findings.extend(finding_of_deviation(one) for one in entity.deviations)
    except EidasError:
        return findings
    return list(dict.fromkeys(findings))


def _described(entity: EntityMetadata) -> dict[str, object]:
    return {
        "entity_id": entity.entity_id,
        "role": entity.ROLE,
        "country": entity.country,
        "valid_until": entity.valid_until.isoformat(),
        "levels": list(entity.levels),
        "signing_keys": len(entity.signing_keys),
        "encryption_keys": len(entity.encryption_certificates),
        "endpoints": [{"binding": one.binding, "url": one.location} for one in entity.endpoints],
        "protocol_versions": list(entity.protocol_versions),
        "application_identifier": entity.application_identifier,
        "sp_type": entity.sp_type.value if entity.sp_type else None,
        "attributes": len(entity.attributes),
    }


def _described_list(listed: MetadataServiceList) -> dict[str, object]:
    return {
        "issuer": listed.issuer,
        "territory": listed.territory,
        "issued_at": listed.issued_at.isoformat(),
        "next_update": listed.next_update.isoformat() if listed.next_update else None,
        "locations": [
            {"territory": one.territory, "url": one.url, "keys": len(one.keys)}
            for one in listed.locations
        ],
    }
