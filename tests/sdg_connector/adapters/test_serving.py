"""What a server reads of HTTP: as much as it must, whatever a peer goes on sending."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sdg_connector.adapters import serving
from sdg_connector.adapters.serving import http_reader
from tests.support.servers import free_port, running

_POST = b"POST / HTTP/1.1\r\nhost: a\r\n"
_CHUNKED = _POST + b"transfer-encoding: chunked\r\n\r\n"
_PIECE = 32 * 1024


async def counting(scope: Any, receive: Any, send: Any) -> None:
    """Says how long a body is."""
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        size += len(event.get("body", b""))
        more = event.get("more_body", False)
    body = b"%d" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def ready(app: Any) -> Starlette:
    """The application with the lifespan that a server asks for."""
    return Starlette(routes=[Mount("/", app)])


@pytest.fixture(params=["llhttp", "h11"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """A server with each of the readers."""
    reader = "h11"
    if request.param == "llhttp":
        pytest.importorskip("httptools")
        reader = http_reader()
    port = free_port()
    with running(ready(counting), host="127.0.0.1", port=port, http=reader):
        yield "127.0.0.1", port


def whole(connection: socket.socket) -> bytes:
    """The body of an answer, which may come in pieces; its first line where it is none of 200."""
    answer = b""
    while not answer.partition(b"\r\n\r\n")[2]:
        piece = connection.recv(4096)
        if not piece:
            break
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return body if head.startswith(b"HTTP/1.1 200") else head


def answer_to(address: tuple[str, int], *pieces: bytes) -> tuple[bytes, int]:
    """The answer, and how many octets were sent before the server had enough."""
    sent = 0
    with socket.create_connection(address, timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                sent += len(piece)
            return whole(connection), sent
        except (ConnectionResetError, BrokenPipeError):
            return b"", sent


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (_POST + b"x: ", b"a" * _PIECE),
        (b"GET /", b"a" * _PIECE),
        (_POST, b"a: b\r\n" * (_PIECE // 6)),
        (_CHUNKED + b"5;ext=", b"a" * _PIECE),
        (_CHUNKED + b"0\r\n", b"a: b\r\n" * (_PIECE // 6)),
        (_CHUNKED + b"0\r\nx: ", b"a" * _PIECE),
    ],
    ids=["header", "target", "headers", "chunk extension", "trailers", "trailer"],
)
def test_what_never_ends_is_cut_off(address: tuple[str, int], head: bytes, piece: bytes) -> None:
    answer, sent = answer_to(address, head, *[piece] * 1000)
    assert not answer.isdigit()
    assert sent < 1000 * len(piece)


def test_a_long_body_and_many_requests_of_long_heads_are_read(address: tuple[str, int]) -> None:
    chunk = b"%x\r\n" % _PIECE + b"b" * _PIECE + b"\r\n"
    answer, _ = answer_to(address, _CHUNKED, *[chunk] * 100, b"0\r\nlast: a\r\n\r\n")
    assert answer == b"%d" % (100 * _PIECE)
    plain = _POST + b"content-length: %d\r\n\r\n" % (100 * _PIECE)
    answer, _ = answer_to(address, plain, *[b"b" * _PIECE] * 100)
    assert answer == b"%d" % (100 * _PIECE)
    long_head = _POST + b"x: " + b"a" * _PIECE + b"\r\ncontent-length: 1\r\n\r\nb"
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(8):
            connection.sendall(long_head)
            assert whole(connection) == b"1"


def test_where_the_extra_lacks_the_interpreters_own_loop_and_h11_serve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    http_reader.cache_clear()
    try:
        assert (serving.event_loop(), http_reader()) == (None, "h11")
    finally:
        http_reader.cache_clear()
