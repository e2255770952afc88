"""The index of published Argos packages, and a package fetched from it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from translations.engines.calls import answer_of, engine_client, json_of
from translations.engines.packages import MAX_BYTES
from translations.errors import (
    EngineRefused,
    EngineUnavailable,
    PairNotInstalled,
    UnknownLanguage,
)
from translations.languages import read_code

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
_NAME = "argos index"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPackage:
    """One entry of the index."""

    source: str
    target: str
    version: tuple[int, ...]
    links: tuple[str, ...]
    """Where it can be fetched; only https."""


def published_packages(
    index: str = INDEX, *, client: httpx.Client | None = None
) -> tuple[PublishedPackage, ...]:
    """What the index offers, newest first; entries that are no translation package are left out.

    Raises `EngineFailed`.
    """
    asked = client or engine_client(index)
    listed = json_of(answer_of(asked, _NAME, "GET", index), _NAME)
    if not isinstance(listed, list):
        raise EngineRefused(_NAME, "it is no list")
    found = [package for entry in listed if (package := _package(entry)) is not None]
    return tuple(sorted(found, key=lambda package: package.version, reverse=True))


def _package(entry: object) -> PublishedPackage | None:
    if not isinstance(entry, dict) or entry.get("type", "translate") != "translate":
        return None
    links = entry.get("links")
    secure = tuple(link for link in (links if isinstance(links, list) else ()) if _is_https(link))
    parts = str(entry.get("package_version", "")).split(".")
    if not secure or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        source, target = (read_code(str(entry.get(name))) for name in ("from_code", "to_code"))
    except UnknownLanguage:
        return None
    version = tuple(int(part[:9]) for part in parts)
    return PublishedPackage(source=source, target=target, version=version, links=secure)


def _is_https(link: object) -> bool:
    return isinstance(link, str) and link.startswith("https://")


@contextmanager
def fetched_package(
    source: str, target: str, *, index: str = INDEX, client: httpx.Client | None = None
) -> Iterator[Path]:
    """The newest published package of a pair, as a file to install while the context lasts.

    The index has no checksums: what comes is checked as any package is, and its digest is shown.
    Raises `PairNotInstalled` when nobody publishes the pair, and `EngineFailed`.
    """
    source, target = read_code(source), read_code(target)
    asked = client or httpx.Client(follow_redirects=True, timeout=60.0, trust_env=True)
    with tempfile.TemporaryDirectory() as folder:
        offered = [
            package
            for package in published_packages(index, client=client)
            if (package.source, package.target) == (source, target)
        ]
        if not offered:
            raise PairNotInstalled(f"nobody publishes an Argos package for {source} to {target}")
        path = Path(folder) / f"translate-{source}_{target}.argosmodel"
        _fetch(asked, offered[0].links[0], path)
        yield path


def _fetch(client: httpx.Client, link: str, path: Path) -> None:
    size = 0
    try:
        with client.stream("GET", link) as response, path.open("wb") as file:
            if not response.is_success or response.url.scheme != "https":
                raise EngineRefused(
                    _NAME, "the package cannot be fetched", str(response.status_code)
                )
            for piece in response.iter_bytes():
                size += len(piece)
                if size > MAX_BYTES:
                    raise EngineRefused(_NAME, f"a package of more than {MAX_BYTES} bytes")
                file.write(piece)
    except httpx.HTTPError as error:
        raise EngineUnavailable(_NAME, f"no answer: {type(error).__name__}") from None
