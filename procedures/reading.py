"""Read a description from YAML or JSON: the value, or all its mistakes at once with their lines."""

import difflib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache
from types import UnionType
from typing import (
    Any,
    Final,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from procedures.codes import PolicyCode
from procedures.document import Document, Path, Plain, Tree, read_document, show_path
from procedures.errors import DescriptionRefused, Mistake, ProceduresMisuse
from procedures.model import (
    AssistanceService,
    Description,
    InformationPage,
    Language,
    Origin,
    Phrase,
    Procedure,
    Text,
    Value,
)

KINDS: Final[dict[str, type[Description]]] = {
    one.kind.value: one for one in (InformationPage, Procedure, AssistanceService)
}
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "false": False, "False": False}
_WRONG: Final = object()
_SHORT: Final = 300
"""Characters of a value that is worth keeping for the next file."""


@dataclass(slots=True)
class _Reading:
    """What is known while one file is read."""

    language: str = ""
    found: list[tuple[Path, str]] = field(default_factory=list)

    def wrong(self, path: Path, message: str) -> object:
        self.found.append((path, message))
        return _WRONG


Converter: TypeAlias = Callable[[Tree, Path, _Reading], object]
Headed = TypeVar("Headed")


def read_description(data: bytes) -> Description:
    """Read one description from the bytes of a YAML 1.2 or JSON file.

    Raises ``DescriptionRefused`` with every mistake in the file: unknown and missing fields,
    values that cannot mean anything, each with its line.
    """
    return read_located(data)[0]


def read_located(data: bytes) -> tuple[Description, Document]:
    """The same, with the document that knows the line of each field."""
    document = read_document(data)
    reading = _Reading()
    value = _description(document.tree, reading)
    return _finish(value, Description, document, reading), document


def read_headed(data: bytes, wanted: type[Headed], *, kind: str) -> tuple[Headed, Document]:
    """Read another kind of file whose texts are in its ``language``, headed by ``kind``.

    Raises ``DescriptionRefused`` as ``read_description`` does.
    """
    document = read_document(data)
    reading = _Reading()
    tree = document.tree
    fields_of_it = dict(tree) if isinstance(tree, dict) else {}
    if fields_of_it.pop("kind", None) != kind:
        reading.wrong(("kind",), f"expected {kind}")
    reading.language = _own_language(fields_of_it.get("language"))
    value = _record(cast(Any, wanted))(fields_of_it, (), reading)
    return _finish(value, wanted, document, reading), document


def from_tree(tree: Tree) -> Description:
    """Make a description from plain values, as a database or an API holds them.

    Raises ``DescriptionRefused`` as ``read_description`` does, without lines.
    """
    reading = _Reading()
    return _finish(_description(tree, reading), Description, Document(tree, ""), reading)


def _finish(value: object, wanted: type[Headed], document: Document, reading: _Reading) -> Headed:
    if isinstance(value, wanted) and not reading.found:
        return value
    mistakes = [
        Mistake(
            path=show_path(path),
            line=document.line(path) if document.text else None,
            message=message,
        )
        for path, message in reading.found
    ]
    raise DescriptionRefused(tuple(sorted(mistakes, key=lambda one: one.line or 0)))


def _description(tree: Tree, reading: _Reading) -> object:
    if not isinstance(tree, dict):
        return reading.wrong((), "expected a description with kind, identifier, title and so on")
    kind = tree.get("kind")
    chosen: Any = KINDS.get(kind) if isinstance(kind, str) else None
    if chosen is None:
        reading.wrong(("kind",), f"expected one of {', '.join(KINDS)}")
        chosen = Procedure
    reading.language = _own_language(tree.get("language"))
    inner = {key: value for key, value in tree.items() if key != "kind"}
    return _record(chosen)(inner, (), reading)


def _own_language(tree: Tree) -> str:
    """The language of plain texts; any, when the file's is wrong, so that this is said once."""
    return str(tree) if isinstance(tree, str) and Language.accepts(tree) else "en"


@cache
def _converter(wanted: Any) -> Converter:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Union or origin is UnionType:
        return _optional(next(one for one in arguments if one is not type(None)))
    if origin is tuple:
        return _listed(arguments[0])
    if wanted in _SCALARS:
        return _SCALARS[wanted]
    if isinstance(wanted, type):
        if issubclass(wanted, StrEnum):
            return _choice(wanted)
        if issubclass(wanted, Value):
            return _shaped(wanted)
        return _record(cast(Any, wanted))
    raise ProceduresMisuse(f"expected a type of the model, found {wanted}")


def _optional(inner: Any) -> Converter:
    convert = _converter(inner)

    def read(tree: Tree, path: Path, reading: _Reading) -> object:
        if tree is None or (isinstance(tree, Plain) and tree in _NOTHING):
            return None
        return convert(tree, path, reading)

    return read


def _listed(inner: Any) -> Converter:
    convert = _converter(inner)

    def read(tree: Tree, path: Path, reading: _Reading) -> object:
        if not isinstance(tree, list):
            return reading.wrong(path, "expected a list")
        return tuple(convert(one, (*path, at), reading) for at, one in enumerate(tree))

    return read


def _choice(wanted: type[StrEnum]) -> Converter:
    known = {member.value: member for member in wanted}

    def read(tree: Tree, path: Path, reading: _Reading) -> object:
        found = known.get(tree) if isinstance(tree, str) else None
        if found is None:
            return reading.wrong(path, f"expected one of {', '.join(known)}")
        return found

    return read


def _shaped(wanted: type[Value]) -> Converter:
    # A catalogue repeats its addresses and codes; the shape of each is looked at once.
    made = lru_cache(maxsize=4096)(wanted)

    def read(tree: Tree, path: Path, reading: _Reading) -> object:
        if not isinstance(tree, str):
            return reading.wrong(path, f"expected {wanted.MEANING}")
        try:
            return made(str(tree)) if len(tree) <= _SHORT else wanted(str(tree))
        except ProceduresMisuse as error:
            return reading.wrong(path, str(error))

    return read


@cache
def _record(wanted: Any) -> Converter:
    if not isinstance(wanted, type) or not is_dataclass(wanted):
        raise ProceduresMisuse(f"expected a type of the model, found {wanted}")
    hints = get_type_hints(wanted)
    known = {one.name: _converter(hints[one.name]) for one in fields(wanted)}
    needed = tuple(
        one.name
        for one in fields(wanted)
        if one.default is MISSING and one.default_factory is MISSING
    )

    def read(tree: Tree, path: Path, reading: _Reading) -> object:
        if not isinstance(tree, dict):
            return reading.wrong(path, f"expected the fields {', '.join(known)}")
        before = len(reading.found)
        for key in () if tree.keys() <= known.keys() else tree.keys() - known.keys():
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            reading.wrong((*path, key), f"there is no such field{hint}")
        for name in needed:
            if name not in tree:
                reading.wrong((*path, name), "this field is missing")
        values = {
            name: known[name](value, (*path, name), reading)
            for name, value in tree.items()
            if name in known
        }
        if len(reading.found) > before:
            return _WRONG
        try:
            return wanted(**values)
        except ProceduresMisuse as error:
            return reading.wrong(path, str(error))

    return read


def _text(tree: Tree, path: Path, reading: _Reading) -> object:
    """A string is in the description's own language; else language by language."""
    if isinstance(tree, str):
        return Text((Phrase(language=_language(reading.language), text=str(tree)),))
    if not isinstance(tree, dict):
        return reading.wrong(path, "expected a text, or texts by language")
    held = [_phrase(key, value, (*path, key), reading) for key, value in tree.items()]
    phrases = tuple(one for one in held if isinstance(one, Phrase))
    if len(phrases) < len(held):
        return _WRONG
    try:
        return Text(phrases)
    except ProceduresMisuse as error:
        return reading.wrong(path, str(error))


def _phrase(key: str, tree: Tree, path: Path, reading: _Reading) -> object:
    try:
        language = _language(key)
    except ProceduresMisuse as error:
        return reading.wrong(path, str(error))
    if isinstance(tree, str):
        return Phrase(language=language, text=str(tree))
    if not isinstance(tree, dict) or not isinstance(tree.get("text"), str):
        return reading.wrong(path, "expected a text")
    rest = {name: value for name, value in tree.items() if name != "text"}
    origin = _record(Origin)(rest, path, reading)
    if not isinstance(origin, Origin):
        return _WRONG
    return Phrase(language=language, text=str(tree["text"]), origin=origin)


_language: Final = lru_cache(maxsize=256)(Language)
_policy_code: Final = lru_cache(maxsize=1024)(PolicyCode.read)


def _string(tree: Tree, path: Path, reading: _Reading) -> object:
    return str(tree) if isinstance(tree, str) else reading.wrong(path, "expected a text")


def _boolean(tree: Tree, path: Path, reading: _Reading) -> object:
    if isinstance(tree, bool):
        return tree
    found = _BOOLEANS.get(tree) if isinstance(tree, Plain) else None
    return reading.wrong(path, "expected true or false") if found is None else found


def _decimal(tree: Tree, path: Path, reading: _Reading) -> object:
    if isinstance(tree, str | int | float) and not isinstance(tree, bool):
        try:
            amount = Decimal(str(tree))
        except InvalidOperation:
            amount = Decimal("NaN")
        if amount.is_finite():
            return amount
    return reading.wrong(path, "expected an amount such as 14.23")


def _date(tree: Tree, path: Path, reading: _Reading) -> object:
    try:
        return date.fromisoformat(str(tree))
    except ValueError:
        return reading.wrong(path, "expected a day such as 2026-01-31")


def _moment(tree: Tree, path: Path, reading: _Reading) -> object:
    try:
        moment = datetime.fromisoformat(str(tree))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return reading.wrong(path, "expected a moment such as 2026-01-31T12:00:00Z")
    return moment


def _code(tree: Tree, path: Path, reading: _Reading) -> object:
    try:
        return _policy_code(str(tree) if isinstance(tree, str) else "")
    except ProceduresMisuse as error:
        return reading.wrong(path, str(error))


_SCALARS: Final[dict[object, Converter]] = {
    str: _string,
    bool: _boolean,
    Decimal: _decimal,
    date: _date,
    datetime: _moment,
    PolicyCode: _code,
    Text: _text,
}
