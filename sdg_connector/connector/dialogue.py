"""What the person has to say before a provider can be found: DSD:ERR:0005 as a dialogue.

TDD 3.1.4: the Data Service Directory asks for attributes that only the person knows, such as the
place of birth or the school; the answers go back as parameters of the query, and those to questions
of a provider's own go into the evidence request too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from sdg_connector.directory import MoreNeeded, Needed
from sdg_connector.errors import ConnectorError, OwnMistake
from sdg_connector.vocabulary import (
    JurisdictionDetermination,
    JurisdictionLevel,
    ProviderClassification,
    SupportedValue,
    Text,
)

_LONGEST: Final = 200
_LOCALITIES: Final = frozenset({JurisdictionLevel.LAU})


class AnswerKind(StrEnum):
    """What an answer looks like."""

    CHOICE = "choice"
    """One of ``choices``."""
    TEXT = "text"
    CODE = "code"
    """A code of the list at ``code_list``."""
    DATE = "date"
    """ISO 8601."""
    YES_OR_NO = "yes or no"
    """``true`` or ``false``."""
    PLACE = "place"
    """A code of the jurisdiction level ``level``: NUTS for regions, LAU for municipalities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that the directory wants to know from the person."""

    key: str
    """UUID by which the answer is given."""
    kind: AnswerKind
    evidence: tuple[Text, ...]
    """Names of the evidence type that it is about."""
    texts: tuple[Text, ...]
    """The question, in the languages in which it is published."""
    choices: tuple[str, ...] = ()
    code_list: str = ""
    """URI of the list of codes, or the form that the text must have."""
    level: str = ""
    """With ``PLACE``: a code of JurisdictionLevel-CodeList."""


class AnswersNeeded(ConnectorError):
    """The person has to answer questions before a provider can be found (DSD:ERR:0005)."""

    def __init__(self, questions: tuple[Question, ...], *, refused: bool = False) -> None:
        super().__init__("DSD:ERR:0005: the person has to answer a question first")
        self.questions = questions
        self.refused = refused
        """Whether the directory did not take the answers that it was given (DSD:ERR:0006)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that was said about one evidence type so far, ready for the next query."""

    concepts: tuple[ProviderClassification, ...] = ()
    """Questions with the person's answers as their supported values."""
    context: str | None = None
    region: str | None = None
    locality: str | None = None
    asked: tuple[Question, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def with_answers(self, more: MoreNeeded, given: Mapping[str, str]) -> "Said":
        """What was said before, and the answers to what is asked now.

        Raises ``AnswersNeeded`` with each question that has no answer yet, and with all of them
        when the directory asks again for what it was told.
        """
        questions = questions_of(more)
        unanswered = tuple(one for one in questions if not given.get(one.key))
        new = {one.key for one in questions} - set(self.answers)
        if unanswered or not new:
            raise AnswersNeeded(unanswered or questions, refused=not unanswered)
        said = self
        for needed in more.needed:
            said = said._about(needed, given)
        answers = {**self.answers, **{one.key: given[one.key] for one in questions}}
        return replace(said, asked=(*self.asked, *questions), answers=answers)

    @property
    def parameters(self) -> dict[str, str]:
        """The answers to questions, each under its identifier."""
        return {one.key: self.answers[one.key] for one in self.concepts}

    def _about(self, needed: Needed, given: Mapping[str, str]) -> "Said":
        known = {one.key for one in self.concepts}
        concepts = tuple(
            _answered(one, given[one.key]) for one in needed.concepts if one.key not in known
        )
        said = replace(self, concepts=self.concepts + concepts)
        where = needed.jurisdiction
        if where is None:
            return said
        place = _checked(given[where.context_id])
        if _level(where) in _LOCALITIES:
            return replace(said, context=where.context_id, locality=place)
        return replace(said, context=where.context_id, region=place)


def questions_of(more: MoreNeeded) -> tuple[Question, ...]:
    """The questions in a DSD:ERR:0005, each once."""
    found: dict[str, Question] = {}
    for needed in more.needed:
        evidence = needed.evidence_type.titles
        if needed.jurisdiction is not None:
            where = needed.jurisdiction
            found.setdefault(
                where.context_id,
                Question(
                    key=where.context_id,
                    kind=AnswerKind.PLACE,
                    evidence=evidence,
                    texts=where.contexts,
                    level=_level(where),
                ),
            )
        for concept in needed.concepts:
            found.setdefault(concept.key, _question(concept, evidence))
    return tuple(found.values())


def _question(concept: ProviderClassification, evidence: tuple[Text, ...]) -> Question:
    values = concept.supported_value
    choices = tuple(dict.fromkeys(values.strings)) if values else ()
    return Question(
        key=concept.key,
        kind=_kind(concept, choices),
        evidence=evidence,
        texts=concept.descriptions,
        choices=choices,
        code_list=concept.value_expression or "",
    )


def _kind(concept: ProviderClassification, choices: Iterable[str]) -> AnswerKind:
    if any(choices):
        return AnswerKind.CHOICE
    kinds = {
        "codelist": AnswerKind.CODE,
        "date": AnswerKind.DATE,
        "boolean": AnswerKind.YES_OR_NO,
    }
    return kinds.get((concept.type or "").lower(), AnswerKind.TEXT)


def _level(where: JurisdictionDetermination) -> str:
    """Older directories give the level as the address of its code."""
    return where.level.rpartition("/")[2]


def _answered(concept: ProviderClassification, value: str) -> ProviderClassification:
    """The concept with the one value that the person gave (R-EDM-REQ-C023)."""
    checked = _checked(value)
    kind = _kind(concept, concept.supported_value.strings if concept.supported_value else ())
    if kind is AnswerKind.DATE:
        given = SupportedValue(dates=(checked,))
    elif kind is AnswerKind.YES_OR_NO:
        given = SupportedValue(booleans=(checked,))
    else:
        given = SupportedValue(strings=(checked,))
    return replace(concept, supported_value=given)


def _checked(value: str) -> str:
    """A person's answer is text of some length; what it must be beyond that the directory says."""
    text = value.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise OwnMistake("an answer is one line of at most 200 characters")
    return text
