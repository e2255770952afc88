"""The SOAP import, and the XML file for the upload by hand."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from procedures.links.columns import LISTS, values_of
from procedures.links.link import Link
from procedures.model import Country

SOAP_NAMESPACE: Final = "http://ec.europa.eu/grow/sdg/links/dtx/soap/import"
SOAP_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
REQUEST: Final = "SetImportLinksDetailsRequest"


def soap_body(
    rows: Sequence[tuple[Link, bool]], *, country: Country, author: str, token: str
) -> bytes:
    """The SOAP 1.1 envelope that is posted; ``token`` is a secret."""
    envelope = etree.Element(
        f"{{{SOAP_ENVELOPE}}}Envelope", nsmap={"soapenv": SOAP_ENVELOPE, "imp": SOAP_NAMESPACE}
    )
    body = etree.SubElement(envelope, f"{{{SOAP_ENVELOPE}}}Body")
    request = etree.SubElement(body, f"{{{SOAP_NAMESPACE}}}{REQUEST}")
    head = (("secureToken", token), ("countryCode", country.for_the_union), ("author", author))
    for name, value in head:
        _put(request, name, value, SOAP_NAMESPACE)
    for link, delete in rows:
        one = etree.SubElement(request, f"{{{SOAP_NAMESPACE}}}linkData")
        _fill(one, link, delete=delete, namespace=SOAP_NAMESPACE)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def write_xml(rows: Sequence[tuple[Link, bool]]) -> bytes:
    """The XML file for the upload by hand."""
    root = etree.Element("links")
    for link, delete in rows:
        _fill(etree.SubElement(root, "link"), link, delete=delete, namespace="")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _fill(place: etree._Element, link: Link, *, delete: bool, namespace: str) -> None:
    for name, given in values_of(link, delete=delete).items():
        if name not in LISTS:
            _put(place, name, given[0], namespace)
            continue
        for one in given:
            item = etree.SubElement(place, _named(name, namespace))
            _put(item, LISTS[name], one, namespace)


def _put(place: etree._Element, name: str, value: str, namespace: str) -> None:
    etree.SubElement(place, _named(name, namespace)).text = value


def _named(name: str, namespace: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name
