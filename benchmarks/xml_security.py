"""Rows of the benchmark: signing and believing XML, against the floor of lxml and cryptography.

The floor does the same work on the same key objects with no check at all: parse, canonicalise,
digest, one key operation, serialise. It is a lower bound, not a product.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Callable
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from xmltrust import (
    Certificate,
    DecryptionKey,
    EncryptionPolicy,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningKey,
    TrustedKey,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)
from xmltrust.algorithms import DS, XENC

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_ISSUER, _ROOT, _INNER = "{urn:m}Issuer", "{urn:m}Message", "{urn:m}Statement"
_SIGNED_INFO = (
    f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod '
    'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="{0}"/>'
    '<ds:Reference URI="#r1"><ds:Transforms><ds:Transform Algorithm="{1}enveloped-signature"/>'
    '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{2}'
    "</ds:DigestValue></ds:Reference></ds:SignedInfo>"
)
_POLICY = SignaturePolicy().with_rsa_pkcs1().with_rsa_2048()
_SEALING = EncryptionPolicy().with_rsa_2048()


def _document(octets: int) -> bytes:
    """A message of about this size, with the attribute and text mix of a login message."""
    one = b'<m:Attribute Name="urn:example:attribute" Format="urn:uri">some text</m:Attribute>'
    return (
        b'<m:Message xmlns:m="urn:m" ID="r1"><m:Issuer>https://issuer.test</m:Issuer>'
        b'<m:Statement ID="a1">' + one * (octets // len(one)) + b"</m:Statement></m:Message>"
    )


def _party(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
) -> tuple[SigningKey, DecryptionKey]:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    pem = (
        x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1, start, start)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    octets = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey.load(octets, pem), DecryptionKey.load(octets, pem)


def _sign(document: bytes, key: SigningKey, algorithm: SignatureAlgorithm) -> bytes:
    return sign_enveloped(etree.fromstring(document), key=key, algorithm=algorithm, after=_ISSUER)


def floor_sign(document: bytes, key: SigningKey, algorithm: SignatureAlgorithm) -> bytes:
    """Sign with no check at all: the floor, for other rows too."""
    root = etree.fromstring(document)
    digest = hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
    shown = base64.b64encode(digest).decode()
    information = etree.fromstring(_SIGNED_INFO.format(algorithm.value, DS, shown))
    octets = etree.tostring(information, method="c14n", exclusive=True)
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    signature.append(information)
    value = etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    value.text = base64.b64encode(key.signer.sign(octets, algorithm)).decode()
    shown_key = etree.SubElement(signature, f"{{{DS}}}X509Certificate")
    shown_key.text = base64.b64encode(key.certificates[0].der).decode()
    root.insert(1, signature)
    return etree.tostring(root)


def _accept(data: bytes, trusted: list[TrustedKey], key: DecryptionKey) -> etree._Element:
    proven = verify_enveloped(data, trusted=trusted, policy=_POLICY, expected_root=_ROOT)
    sealed = next(proven.element.iter(f"{{{XENC}}}EncryptedData"))
    return decrypt_element(sealed, keys=[key], policy=_SEALING, expected=_INNER)


def _floor_accept(data: bytes, certificate: Certificate, key: DecryptionKey) -> etree._Element:
    root = etree.fromstring(data)
    signature = root[1]
    public, private = certificate.public_key, key.private_key
    assert isinstance(public, rsa.RSAPublicKey)
    assert isinstance(private, rsa.RSAPrivateKey)
    octets = etree.tostring(signature[0], method="c14n", exclusive=True)
    value = base64.b64decode(signature[1].text or "")
    public.verify(value, octets, padding.PKCS1v15(), hashes.SHA256())
    root.remove(signature)
    hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
    values = [base64.b64decode(one.text or "") for one in root.iter(f"{{{XENC}}}CipherValue")]
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    content_key = private.decrypt(values[0], oaep)
    return etree.fromstring(AESGCM(content_key).decrypt(values[1][:12], values[1][12:], None))


def _rows() -> list[Row]:
    request = _document(3000)
    rsa_sign, rsa_open = _party(rsa.generate_private_key(65537, 2048))
    curve, _ = _party(ec.generate_private_key(ec.SECP256R1()))
    root = etree.fromstring(_document(8000))
    root[1] = encrypt_element(root[1], recipient=rsa_sign.certificates[0], policy=_SEALING)
    response = _sign(etree.tostring(root), rsa_sign, SignatureAlgorithm.RSA_SHA256)
    trusted = [TrustedKey.from_certificate(rsa_sign.certificates[0], source="benchmark")]
    rows: list[Row] = [
        (
            f"sign 3 KB, {name}",
            partial(_sign, request, key, algorithm),
            partial(floor_sign, request, key, algorithm),
            target,
        )
        for name, key, algorithm, target in (
            ("RSA-2048", rsa_sign, SignatureAlgorithm.RSA_SHA256, 2.0),
            ("RSA-PSS-2048", rsa_sign, SignatureAlgorithm.RSA_PSS_SHA256, 2.0),
            ("ECDSA P-256", curve, SignatureAlgorithm.ECDSA_SHA256, 4.0),
        )
    ]
    rows.append(
        (
            "verify and decrypt 12 KB",
            partial(_accept, response, trusted, rsa_open),
            partial(_floor_accept, response, rsa_sign.certificates[0], rsa_open),
            2.0,
        )
    )
    rows.append(("parse 12 KB", partial(parse, response), partial(etree.fromstring, response), 4.0))
    return rows


ROWS: list[Row] = _rows()
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
