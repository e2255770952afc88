"""The widget on a page of another site: with and without a script, by keyboard, in any language."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from procedures.clients import CollectClient
from procedures.collect import Period
from procedures.feedback import Category, FeedbackFile, first_level, second_level
from procedures.feedback.forwarding import ForwardingJournal
from procedures.figures import compiled
from procedures.statistics import Site
from sdg_connector.adapters.feedback_forwarding import LiveForwarding
from sdg_connector.sandbox.gateway.mount import COLLECT_PATH, gateway_routes
from sdg_connector.sandbox.switches import GatewayAnswer, SandboxSwitches
from sdg_connector.web.widget import AnswerLimit, WidgetOptions, feedback_widget
from sdg_connector.web.widget.application import Answers
from sdg_connector.web.widget.wording import asked
from tests.support.servers import free_port, running
from translations.catalogue import catalogue, offered_languages

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def box(tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "feedback.jsonl")


def asked_of(box: FeedbackFile, method: str, path: str, **more: object) -> httpx.Response:
    site = Site.of("https://dienests.example")
    app = feedback_widget(WidgetOptions(sites=(site,), answers=box, now=lambda: AT))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://w.example") as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]

    return asyncio.run(ask())


ABOUT = {"category": "Procedure", "source": "https://dienests.example/en/studies", "language": "lv"}


def test_answers_about_pages_of_other_sites_are_not_taken(box: FeedbackFile) -> None:
    for source in ("https://evil.example/", "javascript:1", "/en/studies", ""):
        given = {**ABOUT, "source": source, "rating": "1"}
        assert asked_of(box, "GET", "/form", params=given).status_code == 403
        assert asked_of(box, "POST", "/form", data=given).status_code == 403
        assert asked_of(box, "POST", "/survey", data=given).status_code == 403
    assert list(box.kept()) == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"rating": "6"}, 422),
        ({"rating": "3", "helpUsImprove": "x" * 2001}, 422),
        ({"rating": "3", "surname": "Kalns"}, 422),
        ({"rating": "3", "category": "Other"}, 403),
    ],
)
def test_wrong_answers_are_told_and_not_kept(
    given: dict[str, str], status: int, box: FeedbackFile
) -> None:
    answer = asked_of(box, "POST", "/form", data=ABOUT | given)
    assert answer.status_code == status
    assert list(box.kept()) == []


def test_what_a_browser_cannot_have_sent_is_refused(box: FeedbackFile) -> None:
    assert asked_of(box, "POST", "/form", content=b"\xff=1").status_code == 400
    assert asked_of(box, "POST", "/form", content=b"rating=1&rating=2").status_code == 400
    assert asked_of(box, "GET", "/../secrets").status_code == 404


def test_only_the_sites_own_scripts_may_read_the_form(box: FeedbackFile) -> None:
    fragment = {**ABOUT, "fragment": "1"}
    own = asked_of(
        box, "GET", "/form", params=fragment, headers={"Origin": "https://dienests.example"}
    )
    assert own.headers["access-control-allow-origin"] == "https://dienests.example"
    other = asked_of(
        box, "GET", "/form", params=fragment, headers={"Origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in other.headers
    assert "set-cookie" not in own.headers


def test_a_hostile_address_stays_text(box: FeedbackFile) -> None:
    source = 'https://dienests.example/"><script>alert(1)</script>'
    page = asked_of(box, "GET", "/form", params={**ABOUT, "source": source})
    assert "<script>" not in page.text


@pytest.mark.parametrize("language", offered_languages())
def test_every_question_and_answer_has_words_in_every_language(language: str) -> None:
    words = catalogue(language)
    for category in Category:
        for form in (first_level(category), second_level(category)):
            shown = asked(form, words)
            assert all(one.text for one in shown)
            assert all(text for one in shown for _, text in one.choices)
            if language != "en":
                english = asked(form, catalogue("en"))
                assert [one.text for one in shown] != [one.text for one in english]


def test_nobody_answers_faster_than_people_do_and_no_address_is_kept() -> None:
    limit = AnswerLimit(each=2, together=3)
    assert [limit.admits("203.0.113.9", now=AT) for _ in range(3)] == [True, True, False]
    assert [limit.admits(one, now=AT) for one in ("2001:db8::1", "2001:db8::2")] == [True, False]
    assert "203.0.113.9" not in repr(limit)
    assert limit.admits("203.0.113.9", now=AT + timedelta(minutes=1))


def test_who_answers_too_often_is_told_in_the_readers_words(box: FeedbackFile) -> None:
    site = Site.of("https://dienests.example")
    options = WidgetOptions(sites=(site,), answers=box, now=lambda: AT, limit=AnswerLimit(each=1))
    app = feedback_widget(options)

    async def twice() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://w.example") as client:
            given = {**ABOUT, "rating": "5"}
            return [await client.post("/form", data=given) for _ in range(2)]

    first, second = asyncio.run(twice())
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers["retry-after"] == "60"
    assert catalogue("lv").text("ask.failed") in second.text
    assert len(list(box.kept())) == 1


HOST = """<!doctype html><html lang="lv"><head><meta charset="utf-8"><title>Studijas</title>
<link rel="canonical" href="{site}/lv/studijas"><link rel="stylesheet" href="{widget}/widget.css">
<script src="{widget}/widget.js" defer></script></head><body><h1>Studijas</h1>
<sdg-feedback category="Information"><a href="{form}">Novērtēt</a></sdg-feedback>
<p><button id="leave" type="button">Pamest</button></p>
<script src="{site}/leave.js"></script></body></html>"""
LEAVE = (
    'document.getElementById("leave").addEventListener("click", () => '
    'document.dispatchEvent(new CustomEvent("sdg-feedback", {detail: "left"})));'
)


@pytest.fixture
def host(box: FeedbackFile) -> Iterator[str]:
    with hosting(box) as address:
        yield address


@contextmanager
def hosting(answers: Answers, limit: AnswerLimit | None = None) -> Iterator[str]:
    """A page of one origin that takes the widget in from another."""
    site, widget = (f"http://127.0.0.1:{free_port()}" for _ in range(2))

    async def page(request: Request) -> Response:
        form = f"{widget}/form?category=Information&amp;source={site}/lv/studijas&amp;language=lv"
        policy = (
            f"default-src 'none'; script-src 'self' {widget}; style-src {widget}; "
            f"connect-src {widget}"
        )
        return HTMLResponse(
            HOST.format(site=site, widget=widget, form=form),
            headers={"Content-Security-Policy": policy},
        )

    async def script(request: Request) -> Response:
        return Response(LEAVE, media_type="text/javascript")

    app = Starlette(routes=[Route("/lv/studijas", page), Route("/leave.js", script)])
    options = WidgetOptions(
        sites=(Site.of(site),), answers=answers, now=lambda: AT, limit=limit or AnswerLimit()
    )
    with (
        running(app, host="127.0.0.1", port=int(site.rpartition(":")[2])),
        running(feedback_widget(options), host="127.0.0.1", port=int(widget.rpartition(":")[2])),
    ):
        yield f"{site}/lv/studijas"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def opened(browser: Browser, *, script: bool = True, width: int = 1280) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    return context.new_page()


@pytest.mark.browser
def test_a_keyboard_alone_answers_on_a_foreign_page(
    browser: Browser, host: str, box: FeedbackFile
) -> None:
    page = opened(browser)
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(host)
    page.get_by_role("link", name="Novērtēt").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Novērtēt šo lapu").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Paldies")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    (kept,) = box.kept()
    assert (kept.found, kept.rating, kept.text, kept.language) == ("Yes", 4, "Paldies", "lv")
    assert kept.source == host
    for name in ("userFriendliness", "accuracy", "comprehensiveness", "clarity", "easyFinding"):
        page.check(f"#sdg-{name}-4", force=True)
    for name in ("structure", "upToDate"):
        page.check(f"#sdg-{name}-0", force=True)
    for name in ("lastUpdate", "ownership", "legalActs", "englishAvailability"):
        page.check(f"#sdg-{name}-2", force=True)
    page.get_by_role("button").first.click()
    page.locator("sdg-feedback h3").wait_for(state="detached")
    (survey,) = box.surveys()
    assert survey.answers["accuracy"] == 5
    assert survey.answers["legalActs"] == "Irrelevant"
    assert problems == []
    page.context.close()


@pytest.mark.browser
def test_a_page_says_that_the_user_gave_up_and_mistakes_are_led_to(
    browser: Browser, host: str, box: FeedbackFile
) -> None:
    page = opened(browser, width=360)
    page.goto(host)
    page.click("#leave")
    page.get_by_text("pirms procedūras beigām").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("sdg-feedback button").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "sdg-foundInformation-0"
    assert list(box.kept()) == []
    page.context.close()


@pytest.mark.browser
def test_without_a_script_the_link_leads_to_the_same_form(
    browser: Browser, host: str, box: FeedbackFile
) -> None:
    page = opened(browser, script=False)
    page.goto(host)
    page.click("text=Novērtēt")
    page.check("#sdg-foundInformation-1", force=True)
    page.check("#sdg-rating-1", force=True)
    page.get_by_role("button").click()
    assert page.get_by_role("status").inner_text().startswith("Paldies")
    (kept,) = box.kept()
    assert (kept.found, kept.rating) == ("No", 2)
    page.context.close()


@pytest.mark.browser
def test_an_answer_on_a_foreign_page_reaches_the_figures_and_the_commission(
    browser: Browser, box: FeedbackFile
) -> None:
    switches, ids = SandboxSwitches(), itertools.count()
    switches.gateway = GatewayAnswer.DOWN
    routes = gateway_routes(now=lambda: AT, new_id=lambda: str(next(ids)), switches=switches)
    port = free_port()
    gateway = f"http://127.0.0.1:{port}"
    journal = ForwardingJournal(ForwardingJournal.beside(box.path))
    with (
        running(Starlette(routes=list(routes)), host="127.0.0.1", port=port),
        httpx.Client() as http,
    ):
        client = CollectClient(http=http, base=f"{gateway}{COLLECT_PATH}")
        live = LiveForwarding(box, journal, client, pause=0.2)
        live.start()
        with hosting(live, AnswerLimit(each=1)) as host:
            page = opened(browser, width=360)
            page.goto(host)
            page.get_by_role("link", name="Novērtēt").click()
            page.get_by_role("heading", name="Novērtēt šo lapu").wait_for()
            rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
            assert Axe().run(page, options=rules).response["violations"] == []
            page.check("#sdg-foundInformation-0", force=True)
            page.check("#sdg-rating-3", force=True)
            page.fill("textarea", "Mans vārds ir Zane")
            page.locator("sdg-feedback button").click()
            page.get_by_role("status").wait_for()
            # The limit of one answer is reached, and what the survey holds stays on the page.
            for name in ("userFriendliness", "accuracy", "comprehensiveness", "clarity"):
                page.check(f"#sdg-{name}-4", force=True)
            for name in ("easyFinding", "structure", "upToDate"):
                page.check(f"#sdg-{name}-0", force=True)
            for name in ("lastUpdate", "ownership", "legalActs", "englishAvailability"):
                page.check(f"#sdg-{name}-2", force=True)
            page.locator("sdg-feedback button").click()
            page.get_by_role("alert").wait_for()
            said = page.get_by_role("alert").inner_text()
            assert said == catalogue("lv").text("ask.failed")
            assert page.is_checked("#sdg-accuracy-4")
            page.context.close()
        assert httpx.get(f"{gateway}/gateway/received.json").json() == []
        switches.gateway = GatewayAnswer.RIGHT
        limit = time.monotonic() + 15
        while not (taken := httpx.get(f"{gateway}/gateway/received.json").json()):
            assert time.monotonic() < limit, "the answer never came"
            time.sleep(0.05)
        live.stop()
    journal.close()
    (sent,) = taken
    assert sent["call"] == "/feedback/quality"
    assert sent["body"] == {
        "source": host,
        "category": "Information",
        "rating": 4,
        "foundInformation": "Yes",
    }
    figures = compiled(box.kept(), (), period=Period.month(2026, 1))
    assert figures.ratings.counts == (0, 0, 0, 1, 0)
    assert next(box.kept()).text == "Mans vārds ir Zane"
