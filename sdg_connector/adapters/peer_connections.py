"""HTTP/1.1 to peers over connections that are kept: the transport under httpx's client.

An AS4 message is one request of a few kilobytes, for which httpx's own transport does four times
the work. The protocol is read and written by h11, TLS is the standard library's; there are no
proxies, no HTTP/2 and no redirects here. RFC 9112, 9.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast

import h11
import httpx

_KEPT_SECONDS: Final = 4.0
"""How long a connection is kept unused; most servers close theirs after five."""
_MOST_KEPT: Final = 20
"""Unused connections of one origin."""
_UNREAD: Final = 256 * 1024
"""Octets that may wait to be read before the peer has to wait."""
_RACE_SECONDS: Final = 0.25
"""Between the addresses of a host (RFC 8305)."""

Origin = tuple[str, str, int]


class _Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.http = h11.Connection(h11.CLIENT)
        self.transport: Any = None
        self.in_use = True
        self.idle_since = 0.0
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._unread = 0
        self._lost = False

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.in_use:
            # Nobody asked: it must not count as the answer to the next request.
            self.close()
            return
        self.http.receive_data(data)
        self._unread += len(data)
        if self._unread > _UNREAD:
            self.transport.pause_reading()
        self._changed.set()

    def eof_received(self) -> None:
        if self.in_use:
            self.http.receive_data(b"")
        self._lose()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What a request does.

    async def ask(self, request: httpx.Request) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Send a request; gives the status and the fields of the answer."""
        limits = request.extensions.get("timeout", {})
        head = self.http.send(
            h11.Request(
                method=request.method,
                target=request.url.raw_path,
                headers=request.headers.raw,
            )
        )
        # The head goes with the first piece of the body, in one write.
        octets = head or b""
        async for piece in cast(httpx.AsyncByteStream, request.stream):
            await self._write(octets + (self.http.send(h11.Data(data=piece)) or b""), limits)
            octets = b""
            if self._lost:
                break
        else:
            await self._write(octets + (self.http.send(h11.EndOfMessage()) or b""), limits)
        while isinstance(event := await self.event(limits.get("read")), h11.InformationalResponse):
            continue
        if not isinstance(event, h11.Response):
            raise httpx.RemoteProtocolError("the peer closed the connection without an answer")
        return event.status_code, event.headers.raw_items()

    async def event(self, seconds: float | None) -> Any:
        """The next event of the answer."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            if self._lost:
                raise httpx.ReadError("the connection was lost")
            if self._unread > _UNREAD:
                self.transport.resume_reading()
            self._unread = 0
            self._changed.clear()
            await _within(seconds, self._changed, httpx.ReadTimeout)
        return event

    def rest(self, now: float) -> bool:
        """Whether the connection can carry another request; it rests until then."""
        done = (self.http.our_state, self.http.their_state) == (h11.DONE, h11.DONE)
        if self._lost or not done or self.http.trailing_data[0]:
            return False
        self.http.start_next_cycle()
        self.in_use = False
        self.idle_since = now
        self._unread = 0
        return True

    def is_fresh(self, now: float) -> bool:
        """Whether a resting connection may be used again."""
        return not self._lost and now - self.idle_since < _KEPT_SECONDS

    def close(self) -> None:
        """Close at once; what was not sent is dropped."""
        self._lose()
        self.transport.abort()

    def _lose(self) -> None:
        self._lost = True
        self._changed.set()
        self._writable.set()

    async def _write(self, octets: bytes, limits: Mapping[str, float | None]) -> None:
        """Write, and wait while the peer takes nothing; what it said before it left is read yet."""
        if octets and not self._lost:
            self.transport.write(octets)
            await _within(limits.get("write"), self._writable, httpx.WriteTimeout)


class _Answer(httpx.AsyncByteStream):
    """The content of an answer, read as it comes; its connection is kept when it was read whole."""

    def __init__(
        self, connections: "PeerConnections", origin: Origin, connection: _Connection, limit: Any
    ) -> None:
        self._connections = connections
        self._origin = origin
        self._connection = connection
        self._limit = limit
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while not isinstance(
                event := await self._connection.event(self._limit), h11.EndOfMessage
            ):
                if not isinstance(event, h11.Data):
                    raise httpx.RemoteProtocolError("the peer closed the connection too early")
                yield bytes(event.data)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from None

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._connections.give_back(self._origin, self._connection)


class PeerConnections(httpx.AsyncBaseTransport):
    """Give it to ``httpx.AsyncClient(transport=…)``; it belongs to one event loop."""

    def __init__(self, verify: ssl.SSLContext | None = None) -> None:
        self._verify = verify or ssl.create_default_context()
        self._verify.set_alpn_protocols(["http/1.1"])
        self._resting: dict[Origin, list[_Connection]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises the errors of httpx."""
        origin = _origin_of(request.url)
        limits = request.extensions.get("timeout", {})
        connection = self._kept(origin) or await self._opened(origin, limits.get("connect"))
        try:
            status, fields = await connection.ask(request)
        except h11.LocalProtocolError as error:
            connection.close()
            raise httpx.LocalProtocolError(str(error)) from None
        except h11.RemoteProtocolError as error:
            connection.close()
            raise httpx.RemoteProtocolError(str(error)) from None
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            status,
            headers=fields,
            stream=_Answer(self, origin, connection, limits.get("read")),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def aclose(self) -> None:
        """Close what rests."""
        for connections in self._resting.values():
            for connection in connections:
                connection.close()
        self._resting.clear()

    def give_back(self, origin: Origin, connection: _Connection) -> None:
        """Keep a connection whose answer was read whole, and close any other."""
        resting = self._resting.setdefault(origin, [])
        if len(resting) >= _MOST_KEPT or not connection.rest(time.monotonic()):
            connection.close()
        else:
            resting.append(connection)

    def _kept(self, origin: Origin) -> _Connection | None:
        resting, now = self._resting.get(origin, []), time.monotonic()
        while resting:
            connection = resting.pop()
            if connection.is_fresh(now):
                connection.in_use = True
                return connection
            connection.close()
        return None

    async def _opened(self, origin: Origin, seconds: float | None) -> _Connection:
        scheme, host, port = origin
        secure = scheme == "https"
        loop = asyncio.get_running_loop()
        # Other loops than Python's own try the addresses one after the other.
        race: dict[str, Any] = {}
        if isinstance(loop, asyncio.BaseEventLoop):
            race["happy_eyeballs_delay"] = _RACE_SECONDS
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(
                    _Connection,
                    host,
                    port,
                    ssl=self._verify if secure else None,
                    server_hostname=host if secure else None,
                    **race,
                )
        except TimeoutError:
            raise httpx.ConnectTimeout("no connection in time") from None
        except (OSError, ssl.SSLError) as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


def _origin_of(url: httpx.URL) -> Origin:
    if url.scheme not in {"http", "https"}:
        raise httpx.UnsupportedProtocol("only http and https are spoken here")
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, url.raw_host.decode("ascii").strip("[]"), port


async def _within(
    seconds: float | None, event: asyncio.Event, late: type[httpx.TimeoutException]
) -> None:
    if event.is_set():
        return
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        raise late("the peer took too long") from None
