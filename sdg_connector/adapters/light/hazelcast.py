"""A node's shared cache in Hazelcast 4 or 5, by its open binary client protocol.

The eIDAS-Node keeps its messages there in distributed maps (``IMap<String, String>``) behind a
JCache of its own. Why this does not use Hazelcast's own client is told in ``docs/decisions``: light
caches are spoken to directly.

https://github.com/hazelcast/hazelcast-client-protocol
"""

import struct
import uuid
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from sdg_connector.adapters.light.asked import AskedCluster, read, written
from sdg_connector.adapters.light.partition import partition_of
from sdg_connector.adapters.light.wire import LARGEST_ANSWER, Wire, refused

_HELLO: Final = b"CP2"
"""What a client of the protocol's second version begins with."""
_FRAME: Final = struct.Struct("<iH")
_ANSWER: Final = struct.Struct("<iqB")
"""Kind, number of the request, acknowledgements of backups."""
_GREETING: Final = struct.Struct("<b17sbi")
"""Status, the member, the version of serialization, how many partitions there are."""
_STRING: Final = -11
_ANYWHERE: Final = -1
_THREAD: Final = 1
_SERIALIZATION: Final = 1
_CLIENT: Final = ("PYH", "5.5.0")
"""The kind of client, of those that a member knows, and the version whose messages these are."""
_DATA_HEAD: Final = struct.Struct(">iii")
"""Of a text as an entry holds it: no partition of its own, the kind, the length in octets."""

_HASHED_FROM: Final = 8
"""Octets of that head which say nothing of where an entry lies."""


class _Message(IntEnum):
    """The messages of the protocol that the light protocol needs; an answer is one more."""

    FAILURE = 0x000000
    AUTHENTICATION = 0x000100
    MAP_REMOVE = 0x010300
    MAP_SET = 0x010F00


class _Flag(IntFlag):
    WHOLE = 0xC000
    FINAL = 0x2000
    BEGIN = 0x1000
    END = 0x0800
    NULL = 0x0400


class _Status(IntEnum):
    AUTHENTICATED = 0
    CREDENTIALS_FAILED = 1
    SERIALIZATION_VERSION_MISMATCH = 2
    NOT_ALLOWED_IN_CLUSTER = 3


@dataclass(frozen=True, slots=True)
class HazelcastLightCache:
    """One map of the cluster: an ``eidas.light_cache.LightCache``."""

    cluster: "HazelcastCluster"
    name: str

    def put(self, key: str, message: str) -> None:
        """Leave a message, for as long as the cluster's lifetime says."""
        self.cluster.ask(
            _Message.MAP_SET,
            struct.pack("<qq", _THREAD, self.cluster.milliseconds),
            (written(self.name), _data(key), _data(message)),
            key=_data(key),
        )

    def take(self, key: str) -> str | None:
        """Take a message out, in one step of the cluster's."""
        frames = self.cluster.ask(
            _Message.MAP_REMOVE,
            struct.pack("<q", _THREAD),
            (written(self.name), _data(key)),
            key=_data(key),
        )
        if len(frames) != 1:
            raise refused("light.cache-answer", "one value", "another number of them")
        return _read_data(frames[0])


@dataclass(slots=True, kw_only=True)
class HazelcastCluster(AskedCluster["_Connection"]):
    """A cluster, which threads may share. Use it as a context, or close it."""

    name: str = "specificCommunication"
    """The node's ``cluster-name``."""

    def cache(self, name: str) -> HazelcastLightCache:
        """The map of that name."""
        return HazelcastLightCache(self, name)

    def ask(
        self, message: _Message, fixed: bytes, frames: tuple[bytes, ...], *, key: bytes
    ) -> list["_Frame"]:
        """Ask the cluster about a key; gives the frames after the first of its answer."""
        parts = tuple(map(_frame, frames))
        with self._connections.one() as connection:
            partition = partition_of(key[_HASHED_FROM:], connection.partitions)
            _, answer = connection.ask(message, partition, fixed, parts, number=next(self._ids))
            return answer

    def _greet(self, wire: Wire) -> "_Connection":
        connection = _Connection(wire)
        kind, version = _CLIENT
        who = (self.where.username, self.where.password) if self.where.username else (None, None)
        texts = [self.name, *who, kind, version, "sdg-connector"]
        no_labels = (_frame(b"", _Flag.BEGIN), _frame(b"", _Flag.END))
        ourselves = b"\0" + uuid.uuid4().bytes_le
        content, _ = connection.ask(
            _Message.AUTHENTICATION,
            _ANYWHERE,
            ourselves + bytes([_SERIALIZATION]),
            (
                *(
                    _frame(b"", _Flag.NULL) if one is None else _frame(written(one))
                    for one in texts
                ),
                *no_labels,
            ),
            number=next(self._ids),
            hello=_HELLO,
        )
        status, _, _, connection.partitions = _GREETING.unpack_from(_whole(content, _GREETING.size))
        if status in {_Status.CREDENTIALS_FAILED, _Status.NOT_ALLOWED_IN_CLUSTER}:
            raise refused(
                "light.cache-login", "our cluster's name, name and password to be known", "others"
            )
        if status != _Status.AUTHENTICATED:
            raise refused("light.cache-version", "Hazelcast 4 or 5", f"status {status}")
        if connection.partitions <= 0:
            raise refused("light.cache-answer", "a number of partitions", "none")
        return connection


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of a message."""

    flags: int
    content: bytes


@dataclass(slots=True)
class _Connection:
    """One connection: a request, its answer, the next request."""

    wire: Wire
    partitions: int = 0

    def ask(
        self,
        message: _Message,
        partition: int,
        fixed: bytes,
        frames: tuple[bytes, ...],
        *,
        number: int,
        hello: bytes = b"",
    ) -> tuple[bytes, list[_Frame]]:
        """Send a request; gives what its answer holds in its first frame, and the other frames."""
        head = struct.pack("<iqi", message, number, partition) + fixed
        sent = [_frame(head, _Flag.WHOLE), *frames]
        last = bytearray(sent[-1])
        last[5] |= _Flag.FINAL >> 8
        self.wire.send(hello + b"".join(sent[:-1]) + bytes(last))
        first, *rest = self._answer()
        kind, answered, _ = _ANSWER.unpack_from(_whole(first.content, _ANSWER.size))
        if first.flags & _Flag.WHOLE != _Flag.WHOLE or answered != number:
            raise refused("light.cache-answer", "the answer to our request", "another")
        if kind == _Message.FAILURE:
            # the words in it are the cluster's, and may quote the entry
            raise refused("light.cache-status", "success", f"error {_error_of(rest)}")
        if kind != message + 1:
            raise refused("light.cache-answer", "the answer to our request", "another")
        return first.content[_ANSWER.size :], rest

    def _answer(self) -> list[_Frame]:
        frames: list[_Frame] = []
        left = LARGEST_ANSWER
        while not frames or not frames[-1].flags & _Flag.FINAL:
            size, flags = _FRAME.unpack(self.wire.receive(_FRAME.size))
            left -= max(size, _FRAME.size)
            if size < _FRAME.size or left < 0:
                raise refused("light.cache-size", f"at most {LARGEST_ANSWER} octets", "more")
            frames.append(_Frame(flags, self.wire.receive(size - _FRAME.size)))
        return frames


def _frame(content: bytes, flags: int = 0) -> bytes:
    return _FRAME.pack(_FRAME.size + len(content), flags) + content


def _whole(content: bytes, size: int) -> bytes:
    if len(content) < size:
        raise refused("light.cache-answer", "a whole answer", "half of one")
    return content


def _error_of(frames: list[_Frame]) -> int:
    """The code of the first error: it follows two frames that open the list and the error."""
    code = frames[2].content if len(frames) > 2 else b""
    return int.from_bytes(code[:4], "little", signed=True)


def _data(text: str) -> bytes:
    octets = written(text)
    return _DATA_HEAD.pack(0, _STRING, len(octets)) + octets


def _read_data(frame: _Frame) -> str | None:
    if frame.flags & _Flag.NULL:
        return None
    _, kind, size = _DATA_HEAD.unpack_from(_whole(frame.content, _DATA_HEAD.size))
    octets = frame.content[_DATA_HEAD.size :]
    if kind != _STRING or size != len(octets):
        raise refused("light.cache-value", "a text", "another kind of value")
    return read(octets)
