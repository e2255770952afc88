"""The portal in a real Chromium: desktop and phone, mouse, keyboard, and without scripts."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sdg_connector.web import ExchangeView, Stage
from tests.support.portal_pair import Pair, running_pair

pytestmark = pytest.mark.browser

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``CHROMIUM`` names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: install the package chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Portal and sandbox, running."""
    folder: Path = tmp_path_factory.mktemp("browser")
    with running_pair(folder) as both:
        yield both


def _log_in(page: Page, pair: Pair, citizen: str) -> None:
    page.goto(f"{pair.portal}/en/")
    page.click("#start button")
    page.select_option("#country", "ES")
    page.click("#country-form button")
    page.wait_for_selector("#login")
    page.check(f"input[value={citizen}]")
    page.click("button[value=continue]")
    page.click("button[value=agree]")
    page.wait_for_selector("[data-page=greeting]")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_the_whole_way_is_clicked_without_scrolling_sideways(
    chromium: Browser, pair: Pair, width: int, height: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="en")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if "Security Policy" in line.text else None,
    )
    _log_in(page, pair, "ana")
    assert page.inner_text("h1") == "Welcome, Ana María García Núñez"
    page.click("#find button")
    page.check("#explicit")
    page.click("#request button")
    exchange = f"exchange-{len(pair.desk.asked)}"
    pair.desk.views[exchange] = ExchangeView(
        stage=Stage.PREVIEW, preview_location="https://es.sandbox.example/preview/none"
    )
    page.wait_for_selector("[data-page=preview]", timeout=10_000)
    page.click("#preview button")
    page.wait_for_selector("[data-page=preview-end]")
    pair.desk.deliver(exchange)
    page.goto(pair.portal + urlsplit(pair.desk.asked[-1][2]).path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#attach button")
    page.click("#submit button")
    assert page.inner_text("h1") == "Your application has been received"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    context.close()


def test_without_javascript_the_buttons_do_what_the_scripts_did(
    chromium: Browser, pair: Pair
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{pair.portal}/en/apply")
    page.select_option("#country", "ES")
    page.click("#country-form button")
    page.click("#to-node button")
    page.check("#citizen-eleni")
    page.click("button[value=continue]")
    page.click("button[value=agree]")
    page.click("#to-portal button")
    assert page.inner_text("h1") == "Welcome, Ελένη Παπαδοπούλου"
    context.close()


def test_the_keyboard_alone_goes_from_the_skip_link_to_the_login(
    chromium: Browser, pair: Pair
) -> None:
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{pair.portal}/en/apply")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "country"
    page.keyboard.press("S")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#login")
    context.close()
