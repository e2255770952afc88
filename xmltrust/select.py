"""Pick children, text and attributes out of an element, by exact name and exact number."""

from lxml import etree

from xmltrust.errors import SelectionError


def every(parent: etree._Element, name: str) -> tuple[etree._Element, ...]:
    """All children named ``{namespace}Local``, in document order."""
    return tuple(parent.iterchildren(name))


def at_most_one(
    parent: etree._Element, name: str, rule: str | None = None
) -> etree._Element | None:
    """The child named ``{namespace}Local``, or None; raises ``SelectionError`` for several."""
    found = every(parent, name)
    if len(found) > 1:
        raise SelectionError(
            rule or "xml/at-most-one",
            expected=f"at most one {_local(name)} in {_local(parent.tag)}",
            found=f"{len(found)}",
        )
    return found[0] if found else None


def exactly_one(parent: etree._Element, name: str, rule: str | None = None) -> etree._Element:
    """The child named ``{namespace}Local``; raises ``SelectionError`` for none or several."""
    found = every(parent, name)
    if len(found) != 1:
        raise SelectionError(
            rule or "xml/exactly-one",
            expected=f"exactly one {_local(name)} in {_local(parent.tag)}",
            found=f"{len(found)}",
        )
    return found[0]


class Children:
    """The children of an element by name, gone through once for several questions."""

    __slots__ = ("_by_name", "_parent", "_repeated")

    def __init__(self, parent: etree._Element) -> None:
        """List the children."""
        self._parent = parent
        self._by_name = {child.tag: child for child in parent}
        self._repeated = len(self._by_name) != len(parent)

    def at_most_one(self, name: str) -> etree._Element | None:
        """As the function of this name."""
        return at_most_one(self._parent, name) if self._repeated else self._by_name.get(name)

    def exactly_one(self, name: str) -> etree._Element:
        """As the function of this name."""
        found = None if self._repeated else self._by_name.get(name)
        return exactly_one(self._parent, name) if found is None else found


def text_of(element: etree._Element, rule: str | None = None) -> str:
    """The text of an element that holds nothing else, without the space around it.

    Raises ``SelectionError`` when there is a child or a node that cuts the text in two, or when
    nothing but space is left.
    """
    if len(element):
        raise SelectionError(
            rule or "xml/text-only",
            expected=f"only text in {_local(element.tag)}",
            found="another node inside it",
        )
    text = (element.text or "").strip(" \t\r\n")
    if not text:
        raise SelectionError(
            rule or "xml/text", expected=f"text in {_local(element.tag)}", found="none"
        )
    return text


def required_attribute(element: etree._Element, name: str, rule: str | None = None) -> str:
    """The value of an attribute; raises ``SelectionError`` when it is absent or empty."""
    value = element.get(name)
    if not value:
        raise SelectionError(
            rule or "xml/attribute",
            expected=f"the attribute {_local(name)} of {_local(element.tag)}",
            found="none" if value is None else "an empty value",
        )
    return value


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
