"""The request that an exchange sends where it stands: written, signed and framed once."""

from dataclasses import dataclass, replace
from typing import Final

from sdg_connector.connector.book import Outgoing, Record
from sdg_connector.connector.orders import Order
from sdg_connector.evidence import write_evidence_request
from sdg_connector.journey import State
from sdg_connector.ports import Clock, NewId, OutgoingDocument, PayloadStore, Transport

SENDING: Final = {State.REQUESTING: 1, State.SECOND_REQUEST: 2}
"""The states in which a request is under way, and its number among the two of one asking."""


def number_of(record: Record) -> int:
    """Of the message that is sent where an exchange stands, among all of its messages."""
    return 2 * record.times + SENDING[record.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Writes requests and packs them for the provider's access point."""

    payloads: PayloadStore
    transport: Transport
    domain: str
    """Right-hand side of our message ids."""
    now: Clock
    new_id: NewId

    def outgoing(self, record: Record, order: Order | None = None) -> Outgoing:
        """The message of an exchange; the ``order`` is read where it is not at hand.

        Raises ``Gone`` when what it asks with was erased, and what the transport raises.
        """
        if order is None:
            order = Order.from_bytes(self.payloads.get(record.order))
        request_id, document = self._request(record, order)
        properties: tuple[tuple[str, str], ...] = ()
        if order.line.is_packaged:
            # R-EDM-EBMS ebMS-037, ebMS-038; the second request keeps the ExchangeId (TDD 4.9).
            properties = (
                ("ExchangeId", record.exchange_id),
                ("SpecificationId", order.line.value),
            )
        packed = self.transport.pack(
            OutgoingDocument(
                message_id=f"{self.new_id()}@{self.domain}",
                conversation_id=record.conversation,
                action="ExecuteQueryRequest",
                receiver=order.receiver,
                original_sender=order.sender,
                final_recipient=order.recipient,
                document=document,
                properties=properties,
                at=self.now(),
            )
        )
        return Outgoing(number=number_of(record), packed=packed, request_id=request_id)

    def _request(self, record: Record, order: Order) -> tuple[str, bytes]:
        """The id of the request and its document; the first is sent as it was written."""
        if record.state is State.SECOND_REQUEST:
            request = order.request.second(
                request_id=f"urn:uuid:{self.new_id()}",
                issued_at=self.now(),
                preview_location=self.payloads.get(record.preview).decode(),
                return_location=order.return_location,
            )
        elif record.times:
            request = replace(
                order.request, request_id=f"urn:uuid:{self.new_id()}", issued_at=self.now()
            )
        else:
            return order.request_id, order.document
        return request.request_id, write_evidence_request(request)
