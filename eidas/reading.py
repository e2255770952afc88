"""Reading a peer's XML: every fault of the XML layer becomes a refusal of ours."""

from types import TracebackType
from typing import Final

from lxml import etree

from eidas.errors import Refused
from eidas.schema import first_fault
from eidas.vocabulary import INTEROPERABILITY
from xmltrust import Limits, SelectionError, XmlTrustError, parse

LIMITS: Final = Limits(max_bytes=131_072)
"""A SAML message: the size that a node must be able to take is the most that we take."""


class refusing:  # noqa: N801  read as a verb: with refusing(...)
    """Turn what xmltrust raises inside into ``refusal``, with its rule kept.

    A class, because a login enters it ten times and a generator costs three times as much.
    """

    __slots__ = ("_clause", "_code", "_refusal")

    def __init__(self, refusal: type[Refused], clause: str, *, code: str = "") -> None:
        """Keep what a refusal will say."""
        self._refusal, self._clause, self._code = refusal, clause, code

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise the refusal for an error of the XML layer; let every other pass."""
        if isinstance(problem, XmlTrustError):
            raise self._refusal(
                problem.rule,
                expected=problem.expected,
                found=problem.found,
                clause=self._clause,
                code=self._code,
            ) from problem


def parse_message(data: bytes, *, root: str, refusal: type[Refused]) -> etree._Element:
    """Parse a message and hold it against the schemas, before any signature is looked at."""
    with refusing(refusal, f"{INTEROPERABILITY}, 7.5"):
        element = parse(data, limits=LIMITS)
    if element.tag != root:
        raise refusal(
            "message.root",
            expected=root.rpartition("}")[2],
            found="another element",
            clause=f"{INTEROPERABILITY}, 7.5",
        )
    demand_schema(element, rule="message.schema", refusal=refusal)
    return element


def demand_schema(element: etree._Element, *, rule: str, refusal: type[Refused]) -> None:
    """Raise ``refusal`` unless the element follows its schema."""
    fault = first_fault(element)
    if fault:
        raise refusal(
            rule,
            expected="a document that follows the SAML and eIDAS schemas",
            found=fault,
            clause=f"{INTEROPERABILITY}, 7.5",
        )


def text_or_empty(element: etree._Element | None) -> str:
    """Give the trimmed text of an element that may be absent; real nodes pad URIs with newlines."""
    if element is None:
        return ""
    if len(element):
        raise SelectionError("message.text", expected="text alone", found="an element inside it")
    return (element.text or "").strip()
