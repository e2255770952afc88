"""Find the texts of a description that lack a language, and put translations in."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from procedures.document import Path, show_path
from procedures.errors import ProceduresMisuse
from procedures.model import Description, Language, Phrase, Text
from procedures.places import texts

Model = TypeVar("Model", bound=Description)
_STEP = re.compile(r"\.?(?P<name>[a-z_]+)|\[(?P<at>[0-9]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Untranslated:
    """One text that a translator has to make."""

    where: str
    """Its place: ``steps[0].text``; `translated` takes the translation under it."""
    source: Phrase
    """What to translate from."""
    stale: bool = False
    """Whether there is a translation, made from another wording than today's."""

    @property
    def digest(self) -> str:
        """SHA-256 of the source, for `Origin.source_digest` of the translation."""
        return source_digest(self.source.text)


def source_digest(text: str) -> str:
    """By what a translation tells which wording it was made from."""
    return hashlib.sha256(text.encode()).hexdigest()


def translatable(description: Description, *, into: str) -> tuple[Untranslated, ...]:
    """The texts that have nothing in the language ``into``, or a machine's text that is stale.

    What people wrote in that language stands, and is never listed. The source is the description's
    own language where the text has it.
    """
    language = Language(into)
    return tuple(
        Untranslated(where=show_path(path), source=source, stale=held is not None)
        for path, text in texts(description)
        if (source := text.best(description.language)).language != language
        and ((held := text.of(language)) is None or is_stale(held, source))
    )


def is_stale(phrase: Phrase, source: Phrase) -> bool:
    """Whether a machine made the phrase from another wording than the source has now."""
    digest = "" if phrase.origin is None else phrase.origin.source_digest
    return phrase.machine_made and digest != "" and digest != source_digest(source.text)


def translated(description: Model, phrases: Mapping[str, Phrase]) -> Model:
    """The description with these phrases put in, each under the place of its text.

    A phrase takes the place of one that has the same language. Raises `ProceduresMisuse` for a
    place where there is no text.
    """
    changed = description
    for where, phrase in phrases.items():
        changed = cast(Model, _with(changed, _path(where), phrase, where))
    return changed


def _path(where: str) -> Path:
    steps: list[str | int] = []
    at = 0
    while at < len(where):
        found = _STEP.match(where, at)
        if found is None:
            raise _no_text(where)
        steps.append(found["name"] or int(found["at"]))
        at = found.end()
    return tuple(steps)


def _with(value: Any, path: Path, phrase: Phrase, where: str) -> Any:
    if not path:
        if not isinstance(value, Text):
            raise _no_text(where)
        return value.having((phrase,))
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(value, tuple) or step >= len(value):
            raise _no_text(where)
        return (*value[:step], _with(value[step], rest, phrase, where), *value[step + 1 :])
    if not is_dataclass(value) or step not in {one.name for one in fields(value)}:
        raise _no_text(where)
    return replace(value, **{step: _with(getattr(value, step), rest, phrase, where)})  # type: ignore[type-var]


def _no_text(where: str) -> ProceduresMisuse:
    return ProceduresMisuse(f"expected the place of a text, found {where}")
