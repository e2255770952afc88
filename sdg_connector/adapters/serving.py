"""How a process serves: with uvloop and llhttp where they are installed (the extra ``fast``)."""

import asyncio
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Final

_HEAD: Final = 64 * 1024
"""Octets of a head, and of whatever else brings no body along; h11 has the same limit."""


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the event loop; None for the interpreter's own."""
    if find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415  an extra

    return uvloop.new_event_loop


@cache
def http_reader() -> type[asyncio.Protocol] | str:
    """What reads HTTP for uvicorn: llhttp within limits, or h11, which has them.

    uvicorn's own use of llhttp takes in a header, the extension of a chunk or a trailer of any
    length, and with them all of the memory.
    """
    if find_spec("httptools") is None:
        return "h11"
    from uvicorn.protocols.http.httptools_impl import (  # noqa: PLC0415  an extra
        HttpToolsProtocol,
    )

    class BoundedHttp(HttpToolsProtocol):
        """Refuses a connection that goes on sending what leads to nothing."""

        _idle = 0

        def data_received(self, data: bytes) -> None:
            self._idle += len(data)
            super().data_received(data)
            if self._idle > _HEAD and not self.transport.is_closing():
                self.send_400_response("Invalid HTTP request received.")

        def on_headers_complete(self) -> None:
            self._idle = 0
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self._idle = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._idle = 0
            super().on_message_complete()

    return BoundedHttp
