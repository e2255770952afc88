"""Open what a tester names: files, folders, standard input, addresses, and the context."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sdg_connector.conformance.runner import MAX_BYTES, Source
from sdg_connector.errors import OwnMistake

_TIMEOUT: Final = 20.0
_PATHS: Final = frozenset(
    {
        "certificate",
        "decryption_key",
        "headers",
        "idp_metadata",
        "metadata",
        "roots",
        "shapes",
        "trusted_certificates",
    }
)
"""Entries of the context that name files; a check is given their contents."""


class CannotOpen(OwnMistake):
    """A file, a folder, an address or the context cannot be read."""


def open_sources(names: Sequence[str]) -> Iterator[Source]:
    """Every source that the names stand for, in order; folders are walked.

    Raises `CannotOpen` at the first that cannot be read.
    """
    for name in names:
        if name == "-":
            yield Source(name="-", data=sys.stdin.buffer.read(MAX_BYTES + 1))
        elif name.startswith(("http://", "https://")):
            yield _fetched(name)
        else:
            for path in _files(Path(name)):
                yield Source(name=str(path), data=_read(path))


def read_context(path: Path | None) -> dict[str, object]:
    """The context of a check; entries that name files hold the contents of those files.

    Paths are relative to the context file. Raises `CannotOpen`.
    """
    if path is None:
        return {}
    try:
        given = json.loads(_read(path))
    except ValueError as error:
        raise CannotOpen(f"{path} is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise CannotOpen(f"{path} must hold one JSON object")
    return {
        str(name): _contents(value, path.parent) if name in _PATHS else value
        for name, value in given.items()
    }


def _contents(value: object, folder: Path) -> object:
    if isinstance(value, str):
        return _read(folder / value)
    if isinstance(value, list):
        return [_contents(one, folder) for one in value]
    return value


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.rglob("*") if one.is_file())
    if not found:
        raise CannotOpen(f"{path} holds no file")
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CannotOpen(f"{path} cannot be opened: {error.strerror}") from error


def _fetched(url: str) -> Source:
    import httpx  # noqa: PLC0415  half of what a start would cost, for addresses only

    try:
        with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer:
            answer.raise_for_status()
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    break
            facts = {
                "url": str(answer.url),
                "content_type": answer.headers.get("Content-Type", ""),
                "robots": answer.headers.get("X-Robots-Tag", ""),
            }
            return Source(name=url, data=body, facts=facts)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CannotOpen(f"{url} cannot be opened: {error}") from error
