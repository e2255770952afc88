"""A disk that is full for one process: no file of its may grow beyond what it has."""

import resource

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_FULL = 4096


async def disk(request: Request) -> Response:
    """POST: fill the disk up, or make room again."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = (await request.json())["full"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL if full else most, most))
    return JSONResponse(full)
