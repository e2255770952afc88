"""The proxy-service itself: its keys, its promises and its metadata."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eidas.attributes import REQUESTABLE, AttributeDefinition
from eidas.build import element
from eidas.levels import LevelOfAssurance
from eidas.metadata_writer import (
    entity_extensions,
    key_descriptors,
    requestable_attribute,
    role_extensions,
    signed_entity,
)
from eidas.service_provider import Contact, Organisation, demand_https
from eidas.vocabulary import Binding, EntityAttribute, NameIdFormat, Namespace
from xmltrust import Certificate, SignatureAlgorithm, SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyService:
    """A Member State's node that answers requests."""

    entity_id: str
    single_sign_on_url: str
    country: str
    signing_key: SigningKey
    algorithm: SignatureAlgorithm
    signing_certificates: tuple[Certificate, ...]
    levels: tuple[LevelOfAssurance | str, ...]
    organisation: Organisation
    contacts: tuple[Contact, ...]
    attributes: tuple[AttributeDefinition, ...] = REQUESTABLE
    protocol_versions: tuple[str, ...] = ("1.2", "1.4")
    application_identifier: str = "sdg-connector:eidas:0.1"

    def __post_init__(self) -> None:
        """Refuse addresses that the profile does not allow."""
        demand_https(self.entity_id, "proxy-service.entity-id")
        demand_https(self.single_sign_on_url, "proxy-service.single-sign-on")


def proxy_service_metadata(
    proxy: ProxyService,
    *,
    now: datetime,
    new_id: Callable[[], str],
    valid_for: timedelta = timedelta(days=1),
) -> bytes:
    """Write and sign the metadata of a proxy-service (Message Format 1.4, 2.1)."""
    role = element(
        "md:IDPSSODescriptor",
        {
            "WantAuthnRequestsSigned": "true",
            "protocolSupportEnumeration": Namespace.PROTOCOL.value,
        },
        role_extensions(proxy.country),
        *key_descriptors(proxy.signing_certificates, ()),
        *(element("md:NameIDFormat", text=form) for form in NameIdFormat),
        *(
            element(
                "md:SingleSignOnService",
                {"Binding": binding, "Location": proxy.single_sign_on_url},
            )
            for binding in Binding
        ),
        *(requestable_attribute(one.name, one.friendly_name) for one in proxy.attributes),
    )
    extensions = entity_extensions(
        [
            (EntityAttribute.PROTOCOL_VERSION, proxy.protocol_versions),
            (EntityAttribute.APPLICATION_IDENTIFIER, (proxy.application_identifier,)),
            (EntityAttribute.ASSURANCE_CERTIFICATION, tuple(str(one) for one in proxy.levels)),
        ],
    )
    return signed_entity(
        entity_id=proxy.entity_id,
        extensions=extensions,
        role=role,
        organisation=proxy.organisation,
        contacts=proxy.contacts,
        key=proxy.signing_key,
        algorithm=proxy.algorithm,
        identifier=new_id(),
        valid_until=now + valid_for,
    )
