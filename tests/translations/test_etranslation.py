"""eTranslation asked in both generations, and its callbacks: late, lost, repeated and forged."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Translator
from translations.engines.etranslation import (
    DeliveryReceiver,
    ETranslationEngine,
    ETranslationV1,
    ETranslationV2,
    Letterbox,
)
from translations.engines.etranslation.delivery import accept_delivery, read_delivery
from translations.errors import (
    DeliveryRefused,
    EnginePending,
    EngineRefused,
    EngineUnavailable,
    Misuse,
    PairNotInstalled,
)

SECRET = "s" * 40
CALLBACK = f"https://agency.example/etranslation/{SECRET}"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
V2_FIELDS = {
    "sourceLanguage", "targetLanguages", "domain", "callerInformation", "textToTranslate",
    "notifications", "deliveries",
}  # fmt: skip


@dataclass
class FakeETranslation:
    """Both interfaces, as the published clients that quote the Commission's OpenAPI use them."""

    level: int = 0
    error: int | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    taken: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def v2(self, request: httpx.Request) -> httpx.Response:
        wanted = "Basic " + base64.b64encode(b"agency:password").decode()
        if request.headers.get("authorization") != wanted:
            return httpx.Response(401, json={"errorCode": -90000, "errorMessage": "no"})
        path = request.url.path.removeprefix("/etranslation/api")
        if (request.method, path) == ("GET", "/status"):
            return httpx.Response(200, json={"level": self.level})
        if (request.method, path) == ("GET", "/getDomains"):
            return httpx.Response(200, json={"GEN": {"languagePairs": ["LV-EN", "LV-EN-LLM"]}})
        if (request.method, path) != ("POST", "/askTranslate"):
            return httpx.Response(404)
        told = json.loads(request.content)
        if set(told) != V2_FIELDS or len(told["textToTranslate"]) > 5_000:
            return httpx.Response(400, json={"errorCode": -20001, "errorMessage": "invalid"})
        if self.error is not None:
            return httpx.Response(400, json={"errorCode": self.error, "errorMessage": "no"})
        return httpx.Response(200, json={"requestId": self.take(told)})

    def v1(self, request: httpx.Request) -> httpx.Response:
        header = request.headers.get("authorization", "")
        if not self.knows(header, request.method):
            challenge = 'Digest realm="etranslation", nonce="n1", qop="auth", algorithm=MD5'
            return httpx.Response(401, headers={"www-authenticate": challenge})
        if request.url.path.endswith("/get-domains"):
            return httpx.Response(200, json=[{"domain": "GEN", "languagePairs": ["LV-EN"]}])
        told = json.loads(request.content)
        if self.error is not None:
            return httpx.Response(200, content=str(self.error))
        return httpx.Response(200, content=str(self.take(told)))

    @staticmethod
    def knows(header: str, method: str) -> bool:
        """RFC 7616 with MD5, which is what the old interface speaks."""
        told = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
        if told.get("username") != "agency":
            return False

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  the service's own scheme

        first, second = md5("agency:etranslation:password"), md5(f"{method}:{told['uri']}")
        wanted = md5(f"{first}:n1:{told['nc']}:{told['cnonce']}:auth:{second}")
        return told["response"] == wanted

    def take(self, told: dict[str, Any]) -> int:
        number = 1000 + len(self.taken)
        self.asked.append(told)
        self.taken.append((number, told))
        return number


def spoken(text: str) -> str:
    return "\n".join(f"en {line.upper()}" for line in text.split("\n"))


def success_v2(number: int, told: dict[str, Any]) -> tuple[bytes, str, str]:
    reference = told["callerInformation"]["externalReference"]
    body = {"requestId": number, "targetLanguage": "EN", "externalReference": reference,
            "translatedText": spoken(told["textToTranslate"])}  # fmt: skip
    return json.dumps(body).encode(), "application/json", ""


def success_v1(number: int, told: dict[str, Any]) -> tuple[bytes, str, str]:
    form = {"request-id": number, "target-language": "EN",
            "external-reference": told["externalReference"],
            "translated-text": spoken(told["textToTranslate"])}  # fmt: skip
    return urlencode(form).encode(), "application/x-www-form-urlencoded", ""


@dataclass
class Stage:
    """An engine, the fake service and a clock; ``deliver`` happens whenever the engine waits."""

    fake: FakeETranslation
    engine: ETranslationEngine
    letterbox: Letterbox
    time: list[datetime]


def stage(
    generation: int = 2,
    *,
    deliver: Callable[[Stage], None] = lambda stage: None,
    letterbox: Letterbox | None = None,
    fake: FakeETranslation | None = None,
    password: str = "password",  # noqa: S107  the fake service knows it
) -> Stage:
    fake, letterbox, time = fake or FakeETranslation(), letterbox or Letterbox(), [START]
    interface: ETranslationV1 | ETranslationV2
    if generation == 2:
        interface = ETranslationV2(
            application="agency", password=password, transport=httpx.MockTransport(fake.v2)
        )
    else:
        interface = ETranslationV1(
            application="agency", password=password, transport=httpx.MockTransport(fake.v1)
        )

    def sleep(seconds: float) -> None:
        time[0] += timedelta(seconds=seconds)
        deliver(whole)

    engine = ETranslationEngine(
        interface=interface, letterbox=letterbox, callback=CALLBACK, clock=lambda: time[0],
        sleep=sleep,
    )  # fmt: skip
    whole = Stage(fake, engine, letterbox, time)
    return whole


def call_back(whole: Stage, body: bytes, content_type: str, query: str = "") -> bool:
    return accept_delivery(
        body, content_type=content_type, query=query, letterbox=whole.letterbox, now=whole.time[0]
    )


def deliver_all(whole: Stage, success: Any = success_v2) -> None:
    while whole.fake.taken:
        call_back(whole, *success(*whole.fake.taken.pop(0)))


def ask(whole: Stage, *texts: str) -> list[str]:
    return [c.text for c in whole.engine.translate(texts, source="lv", target="en")]


@pytest.mark.parametrize(("generation", "success"), [(1, success_v1), (2, success_v2)])
def test_both_generations_take_texts_and_call_back(generation: int, success: Any) -> None:
    whole = stage(generation, deliver=lambda s: deliver_all(s, success))
    assert ask(whole, "Maksa", "", "Kontakti", "Maksa") == [
        "en MAKSA", "", "en KONTAKTI", "en MAKSA",
    ]  # fmt: skip
    assert len(whole.fake.asked) == 1, "one snippet holds many lines"
    assert whole.engine.identity(source="lv", target="en").engine == "etranslation"
    with pytest.raises(PairNotInstalled):
        whole.engine.identity(source="lv", target="ga")


@pytest.mark.parametrize("generation", [1, 2])
def test_a_wrong_password_is_refused(generation: int) -> None:
    with pytest.raises(EngineRefused) as refused:
        ask(stage(generation, password="other"), "Maksa")
    assert refused.value.code in {"401", "-90000"}


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [(-11200, EngineRefused, "quota"), (-20028, EngineUnavailable, "at once"),
     (-90000, EngineRefused, "not authorised"), (-99999, EngineRefused, "refused the text")],
)  # fmt: skip
def test_each_error_of_the_service_is_said_in_words(
    generation: int, code: int, expected: type[Exception], said: str
) -> None:
    whole = stage(generation, fake=FakeETranslation(error=code))
    with pytest.raises(expected, match=said) as failed:
        ask(whole, "Maksa")
    assert str(code) in str(failed.value)
    assert whole.letterbox.waiting() == 0


def test_a_blocked_service_is_unavailable() -> None:
    with pytest.raises(EngineUnavailable, match="level 3"):
        stage(fake=FakeETranslation(level=3)).engine.identity(source="lv", target="en")


def test_a_late_callback_is_taken_up_by_the_next_run_without_asking_twice() -> None:
    box = Letterbox()
    whole = stage(letterbox=box)
    with pytest.raises(EnginePending, match="1 of 1"):
        ask(whole, "Maksa")
    deliver_all(whole)
    again = stage(letterbox=box, fake=whole.fake)
    assert ask(again, "Maksa") == ["en MAKSA"]
    assert len(whole.fake.asked) == 1


def test_a_lost_callback_is_asked_for_again_after_its_time() -> None:
    whole = stage()
    with pytest.raises(EnginePending):
        ask(whole, "Maksa")
    with pytest.raises(EnginePending):
        ask(whole, "Maksa")
    assert len(whole.fake.asked) == 1
    whole.time[0] += timedelta(hours=3)
    with pytest.raises(EnginePending):
        ask(whole, "Maksa")
    assert len(whole.fake.asked) == 2


def test_a_repeated_callback_changes_nothing_and_a_forged_one_is_refused() -> None:
    whole = stage()
    with pytest.raises(EnginePending):
        ask(whole, "Maksa")
    delivery = success_v2(*whole.fake.taken[0])
    assert call_back(whole, *delivery)
    other = json.loads(delivery[0]) | {"translatedText": "FORGED"}
    assert not call_back(whole, json.dumps(other).encode(), "application/json")
    assert ask(whole, "Maksa") == ["en MAKSA"]
    unknown = json.loads(delivery[0]) | {"externalReference": "x", "requestId": 7}
    with pytest.raises(DeliveryRefused):
        call_back(whole, json.dumps(unknown).encode(), "application/json")


def test_a_failure_that_is_called_back_is_told_and_asked_again_later() -> None:
    def fail(whole: Stage) -> None:
        number, told = whole.fake.taken.pop()
        body = {"requestId": number, "targetLanguage": "EN", "errorCode": -11200,
                "errorMessage": "QUOTA_EXCEEDED",
                "externalReference": told["callerInformation"]["externalReference"]}  # fmt: skip
        call_back(whole, json.dumps(body).encode(), "application/json")

    whole = stage(deliver=fail)
    with pytest.raises(EngineRefused, match="quota"):
        ask(whole, "Maksa")
    again = stage(letterbox=whole.letterbox, deliver=deliver_all)
    assert ask(again, "Maksa") == ["en MAKSA"]


def test_a_delivery_with_other_lines_is_asked_for_line_by_line() -> None:
    def deliver(whole: Stage) -> None:
        while whole.fake.taken:
            number, told = whole.fake.taken.pop(0)
            body, kind, query = success_v2(number, told)
            if "\n" in told["textToTranslate"]:
                body = body.replace(b"\\n", b" ")
            call_back(whole, body, kind, query)

    assert ask(stage(deliver=deliver), "Maksa", "Kontakti") == ["en MAKSA", "en KONTAKTI"]


def test_a_text_longer_than_a_snippet_goes_in_pieces() -> None:
    whole = stage(deliver=deliver_all)
    (found,) = ask(whole, "maksa " * 2_000)
    assert found.count("MAKSA") == 2_000
    assert all(len(told["textToTranslate"]) <= 5_000 for told in whole.fake.asked)


def test_no_more_than_fifty_snippets_wait_at_a_time() -> None:
    most = []

    def deliver(whole: Stage) -> None:
        most.append(whole.letterbox.waiting())
        deliver_all(whole)

    ask(stage(deliver=deliver), *(f"{n} {'vārds ' * 600}" for n in range(120)))
    assert max(most) <= 50


def test_a_document_comes_as_base64() -> None:
    body = {"requestId": 5, "targetLanguage": "EN", "externalReference": "r",
            "result": base64.b64encode("Maksa ā".encode()).decode()}  # fmt: skip
    assert read_delivery(json.dumps(body).encode(), content_type="text/json").text == "Maksa ā"


def test_a_callback_address_without_a_secret_is_refused() -> None:
    with pytest.raises(Misuse, match="secret"):
        ETranslationEngine(
            interface=ETranslationV2(application="a", password="p"), letterbox=Letterbox(),
            callback="https://agency.example/etranslation",
        )  # fmt: skip
    assert SECRET not in repr(stage().engine)


def received(
    box: Letterbox, path: str, body: bytes, *, method: str = "POST", kind: str = "application/json"
) -> int:
    receiver = DeliveryReceiver(letterbox=box, secret=SECRET, clock=lambda: START)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "query_string": b"",
             "headers": [(b"Content-Type", kind.encode())]}  # fmt: skip
    asyncio.run(receiver(scope, receive, send))
    return int(sent[0]["status"])


def test_the_receiver_knows_its_secret_and_takes_a_delivery_twice() -> None:
    whole = stage()
    with pytest.raises(EnginePending):
        ask(whole, "Maksa")
    body, _, _ = success_v2(*whole.fake.taken[0])
    assert received(whole.letterbox, "/etranslation/" + "x" * 40, body) == 404
    assert received(whole.letterbox, f"/etranslation/{SECRET}", body, method="DELETE") == 405
    assert received(whole.letterbox, f"/etranslation/{SECRET}", b"{}") == 404
    assert received(whole.letterbox, f"/etranslation/{SECRET}", body) == 200
    assert received(whole.letterbox, f"/etranslation/{SECRET}", body) == 200
    assert ask(whole, "Maksa") == ["en MAKSA"]
    assert whole.letterbox.clear(before=START + timedelta(days=1)) == 1


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.dictionaries(
            st.sampled_from(["requestId", "targetLanguage", "externalReference", "translatedText",
                             "result", "errorCode", "targetLanguages"]),
            st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(), max_size=2),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "x"]),
    st.text(max_size=30),
)  # fmt: skip
def test_any_callback_is_read_or_refused(body: bytes, kind: str, query: str) -> None:
    try:
        read_delivery(body, content_type=kind, query=query)
    except DeliveryRefused:
        return


def test_a_translator_works_over_it(now: datetime) -> None:
    whole = stage(deliver=deliver_all)
    result = Translator(engine=whole.engine).translate(
        "Maksa ir 30 eiro.\nSkat. https://latvija.lv/maksa", source="lv", target="en", now=now
    )
    assert "https://latvija.lv/maksa" in result.text
    assert result.provenance.engine == "etranslation"
