"""The one way from foreign bytes to elements in this package."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from lxml.etree import _Element

from translations.errors import ExchangeRefused

NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, and the carriage return, which its parsers change."""

MAX_BYTES = 200_000_000


def parsed(data: bytes, *, rule: str, root: str | tuple[str, ...]) -> _Element:
    """The root element, of one of the names given in Clark notation; raises `ExchangeRefused`.

    No DOCTYPE with content of its own, no entities, no network; comments and processing
    instructions are dropped.
    """
    if len(data) > MAX_BYTES:
        raise ExchangeRefused(rule, f"at most {MAX_BYTES} bytes", f"{len(data)}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExchangeRefused(rule, "well-formed XML", type(error).__name__) from None
    internal: Any = element.getroottree().docinfo.internalDTD
    if internal is not None and any(True for _ in internal.entities()):
        raise ExchangeRefused(rule, "no entities of its own", "a DOCTYPE with entities")
    names = (root,) if isinstance(root, str) else root
    if element.tag not in names:
        raise ExchangeRefused(rule, " or ".join(names), str(element.tag)[:80])
    return element


def made(
    tag: str, attributes: Mapping[str, str] | None = None, *content: _Element | str
) -> _Element:
    """An element with attributes, then its text or its children."""
    element = etree.Element(tag, dict(attributes or {}))
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element
