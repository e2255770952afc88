"""What durable exchanges need of DBOS beside its public interface; its version is bounded for it.

A workflow that waits is woken by an event in memory: it is set when PostgreSQL tells of a message,
and by a look once a minute. A message that was told of while the workflow could not look, because
the database was away in that moment, would lie beside it for that minute.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from dbos._dbos import _get_dbos_instance

_AT_A_TIME: Final = 500


def wake(workflow: str) -> None:
    """Have a workflow of this process look at once for what was sent to it."""
    for name, event in _waiting():
        if name == workflow:
            event.set()


def wake_overlooked() -> None:
    """Wake every workflow of this process that waits beside a message."""
    waiting = list(_waiting())
    for start in range(0, len(waiting), _AT_A_TIME):
        some = dict(waiting[start : start + _AT_A_TIME])
        for name in _with_messages(some):
            some[name].set()


def _waiting() -> Iterator[tuple[str, Any]]:
    for _, (workflow, *_), event in _get_dbos_instance()._sys_db.notifications_map.snapshot():  # noqa: SLF001
        yield workflow, event


def _with_messages(workflows: Iterable[str]) -> list[str]:
    database = _get_dbos_instance()._sys_db  # noqa: SLF001
    messages = database.tables.notifications.c
    query = (
        sa.select(messages.destination_uuid)
        .where(messages.destination_uuid.in_(workflows), messages.consumed.is_(False))
        .distinct()
    )
    with database.engine.begin() as connection:
        return list(connection.scalars(query))
