"""The answering times of Cabinet Regulation No 402, point 12, in Latvian working days."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from procedures import ProceduresMisuse
from procedures.latvia import (
    AnswersRefused,
    AnswerTime,
    Request,
    answer_due,
    answers,
    answers_csv,
    read_requests,
)
from procedures.public_holidays import free_days
from sdg_connector.cli.app import app

FREE = free_days("LV", years=range(2025, 2028))
SEVEN, ONE = AnswerTime.SEVEN_WORKING_DAYS, AnswerTime.ONE_WORKING_DAY


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff", "UTF-8"),
        (b"request;received\n", "line 1: the file: expected the columns working_days, answered"),
        (b"request;received;working_days;answered\na;2026-13-01;7;\n", "line 2: .* as received"),
        (b"request;received;working_days;answered\na;2026-01-01;3;\n", "7 or 1"),
        (b"request;received;working_days;answered\na;2026-01-05;7;2026-01-04\n", "or later"),
    ],
)
def test_a_wrong_list_of_requests_is_refused_with_its_row(data: bytes, said: str) -> None:
    with pytest.raises(AnswersRefused, match=said):
        read_requests(data)


def test_all_wrong_rows_are_named_at_once() -> None:
    with pytest.raises(AnswersRefused) as refused:
        read_requests(b"request,received,working_days,answered\na,x,7,\nb,2026-01-05,1,\nc,,1,\n")
    assert [one.line for one in refused.value.mistakes] == [2, 4]


@pytest.mark.parametrize(
    ("received", "time", "due"),
    [
        (date(2026, 11, 16), SEVEN, date(2026, 11, 26)),  # 18 November is the day of the Republic
        (date(2026, 11, 17), ONE, date(2026, 11, 19)),
        (date(2026, 4, 2), ONE, date(2026, 4, 7)),  # Easter
        (date(2026, 1, 15), ONE, date(2026, 1, 16)),
        (date(2026, 1, 16), ONE, date(2026, 1, 17)),  # a Saturday worked for 2 January
        (date(2026, 12, 23), SEVEN, date(2027, 1, 7)),  # four holidays and a new year
    ],
)
def test_holidays_and_moved_days_of_latvia_are_left_out(
    received: date, time: AnswerTime, due: date
) -> None:
    assert answer_due(received, time, free=FREE) == due


def test_what_is_open_and_urgent_comes_first_and_late_is_told() -> None:
    held = answers(
        [
            Request(name="3", received=date(2026, 11, 2), time=SEVEN, answered=date(2026, 11, 20)),
            Request(name="2", received=date(2026, 11, 23), time=SEVEN),
            Request(name="1", received=date(2026, 11, 23), time=ONE),
            Request(name="4", received=date(2026, 11, 2), time=SEVEN, answered=date(2026, 11, 11)),
        ],
        today=date(2026, 11, 26),
        free=FREE,
    )
    assert [(one.request.name, one.late_days) for one in held] == [
        ("1", 2),
        ("2", 0),
        ("3", 9),
        ("4", 0),
    ]
    assert answers_csv(held).splitlines()[1] == "1,2026-11-23,1,,2026-11-24,2"


def test_a_country_without_a_calendar_is_a_mistake() -> None:
    with pytest.raises(ProceduresMisuse, match="of XX"):
        free_days("XX", years=[2026])
    assert date(2026, 3, 25) in free_days("EL", years=[2026]).holidays


def test_the_commands_count_without_public_holidays(tmp_path: Path) -> None:
    requests = tmp_path / "requests.csv"
    requests.write_text("request;received;working_days;answered\n7;2026-11-17;1;2026-11-19\n")
    run = CliRunner()
    words = ["procedures", "answers", str(requests), "--on", "2026-11-26"]
    result = run.invoke(app, words)
    assert (result.exit_code, result.stdout.splitlines()[1]) == (
        0,
        "7,2026-11-17,1,2026-11-19,2026-11-19,0",
    )
    assert run.invoke(app, [*words, "--country", "EE"]).exit_code == 1
    requests.write_text("request;received;working_days;answered\n7;2026-11-17;2;\n")
    assert run.invoke(app, words).exit_code == 2
    calendar = ["procedures", "statistics", "calendar", "--on", "2026-01-01"]
    assert run.invoke(app, calendar).stdout.startswith("2026-01-07  2025-12")
    known = run.invoke(app, [*calendar, "--country", "LV"]).stdout
    assert known.startswith("2026-01-09  2025-12")
