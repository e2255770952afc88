"""Picking keys, addresses and promises out of one EntityDescriptor, noting what deviates."""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree

from eidas.attributes import BY_NAME
from eidas.errors import MetadataRefused
from eidas.levels import NOTIFIED, RESERVED_PREFIX
from eidas.vocabulary import (
    MESSAGE_FORMAT,
    REQUESTER_ID_CATEGORY,
    Binding,
    EntityAttribute,
    Namespace,
    SPType,
)
from xmltrust import (
    Certificate,
    CertificateRefused,
    TrustedKey,
    at_most_one,
    every,
    exactly_one,
    required_attribute,
)

_MD, _SAML, _DS = Namespace.METADATA, Namespace.ASSERTION, Namespace.SIGNATURE
_ENDPOINTS: Final = {
    "IDPSSODescriptor": _MD("SingleSignOnService"),
    "SPSSODescriptor": _MD("AssertionConsumerService"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Something in metadata that is not as the profile asks and is no danger."""

    rule: str
    where: str
    message: str
    refused: bool = False
    """Whether another entity of the same aggregate could not be read at all."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and how messages travel to it."""

    binding: str
    location: str


@dataclass(slots=True)
class Facts:
    """What one EntityDescriptor says in one role, while it is being read."""

    entity_id: str
    country: str = ""
    signing_keys: tuple[TrustedKey, ...] = ()
    encryption_certificates: tuple[Certificate, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    levels: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    protocol_versions: tuple[str, ...] = ()
    application_identifier: str = ""
    sp_type: SPType | None = None
    wants_requester_id: bool = False
    name_id_formats: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()

    def deviates(self, rule: str, message: str, where: str = "") -> None:
        """Note a deviation."""
        self.deviations += (Deviation(rule=rule, where=where or self.entity_id, message=message),)


def read_facts(entity: etree._Element, *, role: str) -> Facts:
    """Read an EntityDescriptor in one role.

    Raises ``MetadataRefused`` or xmltrust's errors when there is no such role, key or address.
    """
    facts = Facts(entity_id=required_attribute(entity, "entityID"))
    if not facts.entity_id.startswith("https://"):
        facts.deviates("metadata.entity-id", "the entity id is no https URL")
    descriptor = exactly_one(entity, _MD(role), "metadata.role")
    _read_entity_extensions(at_most_one(entity, _MD("Extensions")), facts)
    _read_country(at_most_one(descriptor, _MD("Extensions")), facts)
    _read_keys(descriptor, facts)
    _read_endpoints(descriptor, role, facts)
    facts.name_id_formats = tuple(
        (one.text or "").strip() for one in every(descriptor, _MD("NameIDFormat"))
    )
    facts.attributes = frozenset(
        one.get("Name", "") for one in every(descriptor, _SAML("Attribute"))
    )
    others = len(facts.attributes - set(BY_NAME))
    if others:
        facts.deviates("metadata.attributes", f"{others} attributes that are not of the profile")
    _note_flags(descriptor, role, facts)
    return facts


def _read_entity_extensions(extensions: etree._Element | None, facts: Facts) -> None:
    if extensions is None:
        facts.deviates("metadata.extensions", "the entity has no extensions")
        return
    values: dict[str, tuple[str, ...]] = {}
    for attributes in every(extensions, Namespace.ENTITY_ATTRIBUTES("EntityAttributes")):
        for attribute in every(attributes, _SAML("Attribute")):
            texts = tuple(
                (value.text or "").strip() for value in every(attribute, _SAML("AttributeValue"))
            )
            name = attribute.get("Name", "")
            values[name] = values.get(name, ()) + texts
    facts.protocol_versions = values.get(EntityAttribute.PROTOCOL_VERSION, ())
    facts.application_identifier = next(
        iter(values.get(EntityAttribute.APPLICATION_IDENTIFIER, ())), ""
    )
    facts.wants_requester_id = REQUESTER_ID_CATEGORY in values.get(
        EntityAttribute.ENTITY_CATEGORY, ()
    )
    facts.levels = tuple(
        level
        for level in values.get(EntityAttribute.ASSURANCE_CERTIFICATION, ())
        if _is_level(level, facts)
    )
    sectors = {(one.text or "").strip() for one in every(extensions, Namespace.EIDAS("SPType"))}
    if len(sectors) == 1 and sectors <= set(SPType):
        facts.sp_type = SPType(sectors.pop())
    _note_algorithms(extensions, facts)


def _is_level(level: str, facts: Facts) -> bool:
    if level in {one.value for one in NOTIFIED}:
        return True
    if ":" not in level or level.startswith(RESERVED_PREFIX):
        facts.deviates("metadata.level", "a level of assurance that is no URI of the profile")
        return False
    return True


def _note_algorithms(extensions: etree._Element, facts: Facts) -> None:
    weak = ("sha1", "md5", "ripemd160", "rsa-sha256", "rsa-sha384", "rsa-sha512", "#dsa", "hmac")
    for one in extensions.iterchildren(
        Namespace.ALGORITHM_SUPPORT("SigningMethod"), Namespace.ALGORITHM_SUPPORT("DigestMethod")
    ):
        algorithm = one.get("Algorithm", "")
        if any(mark in algorithm.lower() for mark in weak):
            facts.deviates(
                "metadata.algorithm", "an algorithm outside profile 1.4 is offered", algorithm
            )


def _read_country(extensions: etree._Element | None, facts: Facts) -> None:
    found = () if extensions is None else every(extensions, Namespace.EIDAS("NodeCountry"))
    country = (found[0].text or "").strip() if len(found) == 1 else ""
    if len(country) == 2 and country.isascii() and country.isupper():
        facts.country = country
    else:
        facts.deviates("metadata.node-country", "the role does not name its country")


def _read_keys(descriptor: etree._Element, facts: Facts) -> None:
    keys: dict[str, list[Certificate]] = {"signing": [], "encryption": []}
    for key in every(descriptor, _MD("KeyDescriptor")):
        use = key.get("use", "")
        if use not in keys:
            facts.deviates("metadata.key-use", "a key that does not say its use is not used")
            continue
        keys[use].extend(_certificates(key, facts))
    facts.signing_keys = tuple(
        TrustedKey.from_certificate(one, source=f"metadata of {facts.entity_id}")
        for one in keys["signing"]
    )
    facts.encryption_certificates = tuple(keys["encryption"])
    if not facts.signing_keys:
        raise MetadataRefused(
            "metadata.signing-key",
            expected="a signing key",
            found="none that can be used",
            clause=f"{MESSAGE_FORMAT}, 2.1",
        )
    if {one.der for one in keys["signing"]} & {one.der for one in keys["encryption"]}:
        facts.deviates("metadata.key-use", "one certificate serves signing and encryption")


def _certificates(key: etree._Element, facts: Facts) -> list[Certificate]:
    info = exactly_one(key, _DS("KeyInfo"))
    found = []
    for data in every(info, _DS("X509Data")):
        for element in every(data, _DS("X509Certificate")):
            try:
                certificate = Certificate.from_base64(element.text or "")
            except CertificateRefused as problem:
                facts.deviates("metadata.certificate", str(problem))
                continue
            for warning in certificate.warnings:
                facts.deviates("metadata.certificate", warning)
            _note_key_size(certificate, facts)
            found.append(certificate)
    if not found:
        facts.deviates("metadata.certificate", "a key without a certificate that can be read")
    return found


def _note_key_size(certificate: Certificate, facts: Facts) -> None:
    key = certificate.public_key
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        return
    size, least = key.key_size, 3072 if isinstance(key, RSAPublicKey) else 256
    if size < least:
        facts.deviates("metadata.key-size", f"a key of {size} bits, profile 1.4 asks for {least}")


def _read_endpoints(descriptor: etree._Element, role: str, facts: Facts) -> None:
    known = {binding.value for binding in Binding}
    facts.endpoints = tuple(
        Endpoint(one.get("Binding", ""), one.get("Location", ""))
        for one in every(descriptor, _ENDPOINTS[role])
        if one.get("Binding") in known
    )
    if not facts.endpoints:
        raise MetadataRefused(
            "metadata.endpoint",
            expected="an address for HTTP-POST or HTTP-Redirect",
            found="none",
            clause=f"{MESSAGE_FORMAT}, 2.1",
        )
    for one in facts.endpoints:
        if not one.location.startswith("https://"):
            facts.deviates("metadata.endpoint", "an address that is no https URL")


def _note_flags(descriptor: etree._Element, role: str, facts: Facts) -> None:
    flag = "WantAuthnRequestsSigned" if role == "IDPSSODescriptor" else "AuthnRequestsSigned"
    if descriptor.get(flag) not in {"true", "1"}:
        facts.deviates("metadata.signed-requests", f"{flag} is not true")
    if role == "IDPSSODescriptor" and not facts.levels:
        facts.deviates("metadata.level", "no level of assurance is published")
