"""One address before several workers, as a load balancer gives it."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle


class Spread:
    """Each connection goes to the next worker that takes one."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._turns = cycle(ports)
        self._tries = len(ports)
        self.port = 0

    async def serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            for _ in range(self._tries):
                with contextlib.suppress(OSError):
                    there = await asyncio.open_connection("127.0.0.1", next(self._turns))
                    await _both_ways((reader, writer), there)
                    return


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _both_ways(here: Stream, there: Stream) -> None:
    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(target):
            while octets := await source.read(65536):
                target.write(octets)
                await target.drain()

    await asyncio.gather(copy(here[0], there[1]), copy(there[0], here[1]))


@contextmanager
def spread_over(ports: Sequence[int]) -> Iterator[Spread]:
    """A balancer in a thread of its own while the block runs."""
    spread, ready = Spread(ports), threading.Event()
    loop = asyncio.new_event_loop()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)

    serving = loop.create_task(spread.serve(ready))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield spread
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(timeout=10)
        loop.close()
