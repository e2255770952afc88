"""Evidence in the store leaves it as the browser takes it, under the same inert headers."""

import asyncio
import io

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sdg_connector.content import FileContent
from sdg_connector.web.downloads import attachment

OCTETS = bytes(range(256)) * 5000


def answered(content: object) -> httpx.Response:
    async def download(request: object) -> Response:
        return attachment(content, media_type="application/pdf", name="evidence-1")

    async def ask() -> httpx.Response:
        app = Starlette(routes=[Route("/", download)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            return await client.get("http://portal.example/")

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "content", [OCTETS, FileContent(io.BytesIO(OCTETS), len(OCTETS))], ids=["memory", "file"]
)
def test_a_download_has_its_length_and_is_run_by_no_browser(content):
    answer = answered(content)
    assert answer.content == OCTETS
    assert answer.headers["content-length"] == str(len(OCTETS))
    assert answer.headers["content-type"] == "application/pdf"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("attachment")


def test_evidence_that_is_erased_while_it_is_read_is_cut_off_and_never_whole():
    class Erased:
        size = len(OCTETS)

        def chunks(self):
            yield OCTETS[:1000]
            raise LookupError("erased")

    with pytest.raises(LookupError):
        answered(Erased())
