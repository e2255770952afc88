"""The example for Starlette and FastAPI, from its first page on."""

import asyncio
import importlib.util
import re
from pathlib import Path

import httpx
from eidas_world import NOW, World

from sdg_connector.adapters.login_ceremony import COOKIE, LoginCeremony

EXAMPLE = Path(__file__).parents[2] / "examples" / "login_in_fastapi_or_starlette.py"


def test_a_first_visit_to_the_example_leads_to_the_node(world: World) -> None:
    spec = importlib.util.spec_from_file_location("example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    ceremony = LoginCeremony(
        provider=world.provider,
        node={"ES": world.node}.__getitem__,
        replay=world.replay,
        now=lambda: NOW,
        new_id=world.new_id,
    )

    async def visit() -> httpx.Response:
        transport = httpx.ASGITransport(example.portal(ceremony))
        async with httpx.AsyncClient(
            transport=transport, base_url="https://portal.lv.example"
        ) as browser:
            page = await browser.get("/")
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text.replace("\n", "")))
            cookie = {"Cookie": f"{COOKIE}={page.cookies[COOKIE]}"}
            return await browser.post("/eidas/start", data=fields, headers=cookie)

    answer = asyncio.run(visit())
    assert answer.status_code == 200
    assert world.proxy.single_sign_on_url in answer.text
