"""What Member States have declared to the Once-Only Technical System, from the Evidence Broker.

The catalogue of requirements is public: a query of the Evidence Broker gives each requirement with
the procedures and jurisdictions that ask for it
(https://code.europa.eu/oots/tdd/tdd_chapters, chapter 3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from procedures.errors import Refused
from procedures.model import Country
from xmltrust.errors import XmlRefused
from xmltrust.parse import Limits, parse

_SDG: Final = "{http://data.europa.eu/p4s}"
_LIMITS: Final = Limits(
    max_bytes=64 * 1024 * 1024, max_depth=40, max_elements=2_000_000, max_attributes=2_000_000
)


class DeclarationsRefused(Refused):
    """A file is no answer of the Evidence Broker with requirements."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Declaration:
    """One requirement that one Member State asks for in one procedure."""

    procedure: str
    """Procedure code of OOTS messages: ``T2``."""
    country: Country
    requirement: str
    """Identifier of the requirement."""
    name: str
    """Its English name, else the first one given."""


def read_declarations(data: bytes) -> tuple[Declaration, ...]:
    """Every declaration in the answer of an Evidence Broker, each once, sorted.

    Raises `DeclarationsRefused` for any other bytes. The answer's signature is not looked at: that
    is done where it is fetched.
    """
    try:
        root = parse(data, limits=_LIMITS, comments_allowed=True)
    except XmlRefused as error:
        raise DeclarationsRefused(str(error)) from None
    requirements = list(root.iter(f"{_SDG}Requirement"))
    if not requirements:
        raise DeclarationsRefused("expected requirements of an Evidence Broker, found none")
    return tuple(sorted({one for element in requirements for one in _declared(element)}))


def _declared(element: etree._Element) -> Iterator[Declaration]:
    identifier = _text(element, "Identifier")
    names = {
        one.get("lang", "").lower(): (one.text or "").strip()
        for one in element.iterfind(f"{_SDG}Name")
    }
    name = names.get("en") or next(iter(names.values()), "")
    for framework in element.iterfind(f"{_SDG}ReferenceFramework"):
        countries = framework.iterfind(f"{_SDG}Jurisdiction/{_SDG}AdminUnitLevel1")
        codes = [_text(one, "Identifier") for one in framework.iterfind(f"{_SDG}RelatedTo")]
        for country in countries:
            for code in codes:
                yield Declaration(
                    procedure=code,
                    country=_country(country.text),
                    requirement=identifier,
                    name=name,
                )


def _country(text: str | None) -> Country:
    try:
        return Country((text or "").strip())
    except ValueError:
        raise DeclarationsRefused(f"expected a country code, found {(text or '')[:20]!r}") from None


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{_SDG}{name}")
    text = "" if found is None else (found.text or "").strip()
    if not text:
        raise DeclarationsRefused(f"expected {name} in each requirement and framework")
    return text
