"""Our own entity: what we publish about ourselves and the keys we sign and decrypt with."""

from collections.abc import Sequence
from dataclasses import dataclass

from eidas.errors import EidasMisuse
from eidas.vocabulary import MESSAGE_FORMAT, NameIdFormat, SPType
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who answers for an entity (SAML Metadata 2.3.2.1)."""

    name: str
    display_name: str
    url: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call; the profile wants ``support`` and ``technical`` (Message Format 1.4, 2.1)."""

    kind: str
    company: str
    email: str
    given_name: str = ""
    surname: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProvider:
    """A relying party or a connector, with everything that stays the same between logins."""

    entity_id: str
    """HTTPS URL where the metadata is published."""
    assertion_consumer_url: str
    name: str
    """ProviderName in requests; a text for people."""
    signing_key: SigningKey
    algorithm: SignatureAlgorithm
    decryption_keys: Sequence[DecryptionKey]
    """Our private keys, newest first; old ones stay while peers may still use them."""
    encryption_certificates: tuple[Certificate, ...] = ()
    signing_certificates: tuple[Certificate, ...] = ()
    """Certificates to publish, several while keys roll over; by default those of the keys."""
    organisation: Organisation
    contacts: tuple[Contact, ...]
    country: str
    sp_type: SPType | None = SPType.PUBLIC
    """Sector to publish in metadata; ``None`` when each request says it for itself."""
    name_id_formats: tuple[NameIdFormat, ...] = tuple(NameIdFormat)
    protocol_versions: tuple[str, ...] = ("1.1", "1.2", "1.4")
    application_identifier: str = "sdg-connector:eidas:0.1"

    def __post_init__(self) -> None:
        """Refuse an entity that the profile could not accept."""
        demand_https(self.entity_id, "service-provider.entity-id")
        demand_https(self.assertion_consumer_url, "service-provider.acs")
        if not self.signing_certificates:
            object.__setattr__(self, "signing_certificates", self.signing_key.certificates[:1])
        if not self.encryption_certificates:
            shown = tuple(key.certificate for key in self.decryption_keys[:1] if key.certificate)
            object.__setattr__(self, "encryption_certificates", shown)
        if not self.decryption_keys or not self.encryption_certificates:
            raise EidasMisuse(
                "service-provider.encryption-key",
                expected="a decryption key and its certificate: assertions are always encrypted",
                clause=f"{MESSAGE_FORMAT}, 2.4.2",
            )


def demand_https(url: str, rule: str) -> None:
    """Raise ``EidasMisuse`` unless ``url`` is an HTTPS one (Message Format 1.4, 2.1)."""
    if not url.startswith("https://"):
        raise EidasMisuse(rule, expected="an https URL", found=url, clause=f"{MESSAGE_FORMAT}, 2.1")
