"""What an operator sees of the exchanges, and can do to one, beside the running service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sdg_connector.adapters.engine import STUCK, Remote
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import LOOK_AGAIN, UnknownExchange
from sdg_connector.connector.book import Record
from sdg_connector.errors import OwnMistake
from sdg_connector.journey import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One AS4 message of an exchange."""

    direction: str
    """``out`` or ``in``."""
    message_id: str
    at: datetime
    delivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the exchange's record."""

    at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAtHand:
    """Everything about one exchange that names no person and holds no evidence."""

    record: Record
    workflow: str
    """The engine's word; empty for an exchange that it was never told of."""
    messages: tuple[Message, ...]
    events: tuple[Event, ...]

    @property
    def stuck(self) -> bool:
        """Whether the exchange goes on only after ``retry``."""
        return not self.record.state.is_end and self.workflow in STUCK


@dataclass(frozen=True, slots=True)
class Operator:
    """Opened beside the service, which may run or not: what is asked for waits until it does."""

    store: Store
    workflows: Remote

    @classmethod
    def open(
        cls, *, store_url: str, engine_url: str, keys: Mapping[str, bytes], current_key: str
    ) -> Self:
        """Open the service's tables; raises ``OwnMistake``."""
        store = Store.open(store_url, keys=keys, current_key=current_key, new_id=new_uuid)
        return cls(store, Remote.open(engine_url))

    def recent(self, *, limit: int, open_only: bool = False) -> tuple[Record, ...]:
        """The newest exchanges first."""
        return self.store.overview.recent(limit=limit, open_only=open_only)

    def find(self, prefix: str) -> str:
        """The exchange whose id begins so; raises ``UnknownExchange`` unless it is one."""
        found = self.store.overview.beginning_with(prefix)
        if len(found) != 1:
            count = "several exchanges begin" if found else "no exchange begins"
            raise UnknownExchange(f"{count} with {prefix!r}")
        return found[0]

    def show(self, exchange: str) -> ExchangeAtHand:
        """One exchange; raises ``UnknownExchange``."""
        messages = self.store.overview.messages(exchange)
        return ExchangeAtHand(
            record=self.store.book.read(exchange),
            workflow=self.workflows.status(exchange),
            messages=tuple(
                Message(direction=way, message_id=message_id, at=at, delivered=delivered)
                for way, message_id, at, delivered in messages
            ),
            events=tuple(
                Event(at=entry.at, content=entry.content)
                for entry in self.store.journal.entries(exchange=exchange)
            ),
        )

    def retry(self, exchange: str) -> str:
        """Have an open exchange go on now; gives what was done, in words.

        A message that waits for its next attempt is sent at once; a workflow that broke off runs
        again from where the exchange stands. Raises ``UnknownExchange``, and ``OwnMistake`` for an
        exchange that has ended: asking anew is for the person to do (SDGR, article 14(4)).
        """
        at_hand = self.show(exchange)
        self._demand_open(at_hand.record)
        if at_hand.stuck:
            self.workflows.go_on(exchange)
            return "the workflow that broke off runs again from where the exchange stands"
        self.store.book.tell(exchange, LOOK_AGAIN, key=f"operator {new_uuid()}")
        return "the exchange looks at its next step now"

    def cancel(self, exchange: str) -> None:
        """End an open exchange without evidence; raises ``UnknownExchange`` and ``OwnMistake``."""
        at_hand = self.show(exchange)
        self._demand_open(at_hand.record)
        if at_hand.stuck:
            self.workflows.go_on(exchange)
        happened = Happened.CANCELLED
        self.store.book.tell(exchange, {"happened": happened.value}, key=f"person {happened}")

    def close(self) -> None:
        """Close every connection."""
        self.workflows.close()
        self.store.close()

    @staticmethod
    def _demand_open(record: Record) -> None:
        if record.state.is_end:
            raise OwnMistake(f"exchange {record.exchange} has ended: {record.state}")
