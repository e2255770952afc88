"""Bodies that a client posts to the Gateway's services, read within a limit."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

MAX_OCTETS: Final = 16 * 1024 * 1024


async def read_body(request: Request) -> bytes | None:
    """The body of a request; none when it is larger than these services take."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_OCTETS:
            return None
    return bytes(body)


def too_large() -> JSONResponse:
    """The answer to a body beyond the limit."""
    return JSONResponse({"message": f"at most {MAX_OCTETS} octets are taken"}, status_code=413)


def media_type(request: Request) -> str:
    """What a request says its body is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
