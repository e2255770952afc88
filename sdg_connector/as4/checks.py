"""Judge a captured AS4 message for a tester: every finding with its rule, place, clause and fix."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from lxml import etree

from sdg_connector.as4.attachments import open_part
from sdg_connector.as4.compression import InflationCaps
from sdg_connector.as4.envelope import Envelope, read_envelope
from sdg_connector.as4.errors import As4Misuse, As4Refused, EbmsError
from sdg_connector.as4.header_rules import broken_header_rules
from sdg_connector.as4.message import EB, OOTS_SERVICE, UserMessage, read_user_message
from sdg_connector.as4.mime import MimeMessage, read_mime
from sdg_connector.as4.pmode import AccessPoint, PartyId, SecurityProfile
from sdg_connector.as4.tokens import (
    BINARY_SECURITY_TOKEN,
    certificates_shown,
    read_pki_path,
)
from sdg_connector.as4.vouching import Vouched
from sdg_connector.as4.wssecurity import SecurityHeader, verify_security
from sdg_connector.vocabulary.findings import Finding, FindingSeverity, Judgement
from xmltrust import Certificate, CertificateRefused, DecryptionKey, XmlRefused, XmlTrustError
from xmltrust.algorithms import DS, XENC
from xmltrust.canonical import decode_base64
from xmltrust.chains import may_issue
from xmltrust.select import exactly_one

_PUBLISHED = "https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eDelivery+AS4"
_FIXES = {
    EbmsError.MIME_INCONSISTENCY: "Send the envelope first, then one part per eb:PartInfo.",
    EbmsError.INVALID_HEADER: "Write the ebMS header as its schema says.",
    EbmsError.EXTERNAL_PAYLOAD: "Put every payload into the message and refer to it by cid:.",
    EbmsError.FAILED_AUTHENTICATION: "Sign Messaging, Body and every part as agreed.",
    EbmsError.FAILED_DECRYPTION: "Encrypt with AES-128-GCM and RSA-OAEP (SHA-256).",
    EbmsError.POLICY_NONCOMPLIANCE: "Sign the message once and encrypt every part.",
    EbmsError.DECOMPRESSION_FAILURE: "Send one whole gzip stream per compressed part.",
}


def check(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge the HTTP body ``data`` of an AS4 message; any bytes give a verdict.

    ``context``: ``content_type`` (guessed from the first line when absent), ``decryption_key`` (PEM
    octets) and ``trusted_certificates`` (PEM or DER octets each). Without them the message's own
    token is used and a warning says that nobody vouched for it; parts stay sealed.
    """
    try:
        wire = read_mime(_content_type(data, context), [data])
        envelope = read_envelope(wire.root, body_is_empty=False)
        if envelope.messaging.find(f"{{{EB}}}SignalMessage") is not None:
            return _judge_signal(envelope, context, now)
        return _judge_user_message(envelope, wire, context, now, show_values=show_values)
    except As4Refused as refused:
        return _refused(refused)
    except (CertificateRefused, XmlRefused) as error:
        return _refused(
            As4Refused(
                EbmsError.FAILED_AUTHENTICATION,
                error.rule,
                expected=error.expected,
                found=error.found,
            )
        )


def _judge_user_message(
    envelope: Envelope,
    wire: MimeMessage,
    context: Mapping[str, object],
    now: datetime,
    *,
    show_values: bool,
) -> Judgement:
    user = envelope.messaging.find(f"{{{EB}}}UserMessage")
    if user is None or len(envelope.messaging) != 1:
        raise As4Refused(
            EbmsError.INVALID_HEADER,
            "eDelivery AS4 3.2",
            expected="one user message or one signal",
            found="something else",
        )
    message = read_user_message(user)
    ids = [part.content_id for part in message.parts]
    if sorted(ids) != sorted(part.content_id for part in wire.parts):
        raise As4Refused(
            EbmsError.MIME_INCONSISTENCY,
            "eDelivery AS4 3.2.3",
            expected="one attachment per eb:PartInfo",
            found="others",
        )
    findings: list[Finding] = []
    key = _decryption_key(context)
    encrypted = envelope.security is not None and (
        envelope.security.find(f"{{{XENC}}}EncryptedData") is not None
    )
    if key is None:
        # The signature is judged by itself; it does not cover the encryption.
        _drop_encryption(envelope)
    security = verify_security(
        envelope,
        content_ids=ids,
        signer=_signer(envelope, context, findings),
        profile=_profile(envelope),
        encrypt=encrypted and key is not None,
        decryption=key,
        now=now,
    )
    if ids and not encrypted:
        findings.append(_warning("eDelivery AS4 3.2.5", "the parts are not encrypted"))
    if encrypted and key is None:
        findings.append(_warning("eDelivery AS4 3.2.5", "no key was given: the parts stay sealed"))
    else:
        _open_all(message, wire, security)
    findings += _header_findings(user, message)
    refused = any(one.severity is FindingSeverity.ERROR for one in findings)
    return Judgement(
        findings=tuple(findings),
        value=None if refused else _value(message, show_values=show_values),
    )


def _header_findings(user: etree._Element, message: UserMessage) -> list[Finding]:
    """The rules of OOTS about the header; a message of another service answers to none."""
    if message.service != OOTS_SERVICE:
        return []
    return [broken.finding for broken in broken_header_rules(user)]


def _drop_encryption(envelope: Envelope) -> None:
    if envelope.security is not None:
        for name in ("EncryptedData", "EncryptedKey"):
            for element in list(envelope.security.iterchildren(f"{{{XENC}}}{name}")):
                envelope.security.remove(element)


def _open_all(message: UserMessage, wire: MimeMessage, security: SecurityHeader) -> None:
    parts = {part.content_id: part for part in wire.parts}
    caps = InflationCaps(max_octets=512 * 1024**2)
    for info in message.parts:
        open_part(info, parts[info.content_id], security, caps=caps, new_spool=BytesIO)


def _judge_signal(envelope: Envelope, context: Mapping[str, object], now: datetime) -> Judgement:
    findings: list[Finding] = []
    verify_security(
        envelope,
        content_ids=(),
        signer=_signer(envelope, context, findings),
        profile=_profile(envelope),
        encrypt=False,
        decryption=None,
        now=now,
    )
    errors = [str(one.get("errorCode")) for one in envelope.messaging.iter(f"{{{EB}}}Error")]
    kind = "error" if errors else "receipt"
    return Judgement(findings=tuple(findings), value={"signal": kind, "errors": errors})


def _signer(
    envelope: Envelope, context: Mapping[str, object], findings: list[Finding]
) -> AccessPoint:
    given = context.get("trusted_certificates")
    octets = [one for one in given if isinstance(one, bytes)] if isinstance(given, Sequence) else []
    certificates = [Certificate.load(one) for one in octets]
    if not certificates:
        findings.append(
            _warning("eDelivery AS4 3.2.4", "no certificate was given: its own token was believed")
        )
        certificates = _tokens(envelope.security)
    return AccessPoint(
        name="sender",
        identifiers=(PartyId(value="sender"),),
        endpoint="",
        signing=tuple(certificates),
        vouched=_vouched(envelope, certificates, findings) if octets else None,
    )


def _vouched(
    envelope: Envelope, given: Sequence[Certificate], findings: list[Finding]
) -> Vouched | None:
    """An authority among the given certificates vouches for any name: none was agreed here."""
    anchors = tuple(one for one in given if may_issue(one))
    signature = None if envelope.security is None else envelope.security.find(f"{{{DS}}}Signature")
    if not anchors or envelope.security is None or signature is None:
        return None
    try:
        shown = certificates_shown(exactly_one(signature, f"{{{DS}}}KeyInfo"), envelope.security)
        if shown[0] in given:
            return None
        vouched = Vouched(anchors=anchors, subject=shown[0].x509().subject.rfc4514_string())
    except (As4Refused, As4Misuse, XmlTrustError):
        return None
    findings.append(
        _warning(
            "RFC 5280 6", "an authority's certificate vouches for whatever name was signed with"
        )
    )
    return vouched


def _tokens(security: etree._Element | None) -> list[Certificate]:
    if security is None:
        return []
    found = []
    for token in security.iterchildren(BINARY_SECURITY_TOKEN):
        octets = decode_base64(token.text, "wss/binary-security-token")
        if str(token.get("ValueType", "")).endswith("#X509v3"):
            found.append(Certificate.load(octets))
        if str(token.get("ValueType", "")).endswith("#X509PKIPathv1"):
            found.append(Certificate.load(read_pki_path(octets)[-1]))
    return found


def _profile(envelope: Envelope) -> SecurityProfile:
    methods = envelope.root.iter("{http://www.w3.org/2000/09/xmldsig#}SignatureMethod")
    named = {one.get("Algorithm", "") for one in methods}
    if any(name.endswith("#ecdsa-sha256") for name in named):
        return SecurityProfile.ECDSA
    modern = any(name.endswith("#eddsa-ed25519") for name in named)
    return SecurityProfile.EDDSA if modern else SecurityProfile.RSA


def _decryption_key(context: Mapping[str, object]) -> DecryptionKey | None:
    pem = context.get("decryption_key")
    if not isinstance(pem, bytes):
        return None
    try:
        return DecryptionKey.load(pem)
    except XmlTrustError as error:
        raise As4Refused(
            EbmsError.FAILED_DECRYPTION,
            error.rule,
            expected=error.expected,
            found=error.found,
        ) from error


def _content_type(data: bytes, context: Mapping[str, object]) -> str:
    given = context.get("content_type")
    if isinstance(given, str):
        return given
    first = data[:200].lstrip().partition(b"\n")[0].strip()
    if first.startswith(b"--"):
        boundary = first[2:].decode("ascii", "replace").replace('"', "")
        return f'multipart/related; type="application/soap+xml"; boundary="{boundary}"'
    return "application/soap+xml"


def _value(message: UserMessage, *, show_values: bool) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "conversation_id": message.conversation_id,
        "from": message.sender.identifier,
        "to": message.receiver.identifier,
        "service": message.service.name,
        "action": message.action,
        "properties": {one.name: one.value if show_values else "…" for one in message.properties},
        "parts": [
            {"content_id": part.content_id, "media_type": part.media_type, "gzip": part.compressed}
            for part in message.parts
        ],
    }


def _refused(refused: As4Refused) -> Judgement:
    finding = Finding(
        rule=refused.error.code,
        severity=FindingSeverity.ERROR,
        where=refused.rule,
        message=str(refused),
        clause=_PUBLISHED,
        fix=_FIXES.get(refused.error, "Send what was agreed."),
    )
    return Judgement(findings=(finding,), value=None)


def _warning(rule: str, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity=FindingSeverity.WARNING,
        where="wsse:Security",
        message=message,
        clause=_PUBLISHED,
        fix="Give decryption_key and trusted_certificates in the context.",
    )
