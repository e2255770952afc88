"""A portal and a node with keys of any kind, at the machine's time: peers look at their clock."""

import base64
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

import eidas
from eidas import node as proxy_side
from eidas.attributes import minimum_data_set
from eidas.levels import Comparison
from eidas.vocabulary import NameIdFormat, PersonKind, SPType
from xmltrust import (
    Certificate,
    DecryptionKey,
    SignatureAlgorithm,
    SigningKey,
    TrustedKey,
    parse,
    sign_enveloped,
)

SP, ACS = "https://portal.lv.example/metadata", "https://portal.lv.example/eidas/acs"
IDP, SSO = "https://node.es.example/metadata", "https://node.es.example/sso"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS, XENC = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmlenc#"
SESSION = "the browser's session value"
ANA = eidas.NaturalPerson(
    identifier=eidas.PersonIdentifier("ES", "LV", "12345678Z"),
    family_name=eidas.Name("García Núñez"),
    given_name=eidas.Name("Ana"),
    date_of_birth=date(2001, 5, 17),
)
_CURVES: dict[str, ec.EllipticCurve] = {
    "p256": ec.SECP256R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
}
_ORGANISATION = eidas.Organisation(name="A", display_name="Agency", url="https://agency.example")
_CONTACTS = tuple(
    eidas.Contact(kind=kind, company="Agency", email="mailto:help@agency.example")
    for kind in ("support", "technical")
)


@dataclass(frozen=True, kw_only=True)
class Party:
    """One key with its certificate, as PEM and as objects."""

    key: bytes = field(repr=False)
    shown: bytes

    @classmethod
    def make(cls, name: str, kind: str = "rsa") -> "Party":
        """Make a key of 3072 bits (``rsa``) or on a curve (``p256``, ``p384``, ``p521``)."""
        private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
            rsa.generate_private_key(65537, 3072)
            if kind == "rsa"
            else ec.generate_private_key(_CURVES[kind])
        )
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = x509.CertificateBuilder(
            subject, subject, private.public_key(), 7, now - timedelta(1), now + timedelta(90)
        ).sign(private, hashes.SHA256())
        return cls(
            key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            shown=certificate.public_bytes(Encoding.PEM),
        )

    @cached_property
    def certificate(self) -> Certificate:
        """The certificate."""
        return Certificate.load(self.shown)

    @cached_property
    def signing(self) -> SigningKey:
        """The key, to sign with."""
        return SigningKey.load(self.key, self.shown)

    @cached_property
    def decryption(self) -> DecryptionKey:
        """The key, to decrypt with."""
        return DecryptionKey.load(self.key, self.shown)

    @property
    def trusted(self) -> tuple[TrustedKey, ...]:
        """The key, to be believed."""
        return (TrustedKey.from_certificate(self.certificate, source="the test"),)

    @property
    def base64(self) -> str:
        """The certificate as SAML metadata shows it."""
        return base64.b64encode(self.certificate.der).decode("ascii")


def new_ids() -> Callable[[], str]:
    """Give XML names one after another, different in each run."""
    run, numbers = os.urandom(8).hex(), itertools.count(1)
    return lambda: f"_{run}{next(numbers):016x}"


@dataclass(frozen=True, kw_only=True)
class SamlWorld:
    """A portal and a node that know each other; a peer may take the place of either."""

    portal: Party
    encryption: Party
    node: Party
    algorithm: SignatureAlgorithm
    """With which the node signs."""
    folder: Path
    """Where the keys and certificates lie as files, by the names of their fields."""
    others: tuple[Party, ...] = ()
    """Further keys that the node publishes, for other worlds of the same node."""
    entity: str = SP
    """By which name a peer in the portal's place goes."""
    consumer: str = ACS
    """Where a peer in the portal's place takes answers."""
    asking: SignatureAlgorithm = SignatureAlgorithm.RSA_PSS_SHA256
    """With which the portal signs."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    new_id: Callable[[], str] = field(default_factory=new_ids)

    def __post_init__(self) -> None:
        """Write the files."""
        for name in ("portal", "encryption", "node"):
            party: Party = getattr(self, name)
            self.file(f"{name}.key").write_bytes(party.key)
            self.file(f"{name}.crt").write_bytes(party.shown)

    def file(self, name: str) -> Path:
        """A file of this world."""
        return self.folder / name

    @property
    def node_parties(self) -> tuple[Party, ...]:
        """Every key that the node signs with, this world's first."""
        return (self.node, *self.others)

    @cached_property
    def provider(self) -> eidas.ServiceProvider:
        """The portal."""
        return eidas.ServiceProvider(
            entity_id=self.entity,
            assertion_consumer_url=self.consumer,
            name="Latvian portal",
            signing_key=self.portal.signing,
            algorithm=self.asking,
            decryption_keys=(self.encryption.decryption,),
            encryption_certificates=(self.encryption.certificate,),
            signing_certificates=(self.portal.certificate,),
            organisation=_ORGANISATION,
            contacts=_CONTACTS,
            country="LV",
        )

    @cached_property
    def proxy(self) -> proxy_side.ProxyService:
        """The node."""
        return proxy_side.ProxyService(
            entity_id=IDP,
            single_sign_on_url=SSO,
            country="ES",
            signing_key=self.node.signing,
            algorithm=self.algorithm,
            signing_certificates=tuple(one.certificate for one in self.node_parties),
            levels=(eidas.LevelOfAssurance.HIGH,),
            organisation=_ORGANISATION,
            contacts=_CONTACTS,
        )

    @cached_property
    def portal_metadata(self) -> bytes:
        """What the portal publishes."""
        return eidas.service_provider_metadata(self.provider, now=self.now, new_id=self.new_id)

    @cached_property
    def node_metadata(self) -> bytes:
        """What the node publishes."""
        return proxy_side.proxy_service_metadata(self.proxy, now=self.now, new_id=self.new_id)

    @cached_property
    def connector(self) -> eidas.ConnectorMetadata:
        """The portal as the node knows it."""
        data = self.portal_metadata
        policy = eidas.Policy.for_profile("1.1").signatures
        return eidas.ConnectorMetadata.read(
            data, trusted=self.portal.trusted, now=self.now, policy=policy
        )

    @cached_property
    def known_node(self) -> eidas.NodeMetadata:
        """The node as the portal knows it."""
        policy = eidas.Policy.for_profile("1.1").signatures
        return eidas.NodeMetadata.read(
            self.node_metadata, trusted=self.node.trusted, now=self.now, policy=policy
        )

    def ask(self) -> tuple[eidas.PendingLogin, eidas.LoginForm]:
        """Ask the node for a login at level substantial."""
        pending, form = eidas.request_login(
            self.provider,
            node=self.known_node,
            level=eidas.LevelOfAssurance.SUBSTANTIAL,
            browser_session=SESSION,
            now=self.now,
            new_id=self.new_id,
        )
        assert isinstance(form, eidas.LoginForm)
        return pending, form

    def accept(
        self,
        value: str,
        pending: eidas.PendingLogin,
        policy: eidas.Policy,
        node: eidas.NodeMetadata | None = None,
    ) -> eidas.Identity:
        """Let the portal judge an answer of our node, or of a peer in its place."""
        return eidas.accept_response(
            value,
            pending=pending,
            service_provider=self.provider,
            node=node or self.known_node,
            browser_session=SESSION,
            now=datetime.now(UTC),
            replay=eidas.MemoryReplayGuard(),
            policy=policy,
        )

    def read(self, value: str) -> proxy_side.LoginRequest:
        """Let the node read a request."""
        return proxy_side.accept_request(
            value,
            proxy=self.proxy,
            connector=self.connector,
            now=self.now,
            replay=eidas.MemoryReplayGuard(),
        )

    def answered(self, request: proxy_side.LoginRequest) -> str:
        """Let the node answer a request that it read: a form value."""
        return base64.b64encode(self.answer(request.id)).decode()

    def answer(self, request_id: str, *, switches: proxy_side.Switches | None = None) -> bytes:
        """Answer a request of the portal, as its node: XML."""
        request = proxy_side.LoginRequest(
            id=request_id,
            issuer=self.entity,
            issued_at=self.now,
            person_kind=PersonKind.NATURAL,
            attributes=minimum_data_set(PersonKind.NATURAL),
            comparison=Comparison.MINIMUM,
            levels=(eidas.LevelOfAssurance.SUBSTANTIAL.value,),
            sp_type=SPType.PUBLIC,
            name_id_format=NameIdFormat.TRANSIENT,
            requester_id="",
            provider_name="",
            relay_state="",
            assertion_consumer_url=self.consumer,
        )
        form = proxy_side.build_response(
            request,
            proxy=self.proxy,
            connector=self.connector,
            natural=ANA,
            level=eidas.LevelOfAssurance.SUBSTANTIAL,
            now=self.now,
            new_id=self.new_id,
            switches=switches,
        )
        return base64.b64decode(dict(form.fields)["SAMLResponse"])

    def older_answer(self, request_id: str) -> bytes:
        """The same answer as an older node encrypts it: rsa-oaep-mgf1p, which we only read."""
        plain = self.answer(request_id, switches=proxy_side.Switches.of(["plain_assertion"]))
        root = parse(plain)
        signature = root.find(f"{{{DS}}}Signature")
        assertion = root.find(f"{{{SAML}}}Assertion")
        assert signature is not None
        assert assertion is not None
        root.remove(signature)
        root.replace(assertion, _encrypted_by_mgf1p(assertion, self.encryption))
        return sign_enveloped(
            root, key=self.node.signing, algorithm=self.algorithm, after=f"{{{SAML}}}Issuer"
        )


_OLDER = (
    f'<a:EncryptedAssertion xmlns:a="{SAML}">'
    f'<e:EncryptedData xmlns:e="{XENC}" Type="{XENC}Element">'
    '<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>'
    f'<ds:KeyInfo xmlns:ds="{DS}"><e:EncryptedKey>'
    f'<e:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p">'
    f'<ds:DigestMethod Algorithm="{DS}sha1"/></e:EncryptionMethod>'
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data>"
    "</ds:KeyInfo><e:CipherData><e:CipherValue>{key}</e:CipherValue></e:CipherData>"
    "</e:EncryptedKey></ds:KeyInfo><e:CipherData><e:CipherValue>{content}</e:CipherValue>"
    "</e:CipherData></e:EncryptedData></a:EncryptedAssertion>"
)


def _encrypted_by_mgf1p(assertion: etree._Element, recipient: Party) -> etree._Element:
    content_key, nonce = AESGCM.generate_key(256), os.urandom(12)
    octets = etree.tostring(assertion, encoding="UTF-8", with_tail=False)
    sealed = nonce + AESGCM(content_key).encrypt(nonce, octets, None)
    public = recipient.certificate.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  mgf1p
    return parse(
        _OLDER.format(
            shown=recipient.base64,
            key=base64.b64encode(public.encrypt(content_key, oaep)).decode(),
            content=base64.b64encode(sealed).decode(),
        ).encode()
    )
