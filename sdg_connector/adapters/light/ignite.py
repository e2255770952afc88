"""A node's shared cache in Apache Ignite 2, by the binary protocol of its thin clients.

The eIDAS-Node keeps its messages there as ``javax.cache.Cache<String, String>``. Why this does not
use Apache's own client is told in ``docs/decisions``: light caches are spoken to directly.

https://ignite.apache.org/docs/latest/binary-client-protocol/binary-client-protocol
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sdg_connector.adapters.light.asked import AskedCluster, read, written
from sdg_connector.adapters.light.wire import Wire, refused

_VERSION: Final = (1, 6, 0)
"""Spoken since Ignite 2.8, the first that lets a client say how long an entry lives."""
_THIN_CLIENT: Final = 2
_HANDSHAKE: Final = 1
_STRING: Final = 9
_NULL: Final = 101
_WITH_EXPIRY: Final = 4
_UNCHANGED: Final = -2
_ERROR_FLAG: Final = 1
_TOPOLOGY_FLAG: Final = 2
_TOPOLOGY_SIZE: Final = 12
_NOT_AUTHENTICATED: Final = 2000
_NO_CACHE: Final = 1000


class _Operation(IntEnum):
    """The operations of the protocol that the light protocol needs."""

    PUT = 1001
    GET_AND_REMOVE = 1007


@dataclass(frozen=True, slots=True)
class IgniteLightCache:
    """One named cache of the cluster: an ``eidas.light_cache.LightCache``."""

    cluster: "IgniteCluster"
    name: str

    def put(self, key: str, message: str) -> None:
        """Leave a message, for as long as the cluster's lifetime says."""
        milliseconds = self.cluster.milliseconds
        lives = (milliseconds, milliseconds, _UNCHANGED)  # when made, when changed, when read
        where = struct.pack("<ibqqq", _cache_id(self.name), _WITH_EXPIRY, *lives)
        self.cluster.ask(_Operation.PUT, where + _text(key) + _text(message))

    def take(self, key: str) -> str | None:
        """Take a message out, in one step of the cluster's."""
        where = struct.pack("<ib", _cache_id(self.name), 0)
        answer = _Reader(self.cluster.ask(_Operation.GET_AND_REMOVE, where + _text(key)))
        value = answer.text()
        if answer.left():
            raise refused("light.cache-answer", "one value", "more")
        return value


@dataclass(slots=True, kw_only=True)
class IgniteCluster(AskedCluster["_Connection"]):
    """A cluster, which threads may share. Use it as a context, or close it."""

    def cache(self, name: str) -> IgniteLightCache:
        """The cache of that name, which the node must have made."""
        return IgniteLightCache(self, name)

    def ask(self, operation: _Operation, content: bytes) -> bytes:
        """Ask the cluster, and give what follows the header of its answer."""
        with self._connections.one() as connection:
            return connection.ask(operation, content, request_id=next(self._ids))

    def _greet(self, wire: Wire) -> "_Connection":
        who = (self.where.username, self.where.password) if self.where.username else ()
        handshake = struct.pack("<bhhhb", _HANDSHAKE, *_VERSION, _THIN_CLIENT)
        connection = _Connection(wire)
        answer = connection.exchange(handshake + b"".join(map(_text, who)))
        if answer.number("<b"):
            return connection
        versions = [answer.number("<h") for _ in range(3)]
        answer.text()
        status = answer.number("<i") if answer.left() else 0
        if status == _NOT_AUTHENTICATED:
            raise refused("light.cache-login", "our name and password to be known", "others")
        if any(versions):
            theirs = ".".join(map(str, versions))
            raise refused("light.cache-version", "protocol 1.6.0 of Ignite 2.8 or later", theirs)
        raise refused("light.cache-status", "a handshake", f"status {status}")


@dataclass(slots=True)
class _Connection:
    """One connection after its handshake: a request, its answer, the next request."""

    wire: Wire

    def ask(self, operation: _Operation, content: bytes, *, request_id: int) -> bytes:
        """Send one request and give its answer's content."""
        answer = self.exchange(struct.pack("<hq", operation, request_id) + content)
        if answer.number("<q") != request_id:
            raise refused("light.cache-answer", "the answer to our request", "another")
        flags = answer.number("<h")
        if flags & _TOPOLOGY_FLAG:
            answer.take(_TOPOLOGY_SIZE)
        if flags & _ERROR_FLAG:
            status = answer.number("<i")
            # the words that follow are the cluster's, and may quote the entry
            if status == _NO_CACHE:
                raise refused("light.cache-unknown", "a cache that the node has made", "none")
            raise refused("light.cache-status", "success", f"status {status}")
        return answer.take(answer.left())

    def exchange(self, frame: bytes) -> "_Reader":
        """Send a frame and give the next one."""
        self.wire.send(struct.pack("<i", len(frame)) + frame)
        size: int = struct.unpack("<i", self.wire.receive(4))[0]
        return _Reader(self.wire.receive(size))


@dataclass(slots=True)
class _Reader:
    """An answer's octets, read from the front."""

    _octets: bytes
    _at: int = 0

    def take(self, wanted: int) -> bytes:
        """The next octets; raises ``LightCacheRefused`` when there are fewer."""
        if not 0 <= wanted <= self.left():
            raise refused("light.cache-answer", "a whole answer", "half of one")
        self._at += wanted
        return self._octets[self._at - wanted : self._at]

    def number(self, shape: str) -> int:
        """The next number."""
        found: int = struct.unpack(shape, self.take(struct.calcsize(shape)))[0]
        return found

    def left(self) -> int:
        """How many octets are left."""
        return len(self._octets) - self._at

    def text(self) -> str | None:
        """The next text, or ``None`` where there is no value."""
        kind = self.number("<b")
        if kind == _NULL:
            return None
        if kind != _STRING:
            raise refused("light.cache-value", "a text", "another kind of value")
        return read(self.take(self.number("<i")))


def _cache_id(name: str) -> int:
    """Java's ``String.hashCode`` of the cache's name."""
    found = 0
    for (unit,) in struct.iter_unpack("<H", name.encode("utf-16-le")):
        found = (31 * found + unit) & 0xFFFFFFFF
    return found - 0x100000000 if found & 0x80000000 else found


def _text(text: str) -> bytes:
    octets = written(text)
    return struct.pack("<bi", _STRING, len(octets)) + octets
