"""A member of a Hazelcast cluster as its clients see it, written from the published protocol.

A process of its own, and strict: octets that the protocol does not foresee end the connection and
are told on the standard error. It knows what the light protocol needs, and what Hazelcast's own
clients (Python, Node.js) ask for before that. What it was asked for lies in the folder that the
first argument names, a file for each request, so that clients can be compared.

https://github.com/hazelcast/hazelcast-client-protocol
"""

import socket
import socketserver
import struct
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.light_machine import KeptRequests, arguments, serve

PARTITIONS: Final = 271
WHOLE, FINAL, BEGIN, END, NULL, EVENT, AWARE = (
    0xC000,
    0x2000,
    0x1000,
    0x0800,
    0x0400,
    0x0200,
    0x0100,
)
FAILURE, AUTHENTICATION, CLUSTER_VIEW, PROXY, PING = 0, 0x100, 0x300, 0x400, 0xB00
STATISTICS, PROXIES = 0xC00, 0xE00
BACKUP_LISTENER, PUT, REMOVE, SET = 0xF00, 0x10100, 0x10300, 0x10F00
STRING: Final = -11
MEMBER, CLUSTER = (uuid.UUID(int=number).bytes for number in (1, 2))


class Unexpected(Exception):
    """The client sent what the protocol does not foresee."""


@dataclass(frozen=True)
class Frame:
    """A part of a message."""

    flags: int
    content: bytes

    def text(self) -> str:
        """What it says, when it is a text of its own."""
        if self.flags & ~FINAL:
            raise Unexpected(f"flags {self.flags:x} of a text")
        return self.content.decode("utf-8")

    def fixed(self, shape: str) -> tuple[Any, ...]:
        """The fixed values of a first frame, all of them, after kind, number and partition."""
        if len(self.content) != 16 + struct.calcsize(shape):
            raise Unexpected(f"{len(self.content)} octets in the first frame")
        return struct.unpack_from(shape, self.content, 16)


@dataclass
class Cluster(KeptRequests):
    """What the members of a cluster share."""

    name: str
    user: str | None = None
    password: str | None = None
    status: int = 0
    entries: dict[tuple[str, bytes], tuple[bytes, float]] = field(default_factory=dict)

    def replaced(self, name: str, key: bytes, value: tuple[bytes, float] | None) -> bytes | None:
        """Put an entry, or take it out, in one step; gives what was there."""
        with self.lock:
            old, ends = self.entries.pop((name, key), (None, 0.0))
            if value is not None:
                self.entries[name, key] = value
        return old if ends > time.monotonic() else None


def data(frame: Frame) -> bytes:
    """A serialized text, whole."""
    part, kind, size = struct.unpack_from(">iii", frame.content)
    if frame.flags & ~FINAL or part != 0 or kind != STRING or size != len(frame.content) - 12:
        raise Unexpected(f"kind {kind} of {size} octets, not a text")
    frame.content[12:].decode("utf-8")
    return frame.content


def partition(key: bytes) -> int:
    """The partition of a key: MurmurHash3 of what follows its head of eight octets."""
    octets, found = key[8:], 0x01000193
    padded = octets + b"\0" * (-len(octets) % 4)
    for at in range(0, len(padded), 4):
        block = int.from_bytes(padded[at : at + 4], "little") * 0xCC9E2D51 % 2**32
        block = (block * 2**15 + block // 2**17) % 2**32 * 0x1B873593 % 2**32
        found ^= block
        if at + 4 <= len(octets):
            found = ((found * 2**13 + found // 2**19) % 2**32 * 5 + 0xE6546B64) % 2**32
    found ^= len(octets)
    found = (found ^ found // 2**16) * 0x85EBCA6B % 2**32
    found = (found ^ found // 2**13) * 0xC2B2AE35 % 2**32
    found ^= found // 2**16
    signed = found - 2**32 if found >= 2**31 else found
    return 0 if signed == -(2**31) else abs(signed) % PARTITIONS


def frame(content: bytes = b"", flags: int = 0) -> bytes:
    """A frame begins with its length and its flags."""
    return struct.pack("<iH", 6 + len(content), flags) + content


def message(first: bytes, *frames: bytes, flags: int = WHOLE) -> bytes:
    """Frames as one message: the last says so."""
    whole = bytearray(b"".join([frame(first, flags), *frames]))
    at = last = 0
    while at < len(whole):
        last, at = at, at + int.from_bytes(whole[at : at + 4], "little")
    whole[last + 5] |= FINAL >> 8
    return bytes(whole)


def known(identity: bytes) -> bytes:
    """A UUID that is there: two numbers, the high one first."""
    high, low = struct.unpack(">QQ", identity)
    return struct.pack("<?QQ", False, high, low)


def structure(*frames: bytes) -> bytes:
    """Frames between a begin and an end."""
    return frame(flags=BEGIN) + b"".join(frames) + frame(flags=END)


class Client(socketserver.BaseRequestHandler):
    """One client's connection."""

    cluster: Cluster

    def handle(self) -> None:
        """Be greeted, then answer until the client hangs up."""
        try:
            if (hello := self.octets(3)) != b"CP2":
                raise Unexpected(f"hello {hello!r}")
            authenticated = False
            for frames, octets in self.messages():
                kind, number, where = struct.unpack_from("<iqi", frames[0].content)
                if frames[0].flags & ~AWARE & ~FINAL != WHOLE:
                    raise Unexpected(f"flags {frames[0].flags:x} of a message")
                if not authenticated and kind != AUTHENTICATION:
                    raise Unexpected(f"message {kind:x} before the authentication")
                if kind == AUTHENTICATION:
                    authenticated = self.authenticate(number, frames)
                elif kind in {PUT, SET, REMOVE}:
                    self.cluster.keep(octets)
                    self.entry(kind, number, where, frames)
                else:
                    self.prepare(kind, number, frames)
        except (Unexpected, UnicodeDecodeError, struct.error, IndexError) as problem:
            print(f"unexpected: {problem!r}", file=sys.stderr, flush=True)
        except OSError:
            return

    def octets(self, size: int) -> bytes:
        """So many octets."""
        found = b""
        while len(found) < size:
            part = self.request.recv(size - len(found))
            if not part:
                raise ConnectionError
            found += part
        return found

    def messages(self) -> Iterator[tuple[list[Frame], bytes]]:
        """Each message's frames, and its octets."""
        while True:
            frames: list[Frame] = []
            octets = b""
            while not frames or not frames[-1].flags & FINAL:
                head = self.octets(6)
                size, flags = struct.unpack("<iH", head)
                frames.append(Frame(flags, self.octets(size - 6)))
                octets += head + frames[-1].content
            yield frames, octets

    def send(self, kind: int, number: int, fixed: bytes = b"", *frames: bytes) -> None:
        """An answer to a request."""
        self.request.sendall(message(struct.pack("<iqB", kind, number, 0) + fixed, *frames))

    def authenticate(self, number: int, frames: list[Frame]) -> bool:
        """Find out who the client is."""
        first, name, user, password, kind, version, client, *labels = frames
        identity = first.fixed("<?QQb")
        if (
            identity[0]
            or identity[3] != 1
            or [one.flags & ~FINAL for one in labels] != [BEGIN, END]
        ):
            raise Unexpected(f"identity {identity}, labels {labels}")
        if not (kind.text() and version.text() and client.text()):
            raise Unexpected("a client without a kind, a version or a name")
        who = tuple(None if one.flags & NULL else one.text() for one in (user, password))
        fits = name.text() == self.cluster.name and who == (
            self.cluster.user,
            self.cluster.password,
        )
        status = self.cluster.status or (0 if fits else 1)
        member, where = (known(MEMBER), self.address())
        if status != 0:
            member, where = (struct.pack("<?QQ", True, 0, 0), frame(flags=NULL))
        greeting = struct.pack("<b", status) + member + struct.pack("<bi", 1, PARTITIONS)
        rest = known(CLUSTER) + b"\0"
        self.send(AUTHENTICATION + 1, number, greeting + rest, where, frame(b"5.4.0"))
        return status == 0

    def address(self) -> bytes:
        """Where this member is."""
        host, port = self.server.server_address[:2]
        return structure(frame(struct.pack("<i", port)), frame(host.encode()))

    def prepare(self, kind: int, number: int, frames: list[Frame]) -> None:
        """What the clients of Hazelcast ask for before, or beside, what they are used for."""
        if kind == PROXY:
            if [one.text() for one in frames[1:]][1:] != ["hz:impl:mapService"]:
                raise Unexpected("a structure that is not a map")
            self.send(PROXY + 1, number)
        elif (kind == PROXIES and len(frames) >= 3) or (kind == PING and len(frames) == 1):
            self.send(kind + 1, number)
        elif kind == STATISTICS and len(frames) == 3:
            frames[0].fixed("<q")
            self.send(kind + 1, number)
        elif kind == BACKUP_LISTENER and len(frames) == 1:
            self.send(BACKUP_LISTENER + 1, number, known(MEMBER))
        elif kind == CLUSTER_VIEW and len(frames) == 1:
            self.send(CLUSTER_VIEW + 1, number)
            self.tell_members(number)
        else:
            raise Unexpected(f"message {kind:x}")

    def tell_members(self, number: int) -> None:
        """One member, which has every partition."""
        nothing = structure()
        version = structure(frame(struct.pack("<bbb", 5, 4, 0)))
        identity = frame(known(MEMBER) + b"\0")
        member = structure(identity, self.address(), nothing, version, nothing)
        head = struct.pack("<iqii", CLUSTER_VIEW + 2, number, -1, 1)
        self.request.sendall(message(head, structure(member), flags=WHOLE | EVENT))
        numbers = frame(struct.pack(f"<{PARTITIONS}i", *range(PARTITIONS)))
        head = struct.pack("<iqii", CLUSTER_VIEW + 3, number, -1, 1)
        parts = (structure(numbers), frame(known(MEMBER)))
        self.request.sendall(message(head, *parts, flags=WHOLE | EVENT))

    def entry(self, kind: int, number: int, where: int, frames: list[Frame]) -> None:
        """Put an entry, or take it out."""
        first, name, key, *values = frames
        if where != partition(data(key)):
            raise Unexpected(f"partition {where}")
        new = None
        if kind == REMOVE:
            first.fixed("<q")
        else:
            _, milliseconds = first.fixed("<qq")
            lives = 3600.0 if milliseconds == -1 else milliseconds / 1000
            new = (data(values.pop()), time.monotonic() + lives)
        if values:
            raise Unexpected("a value too many")
        old = self.cluster.replaced(name.text(), data(key), new)
        if kind == SET:
            return self.send(SET + 1, number)
        told = frame(flags=NULL) if old is None else frame(old)
        return self.answer(kind, number, told, wrong=data(key)[12:].decode())

    def answer(self, kind: int, number: int, told: bytes, *, wrong: str) -> None:
        """Answer; for some keys as no member does."""
        head = struct.pack("<iqB", kind + 1, number, 0)
        text = struct.pack(">iii", 0, STRING, 1)
        error = structure(
            structure(
                frame(struct.pack("<i", 14)),
                frame(b"java.lang.IllegalStateException"),
                frame(b"cannot take Garcia, born 2001-05-17"),
                structure(),
            )
        )
        answers = {
            "huge": frame(head, WHOLE) + struct.pack("<iH", 100_000_000, FINAL) + b"\0" * 1_000_000,
            "endless": frame(head, WHOLE) + frame(b"\0" * 1000) * 1000,
            "negative": struct.pack("<iH", -5, FINAL),
            "another": message(struct.pack("<iqB", kind + 1, number + 1, 0), told),
            "half": message(head[:5]),
            "more": message(head, told, told),
            "octets": message(head, frame(struct.pack(">iii", 0, -12, 1) + b"x")),
            # what Hazelcast's own client would run: an object that Python pickled
            "pickle": message(head, frame(struct.pack(">iii", 0, -120, 5) + b"cos\n.")),
            "latin": message(head, frame(text + b"\xe4")),
            "failing": message(struct.pack("<iqB", FAILURE, number, 0), error),
        }
        match wrong:
            case "silent":
                time.sleep(60)
            case "gone":
                self.request.shutdown(socket.SHUT_RDWR)
            case other:
                self.request.sendall(answers.get(other, message(head, told)))


def main() -> None:
    """Serve on a free port of this machine, which is told on the standard output."""
    parser = arguments()
    parser.add_argument("--name", default="specificCommunication")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--status", type=int, default=0, help="of every authentication")
    chosen = parser.parse_args()
    Client.cluster = Cluster(
        chosen.folder, chosen.name, chosen.user, chosen.password, chosen.status
    )
    serve(chosen, Client)


if __name__ == "__main__":
    main()
