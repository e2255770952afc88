"""The XML namespaces of ebXML RegRep 4.0 and the prefixes that we write."""

from typing import Final

QUERY: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
RS: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
LCM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:4.0"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"

PREFIXES: Final = {
    "query": QUERY,
    "rim": RIM,
    "rs": RS,
    "sdg": "http://data.europa.eu/p4s",
    "xlink": XLINK,
    "xsi": XSI,
}
"""What we write; what comes in is read by URI whatever its prefixes are."""
