"""The official RegRep and SDG 1.0 schemas as one, from a folder and never from the network."""

from pathlib import Path
from typing import Any

from lxml import etree

_PARTS = (
    ("http://www.w3.org/XML/1998/namespace", "xml/xml.xsd"),
    ("http://www.w3.org/1999/xlink", "xml/xlink.xsd"),
    ("http://www.w3.org/2005/08/addressing", "xml/ws-addr.xsd"),
    ("urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0", "regrep4/rim.xsd"),
    ("urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0", "regrep4/rs.xsd"),
    ("urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0", "regrep4/query.xsd"),
    ("urn:oasis:names:tc:ebxml-regrep:xsd:lcm:4.0", "regrep4/lcm.xsd"),
    ("http://data.europa.eu/p4s", "sdg/SDG-GenericMetadataProfile-v1.0.0.xsd"),
)


class _LocalSchemas(etree.Resolver):
    """Answers what the files import by address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        if not system_url.startswith("http"):
            return None
        return self.resolve_filename(
            str(self.folder / "regrep4" / system_url.rpartition("/")[2]), context
        )


def official_schema(artefacts: Path) -> etree.XMLSchema:
    """The schema that judges messages of line 1.0."""
    folder = artefacts / "oots/tdd-1.0/xsd"
    lines = [f'<xs:import namespace="{name}" schemaLocation="{path}"/>' for name, path in _PARTS]
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(lines)}</xs:schema>'
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_LocalSchemas(folder))
    base = (folder / "driver.xsd").as_uri()
    return etree.XMLSchema(etree.fromstring(driver, parser, base_url=base))
