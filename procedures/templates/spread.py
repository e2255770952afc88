"""Which municipalities use which templates: the whole country against every unified service."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from procedures.errors import Mistake
from procedures.templates.adoption import Adoption
from procedures.templates.drift import drift
from procedures.templates.errors import TemplateBroken
from procedures.templates.template import Template, is_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """One municipality, as the national register of territories has it."""

    code: str
    name: str
    until: date | None = None
    """The first day on which it no longer exists."""
    into: str = ""
    """The code of the municipality that it became part of."""

    def exists_on(self, day: date) -> bool:
        """Whether it exists on that day."""
        return self.until is None or day < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far one template has spread on a day."""

    template: str
    up_to_date: tuple[str, ...]
    """Codes of municipalities that use it and have seen its last change."""
    drifting: tuple[str, ...]
    """Codes of those that have not."""
    missing: tuple[str, ...]
    """Codes of those that do not use it."""
    stray: tuple[str, ...]
    """Codes that are of no municipality on that day: merged, or mistyped."""

    @property
    def share(self) -> float:
        """The share of municipalities that use the template."""
        using = len(self.up_to_date) + len(self.drifting)
        return using / (using + len(self.missing)) if using + len(self.missing) else 0.0


def read_municipalities(data: bytes) -> tuple[Municipality, ...]:
    """A CSV file with ``code;name;until;into``; raises `TemplateBroken` with every mistake."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(1, "expected UTF-8, found other bytes") from None
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    if not {"code", "name"} <= set(rows.fieldnames or ()):
        raise _wrong(1, "expected the columns code;name;until;into")
    found: list[Municipality] = []
    mistakes: list[Mistake] = []
    for row in rows:
        code, until = (row["code"] or "").strip(), (row.get("until") or "").strip()
        if not code or (until and not is_day(until)):
            mistakes.append(
                Mistake(
                    path="", line=rows.line_num, message="expected a code, and a day or nothing"
                )
            )
            continue
        found.append(
            Municipality(
                code=code,
                name=(row["name"] or "").strip(),
                until=date.fromisoformat(until) if until else None,
                into=(row.get("into") or "").strip(),
            )
        )
    if mistakes:
        raise TemplateBroken(tuple(mistakes))
    return tuple(found)


def spread(
    templates: Iterable[Template],
    adoptions: Iterable[Adoption],
    municipalities: Iterable[Municipality],
    *,
    today: date,
) -> tuple[Spread, ...]:
    """For each template who uses it, who has to look at it again, and who does not use it."""
    existing = {one.code for one in municipalities if one.exists_on(today)}
    uses = tuple(adoptions)
    return tuple(_spread(template, uses, existing) for template in templates)


def _spread(template: Template, uses: tuple[Adoption, ...], existing: set[str]) -> Spread:
    using = {one.municipality: one for one in uses if one.template == template.identifier}
    behind = {code for code, one in using.items() if drift(template, one)}
    return Spread(
        template=template.identifier,
        up_to_date=tuple(sorted((using.keys() & existing) - behind)),
        drifting=tuple(sorted(behind & existing)),
        missing=tuple(sorted(existing - using.keys())),
        stray=tuple(sorted(using.keys() - existing)),
    )


def _wrong(line: int, message: str) -> TemplateBroken:
    return TemplateBroken((Mistake(path="", line=line, message=message),))
