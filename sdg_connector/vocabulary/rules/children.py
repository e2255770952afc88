"""The questions about elements further down than the children."""

from lxml import etree

from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.part import Part
from sdg_connector.vocabulary.rules.rule import PartCheck


def having_path(*steps: str) -> PartCheck:
    """A chain of children is there; a step ``rim:Slot=Name`` is a slot of that name."""
    shown, path = "/".join(steps), tuple(_step(one) for one in steps)
    return PartCheck(
        holds=lambda part: _found(part.element, path),
        asks=f"at least one {shown}",
        fix=f"Write {shown}.",
        found=lambda _: "none",
        by_outline=True,
    )


def exactly_one_at(*steps: str) -> PartCheck:
    """A chain of children ends in exactly one element."""
    path, shown = "/".join(qualified(one) for one in steps), "/".join(steps)

    def count(part: Part) -> int:
        return len(part.element.findall(path))

    return PartCheck(
        holds=lambda part: count(part) == 1,
        asks=f"exactly one {shown}",
        fix=f"Write {shown} once.",
        found=lambda part: f"{count(part)} of them" if count(part) else "none",
        by_outline=True,
    )


def _step(step: str) -> tuple[str, str]:
    name, _, slot = step.partition("=")
    return qualified(name), slot


def _found(element: etree._Element, path: tuple[tuple[str, str], ...]) -> bool:
    (name, slot), *rest = path
    return any(
        child.tag == name
        and (not slot or child.get("name") == slot)
        and (not rest or _found(child, tuple(rest)))
        for child in element
    )
