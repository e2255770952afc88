"""Rows of the benchmark: one login against pysaml2 with xmlsec1, and against python3-saml.

All sides work on the same octets with the same RSA keys of 2048 bits, the size that a peer without
RSA-PSS still uses, and are set up once; python3-saml loads its key for each message all the same.
The answer is 12 KB, signed by RSA-SHA256 and encrypted by AES-GCM under rsa-oaep-mgf1p, which all
three know. It names no types of attribute values, because python3-saml refuses eIDAS types.
We check its schema twice and every rule of the profile.
"""

import base64
import datetime as dt
import hashlib
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from saml2.client import Saml2Client
from saml2.config import SPConfig

import eidas
from eidas import node as proxy_side
from eidas.attributes import NATURAL_PERSON
from xmltrust import (
    Certificate,
    DecryptionKey,
    SignatureAlgorithm,
    SigningKey,
    TrustedKey,
    parse,
    sign_enveloped,
)
from xmltrust.algorithms import DS, XENC

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_NOW = dt.datetime.now(dt.UTC)
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SP, _ACS, _SSO = "https://lv.example/metadata", "https://lv.example/acs", "https://es.example/sso"
_IDP, _SESSION, _OCTETS = "https://es.example/metadata", "the browser's session", 12_000
_OLDER = eidas.Policy.for_profile("1.1")
_FOLDER = tempfile.TemporaryDirectory()
_SEALED = (
    f'<a:EncryptedAssertion xmlns:a="{_SAML}">'
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


def _new_id() -> str:
    return f"_{uuid.uuid4()}"


@dataclass(frozen=True)
class _Party:
    """One RSA key of 2048 bits as every side wants it."""

    name: str

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @cached_property
    def shown(self) -> bytes:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        day = dt.timedelta(days=1)
        return (
            x509.CertificateBuilder(
                subject, subject, self.key.public_key(), 1, _NOW - day, _NOW + day
            )
            .sign(self.key, hashes.SHA256())
            .public_bytes(Encoding.PEM)
        )

    @property
    def certificate(self) -> Certificate:
        return Certificate.load(self.shown)

    @property
    def base64(self) -> str:
        return base64.b64encode(self.certificate.der).decode()

    def files(self) -> dict[str, str]:
        """The pair in files, as pysaml2 takes it."""
        folder = Path(_FOLDER.name)
        key, shown = folder / f"{self.name}.key", folder / f"{self.name}.crt"
        key.write_bytes(self.pem)
        shown.write_bytes(self.shown)
        return {"key_file": str(key), "cert_file": str(shown)}


class _Ends:
    """The portal and the node that all sides stand for."""

    def __init__(self) -> None:
        self.portal, self.encryption, self.node = map(_Party, ("portal", "encryption", "node"))
        organisation = eidas.Organisation(name="A", display_name="A", url="https://lv.example")
        contacts = tuple(
            eidas.Contact(kind=kind, company="A", email=f"{kind}@lv.example")
            for kind in ("support", "technical")
        )
        self.provider = eidas.ServiceProvider(
            entity_id=_SP,
            assertion_consumer_url=_ACS,
            name="Portal",
            signing_key=SigningKey.load(self.portal.pem, self.portal.shown),
            algorithm=SignatureAlgorithm.RSA_SHA256,
            decryption_keys=(DecryptionKey.load(self.encryption.pem, self.encryption.shown),),
            encryption_certificates=(self.encryption.certificate,),
            signing_certificates=(self.portal.certificate,),
            organisation=organisation,
            contacts=contacts,
            country="LV",
        )
        self.proxy = proxy_side.ProxyService(
            entity_id=_IDP,
            single_sign_on_url=_SSO,
            country="ES",
            signing_key=SigningKey.load(self.node.pem, self.node.shown),
            algorithm=SignatureAlgorithm.RSA_SHA256,
            signing_certificates=(self.node.certificate,),
            levels=(eidas.LevelOfAssurance.HIGH,),
            organisation=organisation,
            contacts=contacts,
        )
        self.node_metadata = proxy_side.proxy_service_metadata(self.proxy, now=_NOW, new_id=_new_id)
        self.known_node = eidas.NodeMetadata.read(
            self.node_metadata, trusted=_trust(self.node), now=_NOW, policy=_OLDER.signatures
        )

    def ask(self, *optional: str) -> tuple[eidas.PendingLogin, Any]:
        """Our request for the minimum data set and the named attributes."""
        return eidas.request_login(
            self.provider,
            node=self.known_node,
            level=eidas.LevelOfAssurance.HIGH,
            browser_session=_SESSION,
            now=_NOW,
            new_id=_new_id,
            optional_attributes=optional,
        )

    def accept(self, value: str, pending: eidas.PendingLogin) -> eidas.Identity:
        """Our judgement of an answer."""
        return eidas.accept_response(
            value,
            pending=pending,
            service_provider=self.provider,
            node=self.known_node,
            browser_session=_SESSION,
            now=_NOW,
            replay=eidas.MemoryReplayGuard(),
            policy=_OLDER,
        )

    def answer(self, form: eidas.LoginForm) -> str:
        """The node's answer, as large as the row says."""
        connector = eidas.ConnectorMetadata.read(
            eidas.service_provider_metadata(self.provider, now=_NOW, new_id=_new_id),
            trusted=_trust(self.portal),
            now=_NOW,
            policy=_OLDER.signatures,
        )
        request = proxy_side.accept_request(
            dict(form.fields)["SAMLRequest"],
            proxy=self.proxy,
            connector=connector,
            now=_NOW,
            replay=eidas.MemoryReplayGuard(),
            policy=_OLDER,
        )
        request = replace(request, name_id_format=eidas.NameIdFormat.TRANSIENT)
        plain = proxy_side.build_response(
            request,
            proxy=self.proxy,
            connector=connector,
            natural=_person(),
            level=eidas.LevelOfAssurance.HIGH,
            now=_NOW,
            new_id=_new_id,
            switches=proxy_side.Switches.of(["plain_assertion"]),
        )
        root = parse(base64.b64decode(dict(plain.fields)["SAMLResponse"]))
        assertion = root[-1]
        for value in assertion.iter(f"{{{_SAML}}}AttributeValue"):
            del value.attrib[_TYPE]
        root.remove(root[1])
        root.replace(assertion, _sealed(assertion, self.encryption))
        signed = sign_enveloped(
            root,
            key=self.proxy.signing_key,
            algorithm=SignatureAlgorithm.RSA_SHA256,
            after=f"{{{_SAML}}}Issuer",
        )
        return base64.b64encode(signed).decode()


def _trust(party: _Party) -> tuple[TrustedKey, ...]:
    return (TrustedKey.from_certificate(party.certificate, source="benchmark"),)


def _person() -> eidas.NaturalPerson:
    name = eidas.Name("Papadopoulou", "Παπαδοπούλου")
    long = "a long line of an address, " * 14
    return eidas.NaturalPerson(
        identifier=eidas.PersonIdentifier("ES", "LV", "11223344B"),
        family_name=name,
        given_name=eidas.Name("Eleni", "Ελένη"),
        date_of_birth=dt.date(1999, 4, 12),
        birth_name=name,
        place_of_birth="Patra",
        current_address=eidas.Address(thoroughfare=long, locator_name=long, post_name=long),
        gender=eidas.Gender.FEMALE,
        nationality=("EL", "ES"),
    )


def _sealed(assertion: etree._Element, recipient: _Party) -> etree._Element:
    content_key, nonce = AESGCM.generate_key(256), os.urandom(12)
    octets = etree.tostring(assertion, encoding="UTF-8", with_tail=False)
    sealed = nonce + AESGCM(content_key).encrypt(nonce, octets, None)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  mgf1p
    return parse(
        _SEALED.format(
            shown=recipient.base64,
            key=base64.b64encode(recipient.key.public_key().encrypt(content_key, oaep)).decode(),
            content=base64.b64encode(sealed).decode(),
        ).encode()
    )


def _pysaml2(ends: _Ends) -> Saml2Client:
    binary = shutil.which("xmlsec1")
    if binary is None:
        raise SystemExit("pysaml2 needs xmlsec1 (Debian: apt install xmlsec1)")
    role = {
        "endpoints": {"assertion_consumer_service": [(_ACS, _POST)]},
        "authn_requests_signed": True,
        "want_response_signed": True,
        "want_assertions_signed": False,
        "signing_algorithm": SignatureAlgorithm.RSA_SHA256.value,
        "digest_algorithm": f"{XENC}sha256",
    }
    given = {
        **ends.portal.files(),
        "xmlsec_binary": binary,
        "entityid": _SP,
        "encryption_keypairs": [ends.encryption.files()],
        "metadata": {"inline": [ends.node_metadata.decode()]},
        "service": {"sp": role},
    }
    return Saml2Client(config=SPConfig().load(given))


def _python3_saml(ends: _Ends) -> OneLogin_Saml2_Settings:
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": _SP,
                "assertionConsumerService": {"url": _ACS},
                "x509cert": ends.encryption.base64,
                "privateKey": ends.encryption.pem.decode(),
            },
            "idp": {
                "entityId": _IDP,
                "singleSignOnService": {"url": _SSO},
                "x509cert": ends.node.base64,
            },
            "security": {"wantMessagesSigned": True, "wantAssertionsEncrypted": True},
        }
    )


def _floor(response: str, ends: _Ends) -> etree._Element:
    """Verify and decrypt with no check at all: what a login takes whoever does it."""
    root = etree.fromstring(base64.b64decode(response))
    signature = root.find(f"{{{DS}}}Signature")
    octets = etree.tostring(signature[0], method="c14n", exclusive=True)
    value = base64.b64decode(signature[1].text or "")
    ends.node.key.public_key().verify(value, octets, padding.PKCS1v15(), hashes.SHA256())
    root.remove(signature)
    hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
    wrapped, sealed = (
        base64.b64decode(one.text or "")
        for one in sorted(root.iter(f"{{{XENC}}}CipherValue"), key=lambda one: len(one.text or ""))
    )
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  mgf1p
    content_key = ends.encryption.key.decrypt(wrapped, oaep)
    return etree.fromstring(AESGCM(content_key).decrypt(sealed[:12], sealed[12:], None))


def _rows() -> list[Row]:
    # Each answer needs the policy for older peers, which is logged: not what is measured here.
    logging.getLogger("eidas").setLevel(logging.ERROR)
    ends = _Ends()
    pending, form = ends.ask(*(one.name for one in NATURAL_PERSON if not one.mandatory))
    response = ends.answer(form)
    size = len(base64.b64decode(response))
    assert abs(size - _OCTETS) < _OCTETS // 10, size
    pysaml2, onelogin = _pysaml2(ends), _python3_saml(ends)
    asked = {"https": "on", "http_host": "lv.example", "script_name": "/acs"}

    def ours() -> None:
        assert ends.accept(response, pending).natural_person is not None

    def by_pysaml2() -> None:
        read = pysaml2.parse_authn_request_response(response, _POST, {pending.request_id: "/"})
        assert read.ava

    def by_python3_saml() -> None:
        read = OneLogin_Saml2_Response(onelogin, response)
        assert read.is_valid(asked, pending.request_id), read.get_error()
        assert read.get_attributes()

    def signed_by_pysaml2() -> None:
        pysaml2.create_authn_request(_SSO, binding=_POST, sign=True)

    return [
        ("sign an AuthnRequest, RSA-2048, against pysaml2", ends.ask, signed_by_pysaml2, 1 / 35),
        ("accept a Response of 12 KB, RSA-2048", ours, partial(_floor, response, ends), 2.0),
        ("accept a Response of 12 KB, against pysaml2", ours, by_pysaml2, 1 / 80),
        ("accept a Response of 12 KB, against python3-saml", ours, by_python3_saml, 1 / 10),
    ]


ROWS: list[Row] = _rows()
"""Name, our call, the peer's call, and the greatest ratio of the two that is allowed."""
