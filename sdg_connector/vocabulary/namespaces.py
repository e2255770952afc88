"""The namespaces of the words that this package holds."""

from typing import Final

SDG: Final = "http://data.europa.eu/p4s"
QUERY: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
RS: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
LCM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:4.0"
EB: Final = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"

PREFIXES: Final = {
    "sdg": SDG,
    "query": QUERY,
    "rs": RS,
    "rim": RIM,
    "lcm": LCM,
    "eb": EB,
    "xlink": "http://www.w3.org/1999/xlink",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""The prefixes that the published business rules use, and so do ours."""


def qualified(name: str) -> str:
    """``{namespace}Local`` of a prefixed name; a name without a prefix stays as it is."""
    prefix, colon, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}" if colon else name
