"""Every call of the collect API, against the sandbox's service and the Commission's own files."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from starlette.applications import Starlette
from starlette.routing import Route

from procedures.clients import CollectClient
from procedures.collect import (
    Call,
    Ledger,
    Outcome,
    Period,
    Transmission,
    findings,
    hand_over,
)
from procedures.errors import GatewayRefused, GatewaySilent, ProceduresMisuse
from procedures.findings import Severity
from sdg_connector.sandbox.gateway import REHEARSAL_KEY, CollectService
from tests.support.servers import free_port, running

NOW = datetime(2026, 2, 3, 8, 30, tzinfo=UTC)
PAGE = "https://latvija.example/en/services/studies"
JANUARY = Period.month(2026, 1)
FILES = {
    Call.INFORMATION_STATISTICS: "statistics-information.yml",
    Call.ASSISTANCE_STATISTICS: "statistics-assistance.yml",
    Call.FEEDBACK: "feedback-quality.yml",
    Call.FEEDBACK_BATCH: "feedback-quality.yml",
    Call.SURVEY: "feedback-quality-survey.yml",
    Call.SURVEY_BATCH: "feedback-quality-survey.yml",
}
FEEDBACK = {"source": PAGE, "category": "Information", "rating": 4, "foundInformation": "Yes"}
SURVEY = {
    "source": PAGE,
    "category": "Procedure",
    "survey": {
        "englishAvailability": "Yes",
        "easiness": 5,
        "nationalAuthentication": "Irrelevant",
        "complianceEvidence": "Partly",
        "onlinePayment": "No",
    },
}
ENTRIES: dict[Call, list[dict[str, Any]]] = {
    Call.INFORMATION_STATISTICS: [
        {
            "sourceUrl": PAGE,
            "statistics": [{"nbVisits": 12, "originatingCountry": "EL", "deviceType": "PC"}],
        }
    ],
    Call.ASSISTANCE_STATISTICS: [
        {
            "sourceUrl": PAGE,
            "statistics": [
                {
                    "nbRequests": 3,
                    "categoryOfUser": "citizen",
                    "subjectMatter": "Studies",
                    "sub-subjectMatter": "Admission",
                    "situationOfUser": "cross-border",
                    "avgResponseTime": 4,
                }
            ],
        }
    ],
    Call.FEEDBACK_BATCH: [FEEDBACK],
    Call.SURVEY_BATCH: [SURVEY],
}
SINGLE = {Call.FEEDBACK: FEEDBACK, Call.SURVEY: SURVEY}


def period_of(call: Call) -> Period:
    return Period.read("2025-H2") if call is Call.ASSISTANCE_STATISTICS else JANUARY


def body_of(call: Call, unique_id: str = "an-id") -> dict[str, Any]:
    if call in SINGLE:
        return json.loads(json.dumps(SINGLE[call]))
    sent = Transmission(call=call, period=period_of(call), entries=tuple(ENTRIES[call]))
    return json.loads(json.dumps(sent.body(unique_id=unique_id, at=NOW)))


class Gateway:
    """The sandbox's collect API, really served, with a client."""

    def __init__(self, service: CollectService, base: str) -> None:
        self.service = service
        self.base = base
        self.http = httpx.Client()
        self.client = self.with_key(REHEARSAL_KEY)

    def with_key(self, key: str | None) -> CollectClient:
        return CollectClient(http=self.http, key=key, base=self.base)

    def post(self, call: Call, body: object, **headers: str) -> httpx.Response:
        return self.http.post(f"{self.base}{call.value}", json=body, headers=headers)


@pytest.fixture(scope="module")
def served() -> Iterator[Gateway]:
    ids = itertools.count()
    service = CollectService(now=lambda: NOW, new_id=lambda: f"id-{next(ids)}")
    routes = [
        Route("/v1/unique-id", service.unique_id),
        *(Route(f"/v1{call.value}", service.take, methods=["POST"]) for call in Call),
    ]
    port = free_port()
    with running(Starlette(routes=routes), host="127.0.0.1", port=port):
        gateway = Gateway(service, f"http://127.0.0.1:{port}/v1")
        yield gateway
        gateway.http.close()


@pytest.fixture
def gateway(served: Gateway) -> Gateway:
    served.service.received.clear()
    return served


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db", service="http://localhost/v1")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def official(artefacts: Path) -> dict[Call, OpenAPI]:
    folder = artefacts / "procedures" / "collect-api"
    read = {name: OpenAPI.from_dict(_yaml_1_2(folder / name)) for name in set(FILES.values())}
    return {call: read[name] for call, name in FILES.items()}


def _yaml_1_2(path: Path) -> dict[str, Any]:
    """The file as YAML 1.2 means it: PyYAML would make truth values of ``Yes`` and ``No``."""

    class Reader(yaml.SafeLoader):
        pass

    Reader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=Reader)  # noqa: S506  a SafeLoader
    return json.loads(json.dumps(read))  # a status such as 200 is a key, and JSON's keys are text


def officially_taken(official: dict[Call, OpenAPI], call: Call, body: object) -> bool:
    request = MockRequest(
        "https://collect.youreurope.ec.europa.eu",
        "post",
        f"/v1{call.value}",
        headers={"x-api-key": "key"},
        data=json.dumps(body).encode(),
        content_type="application/json",
    )
    try:
        official[call].validate_request(request)
    except OpenAPIError:
        return False
    return True


def test_a_key_never_leaves_over_an_insecure_address() -> None:
    for base in ("http://collect.example/v1", "ftp://x/v1", "https://", "https://u@x.example/v1"):
        with pytest.raises(ProceduresMisuse):
            CollectClient(http=httpx.Client(), key="k", base=base)


def test_a_key_is_in_no_repr(gateway: Gateway) -> None:
    assert REHEARSAL_KEY not in repr(gateway.client)
    assert REHEARSAL_KEY not in repr(gateway.service)


def test_without_the_right_key_nothing_is_taken(gateway: Gateway) -> None:
    with pytest.raises(GatewayRefused) as refused:
        gateway.with_key("another").unique_id()
    assert refused.value.status == 403
    with pytest.raises(ProceduresMisuse):
        gateway.with_key(None).unique_id()
    assert gateway.post(Call.FEEDBACK_BATCH, {}).status_code == 403


@pytest.mark.parametrize("call", list(Call))
def test_every_call_makes_its_round_trip(call: Call, gateway: Gateway, ledger: Ledger) -> None:
    if call in SINGLE:
        gateway.with_key(None).post(call, SINGLE[call])
    else:
        sent = Transmission(call=call, period=period_of(call), entries=tuple(ENTRIES[call]))
        done = hand_over(sent, to=gateway.client, ledger=ledger, now=NOW)
        assert done.outcome is Outcome.SENT
        assert gateway.service.received[0].body["uniqueId"] == done.body["uniqueId"]
    assert [one.call for one in gateway.service.received] == [call]


@pytest.mark.artefacts
@pytest.mark.parametrize("call", list(Call))
def test_what_we_send_passes_the_commissions_own_description(
    call: Call, official: dict[Call, OpenAPI]
) -> None:
    assert officially_taken(official, call, body_of(call))


@pytest.mark.artefacts
def test_the_sandboxs_unique_id_is_the_answer_that_the_commission_describes(
    artefacts: Path, gateway: Gateway
) -> None:
    described = OpenAPI.from_dict(
        _yaml_1_2(artefacts / "procedures" / "collect-api" / "unique-id.yml")
    )
    answer = gateway.http.get(f"{gateway.base}/unique-id", headers={"x-api-key": REHEARSAL_KEY})
    host = "https://collect.youreurope.ec.europa.eu"
    described.validate_response(
        MockRequest(host, "get", "/v1/unique-id", headers={"x-api-key": REHEARSAL_KEY}),
        MockResponse(
            answer.content,
            status_code=answer.status_code,
            content_type=answer.headers["content-type"],
        ),
    )


def mutations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body with each field in turn missing, of another type, or of another value."""

    def places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        children = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        for key, child in children:
            yield (*path, key)
            yield from places(child, (*path, key))

    for path in places(body, ()):
        for name, change in (
            ("none", None),
            ("true", True),
            ("text", "nonsense"),
            ("number", 6),
            ("fraction", 1.5),
            ("list", []),
            ("object", {}),
            ("missing", ...),
        ):
            copy = json.loads(json.dumps(body))
            parent = copy
            for step in path[:-1]:
                parent = parent[step]
            if change is ...:
                del parent[path[-1]]
            else:
                parent[path[-1]] = change
            yield f"{'/'.join(map(str, path))} {name}", copy


@pytest.mark.artefacts
@pytest.mark.parametrize("call", list(Call))
def test_what_the_commission_refuses_we_refuse_and_what_we_refuse_beyond_is_law(
    call: Call, official: dict[Call, OpenAPI]
) -> None:
    refused, beyond = 0, set()
    for name, wrong in mutations(body_of(call)):
        found = findings(wrong, call, now=NOW)
        ours = {one.rule for one in found if one.severity is Severity.ERROR}
        if officially_taken(official, call, wrong):
            beyond |= ours
        else:
            refused += 1
            assert ours, name
    assert refused > 20
    lawful = {"address", "count", "country", "found-information", "survey"}
    # The survey's description leaves both moments of its period optional, the other three do not.
    lawful |= {"field-missing"} if call is Call.SURVEY_BATCH else set()
    assert beyond <= {f"collect.{rule}" for rule in lawful}


@pytest.mark.parametrize("call", list(Call))
def test_the_sandbox_names_the_place_of_what_it_refuses(call: Call, gateway: Gateway) -> None:
    wrong = body_of(call, gateway.client.unique_id())
    entries = wrong.get(str(call.traits.entries), [wrong])
    del entries[0]["sourceUrl" if call.traits.entries == "sources" else "source"]
    with pytest.raises(GatewayRefused) as problem:
        gateway.client.post(call, wrong)
    place = f"/{call.traits.entries}/0" if call.traits.entries else "/"
    assert [one.field for one in problem.value.errors] == [place]
    assert problem.value.status == 400
    assert not gateway.service.received


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"helpUsImprove": "my name is …"}, "collect.free-text"),
        ({"source": "https://a.example/?email=x@y.z"}, "collect.person-in-address"),
        ({"foundInformation": ...}, "collect.found-information"),
    ],
)
def test_what_the_law_forbids_is_refused_although_the_description_allows_it(
    change: dict[str, Any], rule: str, gateway: Gateway
) -> None:
    wrong = {name: value for name, value in (FEEDBACK | change).items() if value is not ...}
    answer = gateway.post(Call.FEEDBACK, wrong)
    assert answer.status_code == 400
    assert [one["rule"] for one in answer.json()["errors"]] == [rule]


def test_an_id_that_nobody_gave_or_that_is_anothers_is_refused(gateway: Gateway) -> None:
    with pytest.raises(GatewayRefused, match="gave out"):
        gateway.client.post(Call.FEEDBACK_BATCH, body_of(Call.FEEDBACK_BATCH, "made-up"))
    own = gateway.client.unique_id()
    gateway.client.post(Call.FEEDBACK_BATCH, body_of(Call.FEEDBACK_BATCH, own))
    with pytest.raises(GatewayRefused, match="another call"):
        gateway.client.post(Call.SURVEY_BATCH, body_of(Call.SURVEY_BATCH, own))


def feedback_of(*ratings: int) -> Transmission:
    entries = tuple({**FEEDBACK, "rating": rating} for rating in ratings)
    return Transmission(call=Call.FEEDBACK_BATCH, period=JANUARY, entries=entries)


def test_a_correction_goes_under_the_id_of_the_first_transmission(
    gateway: Gateway, ledger: Ledger
) -> None:
    first = hand_over(feedback_of(4), to=gateway.client, ledger=ledger, now=NOW)
    again = hand_over(feedback_of(4), to=gateway.client, ledger=ledger, now=NOW)
    later = hand_over(feedback_of(4, 5), to=gateway.client, ledger=ledger, now=NOW)
    assert [one.outcome for one in (first, again, later)] == [
        Outcome.SENT,
        Outcome.UNCHANGED,
        Outcome.CORRECTED,
    ]
    ids = [one.body["uniqueId"] for one in gateway.service.received]
    assert ids == [first.body["uniqueId"], first.body["uniqueId"]]
    assert [one.correction for one in gateway.service.received] == [False, True]
    entry = ledger.entry(Call.FEEDBACK_BATCH, JANUARY)
    assert entry is not None
    assert entry.times == 2


def test_a_dry_run_sends_nothing_and_takes_no_id(gateway: Gateway, ledger: Ledger) -> None:
    done = hand_over(feedback_of(4), to=gateway.client, ledger=ledger, now=NOW, dry_run=True)
    assert done.outcome is Outcome.REHEARSED
    assert done.body["nbEntries"] == 1
    assert gateway.service.received == []
    assert ledger.entries() == ()


def test_what_breaks_the_law_is_held_back(gateway: Gateway, ledger: Ledger) -> None:
    entries = ({**FEEDBACK, "helpUsImprove": "text"},)
    wrong = Transmission(call=Call.FEEDBACK_BATCH, period=JANUARY, entries=entries)
    done = hand_over(wrong, to=gateway.client, ledger=ledger, now=NOW)
    assert done.outcome is Outcome.HELD_BACK
    assert [one.rule for one in done.findings] == ["collect.free-text"]
    assert gateway.service.received == []


class Mute:
    """A collect API whose answer to a body is lost on the way back."""

    def __init__(self, real: CollectClient) -> None:
        self.real = real
        self.lost = 1

    def unique_id(self) -> str:
        return self.real.unique_id()

    def post(self, call: Call, body: dict[str, object]) -> None:
        self.real.post(call, body)
        if self.lost:
            self.lost -= 1
            raise GatewaySilent("the answer was lost")


def test_when_the_answer_is_lost_the_next_run_makes_no_second_dataset(
    gateway: Gateway, ledger: Ledger
) -> None:
    mute = Mute(gateway.client)
    with pytest.raises(GatewaySilent):
        hand_over(feedback_of(4), to=mute, ledger=ledger, now=NOW)
    done = hand_over(feedback_of(4), to=mute, ledger=ledger, now=NOW + timedelta(hours=1))
    assert done.outcome is Outcome.SENT
    assert len({one.body["uniqueId"] for one in gateway.service.received}) == 1
    outcomes = [outcome for _, outcome in ledger.attempts(Call.FEEDBACK_BATCH, JANUARY)]
    assert outcomes == ["no answer", "taken"]


def test_the_ledger_survives_its_process_and_tells_environments_apart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = Ledger(path, service="https://collect.example/v1")
    assert first.reserve(Call.FEEDBACK_BATCH, JANUARY, "id-a") == "id-a"
    first.close()
    again = Ledger(path, service="https://collect.example/v1/")
    assert again.reserve(Call.FEEDBACK_BATCH, JANUARY, "id-b") == "id-a"
    again.close()
    other = Ledger(path, service="https://acceptance.example/v1")
    assert other.entry(Call.FEEDBACK_BATCH, JANUARY) is None
    other.close()


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a database " * 50, encoding="utf-8")
    with pytest.raises(ProceduresMisuse, match=r"notes\.txt"):
        Ledger(path, service="https://collect.example")
    assert path.read_text(encoding="utf-8").startswith("these are notes")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503), GatewaySilent),
        (httpx.Response(429), GatewaySilent),
        (httpx.Response(302, headers={"Location": "https://evil.example"}), GatewayRefused),
        (httpx.Response(200, content=b"<html>"), GatewaySilent),
        (httpx.Response(200, json={"id": 1}), GatewaySilent),
        (httpx.Response(200, json=""), GatewaySilent),
        (httpx.Response(200, content=b"x" * 2_000_000), GatewaySilent),
        (httpx.Response(400, content=b"\xff\xfe"), GatewayRefused),
        (httpx.Response(400, content=b"[" * 100_000), GatewayRefused),
    ],
)
def test_any_answer_becomes_one_of_our_own_errors(
    answer: httpx.Response, error: type[Exception]
) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
    client = CollectClient(http=http, key="k", base="https://collect.example/v1")
    with pytest.raises(error):
        client.unique_id()


def test_days_of_a_period_are_not_silently_wrong() -> None:
    with pytest.raises(ProceduresMisuse):
        Period(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(ProceduresMisuse):
        Transmission(call=Call.FEEDBACK, period=JANUARY, entries=())
