"""Connections to peers that misbehave: an answer is the answer to its request, or an error."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sdg_connector.adapters import peer_connections
from sdg_connector.adapters.peer_connections import PeerConnections
from tests.support.servers import free_port, running
from tests.support.tls_files import tls_files

HELLO = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: x/y\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def asked(reader: asyncio.StreamReader) -> bytes:
    """One whole request with a content-length."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    lower = {name.lower(): value for name, value in fields.items()}
    return await reader.readexactly(int(lower.get(b"content-length", b"0")))


@dataclass(slots=True)
class Peer:
    """A server of a few lines that does what a test says, and counts its connections."""

    behaves: Callable[[int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    port: int = 0
    connections: int = 0
    bodies: list[bytes] = field(default_factory=list)
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.open.append(writer)
        try:
            await self.behaves(self.connections, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def between(behaves: Any, seconds: float = 5.0) -> Any:
    """A peer that behaves so, and a client for it."""
    peer = Peer(behaves)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{peer.port}/as4"
    client = httpx.AsyncClient(timeout=seconds, trust_env=False, transport=PeerConnections())
    try:
        async with client:
            yield peer, client, url
    finally:
        for writer in peer.open:
            writer.close()
        server.close()


def answering(*octets: bytes, then: str = "stay") -> Any:
    """Answer each request of a connection with these octets, and close it or not."""

    async def behaves(number: int, reader: Any, writer: Any) -> None:
        while True:
            await asked(reader)
            for one in octets:
                writer.write(one)
                await writer.drain()
            if then == "close":
                return

    return behaves


def met(octets: bytes, *, then: str = "close") -> type[Exception] | tuple[int, bytes]:
    """What a request that is answered so comes to."""

    async def scenario() -> type[Exception] | tuple[int, bytes]:
        async with between(answering(octets, then=then), seconds=0.5) as (_, client, url):
            try:
                answer = await client.post(url, content=b"body")
            except httpx.HTTPError as error:
                return type(error)
            return answer.status_code, answer.content

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"\x00\x01 rubbish\r\n\r\n", httpx.RemoteProtocolError),
        (HELLO[:-1], httpx.RemoteProtocolError),
        (HELLO[:20], httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, httpx.RemoteProtocolError),
        (HELLO.replace(b"length: 5", b"length: 5, 6"), httpx.RemoteProtocolError),
        (CHUNKED + b"zz\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", httpx.RemoteProtocolError),
    ],
)
def test_no_answer_half_an_answer_and_rubbish_are_errors(
    octets: bytes, error: type[Exception]
) -> None:
    assert met(octets) is error


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (HELLO, (200, b"hello")),
        (b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n" + HELLO, (200, b"hello")),
        (b"HTTP/1.0 500 No\r\n\r\nuntil the end", (500, b"until the end")),
        (CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", (200, b"hello")),
        (b"HTTP/1.1 302 Found\r\nlocation: http://x\r\ncontent-length: 0\r\n\r\n", (302, b"")),
    ],
)
def test_every_way_to_frame_an_answer_is_read(octets: bytes, found: tuple[int, bytes]) -> None:
    assert met(octets) == found


@pytest.mark.parametrize("octets", [b"", HELLO[:-1]])
def test_a_peer_that_falls_silent_is_waited_for_as_long_as_was_said(octets: bytes) -> None:
    assert met(octets, then="stay") is httpx.ReadTimeout


def test_a_connection_is_used_again_and_a_closed_one_opened_anew() -> None:
    async def scenario() -> None:
        async with between(answering(HELLO)) as (peer, client, url):
            for _ in range(3):
                assert (await client.post(url, content=b"body")).content == b"hello"
            assert peer.connections == 1
            peer.open[0].close()
            await asyncio.sleep(0.05)
            assert (await client.post(url, content=b"body")).content == b"hello"
            assert peer.connections == 2

    asyncio.run(scenario())


def test_what_a_peer_says_unasked_is_no_answer_to_the_next_request() -> None:
    async def behaves(number: int, reader: Any, writer: Any) -> None:
        await asked(reader)
        writer.write(HELLO)
        await asyncio.sleep(0.05)
        writer.write(HELLO.replace(b"hello", b"WRONG"))
        await asked(reader)

    async def beside(number: int, reader: Any, writer: Any) -> None:
        await asked(reader)
        writer.write(HELLO + HELLO.replace(b"hello", b"WRONG"))
        await asked(reader)

    async def scenario(how: Any) -> None:
        async with between(how) as (peer, client, url):
            assert (await client.post(url, content=b"one")).content == b"hello"
            await asyncio.sleep(0.1)
            assert (await client.post(url, content=b"two")).content == b"hello"
            assert peer.connections == 2

    asyncio.run(scenario(behaves))
    asyncio.run(scenario(beside))


def test_an_answer_that_is_not_read_to_its_end_takes_its_connection_along() -> None:
    long = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + b"x" * 9_000_000

    async def scenario() -> None:
        async with between(answering(long)) as (peer, client, url):
            for _ in range(2):
                async with client.stream("POST", url, content=b"body") as answer:
                    pieces = answer.aiter_bytes()
                    for _ in range(2):
                        assert len(await anext(pieces)) < 1_000_000, "a peer floods the memory"
                        await asyncio.sleep(0.1)
            assert peer.connections == 2

    asyncio.run(scenario())


def test_a_connection_that_rested_too_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_connections, "_KEPT_SECONDS", 0.0)

    async def scenario() -> None:
        async with between(answering(HELLO)) as (peer, client, url):
            for _ in range(2):
                await client.post(url, content=b"body")
            assert peer.connections == 2

    asyncio.run(scenario())


def test_requests_at_once_have_a_connection_each_and_their_own_answers() -> None:
    async def behaves(number: int, reader: Any, writer: Any) -> None:
        while True:
            body = await asked(reader)
            await asyncio.sleep(0.01)
            writer.write(HELLO.replace(b"hello", body))

    async def scenario() -> None:
        async with between(behaves) as (peer, client, url):
            for _ in range(3):
                bodies = [b"%05d" % number for number in range(30)]
                answers = await asyncio.gather(*(client.post(url, content=b) for b in bodies))
                assert [answer.content for answer in answers] == bodies
            assert peer.connections < 60

    asyncio.run(scenario())


def test_a_peer_that_refuses_a_big_body_early_is_heard() -> None:
    async def behaves(number: int, reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        while await reader.read(65536):
            pass

    async def pieces() -> Any:
        for _ in range(64):
            yield b"x" * 65536

    async def scenario() -> None:
        async with between(behaves) as (_, client, url):
            headers = {"content-length": str(64 * 65536)}
            answer = await client.post(url, content=pieces(), headers=headers)
            assert answer.status_code == 413

    asyncio.run(scenario())


def test_a_peer_that_takes_nothing_or_is_not_there_is_an_error_in_time() -> None:
    async def never(number: int, reader: Any, writer: Any) -> None:
        writer.transport.pause_reading()
        await asyncio.sleep(3600)

    async def scenario() -> None:
        async with between(never, seconds=0.3) as (_, client, url):
            with pytest.raises(httpx.WriteTimeout):
                await client.post(url, content=b"x" * 30_000_000)
            with pytest.raises(httpx.ConnectError):
                await client.post(f"http://127.0.0.1:{free_port()}/", content=b"body")
            with pytest.raises(httpx.UnsupportedProtocol):
                await client.post("ftp://127.0.0.1/", content=b"body")
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    asyncio.run(scenario())


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A server of TLS whose callers show a certificate."""
    folder = tmp_path_factory.mktemp("tls")
    authority, server, _, _ = tls_files(folder)

    async def whole(request: Request) -> Response:
        return Response(await request.body())

    demanded = {
        "ssl_certfile": f"{server}.pem",
        "ssl_keyfile": f"{server}.key.pem",
        "ssl_ca_certs": f"{authority}.pem",
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    port = free_port()
    app = Starlette(routes=[Route("/", whole, methods=["POST"])])
    with running(app, host="127.0.0.1", port=port, **demanded):
        yield folder, port


def posted(secure: tuple[Path, int], host: str, *, authority: str, shows: str) -> bytes:
    """What a server of TLS gives back."""
    folder, port = secure
    context = ssl.create_default_context(cafile=folder / f"{authority}.pem")
    context.load_cert_chain(folder / f"{shows}.pem", folder / f"{shows}.key.pem")

    async def scenario() -> bytes:
        async with httpx.AsyncClient(transport=PeerConnections(context), timeout=5) as client:
            for content in (b"first", b"x" * 300_000):
                answer = await client.post(f"https://{host}:{port}/", content=content)
            return answer.content

    return asyncio.run(scenario())


def test_only_the_right_server_is_believed_over_tls_and_sees_our_certificate(
    secure: tuple[Path, int],
) -> None:
    assert posted(secure, "localhost", authority="authority", shows="caller") == b"x" * 300_000
    for host, authority, shows in (
        ("127.0.0.1", "authority", "caller"),
        ("localhost", "stranger", "caller"),
        ("localhost", "authority", "stranger"),
    ):
        with pytest.raises(httpx.TransportError):
            posted(secure, host, authority=authority, shows=shows)
