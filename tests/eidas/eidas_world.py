"""A Latvian portal and a Spanish node, in one process, with a clock that stands still."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import eidas
from eidas import node as proxy_side
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey, TrustedKey

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SESSION = "the browser's session value"


def key_pair(name: str) -> tuple[bytes, bytes]:
    """Make a P-256 key with a self-signed certificate, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, certificate.public_bytes(Encoding.PEM)


def ids() -> Callable[[], str]:
    """Give XML names one after another."""
    numbers = itertools.count(1)
    return lambda: f"_{next(numbers):032x}"


ANA = eidas.NaturalPerson(
    identifier=eidas.PersonIdentifier("ES", "LV", "12345678Z"),
    family_name=eidas.Name("García Núñez"),
    given_name=eidas.Name("Ana"),
    date_of_birth=date(2001, 5, 17),
    gender=eidas.Gender.FEMALE,
    nationality=("ES", "FR"),
    place_of_birth="Cádiz",
    current_address=eidas.Address(thoroughfare="Calle Mayor", post_code="11001", po_box="7 & 8"),
)
ELENI = replace(
    ANA,
    family_name=eidas.Name("Papadopoulou", "Παπαδοπούλου"),
    given_name=eidas.Name("Eleni", "Ελένη"),
)
COMPANY = eidas.LegalPerson(
    identifier=eidas.PersonIdentifier("ES", "LV", "B-4711"),
    legal_name=eidas.Name("Ejemplo S.L."),
    lei="5493001KJTIIGC8Y1R12",
)


@dataclass
class World:
    """Both ends of one login."""

    provider: eidas.ServiceProvider
    proxy: proxy_side.ProxyService
    node: eidas.NodeMetadata
    connector: eidas.ConnectorMetadata
    other_key: SigningKey
    new_id: Callable[[], str] = field(default_factory=ids)
    replay: eidas.MemoryReplayGuard = field(default_factory=eidas.MemoryReplayGuard)
    node_replay: eidas.MemoryReplayGuard = field(default_factory=eidas.MemoryReplayGuard)

    def ask(self, **choices: object) -> tuple[eidas.PendingLogin, eidas.LoginForm]:
        """Ask the node for a login at level substantial."""
        asked: dict[str, object] = {
            "node": self.node,
            "level": eidas.LevelOfAssurance.SUBSTANTIAL,
            "browser_session": SESSION,
            "now": NOW,
            "new_id": self.new_id,
        }
        pending, form = eidas.request_login(self.provider, **(asked | choices))  # type: ignore[arg-type]
        assert isinstance(form, eidas.LoginForm)
        return pending, form

    def receive(self, form: eidas.LoginForm) -> proxy_side.LoginRequest:
        """Let the node read a request."""
        fields = dict(form.fields)
        return proxy_side.accept_request(
            fields["SAMLRequest"],
            proxy=self.proxy,
            connector=self.connector,
            now=NOW,
            replay=self.node_replay,
            relay_state=fields["RelayState"],
        )

    def answer(self, request: proxy_side.LoginRequest, **choices: object) -> str:
        """Let the node answer, rightly unless told otherwise."""
        said: dict[str, object] = {
            "proxy": self.proxy,
            "connector": self.connector,
            "natural": ANA,
            "level": eidas.LevelOfAssurance.SUBSTANTIAL,
            "now": NOW,
            "new_id": self.new_id,
        }
        form = proxy_side.build_response(request, **(said | choices))  # type: ignore[arg-type]
        return dict(form.fields)["SAMLResponse"]

    def accept(self, value: str, pending: eidas.PendingLogin, **choices: object) -> eidas.Identity:
        """Let the portal judge an answer."""
        told: dict[str, object] = {
            "pending": pending,
            "service_provider": self.provider,
            "node": self.node,
            "browser_session": SESSION,
            "now": NOW,
            "replay": self.replay,
        }
        return eidas.accept_response(value, **(told | choices))  # type: ignore[arg-type]


ORGANISATION = eidas.Organisation(
    name="Agency", display_name="The Agency", url="https://agency.example"
)
CONTACTS = (
    eidas.Contact(kind="support", company="Agency", email="mailto:help@agency.example"),
    eidas.Contact(kind="technical", company="Agency", email="mailto:ops@agency.example"),
)


def make_world() -> World:
    """Make keys, entities and exchanged metadata."""
    sp_key, sp_certificate = key_pair("portal signing")
    enc_key, enc_certificate = key_pair("portal encryption")
    node_key, node_certificate = key_pair("node signing")
    provider = eidas.ServiceProvider(
        entity_id="https://portal.lv.example/metadata",
        assertion_consumer_url="https://portal.lv.example/eidas/acs",
        name="Latvian portal",
        signing_key=SigningKey.load(sp_key, sp_certificate),
        algorithm=SignatureAlgorithm.ECDSA_SHA256,
        decryption_keys=(DecryptionKey.load(enc_key, enc_certificate),),
        encryption_certificates=(Certificate.load(enc_certificate),),
        signing_certificates=(Certificate.load(sp_certificate),),
        organisation=ORGANISATION,
        contacts=CONTACTS,
        country="LV",
    )
    proxy = proxy_side.ProxyService(
        entity_id="https://node.es.example/metadata",
        single_sign_on_url="https://node.es.example/sso",
        country="ES",
        signing_key=SigningKey.load(node_key, node_certificate),
        algorithm=SignatureAlgorithm.ECDSA_SHA256,
        signing_certificates=(Certificate.load(node_certificate),),
        levels=(eidas.LevelOfAssurance.HIGH,),
        organisation=ORGANISATION,
        contacts=CONTACTS,
    )
    new_id = ids()
    node = eidas.NodeMetadata.read(
        proxy_side.proxy_service_metadata(proxy, now=NOW, new_id=new_id),
        trusted=trust(node_certificate),
        now=NOW,
    )
    connector = eidas.ConnectorMetadata.read(
        eidas.service_provider_metadata(provider, now=NOW, new_id=new_id),
        trusted=trust(sp_certificate),
        now=NOW,
    )
    other = SigningKey.load(*key_pair("somebody else"))
    return World(provider, proxy, node, connector, other, new_id)


def trust(*certificates: bytes) -> tuple[TrustedKey, ...]:
    """Trust the keys of PEM certificates."""
    return tuple(
        TrustedKey.from_certificate(Certificate.load(one), source="the test")
        for one in certificates
    )
