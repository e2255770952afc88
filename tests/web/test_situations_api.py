"""Life situations of the read API: asked by form, narrowed by answers, embedded by others."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from openapi_core import OpenAPI
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from procedures import ProceduresMisuse, Text, catalogue
from procedures.situations import plan, read_situation
from sdg_connector.web.descriptions import read_api
from sdg_connector.web.descriptions.situation_page import situation_page, situation_snippet
from tests.support.servers import free_port, running
from translations import offered_languages

API = read_api(catalogue.load_all(), situations=catalogue.situations())
MOVING = "/situations/lv/parcelsanas"
CHROMIUM = Path("/usr/bin/chromium")


def get(address: str, **options: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=API)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.get(address, **options)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/situations/lv/nekas", 404, "no life situation"),
        ("/situations?kind=procedure", 400, "there is no parameter kind"),
        (f"/situations?q={'a' * 201}", 400, "at most 200"),
        (f"{MOVING}?format=exe", 400, "format: expected one of json"),
        (f"{MOVING}?format=plan&answer.paris=yes", 400, "asks no question paris"),
        (f"{MOVING}?format=plan&answer.nosutits=maybe", 400, "expected yes or no"),
        (f"{MOVING}?nosutits=yes", 400, "answer.nosutits"),
        (f"{MOVING}?format=html&language=%3Cb%3E", 400, "language"),
    ],
)
def test_a_wrong_question_is_answered_with_its_mistake(
    address: str, status: int, said: str
) -> None:
    answer = get(address)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_two_situations_of_one_name_are_refused() -> None:
    one = catalogue.situations()[0]
    with pytest.raises(ProceduresMisuse, match="once"):
        read_api([], situations=[one, one])


def test_situations_are_found_and_read_whole() -> None:
    found = get("/situations", params={"q": "automobilis", "language": "en"}).json()
    assert [one["title"] for one in found["items"]] == ["Moving to Latvia for work"]
    address = found["items"][0]["self"]
    for form in ("json", "yaml"):
        assert (
            read_situation(get(f"{address}?format={form}").content).identifier == "lv/parcelsanas"
        )


def test_answers_narrow_the_plan_and_are_kept_nowhere() -> None:
    whole = get(f"{MOVING}?format=plan&language=lv")
    assert len(whole.json()["questions"]) == 5
    assert whole.headers["cache-control"] == "public, max-age=300"
    some = get(f"{MOVING}?format=plan&answer.nosutits=no&answer.darbs-atrasts=&language=en")
    assert some.json()["left_out"] == ["a1-no-sutitajas-valsts"]
    assert some.headers["cache-control"] == "no-store"
    assert some.json()["stages"][0]["title"] == "Before you move"


def test_the_description_of_the_interface_agrees_with_its_answers() -> None:
    document = get("/openapi.json").json()
    OpenAPI.from_dict(document)
    assert document["paths"]["/situations/{identifier}"]["get"]["operationId"] == "readSituation"
    assert "LifeSituation" in document["components"]["schemas"]


@pytest.mark.parametrize("language", offered_languages())
def test_the_page_speaks_every_language(language: str) -> None:
    page = get(f"{MOVING}?format=html&language={language}").text
    tree = html.fromstring(page)
    assert tree.get("lang") == language
    english = html.fromstring(get(f"{MOVING}?format=html&language=en").text)
    assert (tree.findtext(".//button") == english.findtext(".//button")) is (language == "en")


def test_no_text_becomes_markup() -> None:
    situation = catalogue.situations()[0]
    wicked = Text.of_languages(lv="<script>alert(1)</script>")
    hostile = type(situation)(
        **{
            name: getattr(situation, name)
            for name in situation.__slots__
            if name not in {"title", "summary"}
        },
        title=wicked,
        summary=wicked,
    )
    planned = plan(hostile, catalogue=catalogue.load_all())
    for text in (
        situation_page(planned, language="lv", asks=True),
        situation_snippet(planned, language='"><script>'),
    ):
        assert "<script" not in text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.browser
def test_a_reader_answers_on_a_phone_and_another_site_embeds_the_steps(browser: Browser) -> None:
    port, other = free_port(), free_port()

    async def page(request: Request) -> Response:
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>Town</title><body>'
            '<div data-sdg-situation="lv/parcelsanas"><a href="/x">Moving</a></div>'
            f'<script src="http://127.0.0.1:{port}/embed.js"></script></body></html>'
        )

    with (
        running(API, host="127.0.0.1", port=port),
        running(Starlette(routes=[Route("/", page)]), host="127.0.0.1", port=other),
    ):
        context = browser.new_context(viewport={"width": 360, "height": 740})
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{port}{MOVING}?format=html&language=lv")
        assert tab.locator("li").count() == 10
        group = tab.get_by_role("group", name="Vai uz Latviju jūs nosūta darba devējs")
        group.get_by_label("Nē").check()
        tab.get_by_role("button", name="Rādīt manus soļus").click()
        tab.get_by_text("Soļi, kas uz jums neattiecas: 1").wait_for()
        assert tab.locator("li").count() == 9
        assert group.get_by_label("Nē").is_checked()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == []
        tab.goto(f"http://127.0.0.1:{other}/")
        tab.locator("article.sdg-situation").wait_for()
        assert tab.locator("article h2").inner_text() == "Moving to Latvia for work"
        context.close()
