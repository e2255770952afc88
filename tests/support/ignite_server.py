"""A cluster of Apache Ignite as its thin clients see it, written from the published protocol.

A process of its own, and strict: octets that the protocol does not foresee end the connection and
are told on the standard error. It speaks the versions 1.2.0 (that of Apache's Node.js client) and
1.6.0 (which Apache's Python client and ours settle on). What it was asked for lies in the folder
that the first argument names, a file for each request, so that clients can be compared.

https://ignite.apache.org/docs/latest/binary-client-protocol/binary-client-protocol
"""

import socket
import socketserver
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.light_machine import KeptRequests, arguments, serve

VERSIONS: Final = frozenset({(1, 2, 0), (1, 6, 0)})
PUT, GET_AND_REMOVE = 1001, 1007
STRING, BYTES, NULL = 9, 12, 101
EXPIRY = 4
CACHES: Final = (
    "specificNodeConnectorRequestCache",
    "nodeSpecificConnectorResponseCache",
    "nodeSpecificProxyserviceRequestCache",
    "specificNodeProxyserviceResponseCache",
)


class Unexpected(Exception):
    """The client sent what the protocol does not foresee."""


@dataclass
class Frame:
    """A request's octets, read from the front; all of them must be read."""

    octets: bytes
    at: int = 0

    def read(self, shape: str) -> Any:
        """The next value."""
        size = struct.calcsize(shape)
        if len(self.octets) - self.at < size:
            raise Unexpected(f"{size} octets at {self.at} of {len(self.octets)}")
        self.at += size
        return struct.unpack_from(shape, self.octets, self.at - size)[0]

    def text(self) -> str:
        """The next text, with the code of its kind."""
        kind, size = self.read("<b"), self.read("<i")
        if kind != STRING or not 0 <= size <= len(self.octets) - self.at:
            raise Unexpected(f"kind {kind} of {size} octets, not a text")
        self.at += size
        return self.octets[self.at - size : self.at].decode("utf-8", "strict")

    def end(self) -> None:
        """Nothing may be left."""
        if self.at != len(self.octets):
            raise Unexpected(f"{len(self.octets) - self.at} octets too many")


@dataclass
class Cluster(KeptRequests):
    """What the machines of a cluster share."""

    user: str = ""
    password: str = ""
    versions: frozenset[tuple[int, int, int]] = VERSIONS
    entries: dict[tuple[int, str], tuple[str, float]] = field(default_factory=dict)

    def take(self, cache: int, key: str) -> str | None:
        """Take an entry out in one step."""
        with self.lock:
            value, ends = self.entries.pop((cache, key), (None, 0.0))
        return value if ends > time.monotonic() else None

    def put(self, cache: int, key: str, value: str, seconds: float) -> None:
        """Keep an entry for so long."""
        with self.lock:
            self.entries[cache, key] = (value, time.monotonic() + seconds)


def java_hash(name: str) -> int:
    """``String.hashCode`` of a name in ASCII."""
    found = 0
    for letter in name.encode("ascii"):
        found = (found * 31 + letter) % 2**32
    return found - 2**32 if found >= 2**31 else found


def framed(content: bytes) -> bytes:
    """A frame begins with its length."""
    return struct.pack("<i", len(content)) + content


def text(value: str) -> bytes:
    """A text with the code of its kind."""
    return struct.pack("<bi", STRING, len(value.encode())) + value.encode()


class Client(socketserver.BaseRequestHandler):
    """One client's connection."""

    cluster: Cluster

    def handle(self) -> None:
        """Shake hands, then answer until the client hangs up."""
        try:
            version = self.handshake()
            while version and (frame := self.receive()) is not None:
                self.answer(version, frame)
        except (Unexpected, UnicodeDecodeError) as problem:
            print(f"unexpected: {problem}", file=sys.stderr, flush=True)
        except OSError:
            return

    def octets(self, size: int) -> bytes | None:
        """So many octets, or nothing at the end of the connection."""
        found = b""
        while len(found) < size:
            part = self.request.recv(size - len(found))
            if not part:
                return None
            found += part
        return found

    def receive(self) -> bytes | None:
        """One frame."""
        head = self.octets(4)
        return None if head is None else self.octets(struct.unpack("<i", head)[0])

    def send(self, frame: bytes) -> None:
        """One frame."""
        self.request.sendall(framed(frame))

    def handshake(self) -> tuple[int, int, int] | None:
        """Agree on a version and on who the client is."""
        octets = self.receive()
        if octets is None:
            return None
        frame = Frame(octets)
        code, version = frame.read("<b"), tuple(frame.read("<h") for _ in range(3))
        if code != 1 or frame.read("<b") != 2:
            raise Unexpected("no handshake of a thin client")
        if version not in self.cluster.versions:
            ours = max(self.cluster.versions)
            self.send(struct.pack("<bhhh", 0, *ours) + text("unsupported version") + b"\x01\0\0\0")
            return self.handshake()
        who = (frame.text(), frame.text()) if frame.at < len(octets) else ("", "")
        frame.end()
        if who != (self.cluster.user, self.cluster.password):
            refusal = text(f"the user {who[0]} is not known") + struct.pack("<i", 2000)
            self.send(struct.pack("<bhhh", 0, *version) + refusal)
            return None
        identity = bytes([10, *range(16)]) if version >= (1, 4, 0) else b""
        self.send(b"\x01" + identity)
        return version

    def answer(self, version: tuple[int, int, int], octets: bytes) -> None:
        """Do what a request asks for."""
        frame = Frame(octets)
        operation, request, cache = frame.read("<h"), frame.read("<q"), frame.read("<i")
        flags = frame.read("<b")
        if flags not in ({0, EXPIRY} if version >= (1, 6, 0) else {0}):
            raise Unexpected(f"flags {flags}")
        seconds = 3600.0
        if flags == EXPIRY:
            made, changed, read = (frame.read("<q") for _ in range(3))
            if min(made, changed) <= 0 or read != -2:
                raise Unexpected(f"lifetimes {made}, {changed}, {read}")
            seconds = made / 1000
        key = frame.text()
        content = b""
        if cache not in {java_hash(name) for name in CACHES}:
            return self.fail(version, request, 1000, f"no cache with id {cache} for {key}")
        if operation == PUT:
            value = frame.text()
            frame.end()
            self.cluster.keep(octets)
            self.cluster.put(cache, key, value, seconds)
        elif operation == GET_AND_REMOVE:
            frame.end()
            self.cluster.keep(octets)
            found = self.cluster.take(cache, key)
            content = bytes([NULL]) if found is None else text(found)
        else:
            raise Unexpected(f"operation {operation}")
        return self.succeed(version, request, content, wrong=key)

    def succeed(
        self, version: tuple[int, int, int], request: int, content: bytes, *, wrong: str
    ) -> None:
        """Answer as the agreed version has it; for some keys as no cluster does."""
        moved = struct.pack("<hqi", 2, 7, 0)  # a topology that has changed is told in between
        status = moved if version >= (1, 4, 0) else struct.pack("<i", 0)
        head = struct.pack("<q", request)
        answers = {
            "huge": struct.pack("<iq", 100_000_000, request) + b"\0" * 1_000_000,
            "negative": struct.pack("<iq", -5, request),
            "another": framed(struct.pack("<q", request + 1) + status + content),
            "half": framed(head + status + text("x" * 50)[:20]),
            "octets": framed(head + status + bytes([BYTES, 1, 0, 0, 0, 1])),
            "latin": framed(head + status + bytes([STRING, 1, 0, 0, 0, 0xE4])),
            "more": framed(head + status + content + b"\0"),
        }
        match wrong:
            case "silent":
                time.sleep(60)
            case "gone":
                self.request.shutdown(socket.SHUT_RDWR)
            case "slow":
                for octet in struct.pack("<iq", 500, request) + b"\0" * 100:
                    self.request.sendall(bytes([octet]))
                    time.sleep(0.05)
            case "failing":
                self.fail(version, request, 1, "cannot store Garcia, born 2001-05-17")
            case other:
                self.request.sendall(answers.get(other, framed(head + status + content)))

    def fail(self, version: tuple[int, int, int], request: int, status: int, words: str) -> None:
        """Answer that it cannot be done."""
        head = (
            struct.pack("<qh", request, 1) if version >= (1, 4, 0) else struct.pack("<q", request)
        )
        self.send(head + struct.pack("<i", status) + text(words))


def main() -> None:
    """Serve on a free port of this machine, which is told on the standard output."""
    parser = arguments()
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--old", action="store_true", help="a cluster before Ignite 2.8")
    chosen = parser.parse_args()
    versions = frozenset({(1, 2, 0)}) if chosen.old else VERSIONS
    Client.cluster = Cluster(chosen.folder, chosen.user, chosen.password, versions)
    serve(chosen, Client)


if __name__ == "__main__":
    main()
