"""Rows of the benchmark: a 10 MB AS4 message both ways, against the same steps unchecked.

The floor compresses with the same compressor, digests, encrypts, signs once and joins; on the way
back it splits at known places, decrypts, digests, verifies once and decompresses.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sdg_connector.as4 import (
    GATEWAY_ROLE,
    OOTS_SERVICE,
    AccessPoint,
    Agreements,
    Keys,
    MessageProperty,
    PartyId,
    Payload,
    UserMessage,
    accept_message,
    pack_user_message,
)
from sdg_connector.as4.compression import CODEC, LEVEL
from xmltrust import DecryptionKey, SigningKey

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
_GZIP = 31
_NONCE = b"\0" * 12
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def _new_id() -> str:
    return uuid.uuid4().hex


def _party(name: str) -> tuple[rsa.RSAPrivateKey, Keys, AccessPoint]:
    key = rsa.generate_private_key(65537, 3072)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    shown = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_NOW - dt.timedelta(days=1))
        .not_valid_after(_NOW + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keys = Keys(signing=SigningKey.load(pem, shown), decryption=DecryptionKey.load(pem, shown))
    point = AccessPoint(
        name=name,
        identifiers=(PartyId(value=name),),
        endpoint="http://localhost",
        signing=keys.signing.certificates,
    )
    return key, keys, point


def _document() -> bytes:
    lines = (
        b'<row id="%d">%s</row>\n' % (n, hashlib.sha256(b"%d" % n).hexdigest().encode())
        for n in range(122_000)
    )
    return b"<table>" + b"".join(lines) + b"</table>"


def _floor_send(content: bytes, key: rsa.RSAPrivateKey, peer: rsa.RSAPrivateKey) -> bytes:
    compressor = CODEC.compressobj(LEVEL, CODEC.DEFLATED, _GZIP)
    packed = compressor.compress(content) + compressor.flush()
    content_key = AESGCM.generate_key(128)
    digest = hashlib.sha256(packed).digest()
    sealed = AESGCM(content_key).encrypt(_NONCE, packed, None)
    signature = key.sign(digest, padding.PKCS1v15(), hashes.SHA256())
    wrapped = peer.public_key().encrypt(content_key, _OAEP)
    return b"".join((wrapped, signature, sealed))


def _floor_receive(wire: bytes, key: rsa.RSAPrivateKey, peer: rsa.RSAPrivateKey) -> bytes:
    wrapped, signature, sealed = wire[:384], wire[384:768], wire[768:]
    packed = AESGCM(peer.decrypt(wrapped, _OAEP)).decrypt(_NONCE, sealed, None)
    digest = hashlib.sha256(packed).digest()
    key.public_key().verify(signature, digest, padding.PKCS1v15(), hashes.SHA256())
    decompressor = CODEC.decompressobj(_GZIP)
    return decompressor.decompress(packed, 2**31 - 1)


def _rows() -> list[Row]:
    (key, keys, us), (peer_key, peer_keys, peer) = _party("lv"), _party("es")
    sending = Agreements.oots(us=us, peers=[peer])
    receiving = Agreements.oots(us=peer, peers=[us])
    content = _document()
    message = UserMessage(
        message_id="benchmark@lv.example",
        timestamp=_NOW,
        sender=us.party(GATEWAY_ROLE),
        receiver=peer.party(GATEWAY_ROLE),
        service=OOTS_SERVICE,
        action="ExecuteQueryRequest",
        conversation_id="c",
        properties=tuple(
            MessageProperty(name=name, value="x") for name in ("originalSender", "finalRecipient")
        ),
    )

    def send() -> tuple[str, bytes]:
        payload = Payload(content_id="a@x", media_type="application/xml", content=content)
        packed = pack_user_message(
            message, [payload], agreements=sending, keys=keys, new_id=_new_id
        )
        return packed.content_type, packed.body

    content_type, body = send()
    receive = partial(
        accept_message, content_type, [body], agreements=receiving, keys=peer_keys, now=_NOW
    )
    wire = _floor_send(content, key, peer_key)
    return [
        ("AS4 send 10 MB", send, partial(_floor_send, content, key, peer_key), 1.5),
        ("AS4 receive 10 MB", receive, partial(_floor_receive, wire, key, peer_key), 1.7),
    ]


ROWS: list[Row] = _rows()
