"""Answers kept at home, a month of them for the Commission, and who is invited to answer."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from procedures.collect import Call, Period, findings
from procedures.errors import ProceduresMisuse
from procedures.feedback import Category, Feedback, FeedbackFile, Survey
from procedures.feedback.batches import feedback_of, surveys_of
from procedures.feedback.invitations import Attempt, Invitation, Occasion, invitations

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAGE = "https://dienests.example/en/studies"
SURVEY = Survey(
    source=PAGE,
    category=Category.ASSISTANCE,
    answers={
        "clearOffer": 4,
        "easiness": 5,
        "responsiveness": 3,
        "delays": "No",
        "onlinePayment": "Irrelevant",
    },
    at=AT,
)


def feedback(rating: int = 4, *, at: datetime = AT, text: str = "") -> Feedback:
    return Feedback(
        source=PAGE,
        category=Category.INFORMATION,
        rating=rating,
        found="Partly",
        text=text,
        language="lv",
        at=at,
    )


def test_a_line_that_a_dying_process_left_half_costs_no_other_answer(tmp_path: Path) -> None:
    box = FeedbackFile(tmp_path / "deep" / "feedback.jsonl")
    box.keep(feedback(1))
    with box.path.open("ab") as file:
        file.write('{"source": "https://x", "rating": 5, "text": "ē'.encode()[:-1])
    box.keep(feedback(2))
    box.keep(SURVEY)
    with box.path.open("ab") as file:
        file.write(b'[]\nnull\n{"survey": 1}\n{"rating": 9}\n')
    assert [one.rating for one in box.kept()] == [1, 2]
    assert list(box.surveys()) == [SURVEY]
    assert box.path.stat().st_mode & 0o077 == 0


def test_what_was_kept_reads_back_whole(tmp_path: Path) -> None:
    box = FeedbackFile(tmp_path / "feedback.jsonl", source=PAGE)
    box.put(rating=5, text="Paldies!\nVisu labu", language="lv", at=AT)
    box.keep(feedback(text="ļoti labi"))
    first, second = box.kept()
    assert (first.category, first.rating, first.text) == (
        Category.PROCEDURE,
        5,
        "Paldies!\nVisu labu",
    )
    assert second == feedback(text="ļoti labi")


def test_answers_are_forgotten_after_three_years(tmp_path: Path) -> None:
    box = FeedbackFile(tmp_path / "feedback.jsonl")
    for at in (AT - timedelta(days=3 * 365), AT):
        box.keep(feedback(at=at))
    box.keep(SURVEY)
    assert box.forget(now=AT) == 1
    assert [one.at for one in box.kept()] == [AT]
    assert list(box.surveys()) == [SURVEY]


def test_a_month_is_handed_over_without_a_word_of_text() -> None:
    secret = "Mans vārds ir Zane"
    month = Period.month(2026, 1)
    kept = [feedback(text=secret), feedback(2), feedback(at=datetime(2026, 2, 1, tzinfo=UTC))]
    sent = feedback_of(kept, period=month)
    body = sent.body(unique_id="x", at=datetime(2026, 2, 2, tzinfo=UTC))
    assert secret not in json.dumps(body)
    assert body["nbEntries"] == 2
    assert findings(body, Call.FEEDBACK_BATCH, now=datetime(2026, 2, 2, tzinfo=UTC)) == []
    surveys = surveys_of([SURVEY], period=month)
    body = surveys.body(unique_id="x", at=datetime(2026, 2, 2, tzinfo=UTC))
    assert findings(body, Call.SURVEY_BATCH, now=datetime(2026, 2, 2, tzinfo=UTC)) == []


def attempt(name: str, *, minutes: int, ended: Occasion | None = None, **more: bool) -> Attempt:
    last = AT - timedelta(minutes=minutes)
    return Attempt(reference=name, source=PAGE, began=last, last_step=last, ended=ended, **more)


def test_users_are_invited_when_they_finish_and_when_they_give_up_each_once() -> None:
    attempts = [
        attempt("done", minutes=1, ended=Occasion.SUBMITTED),
        attempt("left", minutes=1, ended=Occasion.ABANDONED),
        attempt("silent", minutes=61),
        attempt("busy", minutes=59),
        attempt("asked", minutes=500, ended=Occasion.SUBMITTED, invited=True),
    ]
    given = list(invitations(attempts, now=AT))
    assert [(one.reference, one.occasion) for one, _ in given] == [
        ("done", Occasion.SUBMITTED),
        ("left", Occasion.ABANDONED),
        ("silent", Occasion.ABANDONED),
    ]
    assert list(invitations([kept for _, kept in given], now=AT + timedelta(days=1))) == []


def test_an_assistance_service_invites_within_ten_working_days() -> None:
    answered = attempt("question", minutes=0, ended=Occasion.ANSWERED)
    ((invitation, _),) = invitations([answered], now=AT)
    assert invitation == Invitation(
        reference="question",
        source=PAGE,
        category=Category.ASSISTANCE,
        occasion=Occasion.ANSWERED,
        until=date(2026, 1, 29),
    )


def test_an_attempt_does_not_end_before_it_begins() -> None:
    with pytest.raises(ProceduresMisuse):
        Attempt(reference="x", source=PAGE, began=AT, last_step=AT - timedelta(seconds=1))
