"""Bells at the other workers of one PostgreSQL, for an exchange that does not run here.

Whoever writes something down for an exchange rings; the worker that has it hears (LISTEN and
NOTIFY, https://www.postgresql.org/docs/current/sql-notify.html). What is rung is a name, never
more, and a ring may get lost: whoever waits looks by itself as well, now and then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from psycopg import AsyncConnection

_log = logging.getLogger(__name__)
_CHANNEL: Final = "sdg_exchange_told"
_RING: Final = "SELECT pg_notify(%s, name) FROM unnest(%s::text[]) AS name"
_AGAIN_SECONDS: Final = 5.0
"""Before the database is tried again that went away."""
_PROBE: Final = ""
"""Rung by one who begins to listen: it is heard back where nothing in between swallows it."""


@dataclass(slots=True, kw_only=True)
class DistantBells:
    """The ropes of one worker: rung in its event loop, heard in the loops of all."""

    url: str = field(repr=False)
    """``postgresql+psycopg://…``, the database that the workers share."""
    heard: Callable[[str], None]
    """Called with each name that any worker rang."""
    hears: bool = field(default=False, init=False)
    """Whether rings are known to arrive here: a pooler in between may swallow them."""
    _rung: set[str] = field(default_factory=set, init=False)
    _due: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    def ring(self, name: str) -> None:
        """Ring at every worker, soon."""
        self._rung.add(name)
        self._due.set()

    async def keep(self) -> None:
        """Ring and listen until cancelled, over two connections of its own."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep(self._listen))
            both.create_task(self._keep(self._pass_on))

    async def _keep(self, work: "Callable[[AsyncConnection[Any]], Awaitable[None]]") -> None:
        import psycopg  # noqa: PLC0415  an extra

        parsed = sa.make_url(self.url).set(drivername="postgresql")
        address = parsed.render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True
                ) as connection:
                    await work(connection)
            except (psycopg.Error, OSError) as error:
                _log.warning("other workers are not heard for now: %s", type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen(self, connection: "AsyncConnection[Any]") -> None:
        """The socket is waited for: psycopg's own way looks ten times a second."""
        await connection.execute(f"LISTEN {_CHANNEL}")
        self.ring(_PROBE)
        server, loop, there = connection.pgconn, asyncio.get_running_loop(), asyncio.Event()
        socket = connection.fileno()
        loop.add_reader(socket, there.set)
        try:
            while True:
                while (one := server.notifies()) is not None:
                    self.hears = True
                    self.heard(one.extra.decode())
                await there.wait()
                there.clear()
                server.consume_input()
        finally:
            loop.remove_reader(socket)
            self.hears = False

    async def _pass_on(self, connection: "AsyncConnection[Any]") -> None:
        # A ring may get lost, so that no flush of the disk is waited for.
        await connection.execute("SET synchronous_commit = off")
        while True:
            await self._due.wait()
            self._due.clear()
            names, self._rung = self._rung, set()
            try:
                await connection.execute(_RING, (_CHANNEL, list(names)))
            except BaseException:
                self._rung |= names
                self._due.set()
                raise
