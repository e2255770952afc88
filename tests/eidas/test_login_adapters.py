"""A login through Starlette, Flask and Django: the same ceremony, the same refusals."""

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import django
import flask
import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import clear_url_caches
from eidas_world import NOW, World
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from werkzeug.test import Client

import eidas
from sdg_connector.adapters.login_ceremony import COOKIE, LoginCeremony
from sdg_connector.adapters.login_django import login_urls
from sdg_connector.adapters.login_flask import login_blueprint
from sdg_connector.adapters.login_pages import problem_kind, problem_page
from sdg_connector.adapters.login_starlette import login_routes
from translations import catalogue, offered_languages

SESSION = "_session_of_this_browser"

Answer = tuple[int, str, str]
"""Status, text and Location of a page."""


@dataclass
class Browser:
    """The least that a browser does, whatever the framework."""

    ask: Callable[[str, str, dict[str, str], dict[str, str]], Answer]
    session: str | None = SESSION
    languages: str = ""
    """What it sends as ``Accept-Language``."""

    def get(self, path: str) -> Answer:
        """Get a page with our cookie."""
        return self.send("GET", path, {}, self.session)

    def post(self, path: str, fields: dict[str, str], *, cookie: bool = True) -> Answer:
        """Post a form, with our cookie unless it comes from another site."""
        return self.send("POST", path, fields, self.session if cookie else None)

    def send(self, method: str, path: str, fields: dict[str, str], cookie: str | None) -> Answer:
        """Ask with any method."""
        headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
        if self.languages:
            headers["Accept-Language"] = self.languages
        return self.ask(method, path, fields, headers)


def greet(identity: eidas.Identity) -> str:
    """Say hello by name."""
    assert identity.natural_person is not None
    return f"Hello {identity.natural_person.given_name.latin}"


def starlette_browser(ceremony: LoginCeremony, **chosen: Any) -> Browser:
    """Serve with Starlette."""

    routes = login_routes(
        ceremony, on_login=lambda _, identity: PlainTextResponse(greet(identity)), **chosen
    )
    app = Starlette(routes=routes)

    async def sent(
        method: str, path: str, fields: dict[str, str], headers: dict[str, str]
    ) -> Answer:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://portal.lv.example"
        ) as client:
            answer = await client.request(method, path, data=fields or None, headers=headers)
        return answer.status_code, answer.text, answer.headers.get("Location", "")

    return Browser(lambda *said: asyncio.run(sent(*said)))


def flask_browser(ceremony: LoginCeremony, **chosen: Any) -> Browser:
    """Serve with Flask."""

    app = flask.Flask(__name__)
    app.register_blueprint(
        login_blueprint(
            ceremony, on_login=lambda identity: flask.Response(greet(identity)), **chosen
        )
    )
    return wsgi_browser(app)


def django_browser(ceremony: LoginCeremony, **chosen: Any) -> Browser:
    """Serve with Django."""

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", USE_TZ=True)
        django.setup()
    urls = login_urls(
        ceremony, on_login=lambda _, identity: HttpResponse(greet(identity)), **chosen
    )
    globals()["urlpatterns"] = urls
    clear_url_caches()
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": urls})
    # Django's own CSRF check is Django's to test; here its token is taken as given.
    return wsgi_browser(_without_django_csrf(get_wsgi_application()))


def _without_django_csrf(app: Any) -> Any:
    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = environ.get("HTTP_COOKIE", "") + "; csrftoken=" + "a" * 32
        environ["HTTP_X_CSRFTOKEN"] = "a" * 32
        environ["HTTP_REFERER"] = "https://portal.lv.example/"
        return app(environ, start_response)

    return wrapped


def wsgi_browser(app: Any) -> Browser:
    """Talk to a WSGI application."""

    def send(method: str, path: str, fields: dict[str, str], headers: dict[str, str]) -> Answer:
        client = Client(app, use_cookies=False)
        answer = client.open(
            path,
            method=method,
            data=fields or None,
            headers=headers,
            base_url="https://portal.lv.example",
        )
        return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", "")

    return Browser(send)


SITES = [starlette_browser, flask_browser, django_browser]


def ceremony_of(world: World) -> LoginCeremony:
    """One login ceremony with the Spanish node."""
    return LoginCeremony(
        provider=world.provider,
        node={"ES": world.node}.__getitem__,
        replay=world.replay,
        now=lambda: NOW,
        new_id=world.new_id,
    )


@pytest.fixture(params=SITES, ids=lambda one: one.__name__)
def site(request: pytest.FixtureRequest, world: World) -> tuple[Browser, LoginCeremony]:
    """One framework serving one login ceremony."""
    ceremony = ceremony_of(world)
    return request.param(ceremony), ceremony


def start(browser: Browser, ceremony: LoginCeremony, **changes: str) -> Answer:
    """Post the start form."""
    fields = {"country": "ES", "csrf_token": ceremony.csrf_token(SESSION)} | changes
    return browser.post("/start", fields)


def answered(world: World, page: str) -> dict[str, str]:
    """Take the form on a page to the node and give what the node posts back."""
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    fields = {name: html.unescape(value) for name, value in fields.items()}
    action = re.search(r'action="([^"]*)"', page)
    assert action is not None
    request = world.receive(eidas.LoginForm(action=action[1], fields=tuple(fields.items())))
    return {"SAMLResponse": world.answer(request), "RelayState": request.relay_state}


def test_a_person_logs_in(site: tuple[Browser, LoginCeremony], world: World) -> None:
    browser, ceremony = site
    status, page, _ = start(browser, ceremony)
    assert status == 200
    status, _, location = browser.post("/acs", answered(world, page), cookie=False)
    assert status in {302, 303}
    status, text, _ = browser.get(f"/finish?{urlsplit(location).query}")
    assert (status, text) == (200, "Hello Ana")


def test_another_browser_cannot_end_the_login(
    site: tuple[Browser, LoginCeremony], world: World
) -> None:
    browser, ceremony = site
    _, page, _ = start(browser, ceremony)
    _, _, location = browser.post("/acs", answered(world, page), cookie=False)
    browser.session = "the attacker's victim"
    status, text, _ = browser.get(f"/finish?{urlsplit(location).query}")
    assert status == 403
    assert "Ana" not in text


def test_a_ticket_works_once(site: tuple[Browser, LoginCeremony], world: World) -> None:
    browser, ceremony = site
    _, page, _ = start(browser, ceremony)
    _, _, location = browser.post("/acs", answered(world, page), cookie=False)
    query = urlsplit(location).query
    assert browser.get(f"/finish?{query}")[0] == 200
    assert browser.get(f"/finish?{query}")[0] == 403


@pytest.mark.parametrize("changes", [{"csrf_token": "x"}, {"csrf_token": ""}, {"country": "XX"}])
def test_a_forged_start_is_refused(
    site: tuple[Browser, LoginCeremony], changes: dict[str, str]
) -> None:
    browser, ceremony = site
    assert start(browser, ceremony, **changes)[0] == 403


def test_an_unsolicited_answer_is_refused(site: tuple[Browser, LoginCeremony]) -> None:
    browser, _ = site
    fields = {"SAMLResponse": "PHgvPg==", "RelayState": "_unknown"}
    _, _, location = browser.post("/acs", fields, cookie=False)
    assert browser.get(f"/finish?{urlsplit(location).query}")[0] == 403


def test_metadata_is_published(site: tuple[Browser, LoginCeremony], world: World) -> None:
    status, text, _ = site[0].get("/metadata")
    assert status == 200
    assert world.provider.entity_id in text


def test_a_site_says_what_it_asks_for_and_how_strict_it_is_with_each_node(
    world: World,
) -> None:
    asked_about: list[str] = []

    def policy(entity_id: str) -> eidas.Policy:
        asked_about.append(entity_id)
        return eidas.Policy()

    ceremony = LoginCeremony(
        provider=world.provider,
        node={"ES": world.node}.__getitem__,
        replay=world.replay,
        now=lambda: NOW,
        new_id=world.new_id,
        level=eidas.LevelOfAssurance.HIGH,
        optional_attributes=("gender",),
        policy=policy,
    )
    form = ceremony.start(session=SESSION, csrf_token=ceremony.csrf_token(SESSION), country="ES")
    assert isinstance(form, eidas.LoginForm)
    request = world.receive(form)
    assert request.levels == (eidas.LevelOfAssurance.HIGH,)
    answer = world.answer(request, level=eidas.LevelOfAssurance.HIGH)
    ticket = ceremony.put_aside(saml_response=answer, relay_state=request.relay_state)
    identity = ceremony.finish(session=SESSION, ticket=ticket)
    assert identity.natural_person is not None
    assert identity.natural_person.gender is eidas.Gender.FEMALE
    assert asked_about == [world.node.entity_id]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("PUT", path) for path in ("/metadata", "/start", "/acs", "/finish")),
        *(("DELETE", path) for path in ("/metadata", "/start", "/acs", "/finish")),
        ("POST", "/metadata"),
        ("POST", "/finish"),
        ("GET", "/start"),
        ("GET", "/acs"),
    ],
)
def test_an_address_takes_only_its_own_methods(
    site: tuple[Browser, LoginCeremony], method: str, path: str
) -> None:
    assert site[0].send(method, path, {}, SESSION)[0] == 405


@pytest.mark.parametrize(
    ("languages", "code", "title"),
    [
        ("", "en", "You are being taken to the login page of Spain"),
        ("xx, *;q=0.1", "en", "You are being taken to the login page of Spain"),
        ("lv-LV,lv;q=0.9,en;q=0.5", "lv", "Jūs tiekat novirzīts uz pieteikšanās lapu: Spānija"),
        ("no, en", "nb", "Spania"),
    ],
)
def test_the_page_on_the_way_out_speaks_the_browsers_language(
    site: tuple[Browser, LoginCeremony], languages: str, code: str, title: str
) -> None:
    browser, ceremony = site
    browser.languages = languages
    _, page, _ = start(browser, ceremony)
    assert f'<html lang="{code}" dir="ltr">' in page
    assert title in page


@pytest.mark.parametrize("serve", SITES)
def test_the_language_that_the_site_chose_comes_first(
    world: World, serve: Callable[..., Browser]
) -> None:
    browser = serve(ceremony_of(world), language=lambda *_: "es-ES")
    browser.languages = "lv"
    status, page, _ = browser.get("/finish?ticket=none")
    assert status == 403
    assert '<html lang="es" dir="ltr">' in page
    assert "Este camino de vuelta ya se ha utilizado" in page


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (eidas.LevelNotAvailable(status="x"), "level"),
        (eidas.LoginCancelled(status="x"), "login_declined"),
        (eidas.AuthenticationFailed(status="x"), "login_failed"),
        (eidas.NodeFailed(status="x"), "login_failed"),
        (eidas.ResponseRefused("response.not-on-or-after"), "late"),
        (eidas.ResponseRefused("response.audience"), "tampered"),
        (eidas.EidasMisuse("login.csrf"), "form"),
        (eidas.EidasMisuse("request.level"), "node_down"),
        (eidas.MetadataRefused("metadata.signature"), "node_down"),
    ],
)
def test_each_refusal_is_explained_in_every_language(problem: eidas.EidasError, kind: str) -> None:
    assert problem_kind(problem) == kind
    for code in offered_languages():
        words = catalogue(str(code))
        page = problem_page(problem, words=words)
        assert all(
            html.escape(words.text(f"problem.{kind}.{part}")) in page
            for part in ("title", "what", "do")
        )
        assert problem.rule not in page
