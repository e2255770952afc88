"""Refuse a message that breaks a published rule, whether it came in or is to go out."""

from typing import Final

from lxml import etree

from sdg_connector.evidence.errors import EdmRefused
from sdg_connector.evidence.rules import broken_rules, line_of_message
from sdg_connector.vocabulary.rules import Broken

_UNKNOWN_LINE: Final = frozenset({"R-EDM-REQ-C001", "R-EDM-RESP-C002", "R-EDM-ERR-C001"})
_REFERENCE: Final = frozenset({"R-EDM-RESP-C042"})


def refuse_broken(root: etree._Element) -> None:
    """Raise ``EdmRefused`` for the first published rule of severity error that does not hold.

    Structure comes before content, as its publisher orders the files: what is missing explains
    what is wrong. The error carries the code to answer with.
    """
    broken = broken_rules(root, errors_only=True)
    if broken:
        if line_of_message(root) is None:
            # Without a line nobody knows which rules count, so that is what has to be said.
            broken = [one for one in broken if _is_about_the_line(one)] or broken
        first = min(broken, key=_order)
        raise EdmRefused(
            rule=first.rule.id,
            expected=first.rule.check.asks,
            found=first.found,
            wire_code=_wire_code(root, first),
        )


def _is_about_the_line(broken: Broken) -> bool:
    asked = f"{broken.rule.context} {broken.rule.check.asks} {broken.element.get('name')}"
    return "SpecificationIdentifier" in asked


def _order(broken: Broken) -> tuple[bool, bool]:
    return "unnamed" in broken.rule.id, broken.file.name.endswith("-C")


def _wire_code(root: etree._Element, broken: Broken) -> str:
    if broken.rule.id in _UNKNOWN_LINE and line_of_message(root) is None:
        return "EDM:ERR:0007"
    return "EDM:ERR:0006" if broken.rule.id in _REFERENCE else "EDM:ERR:0003"
