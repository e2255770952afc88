"""The meta tags by which the Gateway's crawler knows a page, from a description.

The Commission's guide "Metadata for URLs that are part of the SDG" names the tags; what they say
is set by Implementing Regulation (EU) 2020/1121, Annex I
(https://eur-lex.europa.eu/eli/reg_impl/2020/1121).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from procedures.codes import entry, knows
from procedures.errors import ProceduresMisuse
from procedures.model import AssistanceService, Description

BETWEEN: Final = ";"
"""What stands between several values of one tag."""


class Html(str):
    """HTML whose values are escaped: templates of Jinja and Django put it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What a template asks for before it would escape."""
        return str.__str__(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaTag:
    """One ``<meta>`` of a page's head."""

    name: str
    content: str

    def __str__(self) -> Html:
        """The element."""
        return Html(f'<meta name="{escape(self.name)}" content="{escape(self.content)}">')

    def __html__(self) -> str:
        """The element, for a template."""
        return str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTags:
    """The tags of one page in one language."""

    tags: tuple[MetaTag, ...]
    canonical: str | None
    """The address that the crawler counts the page under; none when the description gives none."""

    def value(self, name: str) -> str | None:
        """The content of a tag."""
        return next((one.content for one in self.tags if one.name == name), None)

    def as_mapping(self) -> dict[str, str]:
        """Name and content, for pages that a script fills."""
        return {one.name: one.content for one in self.tags}

    def __str__(self) -> Html:
        """The lines for the head of the page."""
        lines = [str(one) for one in self.tags]
        if self.canonical is not None:
            lines.append(f'<link rel="canonical" href="{escape(self.canonical)}">')
        return Html("\n".join(lines))

    def __html__(self) -> str:
        """The lines, for a template."""
        return str(self)


def page_tags(
    description: Description, *, language: str | None = None, language_tag: bool = False
) -> PageTags:
    """The tags of the description's page in a language (its own when none is given).

    ``language_tag`` adds ``DC.Language`` for a page whose ``<html lang>`` cannot be set.
    Raises `ProceduresMisuse` when a value holds the semicolon that separates values.
    """
    wanted = language or description.language
    values: list[tuple[str, tuple[str, ...]]] = [
        ("sdg-tag", ("sdg",)),
        ("DC.ISO3166", (description.country.for_the_union,)),
        ("DC.Location", tuple(description.territory)),
        ("DC.Service", (description.kind.value,)),
        ("policy-code", _codes(description)),
        ("DC.Policy", _policies(description)),
        ("DC.Language", (wanted,) if language_tag else ()),
    ]
    page = description.page(wanted)
    return PageTags(
        tags=tuple(
            MetaTag(name=name, content=_joined(name, all_)) for name, all_ in values if all_
        ),
        canonical=None if page is None else str(page.address),
    )


def meta_tags(
    description: Description, *, language: str | None = None, language_tag: bool = False
) -> Html:
    """The same as HTML for the head of the page; every value is escaped."""
    return page_tags(description, language=language, language_tag=language_tag).__str__()


def meta_tags_json(description: Description, *, language: str | None = None) -> str:
    """The same as a JSON object of name and content, for pages that a script fills."""
    tags: Mapping[str, str] = page_tags(
        description, language=language, language_tag=True
    ).as_mapping()
    return json.dumps(tags, ensure_ascii=False)


def _codes(description: Description) -> tuple[str, ...]:
    """Codes without their annex, each once: the tag has no way to say the annex.

    ``DC.Service`` tells ``R1`` of Annex I from ``R1`` of Annex II.
    """
    if isinstance(description, AssistanceService):
        return (description.service,)
    return tuple(dict.fromkeys(code.code for code in description.codes))


def _policies(description: Description) -> tuple[str, ...]:
    if isinstance(description, AssistanceService):
        return ()
    return tuple(dict.fromkeys(entry(code).tag_name for code in description.codes if knows(code)))


def _joined(name: str, values: tuple[str, ...]) -> str:
    if any(BETWEEN in value for value in values):
        raise ProceduresMisuse(f"expected no semicolon in a value of {name}: it separates values")
    return BETWEEN.join(values)
