"""One connection to Apache Ignite 2, by the binary protocol of its thin clients.

https://ignite.apache.org/docs/latest/binary-client-protocol/binary-client-protocol
"""

import select
import socket
import struct
import time
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from eidas.errors import EidasMisuse, LightCacheAway, LightCacheRefused
from eidas.light_cache import LONGEST_MESSAGE
from sdg_connector.adapters.light.cluster import LightCluster

_VERSION: Final = (1, 6, 0)
"""Spoken since Ignite 2.8, the first that lets a client say how long an entry lives."""
_THIN_CLIENT: Final = 2
_HANDSHAKE: Final = 1
_STRING: Final = 9
_NULL: Final = 101
_ERROR_FLAG: Final = 1
_TOPOLOGY_FLAG: Final = 2
_TOPOLOGY_SIZE: Final = 12
_NOT_AUTHENTICATED: Final = 2000
_NO_CACHE: Final = 1000
_LARGEST_FRAME: Final = 4 * LONGEST_MESSAGE + 1024
"""Octets of the longest message, four for each character, and of what is around it."""
_CLAUSE: Final = "Apache Ignite, binary client protocol"


class Operation(IntEnum):
    """The operations of the protocol that the light protocol needs."""

    PUT = 1001
    GET_AND_REMOVE = 1007


@dataclass(slots=True)
class Connection:
    """One connection after its handshake: a request, its answer, the next request."""

    _socket: socket.socket
    _seconds: float
    _ends: float = 0.0

    @classmethod
    def open(cls, where: LightCluster, address: tuple[str, int]) -> Self:
        """Connect and shake hands; raises ``LightCacheAway`` and ``LightCacheRefused``."""
        seconds = where.timeout.total_seconds()
        context = where.tls.context() if where.tls else None
        try:
            plain = socket.create_connection(address, timeout=seconds)
        except OSError as problem:
            raise _away(type(problem).__name__) from None
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wrapped = context.wrap_socket(plain, server_hostname=address[0]) if context else plain
        except OSError as problem:
            plain.close()
            raise _away(type(problem).__name__) from None
        connection = cls(wrapped, seconds)
        try:
            connection._shake_hands(where)
        except BaseException:
            wrapped.close()
            raise
        return connection

    def is_open(self) -> bool:
        """Whether the cluster has left an idle connection alone."""
        try:
            return not select.select([self._socket], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, operation: Operation, content: bytes, *, request_id: int) -> bytes:
        """Send one request and give its answer's content."""
        self._send(struct.pack("<hq", operation, request_id) + content)
        answer = _Reader(self._receive())
        if answer.number("<q") != request_id:
            raise _refused("light.cache-answer", "the answer to our request", "another")
        flags = answer.number("<h")
        if flags & _TOPOLOGY_FLAG:
            answer.take(_TOPOLOGY_SIZE)
        if flags & _ERROR_FLAG:
            status = answer.number("<i")
            # the words that follow are the cluster's, and may quote the entry
            if status == _NO_CACHE:
                raise _refused("light.cache-unknown", "a cache that the node has made", "none")
            raise _refused("light.cache-status", "success", f"status {status}")
        return answer.rest()

    def _shake_hands(self, where: LightCluster) -> None:
        names = (
            b"".join(map(written_text, (where.username, where.password))) if where.username else b""
        )
        self._send(struct.pack("<bhhhb", _HANDSHAKE, *_VERSION, _THIN_CLIENT) + names)
        answer = _Reader(self._receive())
        if answer.number("<b"):
            return
        versions = [answer.number("<h") for _ in range(3)]
        _read_value(answer)
        status = answer.number("<i") if answer.left() else 0
        if status == _NOT_AUTHENTICATED:
            raise _refused("light.cache-login", "our name and password to be known", "others")
        if any(versions):
            theirs = ".".join(map(str, versions))
            raise _refused("light.cache-version", "protocol 1.6.0 of Ignite 2.8 or later", theirs)
        raise _refused("light.cache-status", "a handshake", f"status {status}")

    def _send(self, frame: bytes) -> None:
        self._ends = time.monotonic() + self._seconds
        try:
            self._socket.settimeout(self._seconds)
            self._socket.sendall(struct.pack("<i", len(frame)) + frame)
        except OSError as problem:
            raise _away(type(problem).__name__) from None

    def _receive(self) -> bytes:
        size: int = struct.unpack("<i", self._octets(4))[0]
        if not 0 < size <= _LARGEST_FRAME:
            raise _refused("light.cache-size", f"at most {_LARGEST_FRAME} octets", "more")
        return self._octets(size)

    def _octets(self, wanted: int) -> bytes:
        octets = bytearray()
        while len(octets) < wanted:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise _away("no answer in time")
            try:
                self._socket.settimeout(left)
                part = self._socket.recv(wanted - len(octets))
            except OSError as problem:
                raise _away(type(problem).__name__) from None
            if not part:
                raise _away("the connection was closed")
            octets += part
        return bytes(octets)


@dataclass(slots=True)
class _Reader:
    """An answer's octets, read from the front."""

    _octets: bytes
    _at: int = 0

    def take(self, wanted: int) -> bytes:
        """The next octets; raises ``LightCacheRefused`` when there are fewer."""
        if not 0 <= wanted <= self.left():
            raise _refused("light.cache-answer", "a whole answer", "half of one")
        self._at += wanted
        return self._octets[self._at - wanted : self._at]

    def number(self, shape: str) -> int:
        """The next number."""
        found: int = struct.unpack(shape, self.take(struct.calcsize(shape)))[0]
        return found

    def left(self) -> int:
        """How many octets are left."""
        return len(self._octets) - self._at

    def rest(self) -> bytes:
        """What is left."""
        return self.take(self.left())


def written_text(text: str) -> bytes:
    """A text as an entry's key or value; raises ``EidasMisuse`` for one that UTF-8 lacks."""
    try:
        octets = text.encode()
    except UnicodeEncodeError:
        raise EidasMisuse("light.cache-value", expected="a text that UTF-8 can write") from None
    return struct.pack("<bi", _STRING, len(octets)) + octets


def read_text(octets: bytes) -> str | None:
    """The entry's value in an answer, or ``None``; raises ``LightCacheRefused``."""
    answer = _Reader(octets)
    value = _read_value(answer)
    if answer.left():
        raise _refused("light.cache-answer", "one value", "more")
    return value


def _read_value(answer: _Reader) -> str | None:
    kind = answer.number("<b")
    if kind == _NULL:
        return None
    if kind != _STRING:
        raise _refused("light.cache-value", "a text", "another kind of value")
    try:
        return answer.take(answer.number("<i")).decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("light.cache-value", "a text in UTF-8", "other octets") from None


def _away(found: str) -> LightCacheAway:
    return LightCacheAway(
        "light.cache-away", expected="an answer of the cluster", found=found, clause=_CLAUSE
    )


def _refused(rule: str, expected: str, found: str) -> LightCacheRefused:
    return LightCacheRefused(rule, expected=expected, found=found, clause=_CLAUSE)
