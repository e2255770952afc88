"""The entries of Annexes I, II and III and of the OOTS procedure list, with what holds when."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from procedures.codes.policy_code import Annex, PolicyCode
from procedures.errors import UnknownCode

SOURCE: Final = "https://eur-lex.europa.eu/eli/reg/2018/1724"
"""Where the annexes are published."""
OOTS_SOURCE: Final = (
    "https://code.europa.eu/oots/tdd/tdd_chapters/-/tree/master/OOTS-EDM/codelists/OOTS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One area, item of information or procedure."""

    code: PolicyCode
    names: Mapping[str, str]
    """Name by language; always ``en``."""
    tag_name: str
    """English name as the Commission's tagging list words it."""
    applies_from: date
    act: str
    """The act that put the entry into the annex."""
    confirmed: bool
    """Whether a published list spells this code; else it follows from the annex's numbering."""
    outputs: Mapping[str, str]
    """Expected output of a procedure by language (Annex II); empty for information."""

    @property
    def is_area(self) -> bool:
        """Whether this is a heading, which no page may carry as its code."""
        return self.code.number == 0

    def holds_on(self, day: date) -> bool:
        """Whether the annex has the entry on that day."""
        return self.applies_from <= day

    def name(self, language: str) -> str:
        """The name in a language, else in English."""
        return self.names.get(language, self.names["en"])

    def output(self, language: str) -> str | None:
        """The expected output in a language, else in English."""
        return self.outputs.get(language, self.outputs.get("en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceEntry:
    """One assistance or problem-solving service of Annex III; its name is its code."""

    name: str
    names: Mapping[str, str]
    applies_from: date
    applies_until: date | None
    act: str

    def holds_on(self, day: date) -> bool:
        """Whether the annex lists the service on that day."""
        return self.applies_from <= day and (self.applies_until is None or day < self.applies_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class OotsProcedure:
    """One code of the published list ``Procedures-CodeList``."""

    code: str
    policy_code: PolicyCode | None
    """The procedure of Annex II with this code, where there is one."""
    name: str | None
    """None where no published name has been seen."""


def entry(code: PolicyCode) -> CodeEntry:
    """The entry of a code; raises `UnknownCode`."""
    try:
        return _entries()[code]
    except KeyError:
        raise UnknownCode(f"Annex {code.annex.value} has no {code.code}") from None


def knows(code: PolicyCode) -> bool:
    """Whether the annex has this code, as an item or as an area."""
    return code in _entries()


def entries(annex: Annex, *, on: date | None = None) -> tuple[CodeEntry, ...]:
    """Items (not areas) of an annex in counting order; only those that hold on a day, if given."""
    return tuple(
        found
        for code, found in sorted(_entries().items())
        if code.annex is annex and not found.is_area and (on is None or found.holds_on(on))
    )


def areas(annex: Annex) -> tuple[CodeEntry, ...]:
    """Areas of Annex I, or life events of Annex II."""
    return tuple(
        found for code, found in sorted(_entries().items()) if code.annex is annex and found.is_area
    )


def life_event(code: PolicyCode) -> CodeEntry:
    """The area or life event that an item stands under; raises `UnknownCode`."""
    return entry(PolicyCode(code.annex, code.area))


def spelled(code: str) -> tuple[PolicyCode, ...]:
    """All annexes' codes spelled like this: none, one, or for ``R1`` two."""
    return tuple(known for annex in Annex if (known := PolicyCode(annex, code)) in _entries())


def named(name: str) -> tuple[CodeEntry, ...]:
    """The entries with exactly this name, in any language known or in the tagging list's words."""
    return _by_name().get(" ".join(name.split()).casefold(), ())


def with_output(words: str) -> tuple[CodeEntry, ...]:
    """Procedures whose expected output holds these words, in any language known."""
    wanted = words.casefold()
    return tuple(
        found
        for found in entries(Annex.PROCEDURES)
        if any(wanted in output.casefold() for output in found.outputs.values())
    )


@cache
def assistance_services() -> tuple[AssistanceEntry, ...]:
    """Annex III."""
    return tuple(
        AssistanceEntry(
            name=row["name"],
            names={"en": row["name"], "lv": row["lv"]},
            applies_from=date.fromisoformat(row["applies_from"]),
            applies_until=date.fromisoformat(row["applies_until"])
            if row["applies_until"]
            else None,
            act=row["act"],
        )
        for row in _rows("annex_iii.csv")
    )


@cache
def oots_procedures() -> Mapping[str, OotsProcedure]:
    """The published procedure codes of the Once-Only Technical System, and ``00`` for tests."""
    return {
        row["code"]: OotsProcedure(
            code=row["code"],
            policy_code=PolicyCode(Annex.PROCEDURES, row["policy_code"])
            if row["policy_code"]
            else None,
            name=row["en"] or _oots_name(row["policy_code"]),
        )
        for row in _rows("oots.csv")
    }


def _oots_name(code: str) -> str | None:
    return entry(PolicyCode(Annex.PROCEDURES, code)).tag_name if code else None


@cache
def _entries() -> Mapping[PolicyCode, CodeEntry]:
    found = {}
    for annex, name in ((Annex.INFORMATION, "annex_i.csv"), (Annex.PROCEDURES, "annex_ii.csv")):
        for row in _rows(name):
            code = PolicyCode(annex, row["code"])
            found[code] = CodeEntry(
                code=code,
                names=_by_language(row, ""),
                tag_name=row["tag_en"] or row["en"],
                applies_from=date.fromisoformat(row["applies_from"]),
                act=row["act"],
                confirmed=row["confirmed"] == "yes",
                outputs=_by_language(row, "output_"),
            )
    return found


@cache
def _by_name() -> Mapping[str, tuple[CodeEntry, ...]]:
    found: dict[str, tuple[CodeEntry, ...]] = {}
    for known in _entries().values():
        for name in {known.tag_name, *known.names.values()}:
            found[name.casefold()] = (*found.get(name.casefold(), ()), known)
    return found


def _by_language(row: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {language: row[prefix + language] for language in ("en", "lv") if row[prefix + language]}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("procedures.codes.data").joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), delimiter=";")
