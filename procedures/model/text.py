"""A text in several languages, each saying who made it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from procedures.errors import ProceduresMisuse
from procedures.model.values import Language


class Maker(StrEnum):
    """Who wrote a text."""

    HUMAN = "human"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a text came to be, where it was not simply written in that language."""

    made_by: Maker
    engine: str = ""
    """The machine: ``argos``, ``etranslation``, ``hugo``."""
    version: str = ""
    at: datetime | None = None
    approved: bool = False
    """Whether a person has read the machine's text and stands by it."""
    source_digest: str = ""
    """SHA-256 of the source text it was made from, in hexadecimal; tells when it is stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """The text in one language."""

    language: Language
    text: str
    origin: Origin | None = None

    @property
    def machine_made(self) -> bool:
        """Whether a machine made it and no person has approved it."""
        origin = self.origin
        return origin is not None and origin.made_by is Maker.MACHINE and not origin.approved


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one or more languages, each language once."""

    phrases: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Refuse a text with no language, or with a language twice."""
        languages = [phrase.language for phrase in self.phrases]
        if not languages:
            raise ProceduresMisuse("expected a text in at least one language")
        if len(set(languages)) < len(languages):
            raise ProceduresMisuse("expected each language once")

    @classmethod
    def of_languages(cls, **texts: str) -> Self:
        """Make a text written by people: ``Text.of_languages(lv="…", en="…")``."""
        return cls(tuple(Phrase(language=Language(key), text=text) for key, text in texts.items()))

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages it has, in the order given."""
        return tuple(phrase.language for phrase in self.phrases)

    def of(self, language: str) -> Phrase | None:
        """The phrase in that very language."""
        for phrase in self.phrases:
            if phrase.language == language:
                return phrase
        return None

    def plain(self, language: str) -> str | None:
        """The words in that very language."""
        phrase = self.of(language)
        return None if phrase is None else phrase.text

    def best(self, *languages: str) -> Phrase:
        """The phrase in the first of these languages that exists, else the first phrase."""
        for language in languages:
            phrase = self.of(language)
            if phrase is not None:
                return phrase
        return self.phrases[0]

    def having(self, phrases: Iterable[Phrase]) -> "Text":
        """The same text, with these phrases added or put in the place of their language."""
        new = {phrase.language: phrase for phrase in self.phrases}
        new.update({phrase.language: phrase for phrase in phrases})
        return Text(tuple(new.values()))
