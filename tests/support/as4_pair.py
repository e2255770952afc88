"""Two access points in memory: Latvia sends, Spain receives, and a test bends what it likes."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sdg_connector.as4 import (
    GATEWAY_ROLE,
    OOTS_PARTY_TYPE,
    OOTS_SERVICE,
    AccessPoint,
    Agreements,
    Keys,
    MessageProperty,
    PartyId,
    Payload,
    ReceivedMessage,
    SecurityProfile,
    UserMessage,
    accept_message,
    pack_user_message,
)
from xmltrust import DecryptionKey, SigningKey

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUERY = b"<query:QueryRequest xmlns:query='urn:q'><!-- c -->\r\n</query:QueryRequest>"


def new_id() -> str:
    return uuid.uuid4().hex


def certificate(name: str, subject_key: object, signer: object, *, at: datetime = NOW) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public = subject_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=300))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer, digest).public_bytes(Encoding.PEM)


def pem(key: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def rsa_pair(name: str, *, at: datetime = NOW) -> tuple[bytes, bytes]:
    """A private key and its certificate, both PEM."""
    key = rsa.generate_private_key(65537, 2048)
    return pem(key), certificate(name, key, key, at=at)


def loaded(key: bytes, shown: bytes) -> Keys:
    return Keys(signing=SigningKey.load(key, shown), decryption=DecryptionKey.load(key, shown))


def rsa_keys(name: str) -> Keys:
    return loaded(*rsa_pair(name))


def modern_keys(name: str) -> Keys:
    signing, decryption = ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    return Keys(
        signing=SigningKey.load(pem(signing), certificate(name, signing, signing)),
        decryption=DecryptionKey.load(pem(decryption), certificate(name, decryption, signing)),
    )


def curve_keys(name: str, curve: ec.EllipticCurve | None = None) -> Keys:
    signing, decryption = (ec.generate_private_key(curve or ec.SECP256R1()) for _ in range(2))
    return Keys(
        signing=SigningKey.load(pem(signing), certificate(name, signing, signing)),
        decryption=DecryptionKey.load(pem(decryption), certificate(name, decryption, signing)),
    )


def access_point(name: str, keys: Keys) -> AccessPoint:
    return AccessPoint(
        name=name,
        identifiers=(PartyId(value=f"AP_{name}", type=OOTS_PARTY_TYPE),),
        endpoint=f"http://{name}.example/as4",
        signing=keys.signing.certificates,
        encryption=keys.decryption.certificate,
    )


@dataclass(frozen=True)
class Pair:
    """Both ends of an agreement, with everything that a test wants to bend."""

    sender_keys: Keys
    receiver_keys: Keys
    sending: Agreements
    receiving: Agreements

    def bent(self, **changes: object) -> "Pair":
        """The same pair with other legs, on both sides."""

        def with_legs(agreements: Agreements) -> Agreements:
            pmodes = tuple(
                replace(pmode, leg=replace(pmode.leg, **changes)) for pmode in agreements.pmodes
            )
            return replace(agreements, pmodes=pmodes)

        return replace(self, sending=with_legs(self.sending), receiving=with_legs(self.receiving))

    @property
    def latvia(self) -> AccessPoint:
        return self.sending.party("lv")

    @property
    def spain(self) -> AccessPoint:
        return self.sending.party("es")

    def message(self, **changes: object) -> UserMessage:
        plain = UserMessage(
            message_id=f"{new_id()}@lv.example",
            timestamp=NOW,
            sender=self.latvia.party(GATEWAY_ROLE),
            receiver=self.spain.party(GATEWAY_ROLE),
            service=OOTS_SERVICE,
            action="ExecuteQueryRequest",
            conversation_id=str(uuid.uuid4()),
            properties=(
                MessageProperty(name="originalSender", value="C1", type="urn:x"),
                MessageProperty(name="finalRecipient", value="C4", type="urn:x"),
            ),
        )
        return replace(plain, **changes)

    def pack(self, *payloads: Payload, **changes: object):
        return pack_user_message(
            self.message(**changes),
            payloads or PAYLOADS,
            agreements=self.sending,
            keys=self.sender_keys,
            new_id=new_id,
        )

    def accept(self, content_type: str, body: bytes, now: datetime = NOW) -> ReceivedMessage:
        return accept_message(
            content_type, [body], agreements=self.receiving, keys=self.receiver_keys, now=now
        )


PAYLOADS = (
    Payload(content_id="request@oots.eu", media_type="application/x-ebrs+xml", content=QUERY),
    Payload(content_id="diploma@oots.eu", media_type="application/pdf", content=b"%PDF" * 3000),
)


def make_pair(sender: Keys, receiver: Keys, profile: SecurityProfile) -> Pair:
    latvia, spain = access_point("lv", sender), access_point("es", receiver)
    return Pair(
        sender_keys=sender,
        receiver_keys=receiver,
        sending=Agreements.oots(us=latvia, peers=[spain], profile=profile),
        receiving=Agreements.oots(us=spain, peers=[latvia], profile=profile),
    )
