"""What testers are told about a file for the collect API, whatever its bytes are."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures.collect import Call, Period, Transmission, check
from procedures.findings import Judgement
from sdg_connector.cli.app import app
from sdg_connector.conformance import Kind, guess_kind

NOW = datetime(2026, 2, 3, 8, 30, tzinfo=UTC)
PAGE = "https://latvija.example/en/services/studies"
VISITS = {"nbVisits": 12, "originatingCountry": "EE", "deviceType": "PC"}


def statistics(*pages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    sent = Transmission(
        call=Call.INFORMATION_STATISTICS, period=Period.month(2026, 1), entries=pages
    )
    return sent.body(unique_id="an-id", at=NOW) | changes


def page(*cells: dict[str, Any], url: str = PAGE) -> dict[str, Any]:
    return {"sourceUrl": url, "statistics": list(cells)}


def judged(body: object, **context: object) -> Judgement:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return check(data, context=context, now=NOW, show_values=False)


def rules(body: object) -> list[str]:
    return [one.rule for one in judged(body).findings]


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe{", b"[" * 200_000, b'{"rating":1,"rating":2}', b'{"rating": NaN}', b"{" * 9],
)
def test_what_is_no_json_is_said_to_be_none(data: bytes) -> None:
    assert rules(data) == ["collect.json"]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["sources", "feedbacks", "survey", "rating", "source", "category"])
                | st.text(max_size=4),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_gets_a_verdict(body: object) -> None:
    assert judged(body).verdict in {"accepted", "refused"}
    for call in Call:
        assert judged(body, call=call.value).verdict == "refused" or isinstance(body, dict)


def test_a_right_body_is_accepted_and_named() -> None:
    found = judged(statistics(page(VISITS)))
    assert found.verdict == "accepted"
    assert found.findings == ()
    assert found.value is not None
    assert found.value["call"] == "/statistics/information-services"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (statistics(page(VISITS), nbEntries=2), "collect.count"),
        (statistics(page(VISITS), page(VISITS)), "collect.page-twice"),
        (statistics(page(VISITS, VISITS)), "collect.cell-twice"),
        (statistics(page(VISITS | {"nbVisits": -1})), "collect.negative"),
        (statistics(page(VISITS | {"originatingCountry": "GR"})), "collect.country"),
        (statistics(page(VISITS | {"originatingCountry": "xx"})), "collect.country"),
        (statistics(page(VISITS, url="/en/studies")), "collect.address"),
        (statistics(page(VISITS, url="https://[")), "collect.address"),
        (statistics(page(VISITS, url=f"{PAGE}?EMAIL=a")), "collect.person-in-address"),
        (statistics(page(VISITS, url=f"{PAGE}?utm_source=x")), "collect.address-not-canonical"),
        (statistics(transferDate="2026-02-03T10:30:00+02:00"), "collect.utc"),
        (statistics(transferDate="2026-01-20T10:30:00Z"), "collect.period-open"),
        (statistics(transferDate="2026-02-03"), "collect.moment"),
        (statistics(transferDate="2026-02-31T00:00:00Z"), "collect.moment"),
        (statistics(uniqueId=" "), "collect.unique-id"),
        (statistics(transferType="Post"), "collect.field-value"),
        (statistics(more=1), "collect.unknown-field"),
        (
            statistics(
                referencePeriod={
                    "startDate": "2026-01-31T00:00:00Z",
                    "endDate": "2026-01-01T00:00:00Z",
                }
            ),
            "collect.period-order",
        ),
        (
            statistics(
                referencePeriod={
                    "startDate": "2026-01-05T00:00:00Z",
                    "endDate": "2026-01-31T23:59:59Z",
                }
            ),
            "collect.period",
        ),
        (statistics(referencePeriod=Period.month(2025, 11).to_collect()), "collect.late"),
    ],
)
def test_each_fault_has_its_rule(body: dict[str, Any], rule: str) -> None:
    assert rules(body) == [rule]


def test_a_truth_value_is_told_how_yes_is_written() -> None:
    body = {"source": PAGE, "category": "Information", "rating": 5, "foundInformation": True}
    (one,) = judged(body).findings
    assert (one.rule, one.where) == ("collect.field-type", "/foundInformation")
    assert one.fix == 'Write "Yes" or "No" as text, in quotes.'


def test_what_a_user_wrote_is_in_no_report() -> None:
    secret = "Anna Berzina 010190-12345"
    body = {
        "source": PAGE,
        "category": secret,
        "rating": secret,
        "foundInformation": secret,
        "helpUsImprove": secret,
    }
    assert secret not in repr(judged(body))
    assert secret not in repr(judged({**body, "category": "Procedure", "rating": 3}))


def test_the_command_judges_files_and_guesses_the_kind(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    right.write_text(json.dumps(statistics(page(VISITS))))
    wrong.write_text(json.dumps(statistics(page(VISITS), nbEntries=3)))
    now = ["--now", NOW.isoformat(), "--format", "json"]
    accepted = CliRunner().invoke(app, ["check", "collect", str(right), *now])
    assert accepted.exit_code == 0
    refused = CliRunner().invoke(app, ["check", "auto", str(wrong), *now])
    assert refused.exit_code == 1
    (report,) = json.loads(refused.stdout)
    assert report["kind"] == "collect"
    assert [one["where"] for one in report["findings"]] == ["/nbEntries"]


def test_single_answers_are_guessed_too() -> None:
    feedback = {"source": PAGE, "category": "Procedure", "rating": 5}
    assert guess_kind(json.dumps(feedback).encode()) is Kind.COLLECT
    assert guess_kind(b'{"name": "nothing of ours"}') is None
