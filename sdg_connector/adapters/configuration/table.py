"""One table of a TOML file, read setting by setting; what is wrong is noted and reading goes on."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from sdg_connector.adapters.configuration.errors import Mistake
from sdg_connector.adapters.configuration.model import (
    HardwareSection,
    HeldKey,
    KeyPair,
    OwnKey,
    Secret,
)

_Choice = TypeVar("_Choice", bound=StrEnum)
_Read = TypeVar("_Read")
_UNIT: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LENGTH: Final = re.compile(r"(\d{1,6})([smhd])")
_HIGHEST_PORT: Final = 65_535
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class FromEnvironment(str):
    """A value that came as text, whatever the setting's type is."""

    __slots__ = ()


@dataclass(slots=True)
class Table:
    """Settings under one heading. Each reader gives a usable value or notes a mistake.

    After a mistake the value that is given only keeps the reading going: nobody sees it, since a
    configuration with a mistake is refused.
    """

    settings: Mapping[str, Any]
    mistakes: list[Mistake]
    folder: Path
    """Relative paths begin here: the folder of the configuration file."""
    path: str = ""
    _known: set[str] = field(default_factory=set)

    def wrong(self, name: str, message: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(self._full(name), message))

    def text(self, name: str, *, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.strip():
            return value
        return self._expected(name, "a text", value, "")

    def matching(self, name: str, pattern: str, meaning: str, *, default: str | None = None) -> str:
        """A text of a given shape."""
        value = self.text(name, default=default)
        if value and not re.fullmatch(pattern, value):
            self.wrong(name, f"expected {meaning}, found {value!r}")
        return value

    def address(self, name: str, *, schemes: tuple[str, ...] = ("https", "http")) -> str:
        """A web address; a plain http one only where it stays on this machine."""
        value = self.text(name)
        if not value:
            return value
        try:
            parts = urlsplit(value)
            host, scheme = parts.hostname, parts.scheme
        except ValueError:
            host, scheme = None, ""
        if not host or scheme not in schemes:
            self.wrong(name, f"expected an address that begins with {schemes[0]}://")
        elif scheme == "http" and host not in _LOOPBACK:
            self.wrong(name, "expected https: plain http is for addresses of this machine only")
        return value

    def address_or_none(self, name: str) -> str | None:
        """The same, or nothing when the setting is not there."""
        return self.address(name) if self._has(name) else None

    def port(self, name: str, *, default: int | None) -> int | None:
        """A TCP port."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, FromEnvironment) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _HIGHEST_PORT:
            return value
        return self._expected(name, f"a port from 1 to {_HIGHEST_PORT}", value, default)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, FromEnvironment):
            value = {"true": True, "false": False}.get(value.lower(), value)
        if isinstance(value, bool):
            return value
        return self._expected(name, "true or false", value, default)

    def length(self, name: str, *, default: timedelta) -> timedelta:
        """A length of time: ``"90s"``, ``"6m"``, ``"24h"``, ``"366d"``."""
        value = self._take(name)
        if value is None:
            return default
        found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            return self._expected(name, 'a length of time such as "6m" or "24h"', value, default)
        return timedelta(seconds=int(found[1]) * _UNIT[found[2]])

    def choice(
        self, name: str, of: type[_Choice], *, default: _Choice | None = None
    ) -> _Choice | None:
        """One of the listed words."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        try:
            return of(value)
        except ValueError:
            words = " or ".join(repr(one.value) for one in of)
            return self._expected(name, words, value, default)

    def choice_or_none(self, name: str, of: type[_Choice]) -> _Choice | None:
        """The same, or nothing when the setting is not there."""
        return self.choice(name, of) if self._has(name) else None

    def file(self, name: str) -> Path:
        """The path of a file that can be read."""
        return self._readable(name, self.text(name))

    def file_or_none(self, name: str) -> Path | None:
        """The same, or nothing when the setting is not there."""
        return self.file(name) if self._has(name) else None

    def place(self, name: str, *, default: str | None = None) -> Path:
        """The path of a folder, which need not be there yet."""
        return self.folder / self.text(name, default=default)

    def secret(self, name: str) -> Secret:
        """``{ file = "…" }`` or ``{ env = "…" }``; a value in the file itself is refused."""
        value = self._take(name)
        if not isinstance(value, Mapping) or len(value) != 1 or set(value) - {"file", "env"}:
            message = 'expected { file = "…" } or { env = "…" }: secrets never stand in this file'
            self.wrong(name, message)
            return Secret("")
        kind, where = next(iter(value.items()))
        if not isinstance(where, str) or not where:
            self.wrong(name, f"expected a text for {kind}")
            return Secret("")
        return Secret(self._readable(name, where) if kind == "file" else where)

    def secret_or_none(self, name: str) -> Secret | None:
        """The same, or nothing when the setting is not there."""
        return self.secret(name) if self._has(name) else None

    def key_pair(self, name: str) -> KeyPair:
        """A table with ``key``, ``certificate`` and perhaps ``password``."""
        return self.table(
            name,
            lambda table: KeyPair(
                key=table.file("key"),
                certificate=table.file("certificate"),
                password=table.secret_or_none("password"),
            ),
        )

    def key_pair_or_none(self, name: str) -> KeyPair | None:
        """The same, or nothing when the setting is not there."""
        return self.key_pair(name) if self._has(name) else None

    def own_key(self, name: str, hardware: HardwareSection | None) -> OwnKey:
        """A key pair of files, or ``label`` and ``certificate`` of a key in the hardware module."""
        settings = self.settings.get(name)
        if not isinstance(settings, Mapping) or "label" not in settings:
            return self.key_pair(name)
        if hardware is None:
            self.wrong(name, "expected a table [hardware] where a key has a label")
        return self.table(
            name,
            lambda table: HeldKey(
                hardware=hardware or HardwareSection(library=Path(), token="", pin=Secret("")),
                label=table.text("label"),
                certificate=table.file("certificate"),
            ),
        )

    def own_key_or_none(self, name: str, hardware: HardwareSection | None) -> OwnKey | None:
        """The same, or nothing when the setting is not there."""
        return self.own_key(name, hardware) if self._has(name) else None

    def texts(self, name: str) -> Mapping[str, str]:
        """A table of texts, at least one."""
        value = self._take(name)
        if (
            isinstance(value, Mapping)
            and value
            and all(isinstance(one, str) and one for one in value.values())
        ):
            return dict(value)
        return self._expected(name, 'texts by name, such as { en = "…" }', value, {})

    def list_of_texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, at least one."""
        value = self._take(name)
        if isinstance(value, FromEnvironment):
            value = [part.strip() for part in value.split(",")]
        if isinstance(value, list) and value and all(isinstance(x, str) and x for x in value):
            return tuple(value)
        return self._expected(name, 'a list of texts, such as ["…"]', value, ())

    def table_or_none(self, name: str, read: Callable[["Table"], _Read]) -> _Read | None:
        """The same as ``table``, or nothing when it is not there."""
        return self.table(name, read) if self._has(name) else None

    def table(self, name: str, read: Callable[["Table"], _Read]) -> _Read:
        """The table called ``name``, read by ``read`` and then looked over for unknown settings."""
        value = self._take(name)
        if value is not None and not isinstance(value, Mapping):
            self._expected(name, f"a table [{self._full(name)}]", value, None)
        settings = value if isinstance(value, Mapping) else {}
        return self._inner(settings, self._full(name), read)

    def tables(self, name: str, read: Callable[["Table"], _Read]) -> tuple[_Read, ...]:
        """A list of tables, at least one."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            return self._expected(name, f"at least one table [[{self._full(name)}]]", value, ())
        found = []
        for number, one in enumerate(value):
            path = f"{self._full(name)}[{number}]"
            if isinstance(one, Mapping):
                found.append(self._inner(one, path, read))
            else:
                self.mistakes.append(Mistake(path, "expected a table"))
        return tuple(found)

    def finish(self) -> None:
        """Note each setting that nobody asked for."""
        for name in self.settings:
            if name not in self._known:
                near = difflib.get_close_matches(name, self._known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                self.wrong(name, f"there is no such setting{hint}")

    def _inner(
        self, settings: Mapping[str, Any], path: str, read: Callable[["Table"], _Read]
    ) -> _Read:
        inner = Table(settings, self.mistakes, self.folder, path)
        value = read(inner)
        inner.finish()
        return value

    def _readable(self, name: str, where: str) -> Path:
        path = self.folder / where
        if where:
            try:
                with path.open("rb"):
                    pass
            except OSError as problem:
                self.wrong(name, f"{path} cannot be read ({problem.strerror or 'an error'})")
        return path

    def _has(self, name: str) -> bool:
        self._known.add(name)
        return name in self.settings

    def _take(self, name: str) -> Any:
        self._known.add(name)
        return self.settings.get(name)

    def _expected(self, name: str, expected: str, value: object, instead: _Read) -> _Read:
        found = "nothing" if value is None else f"another kind of value ({_kind(value)})"
        if isinstance(value, str):
            found = repr(str(value)) if value else "an empty text"
        self.wrong(name, f"expected {expected}, found {found}")
        return instead

    def _full(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a table")
