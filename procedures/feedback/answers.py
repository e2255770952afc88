"""Users' answers: read from a form, kept at home in full, sent without a word of free text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from procedures.errors import ProceduresMisuse
from procedures.feedback.errors import AnswersRefused
from procedures.feedback.forms import AnswerKind, Category, Form, first_level, second_level

MAX_TEXT: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Answers to the first questions about one page."""

    source: str
    """Address of the page."""
    category: Category
    rating: int
    """1 (worst) to 5 (best)."""
    found: str | None = None
    """``Yes``, ``No`` or ``Partly``: whether the information was found (information pages)."""
    text: str = ""
    """What the user wrote; never leaves the authority by this package."""
    language: str | None = None
    """Language of the text."""
    at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no form could have given."""
        if self.rating not in range(1, 6):
            raise ProceduresMisuse("a rating is a number from 1 to 5")
        if self.found is not None and self.found not in AnswerKind.YES_NO_PARTLY.choices:
            raise ProceduresMisuse("found is Yes, No or Partly")
        if (self.category is Category.INFORMATION) != (self.found is not None):
            raise ProceduresMisuse("whether the information was found is asked on its pages only")

    def __repr__(self) -> str:
        return f"Feedback({self.category.value}, rating={self.rating})"

    def to_collect(self) -> dict[str, object]:
        """As the collect API takes it.

        The free text stays out: an authority with its own tool does not transmit it (Implementing
        Regulation (EU) 2020/1121, article 10(3)(b)).
        """
        sent: dict[str, object] = {
            "source": self.source,
            "category": self.category.value,
            "rating": self.rating,
        }
        if self.found is not None:
            sent["foundInformation"] = self.found
        return sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Answers to the second-level survey about one page."""

    source: str
    category: Category
    answers: Mapping[str, int | str]
    """By the id of the question; all that the form asks."""
    at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse answers that do not fit the survey of the category."""
        read_answers(
            second_level(self.category), {key: str(value) for key, value in self.answers.items()}
        )

    def to_collect(self) -> dict[str, object]:
        """As the collect API takes it."""
        return {
            "source": self.source,
            "category": self.category.value,
            "survey": dict(self.answers),
        }


def read_feedback(
    category: Category,
    given: Mapping[str, str],
    *,
    source: str,
    language: str | None,
    at: datetime,
) -> Feedback:
    """First-level answers from a submitted form; raises `AnswersRefused` with every mistake."""
    answers = read_answers(first_level(category), given)
    found = answers.get("foundInformation")
    return Feedback(
        source=source,
        category=category,
        rating=int(answers["rating"]),
        found=None if found is None else str(found),
        text=str(answers.get("helpUsImprove", "")),
        language=language,
        at=at,
    )


def read_survey(
    category: Category, given: Mapping[str, str], *, source: str, at: datetime
) -> Survey:
    """Second-level answers from a submitted form; raises `AnswersRefused` with every mistake."""
    answers = read_answers(second_level(category), given)
    return Survey(source=source, category=category, answers=answers, at=at)


def read_answers(form: Form, given: Mapping[str, str]) -> dict[str, int | str]:
    """The answers by question, ratings as numbers; raises `AnswersRefused` with every mistake."""
    mistakes: dict[str, str] = {
        key: "the form asks no such question" for key in given if form.question(key) is None
    }
    answers: dict[str, int | str] = {}
    for question in form.questions:
        answer = given.get(question.id, "").strip()
        if not answer:
            if question.required:
                mistakes[question.id] = "an answer is needed"
        elif question.kind is AnswerKind.FREE_TEXT:
            if len(answer) > MAX_TEXT:
                mistakes[question.id] = f"at most {MAX_TEXT} characters"
            answers[question.id] = answer
        elif answer not in question.kind.choices:
            mistakes[question.id] = f"expected one of {', '.join(question.kind.choices)}"
        else:
            answers[question.id] = int(answer) if question.kind is AnswerKind.RATING else answer
    if mistakes:
        raise AnswersRefused(mistakes)
    return answers
