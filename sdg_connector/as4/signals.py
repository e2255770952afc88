"""Receipts and error signals: written, signed, and believed only when they prove what they say.

AS4 profile 5.1.8 (non-repudiation of receipt), eDelivery AS4 3.2.7.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from lxml import etree

from sdg_connector.as4.envelope import (
    Envelope,
    invalid,
    new_envelope,
    read_envelope,
    write_envelope,
)
from sdg_connector.as4.errors import As4Refused, EbmsError, PeerReportedError
from sdg_connector.as4.exchange import NewId, ReceivedMessage
from sdg_connector.as4.faults import write_fault
from sdg_connector.as4.message import EB, read_message_id, write_timestamp
from sdg_connector.as4.mime import SOAP_CONTENT_TYPE, MimeCaps, read_mime
from sdg_connector.as4.pmode import AccessPoint, Keys, SecurityProfile, TokenForm
from sdg_connector.as4.wssecurity import verify_security, write_security
from xmltrust import DigestAlgorithm, SignatureRefused, XmlRefused
from xmltrust.algorithms import DS
from xmltrust.references import Reference, Transform, read_reference, write_reference
from xmltrust.select import Children, every, exactly_one, text_of

EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
_NR_INFORMATION = f"{{{EBBP}}}NonRepudiationInformation"
_NR_PART = f"{{{EBBP}}}MessagePartNRInformation"
_CAPS = MimeCaps(max_octets=1024**2, max_parts=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal ready for the wire."""

    message_id: str
    body: bytes = field(repr=False)
    content_type: str = SOAP_CONTENT_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A proven receipt: the receiver signed that it has exactly what we sent."""

    message_id: str
    ref_to_message_id: str


@dataclass(frozen=True, slots=True)
class SentReferences:
    """What we signed in a message, kept beside its octets until the receipt is there."""

    references: tuple[Reference, ...]

    def to_json(self) -> str:
        """For the store."""
        return json.dumps(
            [
                {
                    "uri": one.uri,
                    "transforms": [
                        [step.algorithm, *step.inclusive_prefixes] for step in one.transforms
                    ],
                    "algorithm": one.digest_algorithm.value,
                    "digest": base64.b64encode(one.digest).decode("ascii"),
                }
                for one in self.references
            ]
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the store; raises ``ValueError`` for what ``to_json`` did not write."""
        try:
            return cls(
                tuple(
                    Reference(
                        uri=one["uri"],
                        transforms=tuple(
                            Transform(step[0], tuple(step[1:])) for step in one["transforms"]
                        ),
                        digest_algorithm=DigestAlgorithm(one["algorithm"]),
                        digest=base64.b64decode(one["digest"], validate=True),
                    )
                    for one in json.loads(text)
                )
            )
        except (KeyError, IndexError, TypeError) as error:
            raise ValueError("not what SentReferences.to_json wrote") from error


def build_receipt(received: ReceivedMessage, *, keys: Keys, new_id: NewId, now: datetime) -> Signal:
    """The signed receipt for a message: one MessagePartNRInformation per signed reference.

    Domibus compares one ds:Reference per MessagePartNRInformation and wants their number equal.
    """
    draft = _Draft.new(ref_to=received.message.message_id, new_id=new_id, now=now)
    receipt = etree.SubElement(draft.signal, _eb("Receipt"))
    information = etree.SubElement(receipt, _NR_INFORMATION, nsmap={"ebbp": EBBP, "ds": DS})
    for reference in received.references:
        write_reference(etree.SubElement(information, _NR_PART), reference)
    leg = received.match.pmode.leg
    return draft.signed(keys=keys, profile=leg.profile, token=leg.token)


def build_error(
    refused: As4Refused,
    *,
    keys: Keys,
    new_id: NewId,
    now: datetime,
) -> Signal:
    """The signed error signal for a refusal, with a SOAP fault when it is about security.

    Signed, since Domibus believes no other.

    What could not be read names no agreement: our key says by which profile we sign.
    """
    profile = SecurityProfile.of(keys.signing.signer.public_key)
    kind = refused.error
    draft = _Draft.new(ref_to=refused.message_id, new_id=new_id, now=now)
    error = etree.SubElement(
        draft.signal,
        _eb("Error"),
        errorCode=kind.code,
        severity=kind.severity,
        category=kind.category,
        shortDescription=kind.short_description,
        origin="ebMS",
    )
    if refused.message_id:
        error.set("refToMessageInError", refused.message_id)
    detail = etree.SubElement(error, _eb("ErrorDetail"))
    detail.text = f"{refused.rule}: expected {refused.expected}"
    fault = write_fault(refused)
    if fault is not None:
        draft.envelope.body.append(fault)
    return draft.signed(keys=keys, profile=profile, token=TokenForm.X509V3)


def accept_answer(
    content_type: str,
    chunks: Iterable[bytes],
    *,
    message_id: str,
    sent: Sequence[Reference],
    receiver: AccessPoint,
    profile: SecurityProfile,
    now: datetime,
) -> Receipt:
    """The receipt that answers our message; anything else raises.

    ``PeerReportedError`` for an error signal, ``As4Refused`` (EBMS:0302) for a receipt that is not
    signed by the receiver, is for another message, or does not repeat every digest that we signed.
    """
    try:
        wire = read_mime(content_type, chunks, caps=_CAPS)
        envelope = read_envelope(wire.root, body_is_empty=False)
        return _accept(envelope, message_id, sent, receiver=receiver, profile=profile, now=now)
    except PeerReportedError:
        raise
    except (As4Refused, XmlRefused, SignatureRefused) as error:
        raise As4Refused(
            EbmsError.INVALID_RECEIPT,
            error.rule,
            expected=error.expected,
            found=error.found,
        ) from error


def _accept(
    envelope: Envelope,
    message_id: str,
    sent: Sequence[Reference],
    *,
    receiver: AccessPoint,
    profile: SecurityProfile,
    now: datetime,
) -> Receipt:
    signal = exactly_one(envelope.messaging, _eb("SignalMessage"))
    if len(envelope.messaging) != 1:
        raise invalid("ebMS 5.2.1", "one signal", "more beside it")
    errors = every(signal, _eb("Error"))
    inside = Children(signal)
    info = Children(inside.exactly_one(_eb("MessageInfo")))
    if errors:
        codes = tuple(str(one.get("errorCode", ""))[:20] for one in errors)
        raise PeerReportedError(codes=codes, signed=_is_signed(envelope, receiver, profile, now))
    receipt = inside.exactly_one(_eb("Receipt"))
    _verify(envelope, receiver, profile, now)
    reference = info.at_most_one(_eb("RefToMessageId"))
    if reference is None or text_of(reference) != message_id:
        raise invalid("AS4 5.1.8", "a receipt for our message", "one for another")
    information = exactly_one(receipt, _NR_INFORMATION)
    found = [
        read_reference(one)
        for part in every(information, _NR_PART)
        for one in every(part, f"{{{DS}}}Reference")
    ]
    if Counter(map(_compared, found)) != Counter(map(_compared, sent)):
        raise invalid("AS4 5.1.8", "every digest that we signed, once", "other digests")
    return Receipt(
        message_id=read_message_id(text_of(info.exactly_one(_eb("MessageId")))),
        ref_to_message_id=message_id,
    )


def _compared(reference: Reference) -> tuple[str, tuple[str, ...], str, bytes]:
    return (
        reference.uri,
        tuple(step.algorithm for step in reference.transforms),
        reference.digest_algorithm.value,
        reference.digest,
    )


def _is_signed(
    envelope: Envelope, receiver: AccessPoint, profile: SecurityProfile, now: datetime
) -> bool:
    try:
        _verify(envelope, receiver, profile, now)
    except As4Refused:
        return False
    return True


def _verify(
    envelope: Envelope, receiver: AccessPoint, profile: SecurityProfile, now: datetime
) -> None:
    verify_security(
        envelope,
        content_ids=(),
        signer=receiver,
        profile=profile,
        encrypt=False,
        decryption=None,
        now=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A signal that is being written where it will stand."""

    message_id: str
    envelope: Envelope
    signal: etree._Element

    @classmethod
    def new(cls, *, ref_to: str | None, new_id: NewId, now: datetime) -> Self:
        fresh = new_id()
        message_id = f"{fresh}@as4"
        envelope = new_envelope(messaging_id=f"_1{fresh}", body_id=f"_2{fresh}")
        signal = etree.SubElement(envelope.messaging, _eb("SignalMessage"))
        info = etree.SubElement(signal, _eb("MessageInfo"))
        etree.SubElement(info, _eb("Timestamp")).text = write_timestamp(now)
        etree.SubElement(info, _eb("MessageId")).text = message_id
        if ref_to:
            etree.SubElement(info, _eb("RefToMessageId")).text = ref_to
        return cls(message_id=message_id, envelope=envelope, signal=signal)

    def signed(self, *, keys: Keys, profile: SecurityProfile, token: TokenForm) -> Signal:
        write_security(
            self.envelope, parts=(), keys=keys, profile=profile, token=token, content_key=None
        )
        return Signal(message_id=self.message_id, body=write_envelope(self.envelope))


def _eb(name: str) -> str:
    return f"{{{EB}}}{name}"
