"""What users answer: refused where no form asks it, and sent without a word of free text."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from procedures import ProceduresMisuse
from procedures.feedback import (
    AnswersRefused,
    Category,
    Feedback,
    first_level,
    read_feedback,
    read_survey,
    second_level,
)

AT = datetime(2026, 11, 26, tzinfo=UTC)
PAGE = "https://latvija.lv/lv/pakalpojumi/pieteiksanas-studijam"


def test_every_wrong_answer_is_named_and_none_is_repeated() -> None:
    given = {"rating": "6", "helpUsImprove": "x" * 3000, "secret": "010190-12345"}
    with pytest.raises(AnswersRefused) as caught:
        read_feedback(Category.INFORMATION, given, source=PAGE, language="lv", at=AT)
    assert set(caught.value.mistakes) == {"rating", "helpUsImprove", "secret", "foundInformation"}
    assert "010190" not in str(caught.value)


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_that_no_form_offers_is_refused(rating: int) -> None:
    with pytest.raises(ProceduresMisuse):
        Feedback(source=PAGE, category=Category.PROCEDURE, rating=rating)


def test_free_text_stays_at_home() -> None:
    feedback = read_feedback(
        Category.PROCEDURE,
        {"rating": "4", "helpUsImprove": "Mans vārds ir Zane"},
        source=PAGE,
        language="lv",
        at=AT,
    )
    assert feedback.text == "Mans vārds ir Zane"
    assert feedback.to_collect() == {"source": PAGE, "category": "Procedure", "rating": 4}
    assert "Zane" not in repr(feedback)


@pytest.mark.artefacts
@pytest.mark.parametrize("category", list(Category))
def test_the_survey_asks_what_the_official_interface_takes(
    artefacts: Path, category: Category
) -> None:
    path = artefacts / "procedures" / "collect-api" / "feedback-quality-survey.yml"
    schemas = yaml.safe_load(path.read_text("utf-8"))["components"]["schemas"]
    asked = {question.id for question in second_level(category).questions}
    official = [set(one["properties"]) for one in schemas.values() if "properties" in one]
    assert asked in official
    answers = {one.id: one.kind.choices[0] for one in second_level(category).questions}
    survey = read_survey(category, answers, source=PAGE, at=AT)
    assert survey.to_collect()["category"] == category.value


def test_every_question_has_english_and_latvian() -> None:
    for category in Category:
        for form in (first_level(category), second_level(category)):
            assert all(question.texts["lv"] and question.texts["en"] for question in form.questions)
