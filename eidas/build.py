"""Making SAML elements that read like the document they become."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from lxml import etree

from eidas.errors import EidasMisuse
from eidas.vocabulary import PREFIXES, Namespace


def element(
    name: str,
    attributes: Mapping[str, str] | None = None,
    *children: etree._Element,
    text: str = "",
    prefixes: Iterable[str] = (),
) -> etree._Element:
    """Make ``prefix:Local`` with its attributes, text and children.

    Attributes with an empty value are left out. ``prefixes`` are declared here too: values that
    are typed by ``xsi:type`` need theirs in scope, also after decryption.
    """
    prefix, local = name.split(":")
    made = etree.Element(
        f"{{{PREFIXES[prefix]}}}{local}",
        {key: value for key, value in (attributes or {}).items() if value},
        nsmap={one: PREFIXES[one] for one in (prefix, *prefixes)},
    )
    if text:
        made.text = text
    made.extend(children)
    return made


def timestamp(moment: datetime) -> str:
    """Write a moment as SAML Core 1.3.3 asks: UTC, with a Z."""
    if moment.tzinfo is None:
        raise EidasMisuse("time.zone", expected="an aware datetime", clause="SAML Core 2.0, 1.3.3")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


XSI_TYPE = Namespace.SCHEMA_INSTANCE("type")
