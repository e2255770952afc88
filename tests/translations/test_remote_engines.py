"""Engines on other machines: what is sent, what may come back, and every way in which they fail."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Translator
from translations.demo_model import PACKAGE_NAME, demo_package_path
from translations.engines import Engine
from translations.engines.argos import ArgosEngine
from translations.engines.argostranslate import ArgosTranslateEngine
from translations.engines.chain import EngineChain
from translations.engines.hugo import HUGO, hugo
from translations.engines.index import fetched_package, published_packages
from translations.engines.libretranslate import libretranslate
from translations.engines.packages import PackageStore
from translations.engines.tilde import tilde
from translations.errors import (
    EngineFailed,
    EngineRefused,
    EngineUnavailable,
    Misuse,
    PairNotInstalled,
    PersonalDataRefused,
)

Handler = Callable[[httpx.Request], httpx.Response]


def english(text: str) -> str:
    """What the fakes answer: the words turned into capitals, marks and numbers as they are."""
    return f"en {text.upper()}"


class FakeLibreTranslate:
    """POST /translate and GET /languages, as its source at HEAD of 2026-07 answers."""

    def __init__(self, key: str = "secret", limit: int = 5_000) -> None:
        self.key, self.limit, self.requests = key, limit, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if (request.method, request.url.path) == ("GET", "/languages"):
            offered = [{"code": "lv", "name": "Latvian", "targets": ["en", "lv"]}]
            return httpx.Response(200, json=offered)
        if (request.method, request.url.path) != ("POST", "/translate"):
            return httpx.Response(404, json={"error": "Not found"})
        asked = json.loads(request.content)
        self.requests += 1
        if asked.get("api_key") != self.key:
            return httpx.Response(403, json={"error": "Invalid API key"})
        for needed in ("q", "source", "target"):
            if not asked.get(needed):
                return httpx.Response(400, json={"error": f"Invalid request: missing {needed}"})
        if asked["format"] not in {"text", "html"} or not isinstance(asked["q"], list):
            return httpx.Response(400, json={"error": "Invalid request"})
        if sum(map(len, asked["q"])) > self.limit:
            return httpx.Response(400, json={"error": f"exceeds text limit ({self.limit})"})
        return httpx.Response(200, json={"translatedText": [english(q) for q in asked["q"]]})


def fake_tilde(request: httpx.Request) -> httpx.Response:
    """POST /api/translate/text, as Tilde's own client of 2026-01 calls it."""
    if request.headers.get("X-API-KEY") != "secret":
        return httpx.Response(401, json={"error": {"code": 401001, "message": "Unauthorized"}})
    if (request.method, request.url.path) != ("POST", "/api/translate/text"):
        return httpx.Response(404)
    asked = json.loads(request.content)
    if set(asked) != {"srcLang", "trgLang", "domain", "text", "termCollections", "engineId"}:
        return httpx.Response(400, json={"error": {"code": 400001, "message": "fields"}})
    return httpx.Response(
        200,
        json={
            "domain": "general",
            "translations": [{"translation": english(text)} for text in asked["text"]],
        },
    )


SYSTEM = {
    "ID": "smt-1", "Title": {"Text": "Legal"}, "SourceLanguage": {"Code": "lv"},
    "TargetLanguage": {"Code": "en"}, "Metadata": [{"Key": "status", "Value": "running"}],
}  # fmt: skip


def fake_hugo(request: httpx.Request) -> httpx.Response:
    """GetSystemList and TranslateEx of the LetsMT interface."""
    base = httpx.URL(HUGO).path
    if request.headers.get("client-id") != "secret":
        return httpx.Response(401)
    if request.url.path == base + "GetSystemList" and request.url.params["appID"] == "agency":
        stopped = SYSTEM | {"ID": "smt-0", "Metadata": [{"Key": "status", "Value": "standby"}]}
        return httpx.Response(200, json={"System": [None, {"ID": 3}, stopped, SYSTEM]})
    if (request.method, request.url.path) == ("POST", base + "TranslateEx"):
        asked = json.loads(request.content)
        assert (asked["appID"], asked["systemID"]) == ("agency", "smt-1")
        return httpx.Response(200, json={"translation": english(asked["text"])})
    return httpx.Response(404)


def engines(handler: Handler | None = None) -> dict[str, Engine]:
    def through(fake: Handler) -> httpx.MockTransport:
        return httpx.MockTransport(handler or fake)

    return {
        "libretranslate": libretranslate(
            "https://mt.example", api_key="secret", transport=through(FakeLibreTranslate())
        ),
        "tilde": tilde("secret", transport=through(fake_tilde)),
        "hugo": hugo("secret", app_id="agency", transport=through(fake_hugo)),
    }


NAMES = list(engines())


@pytest.mark.parametrize("name", NAMES)
def test_texts_come_back_in_order_and_equal_ones_are_sent_once(name: str, now: datetime) -> None:
    engine = engines()[name]
    texts = ["Maksa", "Kontakti", "Maksa", "", "12"]
    found = engine.translate(texts, source="LV", target="en")
    assert [c.text for c in found] == ["en MAKSA", "en KONTAKTI", "en MAKSA", "", "12"]
    assert engine.identity(source="lv", target="en").engine == name
    result = Translator(engine=engine).translate(
        "Maksa ir 30 eiro, skat. https://latvija.lv.", source="lv", target="en", now=now
    )
    assert "30" in result.text
    assert "https://latvija.lv" in result.text


@pytest.mark.parametrize("name", NAMES)
def test_personal_data_is_refused_before_anything_is_sent(name: str, now: datetime) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with pytest.raises(PersonalDataRefused):
        Translator(engine=engines(never)[name]).translate(
            "Persona 010190-12345 zvana +371 67012345.", source="lv", target="en", now=now
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, EngineRefused), (401, EngineRefused), (403, EngineRefused), (413, EngineRefused),
     (429, EngineRefused), (456, EngineRefused), (500, EngineRefused), (301, EngineRefused),
     (502, EngineUnavailable), (503, EngineUnavailable)],
)  # fmt: skip
def test_each_status_is_an_error_with_its_code_and_without_our_text(
    name: str, status: int, expected: type[EngineFailed]
) -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"error": "cannot translate: Slepens teksts"})

    with pytest.raises(expected) as failed:
        engines(failing)[name].translate(["Slepens teksts"], source="lv", target="en")
    assert failed.value.code == str(status)
    assert "Slepens" not in str(failed.value)


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_told_apart_from_a_wrong_one(name: str) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    with pytest.raises(EngineUnavailable, match="ConnectTimeout"):
        engines(silent)[name].translate(["Maksa"], source="lv", target="en")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["translatedText", "translations", "translation", "System"]),
                    inner, max_size=2,
                )
            ),
            max_leaves=5,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)  # fmt: skip
def test_any_answer_is_a_text_or_our_own_error(name: str, body: bytes) -> None:
    engine = engines(lambda request: httpx.Response(200, content=body))[name]
    try:
        found = engine.translate(["Maksa"], source="lv", target="en")
    except (EngineRefused, PairNotInstalled):
        return
    assert isinstance(found[0].text, str)


def test_a_long_catalogue_is_sent_in_portions_within_the_limits() -> None:
    fake = FakeLibreTranslate(limit=5_000)
    engine = libretranslate(
        "https://mt.example", api_key="secret", transport=httpx.MockTransport(fake)
    )
    texts = [f"Teikums numur {n} ir gana garšs." for n in range(400)]
    assert len(engine.translate(texts, source="lv", target="en")) == 400
    assert fake.requests == 8


def test_a_pair_that_a_server_lacks_is_named() -> None:
    for name in ("libretranslate", "hugo"):
        with pytest.raises(PairNotInstalled):
            engines()[name].identity(source="lv", target="mt")


def test_a_key_that_is_wrong_is_said_and_never_shown() -> None:
    engine = libretranslate(
        "https://mt.example", api_key="wrong", transport=httpx.MockTransport(FakeLibreTranslate())
    )
    with pytest.raises(EngineRefused, match="403"):
        engine.translate(["Maksa"], source="lv", target="en")
    assert "wrong" not in repr(engine)


def test_a_server_in_the_open_is_refused_and_one_on_this_machine_is_local() -> None:
    with pytest.raises(Misuse, match="https"):
        libretranslate("http://mt.example")
    assert libretranslate("http://localhost:5000").is_local
    assert not libretranslate("https://mt.example").is_local


def test_a_chain_goes_on_with_the_next_engine_and_says_who_spoke(
    engine: ArgosEngine, now: datetime
) -> None:
    calls = []

    def quota(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.path)
        return httpx.Response(429)

    ticks = iter(range(0, 10_000, 100))
    remote = tilde("secret", transport=httpx.MockTransport(quota))
    chain = EngineChain(engines=(remote, engine), rest_seconds=150, clock=lambda: next(ticks))
    result = Translator(engine=chain).translate("Kontakti", source="lv", target="en", now=now)
    assert result.text == "Contacts"
    assert (result.provenance.engine, result.provenance.model_version) == ("argos", "0.1")
    asked = len(calls)
    assert chain.translate(["Palīdzība"], source="lv", target="en")[0].text == "Help"
    assert len(calls) == asked, "an engine that failed rests"
    chain.translate(["Maksa"], source="lv", target="en")
    assert len(calls) == asked + 1, "and is asked again later"


def test_a_chain_that_fails_to_its_end_says_why(engine: ArgosEngine) -> None:
    with pytest.raises(PairNotInstalled):
        EngineChain(engines=(engine,)).translate(["Maksa"], source="lv", target="sw")
    with pytest.raises(Misuse):
        EngineChain(engines=())
    assert not EngineChain(engines=(engine, engines()["tilde"])).is_local


def index(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("index.json"):
        entry = {"from_code": "lv", "to_code": "en", "package_version": "1.9",
                 "links": ["ipfs://x", "https://packages.example/lv_en.argosmodel"]}  # fmt: skip
        return httpx.Response(
            200,
            json=[None, {"type": "sbd"}, entry | {"package_version": "x"}, entry | {"links": []},
                  entry | {"from_code": "??"}, entry | {"package_version": "1.10"}, entry],
        )  # fmt: skip
    if request.url.host == "packages.example":
        return httpx.Response(200, content=demo_package_path().read_bytes())
    return httpx.Response(404)


def test_a_published_package_is_found_fetched_and_installed(tmp_path: Path) -> None:
    client = httpx.Client(transport=httpx.MockTransport(index))
    assert [p.version for p in published_packages(client=client)] == [(1, 10), (1, 9)]
    store = PackageStore(tmp_path / "packages")
    with fetched_package("lv", "en", client=client) as path:
        store.install(path)
    assert [package.name for package in store.packages()] == [PACKAGE_NAME]
    with pytest.raises(PairNotInstalled), fetched_package("lv", "sw", client=client):
        pass


def test_an_index_that_is_none_is_refused() -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda r: httpx.Response(200, json={})))
    with pytest.raises(EngineRefused):
        published_packages(client=client)


def test_stock_argostranslate_is_an_extra_that_says_what_it_costs() -> None:
    try:
        import argostranslate  # type: ignore[import-untyped,unused-ignore]  # noqa: F401, PLC0415
    except ImportError:
        with pytest.raises(Misuse, match="AGPL"):
            ArgosTranslateEngine().translate(["Maksa"], source="lv", target="en")
