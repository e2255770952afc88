"""A node's shared cache in Apache Ignite 2.

The eIDAS-Node keeps its messages there as ``javax.cache.Cache<String, String>``. Apache's own
Python client (pyignite) checks no host name, speaks no TLS 1.3, believes any length it is told and
has had no release since 2023; the two operations needed here are written from the published
protocol instead, and that client judges them in the tests.
"""

import itertools
import struct
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

from eidas.errors import LightCacheAway
from sdg_connector.adapters.light.cluster import LIFETIME, LightCluster
from sdg_connector.adapters.light.ignite_connection import (
    Connection,
    Operation,
    read_text,
    written_text,
)

_WITH_EXPIRY: Final = 4
_UNCHANGED: Final = -2
_IDLE: Final = 8
"""How many connections wait for the next message."""


@dataclass(frozen=True, slots=True)
class IgniteLightCache:
    """One named cache of the cluster: an ``eidas.light_cache.LightCache``."""

    cluster: "IgniteCluster"
    name: str

    def put(self, key: str, message: str) -> None:
        """Leave a message, for as long as the cluster's lifetime says."""
        self.cluster.run(
            Operation.PUT,
            self.name,
            written_text(key) + written_text(message),
            lives=self.cluster.lifetime,
        )

    def take(self, key: str) -> str | None:
        """Take a message out, in one step of the cluster's."""
        return read_text(self.cluster.run(Operation.GET_AND_REMOVE, self.name, written_text(key)))


@dataclass(slots=True, kw_only=True)
class IgniteCluster:
    """Connections to a cluster, which threads may share. Use it as a context, or close it."""

    where: LightCluster
    lifetime: timedelta = LIFETIME
    _idle: deque[Connection] = field(default_factory=deque, init=False)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1), init=False)

    def cache(self, name: str) -> IgniteLightCache:
        """The cache of that name, which the node must have made."""
        return IgniteLightCache(self, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection that nobody uses."""
        while (connection := self._waiting()) is not None:
            connection.close()

    def run(
        self, operation: Operation, name: str, content: bytes, *, lives: timedelta | None = None
    ) -> bytes:
        """Ask the cluster, and give what follows the header of its answer.

        Nothing is asked twice: where an answer is lost, nobody knows whether the entry was taken.
        """
        connection = self._usable()
        try:
            answer = connection.ask(
                operation, _cache_info(name, lives) + content, request_id=next(self._ids)
            )
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return answer

    def _usable(self) -> Connection:
        while (connection := self._waiting()) is not None:
            if connection.is_open():
                return connection
            connection.close()
        *others, last = self.where.addresses
        for address in others:
            try:
                return Connection.open(self.where, address)
            except LightCacheAway:
                continue
        return Connection.open(self.where, last)

    def _waiting(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, connection: Connection) -> None:
        if len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            connection.close()


def _cache_info(name: str, lives: timedelta | None) -> bytes:
    if lives is None:
        return struct.pack("<ib", _cache_id(name), 0)
    milliseconds = int(lives.total_seconds() * 1000)
    lifetimes = (milliseconds, milliseconds, _UNCHANGED)  # when made, when changed, when read
    return struct.pack("<ibqqq", _cache_id(name), _WITH_EXPIRY, *lifetimes)


def _cache_id(name: str) -> int:
    """Java's ``String.hashCode`` of the cache's name."""
    found = 0
    for unit in struct.unpack(f"<{len(name.encode('utf-16-le')) // 2}H", name.encode("utf-16-le")):
        found = (31 * found + unit) & 0xFFFFFFFF
    return found - 0x100000000 if found & 0x80000000 else found
