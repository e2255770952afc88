"""The official questions and answers in the reader's language, from the product's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procedures.feedback import AnswerKind, Category, Form, Question
from translations.catalogue import Messages

_QUESTIONS: Final[Mapping[tuple[Category, str], str]] = {
    (Category.INFORMATION, "foundInformation"): "ask.found",
    (Category.INFORMATION, "rating"): "ask.rate_page",
    (Category.PROCEDURE, "rating"): "ask.rate_procedure",
    (Category.ASSISTANCE, "rating"): "ask.rate_service",
}
_CHOICES: Final = {
    "Yes": "ask.yes",
    "No": "ask.no",
    "Partly": "ask.partly",
    "Unknown": "ask.unknown",
    "Irrelevant": "ask.irrelevant",
}
_CAMEL: Final = str.maketrans({chr(code): f"_{chr(code + 32)}" for code in range(65, 91)})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it."""

    id: str
    text: str
    is_text: bool
    is_rating: bool
    choices: tuple[tuple[str, str], ...]
    """Published value and its words."""


def asked(form: Form, words: Messages) -> tuple[Asked, ...]:
    """The questions of a form in the language of the words."""
    return tuple(
        Asked(
            id=one.id,
            text=_question(form, one, words),
            is_text=one.kind is AnswerKind.FREE_TEXT,
            is_rating=one.kind is AnswerKind.RATING,
            choices=tuple((value, _choice(value, words)) for value in one.kind.choices),
        )
        for one in form.questions
    )


def _question(form: Form, question: Question, words: Messages) -> str:
    if question.kind is AnswerKind.FREE_TEXT:
        return words.text("feedback.text")
    if form.level == 1:
        return words.text(_QUESTIONS[form.category, question.id])
    return words.text(f"survey.{form.category.lower()}.{question.id.translate(_CAMEL)}")


def _choice(value: str, words: Messages) -> str:
    return words.text(_CHOICES[value]) if value in _CHOICES else value
