"""An agency asks for a foreign diploma on the person's explicit request, and gets its files.

``exchanges_of(read_configuration(file))`` runs the exchanges and gives the ``connector``; the
agency's application serves its ``endpoint`` under ``/as4``. ``subject_of(identity)`` gives the
person after a login.
"""

from datetime import UTC, datetime
from typing import Protocol

from sdg_connector.connector import Connector, EvidenceOffer
from sdg_connector.connector.matching import Subject
from sdg_connector.journey import State


class Visit(Protocol):
    """What the agency's own pages do."""

    name: str
    """Random, for one visit: asking twice in it asks once."""
    way_back: str
    """Unpredictable address under which the person returns from the preview."""

    async def asks_for(self, offer: EvidenceOffer) -> bool: ...
    async def goes_to(self, location: str) -> None: ...


async def diploma(person: Subject, visit: Visit, connector: Connector) -> list[bytes]:
    """The files that the provider sent; none when the person did not want any."""
    (token, offer), *_ = await connector.find(procedure="T3", country="ES")
    if not await visit.asks_for(offer):
        return []
    now, back = datetime.now(UTC), visit.way_back
    exchange = await connector.request(
        token, procedure="T3", subject=person, visit=visit.name, asked_at=now, return_location=back
    )
    status = await connector.until(exchange, State.PREVIEWING, State.RECEIVED)
    if status.state is State.PREVIEWING:
        await visit.goes_to(await connector.leave_for_preview(exchange))
        status = await connector.until(exchange, State.RECEIVED)
    files = [await connector.content(exchange, file.number) for file in status.files]
    await connector.settle(exchange, used=True)
    return files
