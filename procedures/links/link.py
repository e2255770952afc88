"""One link of the repository, refused when the repository would refuse it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, TypeAlias

from procedures.codes import Annex, PolicyCode, entry
from procedures.errors import ProceduresMisuse, UnknownCode
from procedures.model import AssistanceService, Description, Language, Territory, WebAddress
from procedures.model.description import Kind

_FORMULA: Final = re.compile(r"[=+@\t\r]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


LinkMistake: TypeAlias = tuple[str, str]
"""The heading of a column, and what is wrong in it."""


class LinkRefused(ProceduresMisuse):
    """A link that the repository would refuse; each field with its mistake."""

    def __init__(self, whose: str, mistakes: Sequence[LinkMistake]) -> None:
        """Keep whose link it is and all mistakes."""
        super().__init__(whose, tuple(mistakes))
        self.whose = whose
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """Name the link and each mistake."""
        return f"{self.whose}: " + "; ".join(f"{name}: {what}" for name, what in self.mistakes)


class LinkKind(StrEnum):
    """What the page holds; the repository knows no assistance services."""

    INFORMATION = "Information"
    PROCEDURE = "Procedure"


class UrlType(StrEnum):
    """Whether the address is one page, or everything beneath it."""

    PAGE = "WEB PAGE"
    FOLDER = "WEB FOLDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One address with what the Gateway must know of it.

    Field by field as the guide "Metadata for URLs that are part of the SDG" describes the import.
    """

    title: str
    url: WebAddress
    kind: LinkKind
    codes: tuple[PolicyCode, ...]
    """``categories``: items of Annex I or II, never whole areas."""
    language: Language | None = None
    """Must be given for a page."""
    description: str = ""
    url_type: UrlType = UrlType.PAGE
    territory: Territory | None = None
    """``nationalCode``: NUTS or LAU, when the page does not hold in the whole country."""
    parent_url: WebAddress | None = None
    excluded_paths: tuple[str, ...] = ()
    """Paths beneath a folder that do not belong to it."""
    ignore_params: tuple[str, ...] = ()
    """Parameters of a query that make no other page."""
    origin: str = ""
    """The description that the link was made of, to which complaints are led back."""

    def __post_init__(self) -> None:
        """Refuse the link, with everything that is wrong with it."""
        wrong = tuple(self._mistakes())
        if wrong:
            raise LinkRefused(self.origin or self.url, wrong)

    def _mistakes(self) -> Iterator[LinkMistake]:
        if not self.title.strip():
            yield "title", "expected a text, found none"
        for name, text in (("title", self.title), ("description", self.description)):
            # A spreadsheet would run what begins like this as a formula.
            if _FORMULA.match(text) or _CONTROL.search(text):
                yield name, "expected words, found a formula or control characters"
        if not self.codes:
            yield "categories", "expected a code of Annex I or II, found none"
        for code in self.codes:
            yield from self._mistake_of(code)
        if self.url_type is UrlType.PAGE and self.language is None:
            yield "language", "expected the language of the page, found none"
        if self.url_type is UrlType.PAGE and self.excluded_paths:
            yield "excluded paths", "a page has none, a folder may"

    def _mistake_of(self, code: PolicyCode) -> Iterator[LinkMistake]:
        try:
            known = entry(code)
        except UnknownCode as problem:
            yield "categories", str(problem)
            return
        if known.is_area:
            yield "categories", f"{code.code} is a whole area, expected one of its items"
        elif self.kind is LinkKind.INFORMATION and code.annex is Annex.PROCEDURES:
            yield "categories", f"{code.code} is a procedure of Annex II, the page is information"

    def facts(self) -> tuple[object, ...]:
        """All that the repository is told; equal facts need no new push."""
        return tuple(getattr(self, one.name) for one in fields(self) if one.name != "origin")


def links_of(description: Description) -> tuple[Link, ...]:
    """One link for each page of a description; none for an assistance service.

    Raises `ProceduresMisuse` where the repository would refuse what the description says.
    """
    if isinstance(description, AssistanceService):
        return ()
    if len(description.territory) > 1 and description.pages:
        mistake = ("national code", "the repository takes one for each page")
        raise LinkRefused(description.identifier, (mistake,))
    own = description.language
    return tuple(
        Link(
            title=description.title.best(page.language, own).text,
            description=description.summary.best(page.language, own).text,
            url=page.address,
            kind=_KINDS[description.kind],
            codes=description.codes,
            language=page.language,
            territory=next(iter(description.territory), None),
            origin=description.identifier,
        )
        for page in description.pages
    )


_KINDS: Final = {Kind.INFORMATION: LinkKind.INFORMATION, Kind.PROCEDURE: LinkKind.PROCEDURE}
