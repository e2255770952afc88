"""The examples of a login, whole: from their first page over the node to the greeting."""

import asyncio
import html
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urljoin

import django
import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import clear_url_caches
from eidas_world import NOW, World

import eidas
from sdg_connector.adapters.login_ceremony import LoginCeremony

EXAMPLES = Path(__file__).parents[2] / "examples"
PORTAL = "https://portal.lv.example"
NAMES = ["login_in_fastapi_or_starlette", "login_in_flask", "login_in_django"]
Transports = Callable[[Any], httpx.AsyncBaseTransport | httpx.BaseTransport]


def example(name: str) -> ModuleType:
    """Load an example as a reader would run it."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wsgi(module: ModuleType, ceremony: LoginCeremony) -> Any:
    """The example as a WSGI application."""
    if module.__name__ == "login_in_flask":
        return module.portal(ceremony)
    middleware = ["django.middleware.csrf.CsrfViewMiddleware"]
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x", USE_TZ=True)
        django.setup()
    settings.MIDDLEWARE = middleware
    clear_url_caches()
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": module.portal(ceremony)})
    return get_wsgi_application()


class Browser:
    """Enough of a browser for either kind of application."""

    def __init__(self, module: ModuleType, ceremony: LoginCeremony) -> None:
        self._cookies = httpx.Cookies()
        self._asgi = module.__name__ == "login_in_fastapi_or_starlette"
        self._app = module.portal(ceremony) if self._asgi else wsgi(module, ceremony)

    def send(self, method: str, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        """Send one request and keep the cookies."""
        headers = {"Referer": f"{PORTAL}/"}
        if self._asgi:
            answer = asyncio.run(self._send(method, url, data, headers))
        else:
            transport = httpx.WSGITransport(self._app)
            with httpx.Client(transport=transport, cookies=self._cookies) as client:
                answer = client.request(method, urljoin(PORTAL, url), data=data, headers=headers)
        self._cookies.update(answer.cookies)
        return answer

    async def _send(
        self, method: str, url: str, data: dict[str, str] | None, headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, cookies=self._cookies) as client:
            return await client.request(method, urljoin(PORTAL, url), data=data, headers=headers)


def form_of(page: str) -> eidas.LoginForm:
    """The one form of a page."""
    action = re.search(r'action="([^"]*)"', page)
    assert action is not None
    fields = re.findall(r'name="(\w+)"\s+value="([^"]*)"', page)
    return eidas.LoginForm(
        action=html.unescape(action[1]),
        fields=tuple((name, html.unescape(value)) for name, value in fields),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_person_logs_in_at_the_example(world: World, name: str) -> None:
    ceremony = LoginCeremony(
        provider=world.provider,
        node={"ES": world.node}.__getitem__,
        replay=world.replay,
        now=lambda: NOW,
        new_id=world.new_id,
    )
    browser = Browser(example(name), ceremony)
    start = form_of(browser.send("GET", "/").text)
    page = browser.send("POST", start.action, dict(start.fields))
    to_node = form_of(page.text)
    assert to_node.action == world.proxy.single_sign_on_url
    request = world.receive(to_node)
    answer = {"SAMLResponse": world.answer(request), "RelayState": request.relay_state}
    back = browser.send("POST", "/eidas/acs", answer)
    greeting = browser.send("GET", urljoin("/eidas/acs", back.headers["location"]))
    assert greeting.text == "Hello Ana"


def test_a_login_takes_ten_lines_of_ones_own() -> None:
    """What an example adds to an application that has a page and a greeting already."""
    for name in NAMES:
        lines = (EXAMPLES / f"{name}.py").read_text("utf-8").splitlines()
        ours = [line for line in lines if re.search(r"ceremony|remember_browser|Identity", line)]
        assert len(ours) <= 10, name
