"""What is written down about each request of others, its previews and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sdg_connector.connector.book import Posted
from sdg_connector.connector.shelf import Changed, Shelved
from sdg_connector.errors import ConnectorError
from sdg_connector.ports import ArrivedMessage, PackedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the answer to a request is."""

    judged: bool
    """Whether the provider has looked at it."""
    posted: Posted | None
    due: datetime | None
    """When the preview that it waits for is over; None when it waits for none."""


class RequestIdUsed(ConnectorError):
    """Another request of the same sender had the id of this one (TDD 4.4)."""


class AnswerBook(Protocol):
    """The store of requests and previews; every method is one transaction."""

    def take(self, message: ArrivedMessage, *, name: str, purge_at: datetime) -> bytes | None:
        """Store a request; the receipt of an earlier arrival.  Raises ``StoredDifferently``."""
        ...

    def asked(self, name: str) -> ArrivedMessage:
        """The message of one request; raises ``UnknownExchange``."""
        ...

    def progress(self, name: str) -> Progress:
        """How far its answer is; raises ``UnknownExchange``."""
        ...

    def preview(self, ticket: str) -> Shelved | None:
        """The preview behind a ticket."""
        ...

    def waits(self, ticket: str) -> str:
        """The request that waits for the decision on this preview; empty when none does."""
        ...

    def tickets(self, name: str) -> tuple[str, ...]:
        """Tickets of the previews that a request waits for."""
        ...

    def settle(
        self,
        name: str,
        *,
        changes: Mapping[str, Changed],
        answer: PackedMessage | None,
        event: str,
        digests: tuple[str, ...],
        facts: Mapping[str, str],
        at: datetime,
        purge_at: datetime,
        request_id: str = "",
    ) -> Progress:
        """Write previews, answer and record down together; ``facts`` go into the record.

        The answer is erased at ``purge_at``; ``request_id`` is this request's from now on. Gives
        how far the answer is then. Raises ``Overtaken`` when a preview was changed meanwhile, or an
        answer stands there, and ``RequestIdUsed`` when another request of this sender had the id;
        then nothing is written.
        """
        ...

    def attempted(
        self,
        name: str,
        *,
        receipt: bytes | None,
        due: datetime | None,
        at: datetime,
        end: str = "",
        detail: str = "",
    ) -> None:
        """Count an attempt, and keep the receipt that proves the delivery.

        ``due`` is when the next attempt is made; ``end`` is the event that ends the request.
        """
        ...

    def close_request(self, name: str, *, event: str, detail: str, at: datetime) -> None:
        """The request has ended."""
        ...

    def open_requests(self) -> tuple[str, ...]:
        """Names of the requests that have not ended."""
        ...

    def unheard(self) -> tuple[str, ...]:
        """Names of the requests whose answer was decided and not sent yet."""
        ...
