"""The words of SAML and of the eIDAS profile, each holding its published value."""

from enum import StrEnum
from functools import cache
from typing import Final


class Namespace(StrEnum):
    """XML namespaces, by URI; SAML 2.0 and eIDAS SAML Message Format v1.4 section 2."""

    PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
    ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
    METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
    ALGORITHM_SUPPORT = "urn:oasis:names:tc:SAML:metadata:algsupport"
    ENTITY_ATTRIBUTES = "urn:oasis:names:tc:SAML:metadata:attribute"
    SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
    ENCRYPTION = "http://www.w3.org/2001/04/xmlenc#"
    EIDAS = "http://eidas.europa.eu/saml-extensions"
    NATURAL = "http://eidas.europa.eu/attributes/naturalperson"
    LEGAL = "http://eidas.europa.eu/attributes/legalperson"
    NATURAL_REPRESENTATIVE = "http://eidas.europa.eu/attributes/naturalperson/representative"
    LEGAL_REPRESENTATIVE = "http://eidas.europa.eu/attributes/legalperson/representative"
    SERVICE_LIST = "http://eidas.europa.eu/metadata/servicelist"
    SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
    SCHEMA = "http://www.w3.org/2001/XMLSchema"

    @cache
    def __call__(self, local: str) -> str:
        """Give the expanded name of ``local`` in this namespace, as lxml writes it."""
        return f"{{{self.value}}}{local}"


PREFIXES: Final = {
    "saml2p": Namespace.PROTOCOL.value,
    "saml2": Namespace.ASSERTION.value,
    "md": Namespace.METADATA.value,
    "alg": Namespace.ALGORITHM_SUPPORT.value,
    "mdattr": Namespace.ENTITY_ATTRIBUTES.value,
    "ds": Namespace.SIGNATURE.value,
    "xenc": Namespace.ENCRYPTION.value,
    "eidas": Namespace.EIDAS.value,
    "eidas-natural": Namespace.NATURAL.value,
    "eidas-legal": Namespace.LEGAL.value,
    "eidas-natural-representative": Namespace.NATURAL_REPRESENTATIVE.value,
    "eidas-legal-representative": Namespace.LEGAL_REPRESENTATIVE.value,
    "xsi": Namespace.SCHEMA_INSTANCE.value,
    "xs": Namespace.SCHEMA.value,
}
"""The prefixes we write with; what we read is compared by URI only."""


class SPType(StrEnum):
    """Sector of the relying party (Message Format 1.4, 2.3.2)."""

    PUBLIC = "public"
    PRIVATE = "private"


class PersonKind(StrEnum):
    """Whose minimum data set is asked for."""

    NATURAL = "natural"
    LEGAL = "legal"


class Binding(StrEnum):
    """How a message travels (SAML Bindings 3.4 and 3.5)."""

    POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


class NameIdFormat(StrEnum):
    """Name identifier formats that the profile knows (Message Format 1.4, 2.3.2)."""

    PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


class StatusCode(StrEnum):
    """Top-level outcome of a request (SAML Core 3.2.2.2)."""

    SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
    REQUESTER = "urn:oasis:names:tc:SAML:2.0:status:Requester"
    RESPONDER = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    VERSION_MISMATCH = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"


class SubStatusCode(StrEnum):
    """Second-level outcomes that an eIDAS node sends (SAML Core 3.2.2.2)."""

    AUTHN_FAILED = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
    INVALID_ATTRIBUTE = "urn:oasis:names:tc:SAML:2.0:status:InvalidAttrNameOrValue"
    INVALID_NAME_ID_POLICY = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
    NO_AUTHN_CONTEXT = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
    REQUEST_DENIED = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"


class EntityAttribute(StrEnum):
    """Entity attributes in metadata (Message Format 1.4, 2.1)."""

    PROTOCOL_VERSION = "http://eidas.europa.eu/entity-attributes/protocol-version"
    APPLICATION_IDENTIFIER = "http://eidas.europa.eu/entity-attributes/application-identifier"
    ASSURANCE_CERTIFICATION = "urn:oasis:names:tc:SAML:attribute:assurance-certification"
    ENTITY_CATEGORY = "http://macedir.org/entity-category"


REQUESTER_ID_CATEGORY: Final = "http://eidas.europa.eu/entity-attributes/termsofaccess/requesterid"
"""Entity category of a service that must be told which relying party asks."""

NAME_FORMAT_URI: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

MESSAGE_FORMAT: Final = "eIDAS SAML Message Format 1.4"
INTEROPERABILITY: Final = "eIDAS Interoperability Architecture 1.4"
ATTRIBUTE_PROFILE: Final = "eIDAS SAML Attribute Profile 1.4"
SAML_CORE: Final = "SAML Core 2.0"
SAML_PROFILES: Final = "SAML Profiles 2.0"
SAML_BINDINGS: Final = "SAML Bindings 2.0"
SAML_METADATA: Final = "SAML Metadata 2.0"
