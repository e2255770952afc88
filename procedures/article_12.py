"""The texts that the Commission, or any translator, is asked for under article 12.

A package says of each page of the Gateway what still lacks the language, how much that is, and how
often a wording repeats; what comes back is put in only where the source has not changed since.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from procedures.document import Tree, read_document
from procedures.errors import DescriptionRefused, Mistake, Refused
from procedures.model import Description, Language, Origin, Phrase
from procedures.model.text import Maker
from procedures.translating import Untranslated, translatable, translated

_WORD: Final = re.compile(r"\w+")


class PackageRefused(Refused):
    """A package that came back cannot be read; every mistake is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes."""
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A description with the translations that came back."""

    description: Description
    taken: int
    stale: tuple[str, ...]
    """Places whose source has changed since the package was made, so that nothing was put in."""


def translation_package(descriptions: Iterable[Description], *, into: str = "en") -> dict[str, Any]:
    """What lacks the language: each text with its place and digest, and the size of it all.

    Descriptions that lack nothing are left out. Only public text is in it, as on the pages.
    """
    language = Language(into)
    services = [(one, found) for one in descriptions if (found := translatable(one, into=language))]
    sources = [text.source.text for _, found in services for text in found]
    return {
        "article": "12",
        "into": language,
        "descriptions": len(services),
        "texts": len(sources),
        "distinct_texts": len(set(sources)),
        "words": sum(_words(one) for one in sources),
        "words_once": sum(_words(one) for one in set(sources)),
        "services": [_service(one, found) for one, found in services],
    }


def _service(description: Description, found: Iterable[Untranslated]) -> dict[str, Any]:
    page = description.page(description.language)
    return {
        "identifier": description.identifier,
        "kind": description.kind.value,
        "codes": [str(one) for one in description.codes],
        "page": None if page is None else page.address,
        "texts": [
            {
                "where": one.where,
                "language": one.source.language,
                "source": one.source.text,
                "digest": one.digest,
                "translation": "",
            }
            for one in found
        ],
    }


def write_package(package: Mapping[str, Any]) -> str:
    """The package as JSON; translators fill in each ``translation``."""
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def take_package(
    data: bytes, descriptions: Iterable[Description], *, engine: str = "", at: datetime
) -> tuple[Returned, ...]:
    """Put a package that came back into its descriptions; texts left empty stay untranslated.

    ``engine`` names the machine, where one made the texts; else people did. Raises
    `PackageRefused` with every mistake.
    """
    tree = _opened(data)
    language = _language(tree)
    known = {one.identifier: one for one in descriptions}
    mistakes: list[Mistake] = []
    found: list[Returned] = []
    for at_service, service in enumerate(_list(tree, "services")):
        place = f"services[{at_service}]"
        described = known.get(str(service.get("identifier")))
        if described is None:
            mistakes.append(_mistake(place, "no description has this identifier"))
            continue
        found.append(_returned(described, _list(service, "texts"), language, engine, at))
    if mistakes:
        raise PackageRefused(mistakes)
    return tuple(found)


def _returned(
    description: Description,
    texts: Iterable[Mapping[str, Tree]],
    language: Language,
    engine: str,
    at: datetime,
) -> Returned:
    open_now = {one.where: one for one in translatable(description, into=language)}
    phrases: dict[str, Phrase] = {}
    stale = []
    for one in texts:
        where, words = str(one.get("where")), str(one.get("translation") or "").strip()
        source = open_now.get(where)
        if not words:
            continue
        if source is None or source.digest != one.get("digest"):
            stale.append(where)
            continue
        origin = Origin(
            made_by=Maker.MACHINE if engine else Maker.HUMAN,
            engine=engine,
            at=at,
            source_digest=source.digest,
        )
        phrases[where] = Phrase(language=language, text=words, origin=origin)
    return Returned(
        description=translated(description, phrases), taken=len(phrases), stale=tuple(stale)
    )


def _opened(data: bytes) -> dict[str, Tree]:
    try:
        tree = read_document(data).tree
    except DescriptionRefused as error:
        raise PackageRefused(error.mistakes) from None
    if not isinstance(tree, dict) or not isinstance(tree.get("services"), list):
        raise PackageRefused((_mistake("", "expected a package with services"),))
    return tree


def _language(tree: Mapping[str, Tree]) -> Language:
    into = tree.get("into")
    if not isinstance(into, str) or not Language.accepts(into):
        raise PackageRefused((_mistake("into", "expected a language code such as en"),))
    return Language(into)


def _list(tree: Mapping[str, Tree], name: str) -> list[dict[str, Tree]]:
    held = tree.get(name)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _mistake(path: str, message: str) -> Mistake:
    return Mistake(path=path, line=None, message=message)
