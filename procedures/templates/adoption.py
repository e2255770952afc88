"""A service that takes a template over: what it says itself, what it last saw of the template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from procedures.document import Path, Plain, Tree
from procedures.errors import Mistake
from procedures.model import Description
from procedures.reading import from_tree
from procedures.templates.errors import TemplateBroken
from procedures.templates.template import Policy, Template, broken, fields_of, opened

_KEYS: Final = frozenset({"template", "version", "identifier", "municipality", "fields", "seen"})
_TEXTS: Final = ("template", "identifier", "municipality")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """One municipality's use of one template."""

    template: str
    version: int
    """The version of the template that was last looked at."""
    identifier: str
    """Of the description that comes of it."""
    municipality: str
    """Its code in the national register of territories."""
    fields: Mapping[str, Tree]
    """What the municipality says itself."""
    seen: Mapping[str, str]
    """Digest of each field of the template as it was when last looked at."""

    def overrides(self, field: str) -> bool:
        """Whether the municipality says the field itself."""
        return field in self.fields


def take_over(
    template: Template, *, identifier: str, municipality: str, fields: Mapping[str, Tree]
) -> Adoption:
    """Begin to use a template; raises `TemplateBroken` when the fields do not fit its policies."""
    adoption = Adoption(
        template=template.identifier,
        version=template.version,
        identifier=identifier,
        municipality=municipality,
        fields=dict(fields),
        seen={name: template.digest(name) for name in sorted(template.fields)},
    )
    check_policies(template, adoption)
    return adoption


def applied(template: Template, adoption: Adoption) -> Description:
    """The description that comes of it: the template's fields, the municipality's over them.

    Raises `TemplateBroken` when a locked field is said or an own one is not, and
    `DescriptionRefused` when the whole is no description.
    """
    check_policies(template, adoption)
    return from_tree(
        {
            "kind": template.kind,
            "identifier": adoption.identifier,
            **template.fields,
            **adoption.fields,
        }
    )


def check_policies(template: Template, adoption: Adoption) -> None:
    """Raises `TemplateBroken` with every field that is not the municipality's, or missing."""
    mistakes = tuple(
        Mistake(path=path, line=None, message=message)
        for path, message in _against(template, adoption)
    )
    if mistakes:
        raise TemplateBroken(mistakes)


def _against(template: Template, adoption: Adoption) -> Iterator[tuple[str, str]]:
    if adoption.template != template.identifier:
        yield "template", f"expected {template.identifier}, found {adoption.template}"
    known = fields_of(template.kind)
    for name in adoption.fields:
        if name not in known:
            yield f"fields.{name}", "there is no such field"
        elif template.policy(name) is Policy.LOCKED:
            yield f"fields.{name}", "the template has locked this field"
    for name in sorted(template.own - set(adoption.fields)):
        yield f"fields.{name}", "the municipality must say this field"


def read_adoption(data: bytes) -> Adoption:
    """Read an adoption file (YAML or JSON); raises `TemplateBroken` with every mistake."""
    document = opened(data)
    tree = document.tree
    if not isinstance(tree, dict):
        raise broken(document, [((), f"expected the fields {', '.join(sorted(_KEYS))}")])
    mistakes = list(_mistakes(tree))
    if mistakes:
        raise broken(document, mistakes)
    own, seen = tree.get("fields", {}), tree.get("seen", {})
    return Adoption(
        template=str(tree["template"]),
        version=int(str(tree["version"])),
        identifier=str(tree["identifier"]),
        municipality=str(tree["municipality"]),
        fields=own if isinstance(own, dict) else {},
        seen={name: str(one) for name, one in seen.items()} if isinstance(seen, dict) else {},
    )


def _mistakes(tree: dict[str, Tree]) -> Iterator[tuple[Path, str]]:
    for name in sorted(set(tree) - _KEYS):
        yield (name,), "there is no such field"
    for name in _TEXTS:
        if not isinstance(tree.get(name), str) or not tree[name]:
            yield (name,), "expected a text"
    version = str(tree.get("version", ""))
    if not (version.isascii() and version.isdecimal() and 0 < len(version) < 10):
        yield ("version",), "expected the number of the template's version"
    for name in ("fields", "seen"):
        if not isinstance(tree.get(name, {}), dict):
            yield (name,), "expected fields"


def write_adoption(adoption: Adoption) -> bytes:
    """The adoption as YAML; `read_adoption` gives it back."""
    tree = {
        "template": adoption.template,
        "version": adoption.version,
        "identifier": adoption.identifier,
        "municipality": adoption.municipality,
        "fields": dict(adoption.fields),
        "seen": dict(adoption.seen),
    }
    text = yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return str(text).encode()


class _Dumper(yaml.SafeDumper):
    """Leaves a scalar bare that stood bare in the file it came from."""

    def ignore_aliases(self, data: object) -> bool:
        """Repeat an equal value: the reader takes no aliases."""
        return True


def _bare(dumper: yaml.SafeDumper, value: Plain) -> yaml.ScalarNode:
    tag = dumper.resolve(yaml.ScalarNode, str(value), (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(str(tag), str(value))


_Dumper.add_representer(Plain, _bare)
