"""A network between two access points that loses, delays, cuts, repeats and reorders."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

FATES = (
    "drop",
    "lose the answer",
    "delay",
    "half a request",
    "half an answer",
    "twice",
    "wait for another",
    "500",
    "rubbish",
)
_WAIT = 0.6
_ERROR = b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"
_RUBBISH = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\x00\x01<"


@dataclass
class FaultProxy:
    """Forwards HTTP requests to a port: first one under each of ``FATES``, then half of them."""

    target: int
    seed: int
    calm: bool = False
    port: int = 0
    fates: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311  a fate is no secret
        self._first = self._chance.sample(FATES, len(FATES))
        self._passed = asyncio.Event()

    async def serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError), contextlib.closing(writer):
            request = await _whole(reader)
            fate = self._next()
            self.fates[fate] += 1
            writer.write(await self._fulfil(fate, request))
            await writer.drain()

    def _next(self) -> str:
        if self.calm:
            return "pass"
        if self._first:
            return self._first.pop()
        return self._chance.choice(FATES) if self._chance.random() < 0.5 else "pass"

    async def _fulfil(self, fate: str, request: bytes) -> bytes:
        if fate == "drop":
            return b""
        if fate == "500":
            return _ERROR
        if fate == "rubbish":
            return _RUBBISH
        if fate == "delay":
            await asyncio.sleep(self._chance.uniform(0, _WAIT))
        if fate == "wait for another":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._passed.wait(), _WAIT)
        if fate == "half a request":
            _, half = await asyncio.open_connection("127.0.0.1", self.target)
            half.write(request[: len(request) // 2])
            await half.drain()
            half.close()
            return b""
        answer = await self._forward(request)
        self._passed.set()
        self._passed.clear()
        if fate == "twice":
            answer = await self._forward(request)
        if fate == "lose the answer":
            return b""
        return answer[: len(answer) // 2] if fate == "half an answer" else answer

    async def _forward(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """One request, made to end its connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return head[:-2] + b"Connection: close\r\n\r\n" + body


@contextmanager
def fault_proxy(target: int, *, seed: int) -> Iterator[FaultProxy]:
    """A proxy in a thread of its own while the block runs."""
    proxy, ready = FaultProxy(target, seed), threading.Event()
    loop = asyncio.new_event_loop()

    async def until_stopped() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await proxy.serve(ready)
        handlers = asyncio.all_tasks() - {asyncio.current_task()}
        for one in handlers:
            one.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)

    task = loop.create_task(until_stopped())

    def run() -> None:
        loop.run_until_complete(task)
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
