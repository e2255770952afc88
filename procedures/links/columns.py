"""A link as a row: the columns that every file and every service of the repository shares."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

from procedures.codes import Annex, PolicyCode, knows
from procedures.errors import ProceduresMisuse
from procedures.links.link import Link, LinkKind, LinkMistake, LinkRefused, UrlType
from procedures.model import Language, Territory, WebAddress

BETWEEN: Final = ";"
"""What stands between several values in one cell."""
COLUMNS: Final[Mapping[str, str]] = {
    "title": "title",
    "url": "url",
    "description": "description",
    "type": "type",
    "categories": "categories",
    "language": "language",
    "urlType": "url type",
    "nationalCode": "national code",
    "parentUrl": "parent url",
    "excludedPaths": "excluded paths",
    "ignoreParams": "ignore params",
    "delete": "delete",
}
"""Fields of the services, with the heading of the same column in a file."""
LISTS: Final[Mapping[str, str]] = {
    "categories": "category",
    "excludedPaths": "excludedPath",
    "ignoreParams": "ignoreParam",
}
"""Fields that hold several values, with the name of one of them."""
_ANNEX: Final = {LinkKind.INFORMATION: Annex.INFORMATION, LinkKind.PROCEDURE: Annex.PROCEDURES}


def values_of(link: Link, *, delete: bool) -> dict[str, tuple[str, ...]]:
    """The values of each field; a field without a value is left out."""
    values = {
        "title": (link.title,),
        "url": (str(link.url),),
        "description": (link.description,),
        "type": (link.kind.value,),
        "categories": tuple(dict.fromkeys(code.code for code in link.codes)),
        "language": (link.language or "",),
        "urlType": (link.url_type.value,),
        "nationalCode": (link.territory or "",),
        "parentUrl": (link.parent_url or "",),
        "excludedPaths": link.excluded_paths,
        "ignoreParams": link.ignore_params,
        "delete": ("y" if delete else "n",),
    }
    return {name: given for name, given in values.items() if any(given)}


def row_of(link: Link, *, delete: bool) -> tuple[str, ...]:
    """The cells of a row, in the order of the columns."""
    values = values_of(link, delete=delete)
    return tuple(BETWEEN.join(values.get(name, ())) for name in COLUMNS)


def read_row(cells: Mapping[str, str], *, origin: str = "") -> tuple[Link, bool]:
    """The link of a row by its headings, and whether it is to be deleted.

    Raises `LinkRefused` with everything that is wrong in the row.
    """
    given = {name: cells.get(heading, "").strip() for name, heading in COLUMNS.items()}
    wrong: list[LinkMistake] = []
    kind = _one_of(LinkKind, given["type"], "type", wrong)
    url_type = _one_of(UrlType, given["urlType"] or UrlType.PAGE, "url type", wrong)
    url = _value(WebAddress, given["url"], "url", wrong)
    language = _value(Language, given["language"], "language", wrong, optional=True)
    territory = _value(Territory, given["nationalCode"], "national code", wrong, optional=True)
    parent = _value(WebAddress, given["parentUrl"], "parent url", wrong, optional=True)
    codes = tuple(_codes(given["categories"], kind, wrong))
    if wrong or kind is None or url_type is None or url is None:
        raise LinkRefused(origin or given["url"] or "the row", wrong)
    link = Link(
        title=given["title"],
        url=url,
        description=given["description"],
        kind=kind,
        codes=codes,
        language=language,
        url_type=url_type,
        territory=territory,
        parent_url=parent,
        excluded_paths=_split(given["excludedPaths"]),
        ignore_params=_split(given["ignoreParams"]),
        origin=origin,
    )
    return link, given["delete"].lower() in {"y", "yes"}


def _codes(text: str, kind: LinkKind | None, wrong: list[LinkMistake]) -> Iterator[PolicyCode]:
    """The codes of a cell, which does not say their annex: the type of the page does."""
    own = _ANNEX.get(kind) if kind is not None else None
    for word in _split(text):
        annexes = (own, *Annex) if own is not None else tuple(Annex)
        code = next((c for annex in annexes if knows(c := PolicyCode(annex, word))), None)
        if code is not None:
            yield code
        elif word != word.upper() and any(knows(PolicyCode(one, word.upper())) for one in Annex):
            wrong.append(("categories", f"expected {word.upper()}, found {word}"))
        else:
            wrong.append(("categories", "expected a code of Annex I or II, found another text"))


def _split(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(BETWEEN) if one.strip())


Choice = TypeVar("Choice", LinkKind, UrlType)
Word = TypeVar("Word", WebAddress, Language, Territory)


def _one_of(choices: type[Choice], text: str, name: str, wrong: list[LinkMistake]) -> Choice | None:
    # The guide's own sample writes "web folder" in small letters.
    found = next((one for one in choices if one.value.casefold() == text.casefold()), None)
    if found is None:
        known = " or ".join(one.value for one in choices)
        found_instead = "another text" if text else "none"
        wrong.append((name, f"expected {known}, found {found_instead}"))
    return found


def _value(
    kind: type[Word], text: str, name: str, wrong: list[LinkMistake], *, optional: bool = False
) -> Word | None:
    if optional and not text:
        return None
    try:
        return kind(text)
    except ProceduresMisuse as problem:
        wrong.append((name, str(problem)))
        return None
