"""Answers handed over as they come: once each, none lost, and never a word of what people wrote."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from procedures import ProceduresMisuse
from procedures.collect import Call
from procedures.errors import GatewayRefused, GatewaySilent
from procedures.feedback import Category, Feedback, FeedbackFile, Survey
from procedures.feedback.forwarding import ForwardingJournal, forward, waiting
from sdg_connector.cli.app import app

AT = datetime(2026, 1, 15, tzinfo=UTC)
PAGE = "https://dienests.example/lv/studijas"
SURVEY = {
    "englishAvailability": "Yes",
    "easiness": 4,
    "nationalAuthentication": "Yes",
    "complianceEvidence": "No",
    "onlinePayment": "Irrelevant",
}


class Service:
    """Takes answers, or says no, or is silent."""

    def __init__(self, *, silent_after: int = 99, refuses: int = 0) -> None:
        self.taken: list[tuple[Call, Mapping[str, object]]] = []
        self.silent_after = silent_after
        self.refuses = refuses

    def post(self, call: Call, body: Mapping[str, object]) -> None:
        if len(self.taken) >= self.silent_after:
            raise GatewaySilent("the collect API could not be reached")
        if body.get("rating") == self.refuses:
            raise GatewayRefused(status=400, errors=())
        self.taken.append((call, body))


@pytest.fixture
def box(tmp_path: Path) -> FeedbackFile:
    found = FeedbackFile(tmp_path / "feedback.jsonl")
    for rating in (1, 5, 5):
        found.keep(
            Feedback(source=PAGE, category=Category.PROCEDURE, rating=rating, text="Zane", at=AT)
        )
    found.keep(Survey(source=PAGE, category=Category.PROCEDURE, answers=SURVEY, at=AT))
    return found


def journal(box: FeedbackFile) -> ForwardingJournal:
    return ForwardingJournal(ForwardingJournal.beside(box.path))


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is no database, it is a letter to somebody else" * 9)
    with pytest.raises(ProceduresMisuse, match="no journal"):
        ForwardingJournal(tmp_path / "x.db")


def test_each_answer_goes_once_and_without_its_text(box: FeedbackFile) -> None:
    service, held = Service(), journal(box)
    done = forward(box, journal=held, to=service)
    assert (done.sent, done.refused, done.waiting) == (4, (), 0)
    assert [call for call, _ in service.taken] == [Call.FEEDBACK] * 3 + [Call.SURVEY]
    assert "Zane" not in str(service.taken)
    assert forward(box, journal=held, to=service).sent == 0
    box.keep(Feedback(source=PAGE, category=Category.PROCEDURE, rating=5, at=AT))
    assert forward(box, journal=held, to=service).sent == 1
    held.close()
    again = journal(box)
    assert list(waiting(box, again)) == []
    again.close()
    assert b"Zane" not in ForwardingJournal.beside(box.path).read_bytes()


def test_a_silent_service_loses_nothing(box: FeedbackFile) -> None:
    service, held = Service(silent_after=2), journal(box)
    done = forward(box, journal=held, to=service)
    assert (done.sent, done.waiting) == (2, 2)
    assert len(list(waiting(box, held))) == 2
    service.silent_after = 99
    assert forward(box, journal=held, to=service).sent == 2
    assert len(service.taken) == 4
    held.close()


def test_what_the_service_refuses_is_told_and_not_tried_for_ever(box: FeedbackFile) -> None:
    service, held = Service(refuses=1), journal(box)
    done = forward(box, journal=held, to=service)
    assert (done.sent, len(done.refused), done.waiting) == (3, 1, 0)
    assert "answered 400" in done.refused[0]
    assert forward(box, journal=held, to=service).refused == ()
    held.close()


def test_a_month_is_not_handed_over_beside_single_answers(box: FeedbackFile) -> None:
    command = ["procedures", "feedback", "send", str(box.path), "--period", "2026-01", "--dry-run"]
    command += ["--ledger", str(box.path.with_name("ledger.db"))]
    assert CliRunner().invoke(app, command).exit_code != 2
    journal(box).close()
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "are handed over as they come" in result.stderr


def test_the_command_says_what_still_waits(box: FeedbackFile) -> None:
    words = ["procedures", "feedback", "forward", str(box.path), "--address"]
    result = CliRunner().invoke(app, [*words, "http://127.0.0.1:9/v1"])
    assert result.exit_code == 1
    assert "0 handed over, 0 refused, 4 waiting" in result.stdout
    assert CliRunner().invoke(app, [*words, "http://evil.example/v1"]).exit_code == 2
