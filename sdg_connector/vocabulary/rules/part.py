"""One element while rules look at it: its children are listed once, however many rules ask."""

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.namespaces import qualified

SLOT: Final = qualified("rim:Slot")
TYPE: Final = qualified("xsi:type")
XML_SPACE: Final = " \t\r\n"
_SPACE = re.compile(f"[{XML_SPACE}]+")
_NAMED: Final = frozenset({str})
"""What the tag of an element is; comments and processing instructions have something else."""
_STRING = etree.XPath("string()", smart_strings=False)


class Part:
    """An element as the rules see it; names are ``{namespace}Local``."""

    __slots__ = ("children", "element", "slot_names", "tags")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.children = list(element)
        """The child elements, in order; comments are left out."""
        self.tags: list[str] = [child.tag for child in self.children]
        """Their names."""
        if not _NAMED.issuperset(map(type, self.tags)):
            self.children = list(element.iterchildren("*"))
            self.tags = [child.tag for child in self.children]
        self.slot_names: list[str | None] | None = None
        """Of the slots among the children, once somebody counted them."""

    def count(self, name: str) -> int:
        """How many children have this name."""
        return self.tags.count(name)

    def named(self, name: str) -> list[etree._Element]:
        """The children of this name."""
        return [child for tag, child in zip(self.tags, self.children, strict=True) if tag == name]

    def slots(self, name: str) -> int:
        """How many slots of this name stand directly beneath."""
        if self.slot_names is None:
            self.slot_names = [child.get("name") for child in self.named(SLOT)]
        return self.slot_names.count(name)

    @property
    def text(self) -> str:
        """The string value: all text inside, comments left out."""
        return text_of(self.element)


def text_of(element: etree._Element) -> str:
    """The string value of an element, as XPath has it."""
    return str(_STRING(element)) if len(element) else element.text or ""


def local_type(element: etree._Element) -> str:
    """The local part of ``xsi:type``; which namespace its prefix means, the reader checks."""
    return element.get(TYPE, "").rpartition(":")[2]


def names_type(local: str) -> Callable[[str | None], bool]:
    """Whether an ``xsi:type`` has this local part, whatever its prefix."""
    usual = f"rim:{local}"
    return lambda named: named == usual or (named is not None and named.rpartition(":")[2] == local)


def squeezed(text: str) -> str:
    """``normalize-space()`` of XPath."""
    text = text.strip(XML_SPACE)
    return text if text.isprintable() and "  " not in text else _SPACE.sub(" ", text)
