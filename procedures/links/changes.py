"""What changed since the last push, and the memory of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from procedures.codes import PolicyCode
from procedures.errors import ProceduresMisuse
from procedures.links.columns import BETWEEN, COLUMNS, read_row, values_of
from procedures.links.link import Link

_FORM: Final = "sdg-connector links 1"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The links that the repository has taken from us, by their address."""

    links: Mapping[str, Link] = field(default_factory=dict)

    def with_changes(self, changed: "Changes") -> "Snapshot":
        """The snapshot after the repository has taken these changes."""
        links = dict(self.links)
        links.update({str(link.url): link for link in (*changed.added, *changed.changed)})
        for link in changed.deleted:
            links.pop(str(link.url), None)
        return Snapshot(links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has to be told to the repository."""

    added: tuple[Link, ...] = ()
    changed: tuple[Link, ...] = ()
    deleted: tuple[Link, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)

    @property
    def rows(self) -> tuple[tuple[Link, bool], ...]:
        """Each link to send, with whether it is to be deleted; deletions first.

        A page that moved is thus never for a moment in the repository twice.
        """
        return (
            *((link, True) for link in self.deleted),
            *((link, False) for link in (*self.added, *self.changed)),
        )


def changes(now: Iterable[Link], *, since: Snapshot) -> Changes:
    """What differs between the links that hold now and those that the repository has.

    Raises `ProceduresMisuse` when an address stands twice: the repository keeps each once (Article
    19(6) of Regulation (EU) 2018/1724).
    """
    by_url: dict[str, Link] = {}
    for link in now:
        other = by_url.setdefault(str(link.url), link)
        if other is not link:
            names = " and ".join(filter(None, (other.origin, link.origin))) or "two links"
            raise ProceduresMisuse(f"{names} have the same address {link.url}")
    before = since.links
    return Changes(
        added=tuple(link for url, link in by_url.items() if url not in before),
        changed=tuple(
            link
            for url, link in by_url.items()
            if url in before and before[url].facts() != link.facts()
        ),
        deleted=tuple(link for url, link in before.items() if url not in by_url),
        unchanged=sum(
            url in before and before[url].facts() == link.facts() for url, link in by_url.items()
        ),
    )


def write_snapshot(snapshot: Snapshot) -> str:
    """The snapshot as JSON."""
    links = [
        {"origin": link.origin, "codes": [str(code) for code in link.codes]}
        | {name: BETWEEN.join(given) for name, given in values_of(link, delete=False).items()}
        for link in snapshot.links.values()
    ]
    return json.dumps({"form": _FORM, "links": links}, ensure_ascii=False, indent=1) + "\n"


def read_snapshot(text: str) -> Snapshot:
    """The snapshot that was written; raises `ProceduresMisuse` for any other text."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ProceduresMisuse("this is no memory of links: expected JSON") from None
    if not isinstance(said, dict) or said.get("form") != _FORM:
        raise ProceduresMisuse(f"this is no memory of links: expected the form {_FORM!r}")
    links = {}
    for kept in said.get("links", ()):
        if not isinstance(kept, dict):
            raise ProceduresMisuse("this is no memory of links: a link is no object")
        link = _kept(kept)
        links[str(link.url)] = link
    return Snapshot(links)


def _kept(kept: Mapping[str, object]) -> Link:
    cells = {heading: str(kept.get(name, "")) for name, heading in COLUMNS.items()}
    link, _ = read_row(cells, origin=str(kept.get("origin", "")))
    codes = kept.get("codes")
    if not isinstance(codes, list):
        raise ProceduresMisuse("this is no memory of links: a link has no codes")
    return replace(link, codes=tuple(PolicyCode.read(str(code)) for code in codes))
