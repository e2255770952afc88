"""Octets to and from a machine of a cluster, within a time; connections wait to be used again."""

import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, Self, TypeVar

from eidas.errors import LightCacheAway, LightCacheRefused
from eidas.light_cache import LONGEST_MESSAGE
from sdg_connector.adapters.light.cluster import LightCluster

LARGEST_ANSWER: Final = 4 * LONGEST_MESSAGE + 1024
"""Octets of the longest message, four for each character, and of what is around it."""
_IDLE: Final = 8
"""How many connections wait for the next message."""


@dataclass(slots=True)
class Wire:
    """A connection, over TLS where the cluster has it."""

    _socket: socket.socket
    _seconds: float
    _ends: float = 0.0

    @classmethod
    def open(cls, where: LightCluster, address: tuple[str, int]) -> Self:
        """Connect to a machine; raises ``LightCacheAway``.

        The files of TLS are read anew: one that was replaced needs no restart.
        """
        seconds = where.timeout.total_seconds()
        context = where.tls.context() if where.tls else None
        try:
            plain = socket.create_connection(address, timeout=seconds)
        except OSError as problem:
            raise away(type(problem).__name__) from None
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wrapped = context.wrap_socket(plain, server_hostname=address[0]) if context else plain
        except OSError as problem:
            plain.close()
            raise away(type(problem).__name__) from None
        return cls(wrapped, seconds)

    def is_open(self) -> bool:
        """Whether the cluster has left an idle connection alone."""
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._socket, selectors.EVENT_READ)
            except ValueError:
                return False
            return not selector.select(0)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, octets: bytes) -> None:
        """Send a request; its answer's time begins. Raises ``LightCacheAway``."""
        self._ends = time.monotonic() + self._seconds
        try:
            self._socket.settimeout(self._seconds)
            self._socket.sendall(octets)
        except OSError as problem:
            raise away(type(problem).__name__) from None

    def receive(self, wanted: int) -> bytes:
        """So many octets of the answer; raises ``LightCacheAway``, ``LightCacheRefused``."""
        if not 0 <= wanted <= LARGEST_ANSWER:
            raise refused("light.cache-size", f"at most {LARGEST_ANSWER} octets", "more")
        octets = bytearray()
        while len(octets) < wanted:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise away("no answer in time")
            try:
                self._socket.settimeout(left)
                part = self._socket.recv(wanted - len(octets))
            except OSError as problem:
                raise away(type(problem).__name__) from None
            if not part:
                raise away("the connection was closed")
            octets += part
        return bytes(octets)


class Connection(Protocol):
    """What a cluster is asked through."""

    @property
    def wire(self) -> Wire:
        """That which carries it."""
        ...


_C = TypeVar("_C", bound=Connection)


@dataclass(slots=True)
class Connections(Generic[_C]):
    """Connections to a cluster, which threads may share."""

    where: LightCluster
    greet: Callable[[Wire], _C]
    """Makes a wire a connection by the cluster's protocol."""
    _idle: deque[_C] = field(default_factory=deque, init=False)
    _process: int = field(default_factory=os.getpid, init=False)

    @contextmanager
    def one(self) -> Iterator[_C]:
        """A connection for one request.

        Nothing is asked twice: where an answer is lost, nobody knows whether the entry was taken.
        """
        if self._process != os.getpid():
            # a process that forked leaves its connections to the one that opened them
            self.close()
            self._process = os.getpid()
        connection = self._usable()
        try:
            yield connection
        except BaseException:
            connection.wire.close()
            raise
        if len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            connection.wire.close()

    def close(self) -> None:
        """Close every connection that nobody uses."""
        while (connection := self._waiting()) is not None:
            connection.wire.close()

    def _usable(self) -> _C:
        while (connection := self._waiting()) is not None:
            if connection.wire.is_open():
                return connection
            connection.wire.close()
        *others, last = self.where.addresses
        for address in others:
            try:
                return self._open(address)
            except LightCacheAway:
                continue
        return self._open(last)

    def _open(self, address: tuple[str, int]) -> _C:
        wire = Wire.open(self.where, address)
        try:
            return self.greet(wire)
        except BaseException:
            wire.close()
            raise

    def _waiting(self) -> _C | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def away(found: str) -> LightCacheAway:
    """The error for a cluster that gives no answer."""
    return LightCacheAway("light.cache-away", expected="an answer of the cluster", found=found)


def refused(rule: str, expected: str, found: str) -> LightCacheRefused:
    """The error for a cluster that refuses us, or whose answer is none."""
    return LightCacheRefused(rule, expected=expected, found=found)
