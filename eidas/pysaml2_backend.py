"""A ``CryptoBackend`` for pysaml2 that needs no xmlsec1, for djangosaml2 and SATOSA as well.

    client = Saml2Client(config)
    use_in(client, XmltrustBackend(algorithm=SignatureAlgorithm.RSA_PSS_SHA256))

pysaml2 hands over file names, so this module reads files: the one place below the adapters that
does. Keys are checked once, when their octets are first seen, and then kept as objects.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from saml2.sigver import (
    ASSERT_XPATH,
    CryptoBackend,
    EncryptError,
    SignatureError,
    SigverError,
    pre_encrypt_assertion,
)

from xmltrust import (
    Certificate,
    ContentEncryption,
    DecryptionKey,
    EncryptionPolicy,
    Limits,
    SignatureAlgorithm,
    SignaturePolicy,
    SignatureRefused,
    SigningKey,
    TrustedKey,
    XmlTrustError,
    add_signature,
    decrypt_element,
    encrypt_element,
    exactly_one,
    parse,
    verify_element,
)
from xmltrust.algorithms import DS, XENC, KeyFamily
from xmltrust.certificates import family_of

_ASSERTION_NS = "urn:oasis:names:tc:SAML:2.0:assertion"
_ENCRYPTED_DATA, _ENCRYPTED_KEY = f"{{{XENC}}}EncryptedData", f"{{{XENC}}}EncryptedKey"
_PLAIN_NAMES = {
    f"{{{_ASSERTION_NS}}}EncryptedAssertion": f"{{{_ASSERTION_NS}}}Assertion",
    f"{{{_ASSERTION_NS}}}EncryptedID": f"{{{_ASSERTION_NS}}}NameID",
    f"{{{_ASSERTION_NS}}}EncryptedAttribute": f"{{{_ASSERTION_NS}}}Attribute",
}
_LIMITS = Limits(max_bytes=32 * 2**20, max_elements=10**6, max_attributes=10**6)


class DecryptionRefused(SigverError):  # type: ignore[misc]  # pysaml2 has no types
    """Nothing was decrypted.

    Not a ``DecryptError``: pysaml2 passes over that one and goes on with an empty identity.
    """


class XmltrustBackend(CryptoBackend):  # type: ignore[misc]  # pysaml2 has no types
    """Signs, verifies, encrypts and decrypts in this process, by xmltrust's rules."""

    def __init__(
        self,
        *,
        algorithm: SignatureAlgorithm | None = None,
        content: ContentEncryption = ContentEncryption.AES256_GCM,
        signatures: SignaturePolicy | None = None,
        encryption: EncryptionPolicy | None = None,
        decryption_keys: Sequence[DecryptionKey] = (),
        limits: Limits = _LIMITS,
    ) -> None:
        """Choose what is written and what is accepted; the defaults are those of eIDAS 1.4.

        Without ``algorithm``, curve keys sign with ECDSA and RSA keys with RSA-PSS, SHA-256 both;
        what pysaml2 puts into its template is not used, since it knows neither.
        """
        super().__init__()
        self._algorithm = algorithm
        self._content = content
        self._signatures = signatures or SignaturePolicy()
        self._encryption = encryption or EncryptionPolicy()
        self._limits = limits
        self.decryption_keys = list(decryption_keys)
        """Tried beside the key file that pysaml2 names."""

    @property
    def version(self) -> str:
        """A version such as xmlsec1 has, for callers that compare."""
        return "1.3.0"

    def sign_statement(
        self, statement: object, node_name: str, key_file: str, node_id: str | None
    ) -> str:
        """Replace the signature template of the named element by a signature.

        Raises ``SignatureError``.
        """
        try:
            root = parse(_octets(statement), limits=self._limits)
            element = _named(root, node_name, node_id)
            template = exactly_one(element, f"{{{DS}}}Signature")
            key = _signing_key(Path(key_file).read_bytes(), _shown_certificate(template))
            before = template.getprevious()
            element.remove(template)
            add_signature(
                element,
                key=key,
                algorithm=self._algorithm or _usual_algorithm(key),
                after=None if before is None else str(before.tag),
            )
        except (XmlTrustError, OSError) as error:
            raise SignatureError(str(error)) from None
        return etree.tostring(root, encoding="unicode")

    def validate_signature(
        self,
        signedtext: object,
        cert_file: str,
        cert_type: str,
        node_name: str,
        node_id: str | None,
    ) -> bool:
        """True when the certificate's key signed the named element; ``SignatureError`` else."""
        del cert_type  # PEM and DER are told apart by their octets
        try:
            root = parse(_octets(signedtext), limits=self._limits)
            certificate = Certificate.load(Path(cert_file).read_bytes())
            element = _named(root, node_name, node_id)
            verify_element(
                element,
                trusted=[TrustedKey.from_certificate(certificate, source="pysaml2")],
                policy=self._signatures,
                expected=str(element.tag),
                limits=self._limits,
            )
        except (XmlTrustError, OSError) as error:
            raise SignatureError(str(error)) from None
        return True

    def encrypt(
        self, text: object, recv_key: str, template: object, key_type: str, xpath: str = ""
    ) -> str:
        """Encrypt a document's root, or what ``xpath`` names; raises ``EncryptError``."""
        return self.encrypt_assertion(text, recv_key, template, key_type, xpath or "/*")

    def encrypt_assertion(  # noqa: PLR0917  pysaml2's own signature
        self,
        statement: object,
        enc_key: str,
        template: object,
        key_type: str = "",
        node_xpath: str | None = None,
        node_id: str | None = None,
    ) -> str:
        """Replace the one element that ``node_xpath`` names by its encrypted form.

        Algorithms come from this backend, not from the template. Raises ``EncryptError``.
        """
        del template, key_type, node_id
        if not isinstance(statement, str | bytes):
            statement = pre_encrypt_assertion(statement)
        try:
            root = parse(_octets(statement), limits=self._limits)
            found = root.xpath(node_xpath or ASSERT_XPATH)
            element = found[0] if isinstance(found, list) and len(found) == 1 else None
            if not isinstance(element, etree._Element):  # noqa: SLF001  lxml's public type has this name
                raise EncryptError("expected exactly one element to encrypt")
            sealed = encrypt_element(
                element,
                recipient=Certificate.load(Path(enc_key).read_bytes()),
                content=self._content,
                policy=self._encryption,
            )
        except (XmlTrustError, OSError) as error:
            raise EncryptError(str(error)) from None
        parent = element.getparent()
        if parent is None:
            return etree.tostring(sealed, encoding="unicode")
        parent.replace(element, sealed)
        return etree.tostring(root, encoding="unicode")

    def decrypt(self, enctext: object, key_file: str) -> str:
        """Replace the first ``EncryptedData`` by what it holds; raises ``DecryptionRefused``."""
        return self.decrypt_by_any(enctext, [key_file])

    def decrypt_by_any(self, enctext: object, key_files: Sequence[str]) -> str:
        """As ``decrypt``, by whichever of the key files the data is for."""
        try:
            keys = [_decryption_key(Path(one).read_bytes()) for one in key_files]
            root = parse(_octets(enctext), limits=self._limits)
            data = next(root.iter(_ENCRYPTED_DATA), None)
            parent = None if data is None else data.getparent()
            if data is None or parent is None or parent.tag not in _PLAIN_NAMES:
                raise DecryptionRefused("no encrypted assertion, name identifier or attribute")
            plain = decrypt_element(
                data,
                keys=_distinct([*self.decryption_keys, *keys]),
                policy=self._encryption,
                expected=_PLAIN_NAMES[str(parent.tag)],
                siblings=list(parent.iterchildren(_ENCRYPTED_KEY)),
                limits=self._limits,
            )
        except (XmlTrustError, OSError) as error:
            raise DecryptionRefused(str(error)) from None
        return _spliced(root, parent, data, etree.tostring(plain, encoding="unicode"))


def use_in(entity: Any, backend: XmltrustBackend) -> None:
    """Put the backend into a ``Saml2Client`` or ``Server``."""
    use_in_context(entity.sec, backend)


def use_in_context(security: Any, backend: XmltrustBackend) -> None:
    """Put the backend into a ``SecurityContext``.

    pysaml2 asks its backend once for each key and takes an empty answer for an end; here all its
    keys are tried at once, and no key at all is an error.
    """

    def decrypt(enctext: object, key_file: object = None) -> str:
        given = key_file if isinstance(key_file, list) else [key_file]
        return backend.decrypt_by_any(
            enctext, [str(one) for one in (*given, *security.enc_key_files) if one]
        )

    security.crypto = backend
    security.decrypt = decrypt


@lru_cache(maxsize=64)
def _signing_key(pem: bytes, certificate: bytes) -> SigningKey:
    return SigningKey.load(pem, certificate)


@lru_cache(maxsize=64)
def _decryption_key(pem: bytes) -> DecryptionKey:
    return DecryptionKey.load(pem)


def _spliced(root: etree._Element, parent: etree._Element, data: etree._Element, plain: str) -> str:
    """The document with ``plain`` in the place of ``data``, to the letter.

    lxml may rename the prefixes of an element that moves into a tree, and so break its signature.
    """
    place = etree.ProcessingInstruction("here", secrets.token_hex(16))
    place.tail = data.tail
    parent.replace(data, place)
    before, _, after = etree.tostring(root, encoding="unicode").partition(
        etree.tostring(place, encoding="unicode", with_tail=False)
    )
    return f"{before}{plain}{after}"


def _distinct(keys: list[DecryptionKey]) -> list[DecryptionKey]:
    """Each key once: the cache gives the same object for the same file."""
    return list({id(key): key for key in keys}.values())


def _usual_algorithm(key: SigningKey) -> SignatureAlgorithm:
    if family_of(key.signer.public_key) is KeyFamily.EC:
        return SignatureAlgorithm.ECDSA_SHA256
    return SignatureAlgorithm.RSA_PSS_SHA256


def _shown_certificate(template: etree._Element) -> bytes:
    """The certificate that pysaml2 put into the template, as PEM."""
    shown = [one.text or "" for one in template.iter(f"{{{DS}}}X509Certificate")]
    if len(shown) != 1:
        raise SignatureError("expected one certificate in the template: set cert_file")
    der = Certificate.from_base64(shown[0]).x509()
    return der.public_bytes(Encoding.PEM)


def _named(root: etree._Element, node_name: str, node_id: str | None) -> etree._Element:
    """The only element of that name and ``ID``; pysaml2 writes names as ``namespace:Local``."""
    namespace, _, local = node_name.rpartition(":")
    found = [
        one
        for one in root.iter(f"{{{namespace}}}{local}")
        if node_id is None or one.get("ID") == node_id
    ]
    if len(found) != 1:
        raise SignatureRefused(
            "dsig/expected-element", expected=f"one {local} of that ID", found=f"{len(found)}"
        )
    return found[0]


def _octets(document: object) -> bytes:
    """The document, whichever of pysaml2's three shapes it comes in."""
    return document if isinstance(document, bytes) else str(document).encode("utf-8")
