"""The journey in a real Chromium, between real processes: desktop and phone, mouse and keyboard."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from procedures.audit import audit
from tests.support.portal_pair import running_pair
from tests.support.portal_process import Processes, running_processes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
_WHOLE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""What axe-core looks for: WCAG 2.2 at level AA, which EN 301 549 asks for, and good practice."""
_LOOKS = ["color-contrast", "target-size"]
"""What of it can differ in another width and another scheme of colours."""


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
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Portal and country, started once."""
    with running_processes(tmp_path_factory.mktemp("browser")) as processes:
        yield processes


def _watched(page: Page) -> list[str]:
    """What the browser complains about from now on."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if "Security Policy" in line.text else None,
    )
    return complaints


def _arrive(page: Page, name: str, rules: list[str]) -> None:
    """Be on a page, and have axe-core find nothing wrong with it."""
    expect(page.locator(f"main[data-page={name}]")).to_be_visible(timeout=30_000)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": rules})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"


def _choose_ana(page: Page) -> None:
    page.check("input[value=ana]")
    page.locator("#login button").first.click()


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(1280, "light", _WHOLE), (360, "dark", _LOOKS)],
    ids=["desktop", "phone"],
)
def test_the_whole_journey_is_clicked_through(
    chromium: Browser, both: Processes, width: int, scheme: str, rules: list[str]
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="en", color_scheme=scheme
    )
    page = context.new_page()
    complaints = _watched(page)
    arrive = partial(_arrive, page, rules=rules)
    page.goto(f"{both.url}/en/")
    arrive("procedure")
    expect(page.locator("[data-machine-translation]")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Recognition of a diploma")
    page.click("#start button")
    arrive("country")
    page.select_option("#country", "ES")
    page.click("#country-form button")
    arrive("login")
    _choose_ana(page)
    arrive("consent")
    page.click("button[value=agree]")
    arrive("greeting")
    expect(page.locator("h1")).to_have_text("Welcome, Ana María García Núñez")
    page.click("#find button")
    arrive("request")
    page.check("#explicit")
    page.click("#request button")
    arrive("preview")
    page.click("#preview button")
    arrive("preview-login")
    _choose_ana(page)
    arrive("preview-decide")
    page.click("button[value=approve]")
    arrive("evidence")
    digests = set()
    for link in page.locator("a[data-evidence]").all():
        with page.expect_download() as download:
            link.click()
        digests.add(hashlib.sha256(download.value.path().read_bytes()).hexdigest())
    assert digests == both.held()
    page.click("#attach button")
    arrive("submit")
    page.click("#submit button")
    arrive("acknowledgement")
    expect(page.locator("h1")).to_have_text("Your application has been received")
    page.click("text=Tell us how it went")
    arrive("feedback")
    page.check("input[name=rating][value='5']")
    page.click("#feedback button")
    expect(page.locator("h1")).to_have_text("Thank you")
    assert complaints == []
    context.close()


def test_without_javascript_the_buttons_do_what_the_scripts_did(
    chromium: Browser, both: Processes
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{both.url}/en/apply")
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
    chromium: Browser, both: Processes
) -> None:
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{both.url}/en/apply")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "country"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("S")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#login")
    context.close()


def test_the_waiting_page_moves_on_by_itself(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running_pair(tmp_path_factory.mktemp("waiting")) as pair:
        context = chromium.new_context(locale="en")
        page = context.new_page()
        complaints = _watched(page)
        page.goto(f"{pair.portal}/en/apply")
        page.select_option("#country", "ES")
        page.click("#country-form button")
        page.wait_for_selector("#login")
        _choose_ana(page)
        page.click("button[value=agree]")
        page.click("#find button")
        page.check("#explicit")
        page.click("#request button")
        _arrive(page, "waiting", _WHOLE)
        pair.desk.deliver("exchange-1")
        _arrive(page, "evidence", _LOOKS)
        assert complaints == []
        context.close()


@pytest.mark.parametrize("language", ["lv", "en", "es"])
def test_our_own_check_of_pages_finds_nothing_to_mend_on_the_service_page(
    both: Processes, language: str
) -> None:
    page = httpx.get(f"{both.url}/{language}/")
    judged = audit(page.content, now=datetime.now(UTC))
    assert [finding for finding in judged.findings if finding.severity != "info"] == []
    rules = {finding.rule for finding in judged.findings}
    assert not rules & {"page.english-missing", "page.date-missing"}
