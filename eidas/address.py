"""Addresses, which travel as base64 of XML elements without a root."""

import base64
import binascii
import html
import re
from typing import Final

from eidas.identity import Address

_FIELDS: Final = {
    "PoBox": "po_box",
    "LocatorDesignator": "locator_designator",
    "LocatorName": "locator_name",
    "CvaddressArea": "cv_address_area",
    "Thoroughfare": "thoroughfare",
    "PostName": "post_name",
    "AdminunitFirstline": "admin_unit_first_line",
    "AdminunitSecondline": "admin_unit_second_line",
    "PostCode": "post_code",
}
"""Element and field, in the order of the profile's schema (Attribute Profile 1.4, 2.5.3)."""

_BY_LOWER: Final = {element.lower(): field for element, field in _FIELDS.items()}
# The profile's own example closes <eidas:PostCode> with </eidas:Postcode>, and no namespace is
# declared, so this is no well-formed XML: a parser would refuse what nodes really send.
_ELEMENT: Final = re.compile(
    r"<(?:[\w.-]{1,64}:)?(?P<name>[A-Za-z]{1,64})(?:\s[^<>]*)?>(?P<text>[^<>]*)"
    r"</(?:[\w.-]{1,64}:)?(?P=name)\s*>",
    re.IGNORECASE,
)
_LARGEST: Final = 64 * 1024


def read_address(text: str) -> Address:
    """Read the base64 text of an address; what cannot be read gives an empty address.

    Real nodes write other cases, other orders and further elements, and an address is never a
    reason to turn a person away; it is only ever shown, so nothing here is parsed as XML.
    """
    if len(text) > _LARGEST:
        return Address()
    try:
        content = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return Address()
    known: dict[str, str] = {}
    other: list[tuple[str, str]] = []
    for match in _ELEMENT.finditer(content):
        value = html.unescape(match["text"]).strip()
        field = _BY_LOWER.get(match["name"].lower())
        if field is None or field in known:
            other.append((match["name"], value))
        else:
            known[field] = value
    return Address(**known, other=tuple(other))


def write_address(address: Address) -> str:
    """Write an address as base64 text, in the order of the profile's schema."""
    parts = [
        f"<eidas:{element}>{html.escape(value, quote=False)}</eidas:{element}>"
        for element, field in _FIELDS.items()
        if (value := getattr(address, field))
    ]
    return base64.b64encode("\n".join(parts).encode()).decode("ascii")
