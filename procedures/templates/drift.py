"""What has changed in a template since a municipality last looked at it, and what that means."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from procedures.templates.adoption import Adoption
from procedures.templates.template import Policy, Template


class Drifting(StrEnum):
    """What a change of the template means for a municipality."""

    TAKEN_OVER = "taken-over"
    """The new text already shows: somebody should read whether it holds here."""
    DECIDE = "decide"
    """The municipality says the field itself, and the template changed beneath it."""
    LOCKED = "locked"
    """The field is now the template's alone: the municipality's own words no longer count."""
    MISSING = "missing"
    """The municipality must now say the field, and does not."""
    GONE = "gone"
    """The template no longer says the field."""

    @property
    def blocks(self) -> bool:
        """Whether the service cannot be published before somebody acts."""
        return self in {Drifting.LOCKED, Drifting.MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One field that drifted."""

    field: str
    meaning: Drifting


def drift(template: Template, adoption: Adoption) -> tuple[Drift, ...]:
    """Every field that changed since the adoption last saw it, those that block first."""
    found = (
        Drift(field=field, meaning=meaning)
        for field in sorted({*template.fields, *template.own, *adoption.seen, *adoption.fields})
        for meaning in _meaning(template, adoption, field)
    )
    return tuple(sorted(found, key=lambda one: not one.meaning.blocks))


def _meaning(template: Template, adoption: Adoption, field: str) -> Iterator[Drifting]:
    policy = template.policy(field)
    said = adoption.overrides(field)
    if said and policy is Policy.LOCKED:
        yield Drifting.LOCKED
        return
    if not said and policy is Policy.OWN:
        yield Drifting.MISSING
        return
    before, now = adoption.seen.get(field, ""), template.digest(field)
    if before == now or policy is Policy.OWN:
        return
    if said:
        yield Drifting.DECIDE
    else:
        yield Drifting.TAKEN_OVER if now else Drifting.GONE


def confirmed(template: Template, adoption: Adoption, *fields: str) -> Adoption:
    """The adoption after somebody looked at these fields; at all when none is named.

    What blocks stays: only changing the municipality's own fields mends it.
    """
    looked_at = set(fields) or {*template.fields, *adoption.seen}
    seen = {
        **{name: one for name, one in adoption.seen.items() if name not in looked_at},
        **{name: template.digest(name) for name in looked_at if name in template.fields},
    }
    whole = not fields or not drift(template, replace(adoption, seen=seen))
    return replace(
        adoption,
        seen=dict(sorted(seen.items())),
        version=template.version if whole else adoption.version,
    )
