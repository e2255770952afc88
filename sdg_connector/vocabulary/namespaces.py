"""The namespaces of the words that this package holds."""

from typing import Final

SDG: Final = "http://data.europa.eu/p4s"
QUERY: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
RS: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
