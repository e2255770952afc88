"""WS-Security as AS4 uses it: the wsse:Security header, written and proven.

Signed: eb:Messaging, S12:Body and every attachment, nothing less. Encrypted: every attachment.
eDelivery AS4 3.2.4 to 3.2.6, SOAP with Attachments Profile 1.1:
https://docs.oasis-open.org/wss-m/wss/v1.1.1/os/wss-SwAProfile-v1.1.1-os.html
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from sdg_connector.as4.envelope import MUST_UNDERSTAND, WSU_ID, Envelope
from sdg_connector.as4.errors import As4Refused, EbmsError
from sdg_connector.as4.message import SOAP
from sdg_connector.as4.pmode import AccessPoint, Keys, SecurityProfile, TokenForm
from sdg_connector.as4.tokens import (
    BINARY_SECURITY_TOKEN,
    SECURITY,
    SECURITY_TOKEN_REFERENCE,
    WSSE,
    certificates_named,
    certificates_shown,
    write_binary_token,
    write_token_reference,
)
from xmltrust import (
    Certificate,
    ContentEncryption,
    DecryptionFailed,
    DecryptionKey,
    DigestAlgorithm,
    EncryptionPolicy,
    SignatureAlgorithm,
    SignaturePolicy,
    SignatureRefused,
    TrustedKey,
    XmlRefused,
)
from xmltrust.algorithms import DS, XENC
from xmltrust.message_key import read_message_key, write_message_key
from xmltrust.references import (
    Reference,
    Transform,
    VerifiedReferences,
    check_element,
    element_reference,
    fill_signature,
    verify_references,
)
from xmltrust.select import Children, every, exactly_one, required_attribute

_SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#"
CONTENT_SIGNATURE = _SWA + "Attachment-Content-Signature-Transform"
_CONTENT_ONLY = _SWA + "Attachment-Content-Only"
_CIPHERTEXT = _SWA + "Attachment-Ciphertext-Transform"
_WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
_ENCRYPTED_KEY_TYPE = (
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"
)
_ENCRYPTED_KEY = f"{{{XENC}}}EncryptedKey"
_ENCRYPTED_DATA = f"{{{XENC}}}EncryptedData"
_SIGNATURE = f"{{{DS}}}Signature"
_KEY_INFO = f"{{{DS}}}KeyInfo"
_ENCRYPTION_METHOD = f"{{{XENC}}}EncryptionMethod"
_CIPHER_DATA = f"{{{XENC}}}CipherData"
_CIPHER_REFERENCE = f"{{{XENC}}}CipherReference"
_TRANSFORMS = f"{{{XENC}}}Transforms"
_TRANSFORM = f"{{{DS}}}Transform"
_PREFIXES = {"wsse": WSSE, "ds": DS}
_ENCRYPTING = {**_PREFIXES, "xenc": XENC, "wsse11": _WSSE11}
_FOR_OTHERS = frozenset({f"{{{SOAP}}}role", f"{{{SOAP}}}relay"})
_KNOWN = frozenset({BINARY_SECURITY_TOKEN, _ENCRYPTED_KEY, _ENCRYPTED_DATA, _SIGNATURE})
_SIGNER, _RECIPIENT = "X509-S", "X509-R"
_ALGORITHMS = {
    SecurityProfile.RSA: SignatureAlgorithm.RSA_SHA256,
    SecurityProfile.EDDSA: SignatureAlgorithm.ED25519,
    SecurityProfile.ECDSA: SignatureAlgorithm.ECDSA_SHA256,
}
_POLICIES = {
    profile: SignaturePolicy(
        algorithms=frozenset({algorithm}),
        digests=frozenset({DigestAlgorithm.SHA256}),
        min_rsa_bits=2048,
    )
    for profile, algorithm in _ALGORITHMS.items()
}
ENCRYPTION_POLICY = (
    EncryptionPolicy(contents=frozenset({ContentEncryption.AES128_GCM}))
    .with_rsa_2048()
    .without_recipient_name()
)
"""What every party must send and accept (1.15, 3.5): nothing older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """An attachment as it stands in the header: who it is, and what was signed of it."""

    content_id: str
    media_type: str
    """Of the octets that were signed: what the receiver's canonicalisation goes by."""
    digest: bytes = field(repr=False)

    def reference(self) -> Reference:
        """The ds:Reference to the attachment."""
        return Reference(
            uri=f"cid:{self.content_id}",
            transforms=(Transform(CONTENT_SIGNATURE),),
            digest=self.digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentKeyFor:
    """The content key of a message, and for whom it is."""

    key: bytes = field(repr=False)
    recipient: Certificate = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityHeader:
    """A proven signature, and what the header says about each encrypted attachment."""

    verified: VerifiedReferences
    encrypted: dict[str, str]
    """Content id to the media type of the octets inside, for every encrypted attachment."""
    content_key: bytes | None = field(repr=False)

    def part_reference(self, content_id: str) -> Reference:
        """What was signed of an attachment."""
        uri = f"cid:{content_id}"
        return next(one for one in self.verified.references if one.uri == uri)


def write_security(
    envelope: Envelope,
    *,
    parts: Sequence[SealedPart],
    keys: Keys,
    profile: SecurityProfile,
    token: TokenForm,
    content_key: ContentKeyFor | None,
) -> tuple[Reference, ...]:
    """Put wsse:Security into the envelope's header; gives back what was signed."""
    prefixes = _PREFIXES if content_key is None else _ENCRYPTING
    security = etree.SubElement(envelope.header, SECURITY, nsmap=prefixes)
    security.set(MUST_UNDERSTAND, "true")
    if content_key is not None:
        _write_encryption(security, parts, content_key, token)
    references = (
        element_reference(envelope.messaging, uri=f"#{envelope.messaging.get(WSU_ID)}"),
        element_reference(envelope.body, uri=f"#{envelope.body.get(WSU_ID)}"),
        *(part.reference() for part in parts),
    )
    certificates = keys.signing.certificates
    write_binary_token(security, certificates, form=token, token_id=_SIGNER)
    key_info = fill_signature(
        etree.SubElement(security, _SIGNATURE, Id="SIG-1"),
        references,
        key=keys.signing,
        algorithm=_ALGORITHMS[profile],
    )
    write_token_reference(key_info, certificates[0], form=token, token_id=_SIGNER)
    return references


def _write_encryption(
    security: etree._Element,
    parts: Sequence[SealedPart],
    content_key: ContentKeyFor,
    token: TokenForm,
) -> None:
    form = TokenForm.X509V3 if token is TokenForm.PKI_PATH else token
    recipient = content_key.recipient
    write_binary_token(security, (recipient,), form=form, token_id=_RECIPIENT)
    key, named_in = write_message_key(
        security, content_key.key, recipient=recipient, identifier="EK-1"
    )
    write_token_reference(named_in, recipient, form=form, token_id=_RECIPIENT)
    listed = etree.SubElement(key, f"{{{XENC}}}ReferenceList")
    for number, part in enumerate(parts, 1):
        etree.SubElement(listed, f"{{{XENC}}}DataReference", URI=f"#ED-{number}")
        _write_encrypted_data(security, part, f"ED-{number}")


def _write_encrypted_data(security: etree._Element, part: SealedPart, identifier: str) -> None:
    data = copy(_BLANK_ENCRYPTED_DATA)
    data.set("Id", identifier)
    data.set("MimeType", part.media_type)
    data[-1][0].set("URI", f"cid:{part.content_id}")
    security.append(data)


def _blank_encrypted_data() -> etree._Element:
    data = etree.Element(_ENCRYPTED_DATA, nsmap=_ENCRYPTING, Type=_CONTENT_ONLY)
    etree.SubElement(data, _ENCRYPTION_METHOD, Algorithm=ContentEncryption.AES128_GCM.value)
    key_info = etree.SubElement(data, _KEY_INFO)
    reference = etree.SubElement(key_info, SECURITY_TOKEN_REFERENCE)
    reference.set(f"{{{_WSSE11}}}TokenType", _ENCRYPTED_KEY_TYPE)
    etree.SubElement(reference, f"{{{WSSE}}}Reference", URI="#EK-1")
    cipher = etree.SubElement(etree.SubElement(data, _CIPHER_DATA), _CIPHER_REFERENCE)
    transforms = etree.SubElement(cipher, _TRANSFORMS)
    etree.SubElement(transforms, _TRANSFORM, Algorithm=_CIPHERTEXT)
    return data


_BLANK_ENCRYPTED_DATA = _blank_encrypted_data()
"""Says of every attachment the same but for its name and type: copied, and filled in."""


def verify_security(
    envelope: Envelope,
    *,
    content_ids: Sequence[str],
    signer: AccessPoint,
    profile: SecurityProfile,
    encrypt: bool,
    decryption: DecryptionKey | None,
    now: datetime,
) -> SecurityHeader:
    """What the header proves: who signed, and that Messaging, Body and every part are covered.

    The digests of the attachments remain to be checked against ``part_reference``. Raises
    ``As4Refused``: EBMS:0103 for missing security, 0101 for a bad signature, 0102 for decryption.
    """
    security = envelope.security
    if security is None:
        raise _policy("a wsse:Security header", "none")
    _check_structure(security)
    verified = _verify_signature(envelope, security, signer, profile, now)
    wanted = {f"cid:{one}" for one in content_ids}
    _check_coverage(envelope, verified, wanted)
    content_key, encrypted = None, {}
    if encrypt and content_ids:
        encrypted = _read_encrypted_data(security, content_ids)
        content_key = _read_content_key(security, decryption)
    elif every(security, _ENCRYPTED_DATA):
        raise _policy("parts in the clear, as agreed", "encrypted ones")
    return SecurityHeader(verified=verified, encrypted=encrypted, content_key=content_key)


def _check_structure(security: etree._Element) -> None:
    if not _FOR_OTHERS.isdisjoint(security.keys()):
        raise _policy("a security header for the receiver", "one for another role")
    found = [child.tag for child in security]
    if not _KNOWN.issuperset(found):
        raise _policy("tokens, encryption and one signature", "another security element")
    if found.count(_SIGNATURE) != 1:
        raise _policy("one signature", str(found.count(_SIGNATURE)))


def _verify_signature(
    envelope: Envelope,
    security: etree._Element,
    signer: AccessPoint,
    profile: SecurityProfile,
    now: datetime,
) -> VerifiedReferences:
    signature = every(security, _SIGNATURE)[0]
    try:
        key_info = exactly_one(signature, _KEY_INFO)
        valid = _agreed(certificates_named(key_info, security, signer.signing), now)
        path: tuple[Certificate, ...] = ()
        if not valid and signer.vouched is not None:
            path = signer.vouched.path(certificates_shown(key_info, security), now=now)
            valid = list(path[:1])
        if not valid:
            raise _authentication(
                "eDelivery AS4 3.2.4", "a certificate agreed with the sender", "another one"
            )
        trusted = [
            TrustedKey.from_certificate(one, source=f"PMode party {signer.name}") for one in valid
        ]
        verified = verify_references(signature, trusted=trusted, policy=_POLICIES[profile])
    except (SignatureRefused, XmlRefused) as error:
        raise _authentication(error.rule, error.expected, error.found) from error
    if path and signer.vouched is not None:
        signer.vouched.demand_standing(path, now=now)
    return verified


def _agreed(named: Sequence[Certificate], now: datetime) -> list[Certificate]:
    valid = [one for one in named if one.valid_at(now)]
    if named and not valid:
        raise _authentication("RFC 5280 6.1.3", "a certificate valid now", "one that is not")
    return valid


def _check_coverage(envelope: Envelope, verified: VerifiedReferences, parts: set[str]) -> None:
    messaging, body = (
        f"#{element.get(WSU_ID, '')}" for element in (envelope.messaging, envelope.body)
    )
    signed = {reference.uri: reference for reference in verified.references}
    if messaging == body or set(signed) != {messaging, body, *parts}:
        raise _authentication(
            "eDelivery AS4 3.2.4",
            "a signature over Messaging, Body and every part, nothing else",
            "other references",
        )
    try:
        check_element(signed[messaging], envelope.messaging)
        check_element(signed[body], envelope.body)
    except SignatureRefused as error:
        raise _authentication(error.rule, error.expected, error.found) from error
    for uri in parts:
        if signed[uri].transforms != (Transform(CONTENT_SIGNATURE),):
            raise _authentication(
                "SwA Profile 5.4.2", "the content signature transform", "another transform"
            )


def _read_encrypted_data(security: etree._Element, content_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for data in every(security, _ENCRYPTED_DATA):
        try:
            inside = Children(data)
            method = inside.exactly_one(_ENCRYPTION_METHOD)
            cipher = exactly_one(inside.exactly_one(_CIPHER_DATA), _CIPHER_REFERENCE)
            uri = required_attribute(cipher, "URI")
            transform = exactly_one(exactly_one(cipher, _TRANSFORMS), _TRANSFORM)
        except XmlRefused as error:
            raise decryption_failed() from error
        fits = (
            method.get("Algorithm") == ContentEncryption.AES128_GCM.value
            and transform.get("Algorithm") == _CIPHERTEXT
            and data.get("Type") == _CONTENT_ONLY
            and uri.startswith("cid:")
            and uri[4:] not in found
        )
        if not fits:
            raise decryption_failed()
        found[uri[4:]] = data.get("MimeType", "application/octet-stream")
    if set(found) != set(content_ids):
        raise _policy("every part encrypted, and nothing else", "other encrypted parts")
    return found


def _read_content_key(security: etree._Element, decryption: DecryptionKey | None) -> bytes:
    keys = every(security, _ENCRYPTED_KEY)
    if len(keys) != 1 or decryption is None:
        raise decryption_failed()
    try:
        key = read_message_key(keys[0], key=decryption, policy=ENCRYPTION_POLICY)
    except DecryptionFailed as error:
        raise decryption_failed() from error
    if len(key) != ContentEncryption.AES128_GCM.key_bytes:
        raise decryption_failed()
    return key


def decryption_failed() -> As4Refused:
    """EBMS:0102; one answer to every reason, so that it tells an attacker nothing."""
    return As4Refused(
        EbmsError.FAILED_DECRYPTION,
        "eDelivery AS4 3.2.5",
        expected="parts encrypted for us by the agreed algorithms",
        found="something that does not decrypt",
    )


def _authentication(rule: str, expected: str, found: str) -> As4Refused:
    return As4Refused(EbmsError.FAILED_AUTHENTICATION, rule, expected=expected, found=found)


def _policy(expected: str, found: str) -> As4Refused:
    return As4Refused(
        EbmsError.POLICY_NONCOMPLIANCE, "eDelivery AS4 3.2.4", expected=expected, found=found
    )
