"""Municipalities become one: their services follow, and where they disagree somebody decides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from procedures.document import Tree
from procedures.errors import ProceduresMisuse
from procedures.templates.adoption import Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """Some municipalities become part of another, new or old, on a day."""

    parts: tuple[str, ...]
    """Codes of those that end."""
    into: str
    """Code of the one that goes on."""
    on: date

    def __post_init__(self) -> None:
        """Refuse a merger of nothing, or of a municipality into itself."""
        if not self.parts or self.into in self.parts:
            raise ProceduresMisuse("expected municipalities that end, and another that goes on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that the merging municipalities say differently."""

    template: str
    field: str
    values: Mapping[str, Tree]
    """What each municipality says, by its code; who is absent leaves it to the template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What becomes of the services."""

    adoptions: tuple[Adoption, ...]
    """All, those of the merging municipalities put together."""
    conflicts: tuple[Conflict, ...]
    """Fields that the parts said differently; somebody reads what stands now, or says it anew."""
    former: Mapping[str, str]
    """Old identifier to new, so that old addresses lead on."""


def merged(
    adoptions: Iterable[Adoption], merger: Merger, *, identifier: Callable[[str], str]
) -> Merged:
    """Put the services of merging municipalities together, template by template.

    A field that all of them say alike is kept. Where they disagree this is listed, and the words of
    the one that goes on stand when it has the service already, else nobody's. ``identifier`` names
    the service of the one that goes on, from the template's name.
    """
    uses = tuple(adoptions)
    involved = {*merger.parts, merger.into}
    groups: dict[str, list[Adoption]] = {}
    for one in uses:
        if one.municipality in involved:
            groups.setdefault(one.template, []).append(one)
    kept = [one for one in uses if one.municipality not in involved]
    conflicts: list[Conflict] = []
    former: dict[str, str] = {}
    for template, group in groups.items():
        whole, disagreed = _together(template, group, merger, identifier(template))
        kept.append(whole)
        conflicts += disagreed
        former |= {one.identifier: whole.identifier for one in group}
    return Merged(
        adoptions=tuple(kept),
        conflicts=tuple(conflicts),
        former={old: new for old, new in former.items() if old != new},
    )


def _together(
    template: str, group: list[Adoption], merger: Merger, identifier: str
) -> tuple[Adoption, list[Conflict]]:
    going_on = next((one for one in group if one.municipality == merger.into), None)
    names = sorted({name for one in group for name in one.fields})
    said: dict[str, Tree] = {} if going_on is None else dict(going_on.fields)
    conflicts = []
    for name in names:
        values = {one.municipality: one.fields[name] for one in group if name in one.fields}
        alike = len(values) == len(group) and all(
            one == next(iter(values.values())) for one in values.values()
        )
        if alike:
            said[name] = next(iter(values.values()))
        else:
            conflicts.append(Conflict(template=template, field=name, values=values))
    oldest = min(group, key=lambda one: one.version)
    base = going_on or oldest
    whole = replace(
        base,
        identifier=identifier if going_on is None else going_on.identifier,
        municipality=merger.into,
        version=oldest.version,
        fields=said,
        seen=oldest.seen,
    )
    return whole, conflicts
