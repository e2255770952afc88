"""How a message names a certificate: the token forms of WS-Security, written and matched.

A token is a hint. The certificate that counts is the one agreed with the party.
https://docs.oasis-open.org/wss-m/wss/v1.1.1/os/wss-x509TokenProfile-v1.1.1-os.html
"""

import base64
import hashlib
from collections.abc import Sequence

from cryptography import x509
from lxml import etree

from sdg_connector.as4.errors import As4Misuse, As4Refused, EbmsError
from sdg_connector.as4.message import WSU
from sdg_connector.as4.pmode import TokenForm
from xmltrust import Certificate, CertificateRefused
from xmltrust.algorithms import DS
from xmltrust.canonical import decode_base64
from xmltrust.errors import XmlRefused
from xmltrust.select import every, exactly_one, required_attribute, text_of

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_TOKEN = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#"  # noqa: S105  a URI
_MESSAGE_SECURITY = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#"
)
_THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
SECURITY = f"{{{WSSE}}}Security"
SECURITY_TOKEN_REFERENCE = f"{{{WSSE}}}SecurityTokenReference"
BINARY_SECURITY_TOKEN = f"{{{WSSE}}}BinarySecurityToken"
_REFERENCE = f"{{{WSSE}}}Reference"
_BINARY = frozenset({TokenForm.X509V3, TokenForm.PKI_PATH})
"""The forms that show the certificate itself."""


def write_binary_token(
    security: etree._Element, certificates: Sequence[Certificate], *, form: TokenForm, token_id: str
) -> None:
    """Append the BinarySecurityToken, if the form has one."""
    if form not in _BINARY:
        return
    der = certificates[0].der if form is TokenForm.X509V3 else write_pki_path(certificates)
    token = etree.SubElement(
        security,
        BINARY_SECURITY_TOKEN,
        EncodingType=_MESSAGE_SECURITY + "Base64Binary",
        ValueType=_TOKEN + form,
    )
    token.set(f"{{{WSU}}}Id", token_id)
    token.text = base64.b64encode(der).decode("ascii")


def write_token_reference(
    parent: etree._Element, certificate: Certificate, *, form: TokenForm, token_id: str
) -> None:
    """Append the SecurityTokenReference that names the certificate."""
    reference = etree.SubElement(parent, SECURITY_TOKEN_REFERENCE)
    if form in _BINARY:
        etree.SubElement(reference, _REFERENCE, URI=f"#{token_id}", ValueType=_TOKEN + form)
    elif form is TokenForm.SUBJECT_KEY_IDENTIFIER:
        identifier = etree.SubElement(
            reference,
            f"{{{WSSE}}}KeyIdentifier",
            EncodingType=_MESSAGE_SECURITY + "Base64Binary",
            ValueType=_TOKEN + form,
        )
        identifier.text = base64.b64encode(_key_identifier(certificate)).decode("ascii")
    else:
        data = etree.SubElement(reference, f"{{{DS}}}X509Data")
        named = etree.SubElement(data, f"{{{DS}}}X509IssuerSerial")
        strict = certificate.x509()
        etree.SubElement(named, f"{{{DS}}}X509IssuerName").text = strict.issuer.rfc4514_string()
        etree.SubElement(named, f"{{{DS}}}X509SerialNumber").text = str(strict.serial_number)


def certificates_named(
    key_info: etree._Element, security: etree._Element, known: Sequence[Certificate]
) -> tuple[Certificate, ...]:
    """Which of the ``known`` certificates the token in ``key_info`` names.

    Raises ``As4Refused`` (EBMS:0101) when the token cannot be read.
    """
    try:
        reference = exactly_one(key_info, SECURITY_TOKEN_REFERENCE)
        if len(reference) != 1:
            raise _refused("one token in the reference", str(len(reference)))
        return _named(reference[0], security, known)
    except XmlRefused as error:
        raise _refused(error.expected, error.found) from error


def certificates_shown(
    key_info: etree._Element, security: etree._Element
) -> tuple[Certificate, ...]:
    """The certificates that the token itself holds, the signer's first: none is believed yet.

    A token that only names a certificate holds none. Raises ``As4Refused`` (EBMS:0101) when it
    cannot be read.
    """
    try:
        token = exactly_one(key_info, SECURITY_TOKEN_REFERENCE)[0]
        if token.tag != _REFERENCE:
            raise _refused("a certificate that was agreed, or one in the message", "neither")
        path = _token_path(security, required_attribute(token, "URI"))
        return tuple(Certificate.load(one) for one in path)
    except (XmlRefused, CertificateRefused) as error:
        raise _refused(error.expected, error.found) from error


def _named(
    token: etree._Element, security: etree._Element, known: Sequence[Certificate]
) -> tuple[Certificate, ...]:
    if token.tag == _REFERENCE:
        der = _token_path(security, required_attribute(token, "URI"))[0]
        return tuple(one for one in known if one.der == der)
    if token.tag == f"{{{WSSE}}}KeyIdentifier":
        octets = decode_base64(text_of(token), "wss/key-identifier")
        value_type = required_attribute(token, "ValueType")
        if value_type == _TOKEN + TokenForm.SUBJECT_KEY_IDENTIFIER.value:
            return tuple(one for one in known if _key_identifier(one) == octets)
        if value_type == _THUMBPRINT:
            return tuple(one for one in known if _thumbprint(one) == octets)
    if token.tag == f"{{{DS}}}X509Data":
        issuer_serial = exactly_one(token, f"{{{DS}}}X509IssuerSerial")
        # The issuer's spelling differs from stack to stack; the serial number finds the one
        # certificate among those agreed, and its key decides.
        serial = text_of(exactly_one(issuer_serial, f"{{{DS}}}X509SerialNumber"))
        return tuple(one for one in known if str(one.x509().serial_number) == serial)
    raise _refused("a token form of the X.509 token profile", "another form")


def _token_path(security: etree._Element, uri: str) -> tuple[bytes, ...]:
    """The certificates of a token as DER, the signer's first."""
    for token in every(security, BINARY_SECURITY_TOKEN):
        if uri == "#" + token.get(f"{{{WSU}}}Id", ""):
            octets = decode_base64(text_of(token), "wss/binary-security-token")
            value_type = token.get("ValueType")
            if value_type == _TOKEN + TokenForm.PKI_PATH.value:
                return read_pki_path(octets)[::-1]
            if value_type == _TOKEN + TokenForm.X509V3.value:
                return (octets,)
            raise _refused("an X.509 token", "another value type")
    raise _refused("a token in the same security header", "a reference to none")


def write_pki_path(certificates: Sequence[Certificate]) -> bytes:
    """PkiPath: SEQUENCE OF Certificate, from the anchor's side to the signer (X.509 11.10)."""
    content = b"".join(one.der for one in reversed(certificates))
    size = len(content)
    if size < 0x80:
        raise As4Misuse("a certificate path cannot be that short")
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x30, 0x80 | len(octets)]) + octets + content


def read_pki_path(der: bytes) -> tuple[bytes, ...]:
    """The certificates of a PkiPath as DER, the signer's last; raises ``As4Refused``."""
    start, end = _sequence(der, 0)
    found = []
    while start < end:
        _, stop = _sequence(der, start)
        found.append(der[start:stop])
        start = stop
    if start != end or end != len(der) or not found:
        raise _refused("a DER sequence of certificates", "something else")
    return tuple(found)


def _sequence(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the SEQUENCE at ``at`` starts and ends."""
    if len(der) < at + 2 or der[at] != 0x30:
        raise _refused("a DER sequence", "something else")
    size, start = der[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 0 < count <= 3:
            raise _refused("a DER length", "something else")
        size = int.from_bytes(der[start : start + count], "big")
        start += count
    if start + size > len(der):
        raise _refused("a whole DER sequence", "one that is cut short")
    return start, start + size


def _key_identifier(certificate: Certificate) -> bytes:
    try:
        extension = certificate.x509().extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key).digest
    return extension.value.digest


def _thumbprint(certificate: Certificate) -> bytes:
    return hashlib.sha1(certificate.der, usedforsecurity=False).digest()


def _refused(expected: str, found: str) -> As4Refused:
    return As4Refused(
        EbmsError.FAILED_AUTHENTICATION,
        "WSS X.509 Token Profile 3.2",
        expected=expected,
        found=found,
    )
