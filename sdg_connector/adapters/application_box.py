"""Applications that people sent: sealed files in a folder, until the authority takes them out.

A file begins with the name of its key. Then, sealed: what was sent, with a key of its own for each
piece of evidence; then the evidence in numbered chunks, so that none of it stands in memory whole.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sdg_connector.adapters.key_files import write_atomically
from sdg_connector.adapters.store import DocumentKey, Sealer
from sdg_connector.connector import Gone
from sdg_connector.content import IN_MEMORY, Content, octets_of, size_of
from sdg_connector.errors import OwnMistake

_ENDING: Final = ".sealed"
_REFERENCE: Final = re.compile(r"[A-Z0-9-]{4,64}")
_MARK: Final = b"sealed-in-chunks"
_LENGTH: Final = 4
_LONGEST_LINE: Final = 1000


class UnknownApplication(OwnMistake):
    """No application has this reference."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentFile:
    """One piece of evidence that goes with an application."""

    title: str
    media_type: str
    sha256: str
    content: Content

    def __repr__(self) -> str:
        return "SentFile(…)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentApplication:
    """What the authority gets."""

    reference: str
    """What was acknowledged in writing."""
    received_at: str
    """ISO 8601."""
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    language: str
    """The language in which the person used the service."""
    person: Mapping[str, Any]
    """What the login proved."""
    files: tuple[SentFile, ...] = ()

    def __repr__(self) -> str:
        return f"SentApplication({self.reference})"

    def summary(self) -> dict[str, Any]:
        """All but the files."""
        return {
            "reference": self.reference,
            "received_at": self.received_at,
            "procedure": self.procedure,
            "language": self.language,
            "person": dict(self.person),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _BoxedContent:
    """A piece of evidence where it lies in an application's file."""

    path: Path
    start: int
    key: DocumentKey

    @property
    def size(self) -> int:
        return self.key.size

    def chunks(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                for number in range(1, self.key.count + 1):
                    yield self.key.open(number, file.read(self.key.sealed_size(number)))
        except FileNotFoundError:
            raise Gone("the application was removed meanwhile") from None


@dataclass(slots=True)
class ApplicationFolder:
    """One sealed file for each application; no name and no octet of it tells who sent it."""

    folder: Path
    sealer: Sealer
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, application: SentApplication) -> SentApplication:
        """Keep an application; when this returns it survives the process.

        Gives the one that has the reference already, if any: sending twice is sending once.
        """
        path = self._path(application.reference)
        with self._lock:
            if path.exists():
                return self.get(application.reference)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, self._sealed(application), mode=0o600)
        return application

    def references(self) -> tuple[str, ...]:
        """The applications that wait, the oldest reference first."""
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{_ENDING}")))

    def get(self, reference: str) -> SentApplication:
        """One application; raises `UnknownApplication`, and `Gone` when no key opens it."""
        path = self._path(reference)
        try:
            with path.open("rb") as file:
                mark, _, key_name = file.readline(_LONGEST_LINE).rstrip(b"\n").partition(b" ")
                if mark != _MARK:
                    file.seek(0)
                    return self._older(file.read(), reference)
                sealed = file.read(int.from_bytes(file.read(_LENGTH), "big"))
                start = file.tell()
        except FileNotFoundError:
            raise UnknownApplication(f"there is no application {reference}") from None
        name = key_name.decode("utf-8", "replace")
        told = json.loads(self.sealer.open(sealed, key_name=name, bound_to=_head_of(reference)))
        files = []
        for one in told.pop("files"):
            boxed = _BoxedContent(path, start, DocumentKey.from_bytes(base64.b64decode(one["key"])))
            content = octets_of(boxed) if boxed.size <= IN_MEMORY else boxed
            start += sum(boxed.key.sealed_size(number + 1) for number in range(boxed.key.count))
            names = ("title", "media_type", "sha256")
            files.append(SentFile(content=content, **{name: one[name] for name in names}))
        return SentApplication(files=tuple(files), **told)

    def remove(self, reference: str) -> None:
        """Forget an application; raises `UnknownApplication`."""
        try:
            self._path(reference).unlink()
        except FileNotFoundError:
            raise UnknownApplication(f"there is no application {reference}") from None

    def _path(self, reference: str) -> Path:
        if not _REFERENCE.fullmatch(reference):
            raise UnknownApplication("a reference holds capital letters, digits and hyphens only")
        return self.folder / f"{reference}{_ENDING}"

    def _sealed(self, application: SentApplication) -> Iterator[bytes]:
        keys = [DocumentKey.new(size_of(file.content)) for file in application.files]
        told = application.summary()
        told["files"] = [
            {
                "title": file.title,
                "media_type": file.media_type,
                "sha256": file.sha256,
                "key": base64.b64encode(key.to_bytes()).decode(),
            }
            for file, key in zip(application.files, keys, strict=True)
        ]
        head = json.dumps(told, ensure_ascii=False).encode()
        sealed = self.sealer.seal(head, bound_to=_head_of(application.reference))
        yield _MARK + b" " + self.sealer.current.encode() + b"\n"
        yield len(sealed).to_bytes(_LENGTH, "big") + sealed
        for file, key in zip(application.files, keys, strict=True):
            yield from key.seal(file.content)

    def _older(self, data: bytes, reference: str) -> SentApplication:
        """An application kept by a release before 2026-11-26: one sealed JSON text."""
        key_name, _, sealed = data.partition(b"\n")
        name = key_name.decode("utf-8", "replace")
        value = json.loads(self.sealer.open(sealed, key_name=name, bound_to=reference))
        files = tuple(
            SentFile(**(file | {"content": base64.b64decode(file["content"])}))
            for file in value.pop("files")
        )
        return SentApplication(files=files, **value)


def _head_of(reference: str) -> str:
    return f"head of {reference}"
