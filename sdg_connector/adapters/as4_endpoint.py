"""The embedded access point's receiving side: an ASGI app that stores, then answers.

eDelivery AS4 3.2.7: a receipt leaves only after the message and its receipt are stored.
"""

import logging
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol, cast

from sdg_connector.as4 import (
    Agreements,
    As4Refused,
    EbmsError,
    Keys,
    MimeCaps,
    MimeReader,
    ReceivedMessage,
    Signal,
    accept_wire,
    build_error,
    build_receipt,
)
from sdg_connector.ports import Observed, Observer, Unobserved
from sdg_connector.turns import in_turn
from xmltrust import XmlTrustError

_log = logging.getLogger(__name__)
_CLOCKS_APART = timedelta(hours=1)
_SPOOL_IN_MEMORY = 1024**2

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class DuplicateDiffers(Exception):
    """The store holds another message under the same sender and message id."""


class InboundHandler(Protocol):
    """Whoever stores what arrives; its word decides whether a receipt leaves."""

    async def on_user_message(self, received: ReceivedMessage, receipt: bytes) -> bytes | None:
        """Store message and receipt in one transaction, keyed by sender and message id.

        Gives None when the message is new, and the receipt stored before when the same message
        (same ``received.digest``) came again. Raises ``DuplicateDiffers`` when the id was used for
        another message. Read the payloads before returning: their files are closed afterwards.
        """


@dataclass(slots=True)
class Spools:
    """Makes files that stay in memory while small, and closes them all together."""

    _open: list[BinaryIO] = field(default_factory=list)

    def __call__(self) -> BinaryIO:
        """A new empty file."""
        spool = cast(
            BinaryIO,
            tempfile.SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY),  # noqa: SIM115
        )
        self._open.append(spool)
        return spool

    def close(self) -> None:
        """Close every file made here."""
        for spool in self._open:
            spool.close()
        self._open.clear()

    def __del__(self) -> None:
        """A content that was thrown away, with its keeper, leaves no file behind."""
        self.close()


@dataclass(frozen=True, slots=True)
class As4Endpoint:
    """An ASGI app: mount it anywhere, it answers POST."""

    agreements: Agreements | Callable[[], Agreements]
    keys: Keys
    inbound: InboundHandler
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    caps: MimeCaps = field(default_factory=MimeCaps)
    remembered: timedelta = timedelta(days=6)
    """How long the store knows a message id for sure: an older message may have come before."""
    observer: Observer = field(default_factory=Unobserved)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with a receipt or an ebMS error signal."""
        if scope["type"] != "http":
            return
        if scope["method"] != "POST":
            await _respond(send, 405, b"", "text/plain", {"allow": "POST"})
            return
        spools = Spools()
        try:
            with self.observer.during("as4.receive") as seen:
                status, signal = await self._answer(scope, receive, spools, seen)
        finally:
            spools.close()
        await _respond(send, status, signal.body, signal.content_type, {})

    async def _answer(
        self, scope: Scope, receive: Receive, spools: Spools, seen: Observed
    ) -> tuple[int, Signal]:
        try:
            reader = MimeReader(_content_type(scope), caps=self.caps, new_spool=spools)
            await _feed(reader, receive)
            received, receipt = await in_turn(self._accept, reader, spools)
            signal = await self._store(received, receipt)
            seen.outcome = "received"
            return 200, signal
        except As4Refused as refused:
            _log.warning("as4 refused message=%s %s", refused.message_id, refused)
            seen.outcome = refused.wire_code
            return 200, await in_turn(self._error, refused)
        except (OSError, XmlTrustError) as error:
            _log.error("as4 could not store a message: %s", type(error).__name__)
            seen.outcome = "not stored"
            return 500, await in_turn(self._error, _delivery_failure())

    def _accept(self, reader: MimeReader, spools: Spools) -> tuple[ReceivedMessage, Signal]:
        """The proven message, and the receipt that leaves when it is stored.

        On a thread, signature and all: a key in a hardware module takes its time.
        """
        agreements = self.agreements() if callable(self.agreements) else self.agreements
        now = self.now()
        received = accept_wire(
            reader.close(), agreements=agreements, keys=self.keys, now=now, new_spool=spools
        )
        age = now - received.message.timestamp
        if not -_CLOCKS_APART <= age <= self.remembered:
            raise _about(received.message.message_id, _too_old())
        return received, build_receipt(received, keys=self.keys, new_id=self.new_id, now=now)

    async def _store(self, received: ReceivedMessage, receipt: Signal) -> Signal:
        if received.is_test:
            return receipt
        message_id = received.message.message_id
        try:
            earlier = await self.inbound.on_user_message(received, receipt.body)
        except DuplicateDiffers:
            raise _about(message_id, _reused_id()) from None
        except Exception as error:
            # Whatever the store's trouble is, the peer must hear that nothing was accepted, and
            # try again: an answer is owed, a receipt is not.
            _log.exception("as4 store failed message=%s", message_id)
            raise _about(message_id, _delivery_failure()) from error
        _log.info(
            "as4 received message=%s %s", message_id, "again" if earlier is not None else "new"
        )
        return receipt if earlier is None else Signal(message_id=message_id, body=earlier)

    def _error(self, refused: As4Refused) -> Signal:
        return build_error(refused, keys=self.keys, new_id=self.new_id, now=self.now())


async def _feed(reader: MimeReader, receive: Receive) -> None:
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise As4Refused(
                EbmsError.MIME_INCONSISTENCY,
                "eDelivery AS4 3.2.2",
                expected="a whole message",
                found="a connection that ended early",
            )
        reader.feed(event.get("body", b""))
        more = bool(event.get("more_body", False))


async def _respond(
    send: Send, status: int, body: bytes, content_type: str, headers: dict[str, str]
) -> None:
    fields = {"content-type": content_type, "content-length": str(len(body)), **headers}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(key.encode(), value.encode()) for key, value in fields.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _content_type(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if name.lower() == b"content-type"]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def _about(message_id: str, refused: As4Refused) -> As4Refused:
    refused.message_id = message_id
    return refused


def _delivery_failure() -> As4Refused:
    return As4Refused(
        EbmsError.DELIVERY_FAILURE,
        "AS4 3.6",
        expected="the message to be stored",
        found="a store that did not take it",
    )


def _too_old() -> As4Refused:
    return As4Refused(
        EbmsError.VALUE_INCONSISTENT,
        "ebMS 5.2.2.1",
        expected="a timestamp of the last days",
        found="one of another time",
    )


def _reused_id() -> As4Refused:
    return As4Refused(
        EbmsError.VALUE_INCONSISTENT,
        "ebMS 5.2.2.1",
        expected="a message id of its own",
        found="one that was used for another message",
    )
