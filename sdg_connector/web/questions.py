"""The questions of a directory as a form, and the answers in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sdg_connector.connector import AnswerKind
from sdg_connector.web.desk import AskedQuestion, Label
from sdg_connector.web.visit import Visit

_LONGEST: Final = 200
_YES_OR_NO: Final = ("true", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuestion:
    """A question on the page."""

    field: str
    """Name and id of its field."""
    kind: str
    evidence: Label
    text: Label
    choices: tuple[str, ...]
    code_list: str
    hint: str
    """Word of the hint below the question; empty for none."""
    answer: str
    """What the person answered before."""
    wrong: bool

    def options(self, text: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
        """Value and label of each radio button."""
        if self.choices:
            return tuple((one, one) for one in self.choices)
        return (("true", text("question.yes")), ("false", text("question.no")))


def shown_questions(visit: Visit, *, wrong: tuple[str, ...]) -> list[ShownQuestion]:
    """The questions of a visit; ``wrong`` are the fields without a usable answer."""
    return [
        ShownQuestion(
            field=field_of(number),
            kind=question.kind.name.lower(),
            evidence=question.evidence,
            text=question.text if question.text.text else question.evidence,
            choices=question.choices,
            code_list=question.code_list,
            hint=_hint(question),
            answer=visit.answers.get(question.key, ""),
            wrong=field_of(number) in wrong,
        )
        for number, question in enumerate(visit.questions)
    ]


def answers_in(
    form: Mapping[str, str], questions: tuple[AskedQuestion, ...]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The usable answers by key, and the fields that have none."""
    answers: dict[str, str] = {}
    wrong: list[str] = []
    for number, question in enumerate(questions):
        given = form.get(field_of(number), "").strip()
        if _is_usable(given, question):
            answers[question.key] = given
        else:
            wrong.append(field_of(number))
    return answers, tuple(wrong)


def field_of(number: int) -> str:
    """Name of the field of a question."""
    return f"answer-{number}"


def _is_usable(given: str, question: AskedQuestion) -> bool:
    if not given or len(given) > _LONGEST or not given.isprintable():
        return False
    if question.kind is AnswerKind.CHOICE:
        return given in question.choices
    if question.kind is AnswerKind.YES_OR_NO:
        return given in _YES_OR_NO
    return question.kind is not AnswerKind.DATE or _is_date(given)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _hint(question: AskedQuestion) -> str:
    if question.kind is not AnswerKind.PLACE:
        return ""
    return "question.locality" if question.level == "LAU" else "question.region"
