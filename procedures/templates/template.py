"""A template: a description without its identifier, and what its users may change."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from procedures.document import Document, Path, Tree, read_document, show_path
from procedures.errors import DescriptionRefused, Mistake
from procedures.reading import KINDS
from procedures.templates.errors import TemplateBroken

_KEYS: Final = frozenset({"template", "version", "changed", "locked", "own", "description"})
_OF_USERS: Final = frozenset({"identifier"})
"""What a template never says."""


class Policy(StrEnum):
    """Who decides a field."""

    LOCKED = "locked"
    """The template alone."""
    INHERITED = "inherited"
    """The template, unless the user says otherwise."""
    OWN = "own"
    """The user, who must say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A unified service at one version."""

    identifier: str
    version: int
    changed: date
    kind: str
    fields: Mapping[str, Tree]
    """The fields of the description, as a file holds them."""
    locked: frozenset[str]
    own: frozenset[str]

    def policy(self, field: str) -> Policy:
        """Who decides a field."""
        if field in self.locked:
            return Policy.LOCKED
        return Policy.OWN if field in self.own else Policy.INHERITED

    def digest(self, field: str) -> str:
        """SHA-256 of what the template says in a field; empty when it says nothing."""
        if field not in self.fields:
            return ""
        text = json.dumps(self.fields[field], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_template(data: bytes) -> Template:
    """Read a template file (YAML or JSON).

    Raises `TemplateBroken` with every mistake and its line. That the texts make a whole description
    shows when it is applied, because the users say their part of it.
    """
    document = opened(data)
    tree = document.tree
    if not isinstance(tree, dict):
        raise broken(document, [((), f"expected the fields {', '.join(sorted(_KEYS))}")])
    mistakes = list(_mistakes(tree))
    if mistakes:
        raise broken(document, mistakes)
    description = tree["description"]
    if not isinstance(description, dict):
        raise broken(document, [(("description",), "expected the fields of a description")])
    return Template(
        identifier=str(tree["template"]),
        version=int(str(tree["version"])),
        changed=date.fromisoformat(str(tree["changed"])),
        kind=str(description["kind"]),
        fields={name: value for name, value in description.items() if name != "kind"},
        locked=frozenset(_names(tree, "locked")),
        own=frozenset(_names(tree, "own")),
    )


def _mistakes(tree: dict[str, Tree]) -> Iterator[tuple[Path, str]]:
    for name in sorted(set(tree) - _KEYS):
        yield (name,), "there is no such field"
    if not isinstance(tree.get("template"), str) or not tree["template"]:
        yield ("template",), "expected the name of the template"
    version = str(tree.get("version", ""))
    if not (version.isascii() and version.isdecimal() and 0 < len(version) < 10):
        yield ("version",), "expected a number that grows with each change"
    if not is_day(tree.get("changed")):
        yield ("changed",), "expected a day such as 2026-01-31"
    description = tree.get("description")
    kind = description.get("kind") if isinstance(description, dict) else None
    if not isinstance(description, dict) or not isinstance(kind, str) or kind not in KINDS:
        yield ("description",), f"expected a description of kind {', '.join(KINDS)}"
        return
    yield from _policy_mistakes(tree, description, fields_of(kind))


def _policy_mistakes(
    tree: dict[str, Tree], description: dict[str, Tree], known: frozenset[str]
) -> Iterator[tuple[Path, str]]:
    locked, own = _names(tree, "locked"), _names(tree, "own")
    for name in sorted(set(description) - known - {"kind"}):
        yield ("description", name), "there is no such field"
    for key in ("locked", "own"):
        if not isinstance(tree.get(key, []), list):
            yield (key,), "expected a list of fields"
        for name in sorted(set(_names(tree, key)) - known):
            yield (key,), f"a description has no field {name} that a template decides"
    for name in sorted(set(locked) & set(own)):
        yield ("own",), f"{name} is locked, so nobody can say it"
    for name in sorted(set(locked) - set(description)):
        yield ("locked",), f"{name} is locked, and the description does not say it"


def fields_of(kind: str) -> frozenset[str]:
    """The fields that a template of this kind may decide."""
    return frozenset(one.name for one in fields(KINDS[kind])) - _OF_USERS


def _names(tree: dict[str, Tree], key: str) -> list[str]:
    value = tree.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []


def is_day(value: Tree) -> bool:
    """Whether a value is a day."""
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def opened(data: bytes) -> Document:
    """The document of a file; raises `TemplateBroken` when it is neither YAML nor JSON."""
    try:
        return read_document(data)
    except DescriptionRefused as error:
        raise TemplateBroken(error.mistakes) from None


def broken(document: Document, found: list[tuple[Path, str]]) -> TemplateBroken:
    """The mistakes with their lines, in the order of the file."""
    mistakes = [
        Mistake(path=show_path(path), line=document.line(path), message=message)
        for path, message in found
    ]
    return TemplateBroken(tuple(sorted(mistakes, key=lambda one: one.line or 0)))
