"""One element while rules look at it: its children are listed once, however many rules ask."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.namespaces import qualified

SLOT: Final = qualified("rim:Slot")
_TYPE: Final = qualified("xsi:type")
_UNEVEN = re.compile("  |[\t\r\n]")
_SPACE = re.compile("[ \t\r\n]+")
_STRING = etree.XPath("string()", smart_strings=False)


class Part:
    """An element as the rules see it; names are ``{namespace}Local``."""

    __slots__ = ("children", "element")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.children: list[tuple[str, etree._Element]] = [
            (child.tag, child) for child in element if type(child.tag) is str
        ]
        """The child elements with their names, in order; comments are left out."""

    @classmethod
    def leaf(cls, element: etree._Element) -> "Part":
        """An element that is known to have no children, not even a comment."""
        part = cls.__new__(cls)
        part.element, part.children = element, []
        return part

    def count(self, name: str) -> int:
        """How many children have this name."""
        return sum(1 for tag, _ in self.children if tag == name)

    def named(self, name: str) -> Iterator[etree._Element]:
        """The children of this name."""
        return (child for tag, child in self.children if tag == name)

    def slots(self, name: str) -> int:
        """How many slots of this name stand directly beneath."""
        return sum(1 for tag, child in self.children if tag == SLOT and child.get("name") == name)

    @property
    def text(self) -> str:
        """The string value: all text inside, comments left out."""
        return text_of(self.element)


def text_of(element: etree._Element) -> str:
    """The string value of an element, as XPath has it."""
    return str(_STRING(element)) if len(element) else element.text or ""


def local_type(element: etree._Element) -> str:
    """The local part of ``xsi:type``; which namespace its prefix means, the reader checks."""
    return element.get(_TYPE, "").rpartition(":")[2]


def squeezed(text: str) -> str:
    """``normalize-space()`` of XPath."""
    text = text.strip(" \t\r\n")
    return _SPACE.sub(" ", text) if _UNEVEN.search(text) else text
