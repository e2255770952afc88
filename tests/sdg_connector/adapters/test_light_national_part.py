"""A national part is configured, and two examples of one log a citizen in across a real cluster."""

import html
import importlib.util
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

import eidas
from eidas.light import LightRequest, LightResponse
from eidas.light_cache import LightCacheName
from eidas.light_token import LightToken
from sdg_connector.adapters.configuration import ConfigurationRefused
from sdg_connector.adapters.light import national_part as module
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from sdg_connector.adapters.light.national_part import NationalPart, read_national_part
from sdg_connector.errors import OwnMistake
from tests.support.light_servers import cluster
from tests.support.tls_files import tls_files

EXAMPLES = Path(__file__).parents[3] / "examples"
SETTINGS = Path(module.__file__).with_suffix(".toml")
FAMILY_NAME = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"
SORRY = "This login cannot go on. Please start again."
DIRECTIONS = ("connector-request", "connector-response")
DIRECTIONS += ("proxy-service-request", "proxy-service-response")


def configured(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped example of a configuration with its files beside it, and some lines changed."""
    (folder / "secrets").mkdir()
    (folder / "trust").mkdir()
    for name in (*DIRECTIONS, "cache"):
        (folder / "secrets" / name).write_text(f"secret of {name}\n", "utf-8")
    authority, *_ = tls_files(folder)
    Path(f"{authority}.pem").rename(folder / "trust" / "cache.pem")
    text = SETTINGS.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "part.toml").write_text(text, "utf-8")
    return folder / "part.toml"


def read(path: Path) -> NationalPart:
    """Read it with a memory of its own."""
    return read_national_part(path, replay=eidas.MemoryReplayGuard())


def at(port: int) -> tuple[str, str]:
    """The lines for a cluster of this machine."""
    return (
        'addresses = ["cache-1.example.lv:10800", "cache-2.example.lv:10800"]',
        f'addresses = ["127.0.0.1:{port}"]',
    )


NO_TLS = ('tls = { authority = "trust/cache.pem" }', "")
HAZELCAST = ('kind = "ignite"', 'kind = "hazelcast"')


def test_the_shipped_example_is_a_configuration(tmp_path: Path) -> None:
    with read(configured(tmp_path)) as part:
        assert part.connector is not None
        assert part.proxy_service is not None
        assert part.cluster.where.addresses[1] == ("cache-2.example.lv", 10800)
        assert part.connector.request_tokens.secret == "secret of connector-request"
        assert "secret of" not in repr(part)


def test_every_mistake_is_named_at_once_and_no_secret_is_shown(tmp_path: Path) -> None:
    path = configured(
        tmp_path,
        ('kind = "ignite"', 'kind = "redis"'),
        ('"cache-2.example.lv:10800"', '"cache-2.example.lv"'),
        ('timeout = "5s"', 'timeout = "soon"\nsize = 1'),
        ('zone = "Europe/Riga"', 'zone = "../Riga"'),
        ('secret = { file = "secrets/connector-request" }', 'secret = "in plain sight"'),
        ("https://node.example.lv/EidasNodeProxy", "http://node.example.lv/EidasNodeProxy"),
    )
    with pytest.raises(ConfigurationRefused) as refusal:
        read(path)
    places = {mistake.where for mistake in refusal.value.mistakes}
    assert places == {
        "cluster.kind",
        "cluster.addresses",
        "cluster.timeout",
        "cluster.size",
        "connector.zone",
        "connector.request_tokens.secret",
        "proxy_service.zone",
        "proxy_service.node_url",
    }
    assert "in plain sight" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (NO_TLS, "TLS"),
        (('algorithm = "SHA-256"', 'algorithm = "SHA-1"'), "sha512"),
        (("trust/cache.pem", "secrets/cache"), "cannot be used"),
    ],
)
def test_what_cannot_be_safe_is_refused(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    path = configured(tmp_path, change)
    with pytest.raises(OwnMistake, match=words):
        read(path)
    (tmp_path / "secrets" / "cache").write_bytes(b"\xff")
    password = 'password = { file = "secrets/cache" }'
    path.write_text(path.read_text("utf-8").replace(f"# {password}", password), "utf-8")
    with pytest.raises(OwnMistake):
        read(path)


def test_a_part_needs_an_end(tmp_path: Path) -> None:
    text = SETTINGS.read_text("utf-8")
    path = configured(tmp_path)
    path.write_text(text[: text.index("[connector]")], "utf-8")
    with pytest.raises(ConfigurationRefused, match="proxy_service"):
        read(path)


def example(name: str) -> ModuleType:
    """Load an example as a reader would run it."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def token_in(page: str) -> str:
    """The token that a page's form carries."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def abroad(question: LightRequest) -> LightResponse:
    """What the other state's login says, for a person whose name needs care in a page."""
    return LightResponse(
        id="_answer",
        in_response_to=question.id,
        issuer="https://national.example",
        level=question.levels[0],
        subject="LV/ES/1",
        subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        attributes={FAMILY_NAME: ("Ñandú & <O'Brien>",)},
    )


class Node:
    """What a node does between its two caches of one side and the two of the other."""

    def __init__(self, part: NationalPart) -> None:
        assert part.connector is not None
        assert part.proxy_service is not None
        self._connector, self._proxy_service = part.connector, part.proxy_service
        self._cache = part.cluster.cache

    def pass_request(self, token: str) -> str:
        """From the connector's national part to that of the proxy-service."""
        known = self._connector.request_tokens.verify(token, now=datetime.now(UTC))
        return self._moved(
            (LightCacheName.CONNECTOR_REQUESTS, known.id),
            LightCacheName.PROXY_SERVICE_REQUESTS,
            self._proxy_service.request_tokens.issuer,
            self._proxy_service.request_tokens.write,
        )

    def pass_response(self, token: str) -> str:
        """And back."""
        known = self._proxy_service.response_tokens.verify(token, now=datetime.now(UTC))
        return self._moved(
            (LightCacheName.PROXY_SERVICE_RESPONSES, known.id),
            LightCacheName.CONNECTOR_RESPONSES,
            self._connector.response_tokens.issuer,
            self._connector.response_tokens.write,
        )

    def _moved(
        self,
        found: tuple[LightCacheName, str],
        to: LightCacheName,
        issuer: str,
        write: Callable[[LightToken], str],
    ) -> str:
        message = self._cache(found[0]).take(found[1])
        assert message is not None
        token = LightToken(issuer=issuer, id=f"node-{to}", issued_at=datetime.now(UTC))
        self._cache(to).put(token.id, message)
        return write(token)


@pytest.mark.parametrize("kind", ["ignite", "hazelcast"])
@pytest.mark.parametrize(
    ("identify", "greeting"),
    [
        (abroad, "Welcome, Ñandú &amp; &lt;O&#39;Brien&gt;"),
        (
            lambda question: replace(
                abroad(question),
                failure=True,
                status="urn:oasis:names:tc:SAML:2.0:status:Responder",
                sub_status="urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
            ),
            "The login was declined",
        ),
    ],
)
def test_a_citizen_logs_in_through_both_examples(
    tmp_path: Path,
    kind: str,
    identify: Callable[[LightRequest], LightResponse],
    greeting: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with cluster(kind, tmp_path / kind) as running:
        changes = (at(running.port), NO_TLS, *((HAZELCAST,) if kind == "hazelcast" else ()))
        with read(configured(tmp_path, *changes)) as part:
            assert isinstance(part.cluster, HazelcastCluster) == (kind == "hazelcast")
            services: Flask = example("national_part").national_part(
                part.connector, secret_key=b"of this test"
            )
            citizens: Flask = example("national_part_of_a_proxy_service").national_part(
                part.proxy_service, identify=identify
            )
            node = Node(part)
            browser, other_browser = services.test_client(), services.test_client()
            token = token_in(browser.get("/login/ES").text)
            asked: Any = citizens.test_client().post(
                "/ProxyServiceRequest", data={"token": node.pass_request(token)}
            )
            back = {"token": node.pass_response(token_in(asked.text))}
            answered = browser.post("/ConnectorResponse", data=back)
            assert answered.status_code == 303
            assert other_browser.get(answered.location).status_code == 400  # who did not ask
            assert browser.get(answered.location).text == greeting
            token = token_in(browser.get("/login/ES").text)
            again = browser.get(answered.location)
            assert (again.status_code, again.text) == (400, SORRY)
            asked = citizens.test_client().post("/ProxyServiceRequest", data={"token": token})
            assert (asked.status_code, asked.text) == (400, SORRY)
    assert [one.getMessage().partition(":")[0] for one in caplog.records] == [
        "light.pending",
        "light.message-missing",
        "light.token-digest",
    ]
