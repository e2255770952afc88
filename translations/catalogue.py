"""The product's own words, in every language it speaks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import c2py
from pathlib import Path

from translations.errors import MessageMisuse, MissingMessage
from translations.languages import Language, read_language

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A value's place in a message: ``{name}``."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a single form, or one form for each plural of the language."""

    forms: tuple[str, ...]

    @property
    def is_plural(self) -> bool:
        """Whether the message chooses its form by a number."""
        return len(self.forms) > 1


@dataclass(frozen=True, slots=True)
class Messages:
    """The words of one language; what it lacks is read from English."""

    language: Language
    messages: Mapping[str, Message] = field(repr=False)
    english: Mapping[str, Message] = field(repr=False)
    plural_rule: str = field(repr=False)
    """The gettext expression over ``n`` that gives the index of the form."""

    @property
    def direction(self) -> str:
        """The writing direction for ``dir=``: left to right, in all 26 languages."""
        return "ltr"

    @property
    def name(self) -> str:
        """The language's name for itself."""
        return self.language.endonym

    def text(self, message_id: str, /, **values: object) -> str:
        """The message with its values filled in; nothing is escaped.

        Raises `MissingMessage` for an id that English has not, `MessageMisuse` when a value lacks.
        """
        return _filled(message_id, self._message(message_id).forms[0], values)

    def count(self, message_id: str, number: int, /, **values: object) -> str:
        """The message in the plural form for ``number``, which fills ``{count}``."""
        from babel.numbers import format_decimal  # noqa: PLC0415  as in _read

        message = self._message(message_id)
        own = message_id in self.messages
        rule, locale = (self.plural_rule, self.language) if own else (_ENGLISH_RULE, "en")
        form = message.forms[_plural_index(rule, number)] if message.is_plural else message.forms[0]
        return _filled(
            message_id, form, {**values, "count": format_decimal(number, locale=str(locale))}
        )

    def __contains__(self, message_id: object) -> bool:
        return message_id in self.english

    def _message(self, message_id: str) -> Message:
        found = self.messages.get(message_id) or self.english.get(message_id)
        if found is None:
            raise MissingMessage(f"the product has no message {message_id!r}")
        return found


_LOCALE = Path(__file__).with_name("locale")
_ENGLISH_RULE = "(n != 1)"


def offered_languages() -> tuple[Language, ...]:
    """The languages of the product, in the order in which the Union lists them."""
    return tuple(Language)


@cache
def catalogue(language: str) -> Messages:
    """The product's words in a language, named by any spelling of its code.

    Raises `UnknownLanguage` for a language that the product does not speak.
    """
    wanted = read_language(language)
    rule, messages = _read(wanted)
    _, english = _read(Language.ENGLISH)
    return Messages(wanted, messages, english, rule)


@cache
def _read(language: Language) -> tuple[str, Mapping[str, Message]]:
    from babel.messages.pofile import read_po  # noqa: PLC0415  60 ms, which only words need

    place = _LOCALE / language.value / "LC_MESSAGES" / "messages.po"
    if not place.is_file():
        return _ENGLISH_RULE, {}
    with place.open("rb") as file:
        catalog = read_po(file, locale=language.value)
    messages = {}
    for entry in catalog:
        message_id = entry.id[0] if isinstance(entry.id, tuple | list) else entry.id
        given = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        forms = tuple(form or "" for form in given)
        if message_id and all(forms) and not entry.fuzzy:
            messages[message_id] = Message(forms)
    return catalog.plural_expr, messages


def _plural_index(rule: str, number: int) -> int:
    return c2py(rule)(number)


def _filled(message_id: str, form: str, values: Mapping[str, object]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise MessageMisuse(f"the message {message_id!r} needs a value for {name!r}")
        return str(values[name])

    return PLACEHOLDER.sub(value, form)
