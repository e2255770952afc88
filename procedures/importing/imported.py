"""One service of somebody else's register as a description, with what could not be taken over."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from procedures.codes import PolicyCode
from procedures.document import Tree, read_document
from procedures.errors import DescriptionRefused, Mistake, ProceduresMisuse, Refused
from procedures.model import Description
from procedures.reading import from_tree

MAX_BYTES = 64 * 1024 * 1024
"""An answer of a register; nothing larger is looked at."""


class RegisterRefused(Refused):
    """A file is not of the register that it is said to be of; every mistake is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes, in the order of the file."""
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One service of a file: the description, or why there is none."""

    subject: str
    """What the register calls it; for a table its row."""
    description: Description | None
    mistakes: tuple[Mistake, ...]
    """What a description needs and the file does not give; empty when there is a description, and
    when the register itself says that there is nothing to describe."""
    left: tuple[str, ...]
    """What the register says and a description has no place for, each with where it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What holds for every service of a register and stands in none of its records."""

    fields: Mapping[str, Tree] = field(default_factory=dict)
    """Fields of a description, used where a record does not give them."""
    codes: Mapping[str, tuple[PolicyCode, ...]] = field(default_factory=dict)
    """Codes of Annexes I and II by what the register itself calls a service."""

    @classmethod
    def read(
        cls, data: bytes, *, codes: Mapping[str, tuple[PolicyCode, ...]] | None = None
    ) -> "Common":
        """Read the fields from YAML or JSON; raises ``DescriptionRefused``."""
        tree = read_document(data).tree
        if not isinstance(tree, dict):
            message = "expected fields of a description, such as authority"
            raise DescriptionRefused((Mistake(path="", line=1, message=message),))
        return cls(fields=tree, codes=codes or {})


def read_codes(data: bytes) -> Mapping[str, tuple[PolicyCode, ...]]:
    """A CSV file with a service of the register and a code in each line: ``key;II/T2``.

    A service may have several lines. Raises `RegisterRefused` with every wrong line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("expected csv in UTF-8") from None
    found: dict[str, list[PolicyCode]] = {}
    mistakes: list[Mistake] = []
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
        if not any(cells) or (number == 1 and cells[:2] == ["key", "code"]):
            continue
        try:
            key, code = (cell.strip() for cell in cells[:2])
            found.setdefault(key, []).append(PolicyCode.read(code))
        except (ValueError, ProceduresMisuse) as problem:
            message = (
                str(problem)
                if isinstance(problem, ProceduresMisuse)
                else "expected a service and a code"
            )
            mistakes.append(Mistake(path="", line=number, message=message))
    if mistakes:
        raise RegisterRefused(mistakes)
    return {key: tuple(codes) for key, codes in found.items()}


def made(
    subject: str,
    tree: Mapping[str, Any],
    *,
    left: Iterable[str],
    common: Common,
    keys: Sequence[str] = (),
) -> Imported:
    """The description of these fields, or its mistakes; fields without content do not count.

    ``keys`` are the names by which `Common.codes` may know the service.
    """
    whole: dict[str, Any] = {name: value for name, value in tree.items() if value not in ("", [])}
    whole = {name: value for name, value in whole.items() if value not in (None, {})}
    codes = [str(code) for key in keys for code in common.codes.get(key, ())]
    if codes:
        whole["codes"] = list(dict.fromkeys(codes))
    whole = {**common.fields, **whole}
    try:
        description: Description | None = from_tree(whole)
        mistakes: tuple[Mistake, ...] = ()
    except DescriptionRefused as error:
        description, mistakes = None, error.mistakes
    return Imported(subject=subject, description=description, mistakes=mistakes, left=tuple(left))


def opened_json(data: bytes) -> Any:
    """The values of a JSON file of a register; raises `RegisterRefused`."""
    if len(data) > MAX_BYTES:
        raise refused(f"expected at most {MAX_BYTES} bytes, found {len(data)}")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise refused("expected JSON in UTF-8") from None


def records(value: Any) -> list[dict[str, Any]]:
    """The records of a list; what is no record has no place to be read from."""
    return [one for one in listed(value) if isinstance(one, dict)]


def listed(value: Any) -> list[Any]:
    """A list as it is, and nothing else."""
    return value if isinstance(value, list) else []


def refused(message: str) -> RegisterRefused:
    """The error for a whole file."""
    return RegisterRefused((Mistake(path="", line=None, message=message),))
