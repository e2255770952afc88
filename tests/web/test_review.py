"""The review pages: what waits, what a decision does, and who is let in."""

import asyncio
import os
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from sdg_connector.web.review import ReviewDesk, review_application
from translations.ledger import Ledger
from translations.memory import Memory, Unit, UnitOrigin
from translations.runs import Order, run_catalogue
from translations.workshop import Workshop

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "s" * 32
TEXTS = [
    Order(key="lv/zveja.html", text="Kontakti\nZvejas kuģa kapteinis aizpilda lomu žurnālu."),
    Order(key="lv/<b>.txt", text="Burāšanas sacensības notiek tālu no krasta ik nedēļu."),
    Order(key="lv/maksa.txt", text="Pakalpojums ir bez maksas."),
]


@pytest.fixture
def desk() -> ReviewDesk:
    ledger, memory = Ledger(), Memory()
    run_catalogue(
        TEXTS, translator=Workshop(demo_model=True).translator(), ledger=ledger, source="lv",
        target="en", clock=lambda: NOW,
    )  # fmt: skip
    memory.remember([
        Unit(
            source="lv", target="en", original="Zvejas kuģa kapteinis aizpilda braucienu žurnālu.",
            translated="The captain of the fishing vessel keeps the trip log.",
            origin=UnitOrigin.HUMAN, at=NOW,
        )
    ])  # fmt: skip
    return ReviewDesk(ledger=ledger, memory=memory, source="lv", target="en", clock=lambda: NOW)


class Client:
    """Requests to the pages, in this process."""

    def __init__(self, application: Starlette) -> None:
        self._transport = httpx.ASGITransport(application)

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, headers=headers))

    def post(self, path: str, data: dict[str, str]) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, data=data))

    async def _ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        base = "http://127.0.0.1"
        async with httpx.AsyncClient(transport=self._transport, base_url=base) as client:
            return await client.request(method, path, **content)


@pytest.fixture
def client(desk: ReviewDesk) -> Client:
    return Client(review_application(desk, secret=SECRET))


FISH = f"/{SECRET}/text?key=lv/zveja.html"


def test_the_least_trusted_texts_wait_and_the_good_ones_do_not(desk: ReviewDesk) -> None:
    waiting = desk.queue()
    assert {text.key for text in waiting} == {"lv/zveja.html", "lv/<b>.txt"}
    assert [text.score for text in waiting] == sorted(text.score for text in waiting)


def test_a_text_is_shown_with_its_doubts_and_a_similar_sentence(client: Client) -> None:
    page = client.get(FISH)
    assert page.status_code == 200
    assert "lomu" in page.text
    assert "<del>braucienu</del> <ins>lomu</ins>" in page.text
    assert "The captain of the fishing vessel keeps the trip log." in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "&lt;b&gt;" in client.get(f"/{SECRET}/").text


def test_an_approved_sentence_is_remembered_and_shown_with_its_change(
    client: Client, desk: ReviewDesk
) -> None:
    words = {"t0": "Contacts", "t1": "The captain keeps the  catch log.", "approve": "1"}
    done = client.post(FISH, data=words)
    assert (done.status_code, done.headers["location"]) == (303, f"/{SECRET}/")
    kept = desk.memory.corrected(
        "Zvejas kuģa kapteinis aizpilda lomu žurnālu.", source="lv", target="en"
    )
    assert kept == "The captain keeps the catch log."
    assert desk.memory.corrected("Kontakti", source="lv", target="en") is None
    assert [text.key for text in desk.queue()] == ["lv/<b>.txt"]
    assert "<ins>" in client.get(FISH).text


def test_the_next_run_uses_what_was_approved(client: Client, desk: ReviewDesk) -> None:
    client.post(FISH, data={"t0": "Contacts", "t1": "The captain keeps the log.", "approve": "all"})
    translator = Workshop(demo_model=True).translator()
    report = run_catalogue(
        TEXTS, ledger=desk.ledger, source="lv", target="en", clock=lambda: NOW,
        translator=type(translator)(engine=translator.engine, memory=desk.memory),
    )  # fmt: skip
    assert report.failed == ()
    found = desk.ledger.translated(["lv/zveja.html"], source="lv", target="en")["lv/zveja.html"]
    assert found.text == "Contacts\nThe captain keeps the log."
    assert found.provenance.approved_by_human


def test_an_empty_translation_is_not_kept_and_the_field_says_so(client: Client) -> None:
    page = client.post(FISH, data={"t1": "   ", "approve": "1"})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("path", "host"),
    [("/", "127.0.0.1"), ("/wrong/", "127.0.0.1"), (f"/{SECRET}/", "evil.example"),
     (f"/{SECRET}/text?key=none", "127.0.0.1")],
)  # fmt: skip
def test_nobody_else_is_let_in(client: Client, path: str, host: str) -> None:
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 404
    assert "lomu" not in answer.text


@pytest.mark.parametrize("fields", [{}, {"approve": "9"}, {"t99999999": "x", "approve": "all"}])
def test_a_strange_form_changes_nothing(
    client: Client, desk: ReviewDesk, fields: dict[str, str]
) -> None:
    before = desk.memory.counts()
    assert client.post(FISH, data=fields).status_code == 303
    assert desk.memory.counts() == before


@pytest.mark.parametrize("language", ["lv", "el", "ga"])
def test_the_page_speaks_the_reviewers_language(desk: ReviewDesk, language: str) -> None:
    application = review_application(desk, secret=SECRET, language=language)
    page = Client(application).get(FISH)
    assert f'<html lang="{language}"' in page.text
    assert "Approve" not in page.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_a_reviewer_works_with_the_keyboard_alone(
    desk: ReviewDesk, width: int, tmp_path: Path
) -> None:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: install the package chromium, or name one in CHROMIUM")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where a browser is

    server = uvicorn.Server(
        uvicorn.Config(review_application(desk, secret=SECRET), port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto(f"http://127.0.0.1:{port}/{SECRET}/text?key=lv/zveja.html")
            shot = os.environ.get("SDG_SCREENSHOTS")
            page.screenshot(path=Path(shot or tmp_path) / f"review-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("document.activeElement.name") == "t1"
            page.keyboard.press("Alt+ArrowUp")
            assert page.evaluate("document.activeElement.name") == "t0"
            page.keyboard.press("Alt+ArrowDown")
            page.keyboard.press("Control+a")
            page.keyboard.type("The captain keeps the catch log.")
            page.keyboard.press("Control+Enter")
            page.wait_for_url(f"**/{SECRET}/")
            assert page.locator(".queue li").count() == 1
            page.screenshot(path=Path(shot or tmp_path) / f"queue-{width}.png", full_page=True)
            browser.close()
    finally:
        server.should_exit = True
        thread.join()
    kept = desk.memory.corrected(
        "Zvejas kuģa kapteinis aizpilda lomu žurnālu.", source="lv", target="en"
    )
    assert kept == "The captain keeps the catch log."
