"""Tell the repository what changed, piece by piece, and lead its complaints back to our fields."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from procedures.errors import FieldError, GatewayRefused
from procedures.links.changes import Changes, Snapshot
from procedures.links.columns import COLUMNS
from procedures.links.link import Link

PIECE: Final = 200
"""Links in one request: what is refused or lost is then never the whole list."""
_FIELD: Final = re.compile(r"linkData\[(\d{1,6})\](?:\.(\w+))?")


class Repository(Protocol):
    """The links repository; `procedures.clients.LinksClient` is one."""

    def send(self, rows: Sequence[tuple[Link, bool]]) -> None:
        """Send links, each with whether it is deleted; raises as the clients do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What came of a push."""

    sent: int
    snapshot: Snapshot


def push(
    changed: Changes,
    *,
    since: Snapshot,
    to: Repository,
    keep: Callable[[Snapshot], None],
    piece: int = PIECE,
) -> Pushed:
    """Send all changes; ``keep`` stores the snapshot after each piece that was taken.

    Raises `GatewayRefused` with each complaint led back to the description and its field, and
    `GatewaySilent`; what was taken before is kept, so that the next push goes on from there.
    """
    snapshot, rows = since, changed.rows
    for start in range(0, len(rows), piece):
        part = rows[start : start + piece]
        try:
            to.send(part)
        except GatewayRefused as refused:
            raise GatewayRefused(
                status=refused.status, errors=tuple(led_back(one, part) for one in refused.errors)
            ) from None
        snapshot = snapshot.with_changes(
            Changes(
                changed=tuple(link for link, delete in part if not delete),
                deleted=tuple(link for link, delete in part if delete),
            )
        )
        keep(snapshot)
    return Pushed(sent=len(rows), snapshot=snapshot)


def led_back(error: FieldError, rows: Sequence[tuple[Link, bool]]) -> FieldError:
    """The complaint with the link and the field that it is about: ``linkData[0].title``."""
    found = _FIELD.search(error.field)
    if found is None or int(found[1]) >= len(rows):
        return error
    link, _ = rows[int(found[1])]
    name = COLUMNS.get(found[2] or "", found[2] or "")
    whose = link.origin or str(link.url)
    return FieldError(
        field=error.field, ours=f"{whose}: {name}" if name else whose, message=error.message
    )
