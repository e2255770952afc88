"""Applications that people sent: sealed files in a folder, until the authority takes them out."""

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from sdg_connector.adapters.key_files import write_atomically
from sdg_connector.adapters.store import Sealer
from sdg_connector.errors import OwnMistake

_ENDING: Final = ".sealed"
_REFERENCE: Final = re.compile(r"[A-Z0-9-]{4,64}")


class UnknownApplication(OwnMistake):
    """No application has this reference."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentFile:
    """One piece of evidence that goes with an application."""

    title: str
    media_type: str
    sha256: str
    content: bytes

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

    def to_json(self) -> bytes:
        """As it is sealed."""
        return json.dumps(
            {
                **self.summary(),
                "files": [
                    {
                        "title": file.title,
                        "media_type": file.media_type,
                        "sha256": file.sha256,
                        "content": base64.b64encode(file.content).decode(),
                    }
                    for file in self.files
                ],
            },
            ensure_ascii=False,
        ).encode()

    def summary(self) -> dict[str, Any]:
        """All but the files."""
        return {
            "reference": self.reference,
            "received_at": self.received_at,
            "procedure": self.procedure,
            "language": self.language,
            "person": dict(self.person),
        }

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Back from what `to_json` gave."""
        value = json.loads(data)
        files = tuple(
            SentFile(**(file | {"content": base64.b64decode(file["content"])}))
            for file in value.pop("files")
        )
        return cls(files=files, **value)


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
            sealed = self.sealer.seal(application.to_json(), bound_to=application.reference)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, self.sealer.current.encode() + b"\n" + sealed, mode=0o600)
        return application

    def references(self) -> tuple[str, ...]:
        """The applications that wait, the oldest reference first."""
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{_ENDING}")))

    def get(self, reference: str) -> SentApplication:
        """One application; raises `UnknownApplication`, and `Gone` when no key opens it."""
        try:
            key_name, _, sealed = self._path(reference).read_bytes().partition(b"\n")
        except FileNotFoundError:
            raise UnknownApplication(f"there is no application {reference}") from None
        opened = self.sealer.open(sealed, key_name=key_name.decode(), bound_to=reference)
        return SentApplication.from_json(opened)

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
