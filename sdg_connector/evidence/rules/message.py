"""Which rules judge a message: by its root, its status and its line."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from lxml import etree

from sdg_connector.evidence.rules import (
    failure_content,
    failure_structure,
    request_content,
    request_structure,
    response_content,
    response_structure,
)
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import Broken, Judge, RuleFile
from sdg_connector.vocabulary.rules.part import SLOT, text_of

FILES: Final[Mapping[str, tuple[RuleFile, RuleFile]]] = {
    "EDM-REQ": (request_structure.FILE, request_content.FILE),
    "EDM-RESP": (response_structure.FILE, response_content.FILE),
    "EDM-ERR": (failure_structure.FILE, failure_content.FILE),
}
"""The rule files of each kind of message: structure, then content."""

_REQUEST: Final = qualified("query:QueryRequest")
_EXCEPTION: Final = qualified("rs:Exception")
_VALUE: Final = qualified("rim:Value")
_LINES: Final[Mapping[str, EdmLine]] = {line.value: line for line in EdmLine}


@cache
def judge_of(kind: str, line: EdmLine, *, errors_only: bool = False) -> Judge:
    """The rules of one kind of message in one line, ready to judge."""
    return Judge(FILES[kind], line.version, errors_only=errors_only)


def broken_rules(
    root: etree._Element, *, line: EdmLine | None = None, errors_only: bool = False
) -> list[Broken]:
    """Every published rule that this message breaks, in document order.

    With ``errors_only`` those that refuse it; warnings and information do not.

    ``line`` is the one that the header or the directory names; without it the message says. A
    message of a line that we do not know is judged by the newest (TDD 4.7 §2.6.2).
    """
    line = line or line_of_message(root) or EdmLine.V2_0
    return judge_of(kind_of(root), line, errors_only=errors_only).broken(root)


def kind_of(root: etree._Element) -> str:
    """``EDM-REQ``, ``EDM-RESP`` or ``EDM-ERR``: which rule files a message answers to."""
    if root.tag == _REQUEST:
        return "EDM-REQ"
    failed = root.get("status", "").endswith(":Failure")
    reported = next(root.iterchildren(_EXCEPTION), None) is not None
    success = root.get("status", "").endswith(":Success")
    return "EDM-ERR" if failed or (reported and not success) else "EDM-RESP"


def line_of_message(root: etree._Element) -> EdmLine | None:
    """The line that the slot ``SpecificationIdentifier`` names, if it names one that we know."""
    for slot in root.iterchildren(SLOT):
        if slot.get("name") == "SpecificationIdentifier":
            for value in slot.iter(_VALUE):
                return _LINES.get(text_of(value).strip())
    return None
