"""Turn the bytes of a YAML 1.2 or JSON file into plain values whose lines are known.

PyYAML follows YAML 1.1, where ``no``, ``yes`` and ``on`` are booleans, ``1:30`` a number and
``2026-01-01`` a date. Here a plain scalar keeps its text, and the reader that knows the expected
type decides: so Norwegian stays ``no`` and an answer stays ``yes`` (YAML 1.2, 10.3).
"""

import json
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from procedures.errors import DescriptionRefused, Mistake

MAX_BYTES: Final = 4 * 1024 * 1024
"""A description is text for a page; nothing larger is looked at."""
MAX_DEPTH: Final = 40
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path: TypeAlias = tuple[str | int, ...]
Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"


class Plain(str):
    """A scalar that stood in the file without quotes, so that its type is the reader's choice."""

    __slots__ = ()


@dataclass(slots=True)
class Document:
    """The values of a file, and a way to find the line of any of them."""

    tree: Tree
    text: str
    node: yaml.Node | None = None
    """The composed YAML, which JSON files get only when a line is asked for."""

    def line(self, path: Path) -> int | None:
        """The line of a value, or of the nearest thing around it; counted from 1."""
        node = self.node or _composed_or_nothing(self.text)
        self.node = node
        if node is None:
            return None
        for step in path:
            inner = _inside(node, step)
            if inner is None:
                break
            node = inner
        return int(node.start_mark.line) + 1


def read_document(data: bytes) -> Document:
    """Read a file; raises ``DescriptionRefused`` when it is neither YAML nor JSON.

    Refused as well: more than 4 MiB, other encodings than UTF-8, a key given twice, aliases
    (they can make a small file enormous), tags, several documents, and nesting beyond 40 levels.
    """
    text = _text(data)
    if text.lstrip()[:1] in ("{", "["):
        return Document(_from_json(text), text)
    node = _compose(text)
    if node is None:
        raise _refused(1, "expected a description, found an empty file")
    return Document(_plain_values(node, 0), text, node)


def show_path(path: Path) -> str:
    """Write a path as people do: ``fees[0].amount``."""
    shown = ""
    for step in path:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


def _text(data: bytes) -> str:
    if not isinstance(data, bytes | bytearray):
        raise _refused(None, f"expected bytes, found {type(data).__name__}")
    if len(data) > MAX_BYTES:
        raise _refused(None, f"expected at most {MAX_BYTES} bytes, found {len(data)}")
    try:
        text = bytes(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(line, "expected UTF-8, found other bytes") from None
    return text


def _from_json(text: str) -> Tree:
    try:
        tree: Tree = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _refused(error.lineno, f"not JSON: {error.msg.lower()}") from None
    except (ValueError, RecursionError) as error:
        raise _refused(None, f"not JSON: {error}") from None
    _check_depth(tree)
    if "\\ud" in text.lower() and not _writable(tree):
        raise _refused(None, "expected characters, found half of a surrogate pair")
    return tree


def _writable(tree: Tree) -> bool:
    """JSON can name half a surrogate pair, which no encoding can write."""
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_doubles(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {double!r} is given twice")
    return found


def _no_number(name: str) -> Tree:
    raise ValueError(f"{name} is not a number")


def _check_depth(tree: Tree) -> None:
    level: list[Tree] = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise _refused(None, f"expected at most {MAX_DEPTH} levels")


def _compose(text: str) -> yaml.Node | None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                raise _refused(_line(event), "aliases are not taken: repeat the text")
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
                raise _refused(_line(event), "tags are not taken")
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else None
        raise _refused(line, f"not YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _refused(None, f"not YAML: {type(error).__name__}") from None
    return node


def _line(event: yaml.Event) -> int | None:
    return None if event.start_mark is None else event.start_mark.line + 1


def _composed_or_nothing(text: str) -> yaml.Node | None:
    try:
        return _compose(text)
    except DescriptionRefused:
        return None


def _plain_values(node: yaml.Node, depth: int) -> Tree:
    if depth > MAX_DEPTH:
        raise _refused(node.start_mark.line + 1, f"expected at most {MAX_DEPTH} levels")
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Tree] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(key.start_mark.line + 1, "expected a word as key")
            if key.value in found:
                raise _refused(key.start_mark.line + 1, f"the key {key.value!r} is given twice")
            found[key.value] = _plain_values(value, depth + 1)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain_values(value, depth + 1) for value in node.value]
    # libyaml says '' for a plain scalar, PyYAML's own parser None.
    return str(node.value) if getattr(node, "style", None) else Plain(node.value)


def _inside(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(step, int):
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        return items[step] if step < len(items) else None
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == step), None)


def _refused(line: int | None, message: str) -> DescriptionRefused:
    return DescriptionRefused((Mistake(path="", line=line, message=message),))
