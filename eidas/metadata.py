"""What another node published about itself, believed only when a trusted key signed it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, Self

from lxml import etree

from eidas.errors import MetadataRefused
from eidas.levels import NOTIFIED
from eidas.metadata_reader import Deviation, Endpoint, Facts, read_facts
from eidas.moments import parse_moment
from eidas.reading import refusing
from eidas.schema import first_fault
from eidas.vocabulary import MESSAGE_FORMAT, SAML_METADATA, Binding, Namespace, SPType
from xmltrust import (
    Certificate,
    Limits,
    SignaturePolicy,
    TrustedKey,
    parse,
    verify_element,
)
from xmltrust.canonical import canonical_bytes

ENTITY: Final = Namespace.METADATA("EntityDescriptor")
ENTITIES: Final = Namespace.METADATA("EntitiesDescriptor")
LIMITS: Final = Limits(max_bytes=8 * 1024 * 1024, max_elements=200_000, max_attributes=400_000)
"""An aggregate of all Member States is 1 MB; nothing sensible is eight times as big."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityMetadata:
    """One entity in one role; every key and address a login uses comes from here."""

    ROLE: ClassVar[str]

    entity_id: str
    country: str
    valid_until: datetime
    signing_keys: tuple[TrustedKey, ...]
    """Keys that may sign; valid because the metadata says so, also past their certificate's end
    (SAML V2.0 Metadata Interoperability Profile, 2.5)."""
    encryption_certificates: tuple[Certificate, ...]
    endpoints: tuple[Endpoint, ...]
    levels: tuple[str, ...]
    attributes: frozenset[str]
    protocol_versions: tuple[str, ...]
    application_identifier: str
    sp_type: SPType | None
    wants_requester_id: bool
    name_id_formats: tuple[str, ...]
    deviations: tuple[Deviation, ...]
    """What is not as the profile asks, yet leaves the entity usable."""

    @classmethod
    def read(
        cls,
        data: bytes,
        *,
        trusted: Sequence[TrustedKey],
        now: datetime,
        expected_entity_id: str | None = None,
        policy: SignaturePolicy | None = None,
    ) -> Self:
        """Verify and read a signed EntityDescriptor, or the expected one of a signed aggregate.

        ``trusted`` are the trust anchors or exchanged metadata keys; whatever else the signature's
        KeyInfo holds is ignored. Raises ``MetadataRefused``: no or no trusted signature, no or a
        past ``validUntil``, another entity than expected, no usable key, no such role
        (Message Format 1.4, 2.1; Interoperability Architecture 1.4, 6).
        """
        root, faults = _verified(data, trusted=trusted, policy=policy)
        found = cls._select(root, expected_entity_id)
        return cls._from_element(found, now=now, deviations=faults)

    @classmethod
    def read_all(
        cls,
        data: bytes,
        *,
        trusted: Sequence[TrustedKey],
        now: datetime,
        policy: SignaturePolicy | None = None,
    ) -> "tuple[Self, ...]":
        """Verify an aggregate and read every entity of this role; raises as ``read`` does.

        An entity that alone is not usable is left out, and stands among the others' deviations.
        """
        root, faults = _verified(data, trusted=trusted, policy=policy)
        return cls._all(root, now=now, deviations=faults)

    @classmethod
    def read_all_unsafe(cls, data: bytes, *, now: datetime) -> "tuple[Self, ...]":
        """Read without asking for a signature: only for what a trusted hand delivered."""
        root, faults = _parsed(data)
        # Comments may stand in metadata, and must not cut a value in two.
        root = parse(canonical_bytes(root), limits=LIMITS)
        return cls._all(root, now=now, deviations=faults)

    def endpoint(self, binding: Binding) -> str:
        """Give the address for a binding; raises ``MetadataRefused`` when there is none."""
        for one in self.endpoints:
            if one.binding == binding.value:
                return one.location
        raise MetadataRefused(
            "metadata.endpoint",
            expected=f"an address for {binding.name}",
            found="none",
            clause=f"{SAML_METADATA}, 2.4",
        )

    def publishes_level(self, uri: str) -> bool:
        """Say whether the service may answer at this level.

        Of the notified levels a service publishes the highest that it reaches, so weaker ones
        are covered (Message Format 1.4, 2.1); any other level must be named.
        """
        ranks = [level.value for level in NOTIFIED]
        published = [ranks.index(one) for one in self.levels if one in ranks]
        if uri in ranks:
            return bool(published) and ranks.index(uri) <= max(published)
        return uri in self.levels

    @classmethod
    def _select(cls, root: etree._Element, expected: str | None) -> etree._Element:
        entities = [root] if root.tag == ENTITY else list(root.iter(ENTITY))
        found = [one for one in entities if expected in {None, one.get("entityID")}]
        if len(found) != 1:
            raise MetadataRefused(
                "metadata.entity",
                expected=f"exactly one entity {expected or ''}".strip(),
                found=f"{len(found)}",
                clause=f"{SAML_METADATA}, 2.3",
            )
        return found[0]

    @classmethod
    def _all(
        cls, root: etree._Element, *, now: datetime, deviations: tuple[Deviation, ...]
    ) -> "tuple[Self, ...]":
        entities = [root] if root.tag == ENTITY else list(root.iter(ENTITY))
        names = [one.get("entityID") for one in entities]
        if len(set(names)) != len(names):
            raise MetadataRefused(
                "metadata.duplicate-entity",
                expected="each entity once",
                found="an entity that comes twice",
                clause=f"{SAML_METADATA}, 2.3",
            )
        role = Namespace.METADATA(cls.ROLE)
        found: list[Self] = []
        refused: list[tuple[str, MetadataRefused]] = []
        for one in entities:
            if one.find(role) is None:
                continue
            try:
                found.append(cls._from_element(one, now=now, deviations=deviations))
            except MetadataRefused as problem:
                refused.append((one.get("entityID", ""), problem))
        if refused and not found:
            raise refused[0][1]
        # One Member State's fault in an aggregate must not shut out all the others.
        notes = tuple(
            Deviation(rule=problem.rule, where=name, message=f"not read: {problem}", refused=True)
            for name, problem in refused
        )
        return tuple(replace(one, deviations=one.deviations + notes) for one in found)

    @classmethod
    def _from_element(
        cls,
        entity: etree._Element,
        *,
        now: datetime,
        deviations: tuple[Deviation, ...],
    ) -> Self:
        valid_until = _demand_validity(entity, now=now)
        with refusing(MetadataRefused, f"{MESSAGE_FORMAT}, 2.1"):
            facts: Facts = read_facts(entity, role=cls.ROLE)
        return cls(
            entity_id=facts.entity_id,
            country=facts.country,
            valid_until=valid_until,
            signing_keys=facts.signing_keys,
            encryption_certificates=facts.encryption_certificates,
            endpoints=facts.endpoints,
            levels=facts.levels,
            attributes=facts.attributes,
            protocol_versions=facts.protocol_versions,
            application_identifier=facts.application_identifier,
            sp_type=facts.sp_type,
            wants_requester_id=facts.wants_requester_id,
            name_id_formats=facts.name_id_formats,
            deviations=deviations + facts.deviations,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetadata(EntityMetadata):
    """A Member State's proxy-service, which answers requests."""

    ROLE: ClassVar[str] = "IDPSSODescriptor"

    def single_sign_on(self, binding: Binding) -> str:
        """Give the address that takes requests; raises ``MetadataRefused`` without one."""
        return self.endpoint(binding)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorMetadata(EntityMetadata):
    """A connector or service provider, which asks."""

    ROLE: ClassVar[str] = "SPSSODescriptor"

    def assertion_consumer(self) -> str:
        """Give the address that takes responses; raises ``MetadataRefused`` without one."""
        return self.endpoint(Binding.POST)


def _parsed(data: bytes) -> tuple[etree._Element, tuple[Deviation, ...]]:
    with refusing(MetadataRefused, f"{SAML_METADATA}, 2.3"):
        root = parse(data, limits=LIMITS, comments_allowed=True)
    if root.tag not in {ENTITY, ENTITIES}:
        raise MetadataRefused(
            "metadata.root",
            expected="EntityDescriptor or EntitiesDescriptor",
            found="another element",
            clause=f"{SAML_METADATA}, 2.3",
        )
    # Published metadata of real nodes breaks its schema in places that hold no key or address.
    fault = first_fault(root)
    deviation = Deviation(rule="metadata.schema", where=fault, message="does not follow the schema")
    return root, (deviation,) if fault else ()


def _verified(
    data: bytes, *, trusted: Sequence[TrustedKey], policy: SignaturePolicy | None
) -> tuple[etree._Element, tuple[Deviation, ...]]:
    root, faults = _parsed(data)
    with refusing(MetadataRefused, f"{MESSAGE_FORMAT}, 2.1", code="203013"):
        verified = verify_element(
            root,
            trusted=tuple(trusted),
            # eIDAS-Node signs its metadata with the reference URI="", without an ID.
            policy=(policy or SignaturePolicy()).with_whole_document(),
            expected=str(root.tag),
            limits=LIMITS,
        )
    return verified.element, faults


def _demand_validity(entity: etree._Element, *, now: datetime) -> datetime:
    ends = [
        parse_moment(one.get("validUntil", ""))
        for one in (entity, *entity.iterancestors(ENTITIES))
        if one.get("validUntil")
    ]
    known = [end for end in ends if end is not None]
    if len(known) != len(ends) or not known:
        raise MetadataRefused(
            "metadata.valid-until",
            expected="a validUntil",
            found="none that can be read",
            clause=f"{MESSAGE_FORMAT}, 2.1",
        )
    if min(known) <= now:
        raise MetadataRefused(
            "metadata.valid-until",
            expected="a validUntil in the future",
            found="metadata that has expired",
            clause=f"{SAML_METADATA}, 2.3.2",
        )
    return min(known)
