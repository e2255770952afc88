"""Rows of the benchmark: one eIDAS login, against the floor of lxml and cryptography.

The floor signs the same request and opens the same answer with the same keys: parse, canonicalise,
digest, one key operation, decrypt. It checks no schema, time, audience, level or attribute.
"""

import base64
import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

import eidas
from benchmarks.xml_security import floor_sign
from eidas import node as proxy_side
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey, TrustedKey
from xmltrust.algorithms import DS, XENC

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
_ALGORITHM = SignatureAlgorithm.RSA_PSS_SHA256
_SESSION = "the browser's session"
_ORGANISATION = eidas.Organisation(name="Agency", display_name="Agency", url="https://lv.example")
_CONTACTS = tuple(
    eidas.Contact(kind=kind, company="Agency", email=f"{kind}@lv.example")
    for kind in ("support", "technical")
)


def _new_id() -> str:
    return f"_{uuid.uuid4()}"


@dataclass(frozen=True, slots=True)
class _Party:
    """An RSA-3072 key, the smallest that the profile allows, in the forms in which it is used."""

    key: rsa.RSAPrivateKey
    pem: bytes
    shown: bytes

    @classmethod
    def make(cls) -> "_Party":
        key = rsa.generate_private_key(65537, 3072)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), 1)
            .not_valid_before(_NOW - dt.timedelta(days=1))
            .not_valid_after(_NOW + dt.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return cls(key, pem, certificate.public_bytes(Encoding.PEM))

    @property
    def signing(self) -> SigningKey:
        return SigningKey.load(self.pem, self.shown)

    @property
    def certificate(self) -> Certificate:
        return Certificate.load(self.shown)

    @property
    def trusted(self) -> tuple[TrustedKey, ...]:
        return (TrustedKey.from_certificate(self.certificate, source="benchmark"),)


def _provider(signing: _Party, encryption: _Party) -> eidas.ServiceProvider:
    return eidas.ServiceProvider(
        entity_id="https://lv.example/metadata",
        assertion_consumer_url="https://lv.example/acs",
        name="Portal",
        signing_key=signing.signing,
        algorithm=_ALGORITHM,
        decryption_keys=(DecryptionKey.load(encryption.pem, encryption.shown),),
        encryption_certificates=(encryption.certificate,),
        signing_certificates=(signing.certificate,),
        organisation=_ORGANISATION,
        contacts=_CONTACTS,
        country="LV",
    )


def _proxy(signing: _Party) -> proxy_side.ProxyService:
    return proxy_side.ProxyService(
        entity_id="https://es.example/metadata",
        single_sign_on_url="https://es.example/sso",
        country="ES",
        signing_key=signing.signing,
        algorithm=_ALGORITHM,
        signing_certificates=(signing.certificate,),
        levels=(eidas.LevelOfAssurance.HIGH,),
        organisation=_ORGANISATION,
        contacts=_CONTACTS,
    )


def _floor_accept(data: bytes, node: _Party, portal: _Party) -> etree._Element:
    root = etree.fromstring(base64.b64decode(data))
    signature = root.find(f"{{{DS}}}Signature")
    octets = etree.tostring(signature[0], method="c14n", exclusive=True)
    value = base64.b64decode(signature[1].text or "")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    node.key.public_key().verify(value, octets, pss, hashes.SHA256())
    root.remove(signature)
    hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
    wrapped, sealed = (
        base64.b64decode(one.text or "")
        for one in sorted(root.iter(f"{{{XENC}}}CipherValue"), key=lambda one: len(one.text or ""))
    )
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    content_key = portal.key.decrypt(wrapped, oaep)
    return etree.fromstring(AESGCM(content_key).decrypt(sealed[:12], sealed[12:], None))


def _rows() -> list[Row]:
    signing, encryption, foreign = (_Party.make() for _ in range(3))
    provider, proxy = _provider(signing, encryption), _proxy(foreign)
    node = eidas.NodeMetadata.read(
        proxy_side.proxy_service_metadata(proxy, now=_NOW, new_id=_new_id),
        trusted=foreign.trusted,
        now=_NOW,
    )
    connector = eidas.ConnectorMetadata.read(
        eidas.service_provider_metadata(provider, now=_NOW, new_id=_new_id),
        trusted=signing.trusted,
        now=_NOW,
    )
    ask = partial(
        eidas.request_login,
        provider,
        node=node,
        level=eidas.LevelOfAssurance.HIGH,
        browser_session=_SESSION,
        now=_NOW,
        new_id=_new_id,
    )
    pending, form = ask()
    assert isinstance(form, eidas.LoginForm)
    fields = dict(form.fields)
    bare = etree.fromstring(base64.b64decode(fields["SAMLRequest"]))
    bare.remove(bare.find(f"{{{DS}}}Signature"))
    request = proxy_side.accept_request(
        fields["SAMLRequest"],
        proxy=proxy,
        connector=connector,
        now=_NOW,
        replay=eidas.MemoryReplayGuard(),
        relay_state=fields["RelayState"],
    )
    person = eidas.NaturalPerson(
        identifier=eidas.PersonIdentifier("ES", "LV", "11223344B"),
        family_name=eidas.Name("García Núñez"),
        given_name=eidas.Name("Ana María"),
        date_of_birth=dt.date(1999, 4, 12),
    )
    answer = proxy_side.build_response(
        request,
        proxy=proxy,
        connector=connector,
        natural=person,
        level=eidas.LevelOfAssurance.HIGH,
        now=_NOW,
        new_id=_new_id,
    )
    response = dict(answer.fields)["SAMLResponse"]

    def accept() -> eidas.Identity:
        return eidas.accept_response(
            response,
            pending=pending,
            service_provider=provider,
            node=node,
            browser_session=_SESSION,
            now=_NOW,
            replay=eidas.MemoryReplayGuard(),
        )

    return [
        (
            "sign an AuthnRequest",
            ask,
            partial(floor_sign, etree.tostring(bare), signing.signing, _ALGORITHM),
            2.0,
        ),
        (
            "accept a Response",
            accept,
            partial(_floor_accept, response.encode(), foreign, encryption),
            2.0,
        ),
    ]


ROWS: list[Row] = _rows()
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
