"""Argos packages: read, checked, installed and removed, without a line of foreign code run."""

import contextlib
import hashlib
import io
import json
import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from translations.errors import Misuse, PackageRefused, UnknownLanguage
from translations.languages import read_code

MAX_BYTES = 2_000_000_000
"""No known package comes near; more is a mistake or an attack."""
MAX_FILES = 500
_METADATA_MAX_BYTES = 1_000_000
_DAMAGE = (zlib.error, lzma.LZMAError, KeyError)
"""What the library raises, besides its own errors, when an archive lies about its members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgosPackage:
    """A package whose parts were found and whose metadata was read; no model is loaded yet."""

    path: Path
    """The zip file or the folder it is read from."""
    name: str
    """The package's one top folder (``translate-lv_en-1_9``)."""
    version: tuple[int, ...]
    """``package_version`` in parts, so that 1.10 is newer than 1.9."""
    source: str
    target: str
    target_prefix: str
    """What a multilingual model wants before the target (``__en__``); usually empty."""
    digest: str
    """SHA-256 over the names and contents of all files, in the order of their names."""
    tokenizer_kind: str
    """``sentencepiece`` or ``bpe``."""
    names: tuple[str, ...]
    """The files inside, relative to the top folder."""

    @property
    def version_text(self) -> str:
        """The version as its publisher writes it."""
        return ".".join(str(part) for part in self.version)

    def read(self, name: str) -> bytes:
        """The bytes of one file of the package."""
        if self.path.is_dir():
            return (self.path / name).read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(f"{self.name}/{name}")

    def model_files(self) -> dict[str, io.BytesIO]:
        """The CTranslate2 model, as CTranslate2 takes it from memory."""
        inside = (name for name in self.names if name.startswith("model/"))
        return {name.removeprefix("model/"): io.BytesIO(self.read(name)) for name in inside}


def read_package(path: Path) -> ArgosPackage:
    """Read an Argos package from a zip file or from a folder, and check that it is whole.

    Raises `PackageRefused` with the rule that is broken: not a zip, damaged, several top folders,
    paths that leave the folder, no metadata, no languages, no model, no tokenizer.
    """
    if path.is_dir():
        files = {
            file.relative_to(path).as_posix(): file.read_bytes
            for file in sorted(path.rglob("*"))
            if file.is_file() and not file.is_symlink()
        }
        return _checked(path, path.name, files)
    if not path.is_file():
        raise PackageRefused("argos package: file", "a file or folder", f"nothing at {path.name}")
    try:
        with zipfile.ZipFile(path) as archive:
            name, members = _members(archive)
            readers = {member: partial(archive.read, f"{name}/{member}") for member in members}
            return _checked(path, name, readers)
    except zipfile.BadZipFile as error:
        raise PackageRefused("argos package: zip", "an undamaged zip archive", str(error)) from None
    except (NotImplementedError, RuntimeError, EOFError, OSError, ValueError, *_DAMAGE) as error:
        found = type(error).__name__
        raise PackageRefused("argos package: zip", "a plain zip archive", found) from None


def _members(archive: zipfile.ZipFile) -> tuple[str, tuple[str, ...]]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_BYTES:
        raise PackageRefused(
            "argos package: size", f"at most {MAX_FILES} files and {MAX_BYTES} bytes", "more"
        )
    tops = set()
    for info in infos:
        place = PurePosixPath(info.filename)
        link = stat.S_ISLNK(info.external_attr >> 16)
        if (
            not place.parts
            or place.is_absolute()
            or ".." in place.parts
            or "\\" in info.filename
            or link
        ):
            raise PackageRefused("argos package: paths", "files inside one folder", "a way out")
        if place.parts[0] != "__MACOSX":
            tops.add(place.parts[0] if len(place.parts) > 1 else "")
    if len(tops) != 1 or "" in tops:
        raise PackageRefused("argos package: layout", "one top folder", f"{len(tops)} entries")
    top = tops.pop()
    return top, tuple(
        sorted(i.filename[len(top) + 1 :] for i in infos if i.filename.startswith(f"{top}/"))
    )


def _checked(path: Path, name: str, files: Mapping[str, Callable[[], bytes]]) -> ArgosPackage:
    if "metadata.json" not in files:
        raise PackageRefused("argos package: metadata", "metadata.json", "none")
    digest, contents = hashlib.sha256(), {}
    for member in sorted(files):
        data = files[member]()
        digest.update(f"{member}\0{len(data)}\0".encode())
        digest.update(data)
        if member == "metadata.json":
            contents = _metadata(data)
    for needed in ("model/model.bin", "model/config.json"):
        if needed not in files:
            raise PackageRefused("argos package: model", needed, "none")
    if "sentencepiece.model" in files:
        kind = "sentencepiece"
    elif "bpe.model" in files:
        kind = "bpe"
    else:
        raise PackageRefused(
            "argos package: tokenizer", "sentencepiece.model or bpe.model", "neither"
        )
    return ArgosPackage(
        path=path, name=name, digest=digest.hexdigest(), names=tuple(sorted(files)),
        tokenizer_kind=kind, version=_version(contents.get("package_version", "0")),
        source=_language(contents, "from_code"), target=_language(contents, "to_code"),
        target_prefix=_text(contents.get("target_prefix", "")),
    )  # fmt: skip


def _metadata(data: bytes) -> dict[str, object]:
    try:
        contents = json.loads(data[:_METADATA_MAX_BYTES])
    except (ValueError, RecursionError):
        raise PackageRefused("argos package: metadata", "JSON", "something else") from None
    if not isinstance(contents, dict):
        raise PackageRefused("argos package: metadata", "a JSON object", type(contents).__name__)
    if contents.get("type", "translate") != "translate":
        raise PackageRefused("argos package: type", "translate", repr(contents["type"])[:40])
    return contents


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PackageRefused("argos package: metadata", "text", type(value).__name__)
    return value


def _language(contents: Mapping[str, object], key: str) -> str:
    try:
        return read_code(_text(contents.get(key)))
    except UnknownLanguage as error:
        raise PackageRefused(f"argos package: {key}", "a language code", str(error)) from None


def _version(value: object) -> tuple[int, ...]:
    parts = str(value)[:40].split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise PackageRefused("argos package: package_version", "numbers and dots", str(value)[:40])
    return tuple(int(part) for part in parts)


@dataclass(frozen=True, slots=True)
class PackageStore:
    """The folder that holds installed packages, one folder for each."""

    folder: Path

    def install(self, path: Path) -> ArgosPackage:
        """Check a package, then unpack it beside the others in one move.

        A package of the same name is replaced. Raises `PackageRefused`; then nothing has changed.
        """
        package = read_package(path)
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".installing-") as temporary:
            fresh = Path(temporary) / package.name
            for name in package.names:
                place = fresh / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(package.read(name))
            home = self.folder / package.name
            if home.exists():
                home.rename(Path(temporary) / "replaced")
            fresh.rename(home)
        return read_package(home)

    def packages(self) -> tuple[ArgosPackage, ...]:
        """The packages that can be read, newest first for each pair; stray folders are left out."""
        if not self.folder.is_dir():
            return ()
        found = []
        for entry in sorted(self.folder.iterdir()):
            if entry.is_dir() and not entry.name.startswith("."):
                with contextlib.suppress(PackageRefused):
                    found.append(read_package(entry))
        return tuple(
            sorted(found, key=lambda p: (p.source, p.target, tuple(-v for v in p.version)))
        )

    def strays(self) -> tuple[tuple[str, PackageRefused], ...]:
        """The folders that are no packages, each with the reason."""
        found = []
        for entry in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            try:
                if entry.is_dir() and not entry.name.startswith("."):
                    read_package(entry)
            except PackageRefused as error:
                found.append((entry.name, error))
        return tuple(found)

    def remove(self, name: str) -> None:
        """Remove an installed package by its name; raises `Misuse` when there is none."""
        if name not in {package.name for package in self.packages()}:
            raise Misuse(f"no package named {name[:60]!r} is installed")
        shutil.rmtree(self.folder / name)
