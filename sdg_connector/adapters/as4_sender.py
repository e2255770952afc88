"""The embedded access point's sending side: the same octets, until a valid receipt.

AS4 profile 3.2 (reception awareness), eDelivery AS4 3.3.2.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from sdg_connector.adapters.as4_endpoint import Spools
from sdg_connector.as4 import (
    Agreements,
    As4Misuse,
    As4Refused,
    EbmsError,
    Keys,
    Leg,
    NoReceipt,
    OutgoingMessage,
    Payload,
    PeerReportedError,
    SentReferences,
    UserMessage,
    accept_answer,
    pack_user_message,
)
from sdg_connector.content import IN_MEMORY, Content, arriving, octets_of, size_of

_log = logging.getLogger(__name__)
_SERVER_ERROR = 500
_MAX_ANSWER = 1024**2
_PASSING = frozenset(
    {
        EbmsError.OTHER.code,
        EbmsError.CONNECTION_FAILURE.code,
        EbmsError.MIME_INCONSISTENCY.code,
        EbmsError.DYSFUNCTIONAL_RELIABILITY.code,
        EbmsError.DELIVERY_FAILURE.code,
    }
)
"""Errors that may be gone at the next attempt: a message cut short on its way is EBMS:0007."""
_DUPLICATE = "EBMS:4001"
"""phase4's own code for a message that it has already: our receipt was lost on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutgoing:
    """A packed message as it is stored: every attempt sends exactly ``body``."""

    message_id: str
    receiver: str
    """The party's name in the agreements."""
    leg: str
    """The leg's name, for the schedule and the profile."""
    content_type: str
    body: Content = field(repr=False)
    references: str = field(repr=False)
    """``SentReferences.to_json()``."""


@dataclass(frozen=True, slots=True)
class PackedBody:
    """The octets of a packed message, framed when they are read."""

    packed: OutgoingMessage
    spools: Spools = field(repr=False)
    """The files of its parts."""

    @property
    def size(self) -> int:
        """How many octets."""
        return self.packed.size

    def chunks(self) -> Iterator[bytes]:
        """The octets from the start."""
        return self.packed.chunks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiver signed that it has the message."""

    message_id: str
    receipt: bytes = field(repr=False)
    """Keep it: the proof of receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """No valid receipt this time."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbablyDelivered:
    """The receiver says it has the message already, without the receipt that would prove it."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The receiver refused the message, signed: the same octets would be refused again."""

    codes: tuple[str, ...]


class AnswerTooLong(httpx.RequestError):
    """No receipt is as long as what came."""


Attempt = Delivered | TryAgain | ProbablyDelivered | Failed


def _identity(url: str) -> str:
    return url


@dataclass(frozen=True, slots=True, kw_only=True)
class As4Sender:
    """Sends through the embedded access point."""

    agreements: Agreements | Callable[[], Agreements]
    keys: Keys
    client: httpx.AsyncClient
    """Carries TLS, client certificate and timeouts; redirects are never followed."""
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    reach: Callable[[str], str] = _identity
    """Turns a published address into the one to connect to."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def prepare(self, message: UserMessage, payloads: Sequence[Payload]) -> StoredOutgoing:
        """Sign and encrypt once; store the result before the first attempt.

        A big body lies in temporary files for as long as it is held. Raises ``As4Misuse`` when no
        agreement covers the message.
        """
        spools = Spools()
        packed = pack_user_message(
            message,
            payloads,
            agreements=self._agreements(),
            keys=self.keys,
            new_id=self.new_id,
            new_spool=spools,
        )
        framed = PackedBody(packed, spools)
        body = octets_of(framed) if framed.size <= IN_MEMORY else framed
        return StoredOutgoing(
            message_id=packed.message_id,
            receiver=packed.receiver.name,
            leg=packed.leg.name,
            content_type=packed.content_type,
            body=body,
            references=SentReferences(packed.references).to_json(),
        )

    async def attempt(self, stored: StoredOutgoing) -> Attempt:
        """Post the stored octets once. Safe to repeat, also after a crash: the receiver knows the
        message id, and answers a repeated message with its receipt.
        """
        agreements = self._agreements()
        receiver = agreements.party(stored.receiver)
        try:
            status, content_type, answer = await self._posted(receiver.endpoint, stored)
        except httpx.HTTPError as error:
            return TryAgain(reason=type(error).__name__)
        try:
            # A receipt is small: a thread would cost as much as its check.
            accept_answer(
                content_type,
                [answer],
                message_id=stored.message_id,
                sent=SentReferences.from_json(stored.references).references,
                receiver=receiver,
                profile=self._leg(agreements, stored.leg).profile,
                now=self.now(),
            )
        except PeerReportedError as error:
            return _judge(error)
        except As4Refused as error:
            # A gateway in front of the access point answers for it when it is down.
            if status >= _SERVER_ERROR:
                return TryAgain(reason=f"HTTP {status}")
            return TryAgain(reason=f"{error.wire_code} {error.rule}")
        return Delivered(message_id=stored.message_id, receipt=answer)

    def schedule(self, stored: StoredOutgoing) -> tuple[timedelta, ...]:
        """The pause before each further attempt, as agreed for the leg."""
        return self._leg(self._agreements(), stored.leg).retry.pauses()

    async def send(self, stored: StoredOutgoing) -> Delivered:
        """Attempts on schedule until a receipt; raises ``NoReceipt`` (EBMS:0301) or ``As4Refused``.

        For a process that stays; a durable exchange calls ``attempt`` and does the waiting itself.
        """
        for pause in (timedelta(0), *self.schedule(stored)):
            await self.sleep(pause.total_seconds())
            outcome = await self.attempt(stored)
            _log.info("as4 sent message=%s %s", stored.message_id, type(outcome).__name__)
            if isinstance(outcome, Delivered):
                return outcome
            if isinstance(outcome, Failed):
                raise PeerReportedError(codes=outcome.codes, signed=True)
        raise NoReceipt(f"EBMS:0301: no receipt for message {stored.message_id} in the agreed time")

    async def submit(self, message: UserMessage, payloads: Sequence[Payload]) -> Delivered:
        """``prepare`` and ``send`` in one."""
        stored = await asyncio.to_thread(self.prepare, message, payloads)
        return await self.send(stored)

    async def _posted(self, endpoint: str, stored: StoredOutgoing) -> tuple[int, str, bytes]:
        """The answer, on a second connection when the first one breaks.

        A server may close a kept connection at the moment in which it is used again (RFC 9112,
        9.5), and the agreed pause is minutes.
        """
        try:
            return await self._post(endpoint, stored)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return await self._post(endpoint, stored)

    async def _post(self, endpoint: str, stored: StoredOutgoing) -> tuple[int, str, bytes]:
        body, size = stored.body, size_of(stored.body)
        headers = {"content-type": stored.content_type, "content-length": str(size)}
        async with self.client.stream(
            "POST",
            self.reach(endpoint),
            content=body if isinstance(body, bytes) else arriving(body),
            headers=headers,
            follow_redirects=False,
        ) as response:
            answer = bytearray()
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > _MAX_ANSWER:
                    raise AnswerTooLong("an answer that is too long")
            return response.status_code, response.headers.get("content-type", ""), bytes(answer)

    def _agreements(self) -> Agreements:
        return self.agreements() if callable(self.agreements) else self.agreements

    @staticmethod
    def _leg(agreements: Agreements, name: str) -> Leg:
        for pmode in agreements.pmodes:
            if pmode.leg.name == name:
                return pmode.leg
        raise As4Misuse(f"PMode: no leg is called {name}")


def _judge(error: PeerReportedError) -> Attempt:
    if _DUPLICATE in error.codes:
        return ProbablyDelivered(codes=error.codes)
    if error.signed and not set(error.codes) & _PASSING:
        return Failed(codes=error.codes)
    return TryAgain(reason=", ".join(error.codes))
