"""Previews between two commits: read from a store, changed in memory, written back in one go."""

import base64
import json
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from lxml import etree

from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.connector.providing import Preview
from sdg_connector.content import Content, size_of
from sdg_connector.evidence.request_reading import read_stored_request_unsafe
from sdg_connector.vocabulary import EvidenceRole, EvidenceType
from sdg_connector.vocabulary.binding import read_element, write_element
from xmltrust import parse


@dataclass(frozen=True, slots=True)
class Shelved:
    """A preview as the store has it, and how often it was changed."""

    preview: Preview
    version: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What becomes of one preview; ``seen`` is 0 for a new one, and None removes."""

    seen: int
    preview: Preview | None


class PreviewSource(Protocol):
    """Where previews come from."""

    def preview(self, ticket: str) -> Shelved | None:
        """The preview behind a ticket."""
        ...


@dataclass(slots=True)
class Shelf(MutableMapping[str, Preview]):
    """What a provider sees while it answers: nothing is written before the caller commits."""

    source: PreviewSource
    tickets: tuple[str, ...] = ()
    """Those that an iteration gives: the ones that are due."""
    seen: dict[str, Shelved | None] = field(default_factory=dict)
    changes: dict[str, Changed] = field(default_factory=dict)

    def __getitem__(self, ticket: str) -> Preview:
        """The preview; raises ``KeyError``."""
        if ticket in self.changes:
            found = self.changes[ticket].preview
        else:
            shelved = self._shelved(ticket)
            found = None if shelved is None else shelved.preview
        if found is None:
            raise KeyError("no such preview")
        return found

    def __setitem__(self, ticket: str, preview: Preview) -> None:
        """Change or add."""
        self.changes[ticket] = Changed(self._version(ticket), preview)

    def __delitem__(self, ticket: str) -> None:
        """Remove."""
        self.changes[ticket] = Changed(self._version(ticket), None)

    def __iter__(self) -> Iterator[str]:
        """The tickets that are due."""
        return iter(one for one in self.tickets if one in self)

    def __len__(self) -> int:
        """How many are due."""
        return sum(1 for _ in self)

    def _shelved(self, ticket: str) -> Shelved | None:
        if ticket not in self.seen:
            self.seen[ticket] = self.source.preview(ticket)
        return self.seen[ticket]

    def _version(self, ticket: str) -> int:
        shelved = self._shelved(ticket)
        return 0 if shelved is None else shelved.version


def write_preview(preview: Preview, *, put: Callable[[Content], str]) -> bytes:
    """A preview as it is stored, sealed; ``put`` stores each document and gives its id."""
    kept = None
    if preview.kept is not None:
        kept = [number for number, one in enumerate(preview.held) if one in preview.kept]
    return json.dumps(
        {
            "ticket": preview.ticket,
            "request": base64.b64encode(preview.document).decode(),
            "record": preview.record,
            "held": [_write_held(one, put) for one in preview.held],
            "expires": preview.expires.isoformat(),
            "awaited": preview.awaited,
            "kept": kept,
        }
    ).encode()


def read_preview(data: bytes, *, get: Callable[[str, int], Content]) -> Preview:
    """Back from what ``write_preview`` gave; ``get`` finds a document by its id and size."""
    stored = json.loads(data)
    document = base64.b64decode(stored["request"])
    held = tuple(_read_held(one, get) for one in stored["held"])
    kept = stored["kept"]
    return Preview(
        ticket=stored["ticket"],
        request=read_stored_request_unsafe(document),
        document=document,
        record=stored["record"],
        held=held,
        expires=datetime.fromisoformat(stored["expires"]),
        awaited=stored["awaited"],
        kept=None if kept is None else tuple(held[number] for number in kept),
    )


def _write_held(held: HeldEvidence, put: Callable[[Content], str]) -> dict[str, Any]:
    kind = write_element("EvidenceType", held.evidence_type, version=None)
    return {
        "identifier": held.identifier,
        "title": held.title,
        "evidence_type": etree.tostring(kind, encoding="unicode"),
        "issued": held.issued.isoformat(),
        "media_type": held.media_type,
        "content": [put(held.content), size_of(held.content)],
        "language": held.language,
        "conforms_to": held.conforms_to,
        "supplements": [
            {
                "role": one.role.value,
                "identifier": one.identifier,
                "title": one.title,
                "media_type": one.media_type,
                "content": [put(one.content), size_of(one.content)],
                "language": one.language,
            }
            for one in held.supplements
        ],
    }


def _read_held(stored: dict[str, Any], get: Callable[[str, int], Content]) -> HeldEvidence:
    return HeldEvidence(
        identifier=stored["identifier"],
        title=stored["title"],
        evidence_type=read_element(EvidenceType, parse(stored["evidence_type"].encode())),
        issued=date.fromisoformat(stored["issued"]),
        media_type=stored["media_type"],
        content=get(*stored["content"]),
        language=stored["language"],
        conforms_to=stored["conforms_to"],
        supplements=tuple(
            HeldSupplement(
                role=EvidenceRole(one["role"]),
                identifier=one["identifier"],
                title=one["title"],
                media_type=one["media_type"],
                content=get(*one["content"]),
                language=one["language"],
            )
            for one in stored["supplements"]
        ),
    )
