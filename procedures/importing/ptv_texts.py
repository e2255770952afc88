"""The lists of texts by language and type of which Finland's service register is made."""

from collections.abc import Iterable, Mapping
from typing import Any

from procedures.importing.imported import records
from procedures.importing.plain_text import from_markdown


def texts_of(items: Any, kind: str) -> dict[str, tuple[str, ...]]:
    """The texts of a type, in blocks, by language."""
    return {
        str(one["language"]): from_markdown(str(one["value"]))
        for one in records(items)
        if one.get("type") == kind and one.get("value") and one.get("language")
    }


def named(items: Any, kind: str) -> dict[str, str]:
    """The names of a type by language, Finnish first, as the register's own language."""
    found = {
        language: " ".join(blocks) for language, blocks in texts_of(items, kind).items() if blocks
    }
    order = sorted(found, key=lambda language: ("fi", "sv", "en", language).index(language))
    return {language: found[language] for language in order}


def by_language(items: Any) -> dict[str, tuple[str, ...]]:
    """Texts that have no type."""
    return {
        str(one["language"]): from_markdown(str(one["value"]))
        for one in records(items)
        if one.get("value") and one.get("language")
    }


def whole_texts(held: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, str]:
    """Several texts one after the other, each language for itself."""
    found: dict[str, list[str]] = {}
    for texts in held:
        for language, blocks in texts.items():
            found.setdefault(language, []).extend(blocks)
    return {language: "\n".join(blocks) for language, blocks in found.items() if blocks}
