"""Writing an authentication request; one that the profile forbids cannot be written."""

import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from lxml import etree

from eidas.attributes import AttributeDefinition, minimum_data_set, optional_attribute
from eidas.build import element, timestamp
from eidas.errors import EidasMisuse
from eidas.levels import RequestedLevels
from eidas.vocabulary import (
    MESSAGE_FORMAT,
    NAME_FORMAT_URI,
    NameIdFormat,
    Namespace,
    PersonKind,
    SPType,
)

ISSUER: Final = Namespace.ASSERTION("Issuer")
_LONGEST_REQUESTER_ID: Final = 1024
_CLAUSE: Final = f"{MESSAGE_FORMAT}, 2.3.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthnRequest:
    """What is asked of a node; the fields are the only freedom that the profile leaves.

    ``ForceAuthn`` is always true and ``IsPassive`` false; the address of the answer is the one in
    our metadata; a representative cannot be asked for; ``NodeCountry`` never stands in a request.
    """

    identifier: str
    issuer: str
    destination: str
    issued_at: datetime
    levels: RequestedLevels
    person: PersonKind
    optional_attributes: tuple[str, ...] = ()
    """Optional attributes by field name, friendly name or URI."""
    sp_type: SPType | None = None
    """Set only when our metadata does not publish the sector."""
    name_id_format: NameIdFormat | None = NameIdFormat.UNSPECIFIED
    requester_id: str | None = None
    """URI of the real relying party, unique within our Member State."""
    provider_name: str = ""

    def __post_init__(self) -> None:
        """Refuse names that are no attributes and a requester id that is no URI."""
        self.definitions()
        requester = self.requester_id
        if requester is not None and not _is_uri(requester):
            raise EidasMisuse(
                "request.requester-id",
                expected=f"a URI of at most {_LONGEST_REQUESTER_ID} characters",
                found="something else",
                clause=_CLAUSE,
                code="200016",
            )

    def definitions(self) -> tuple[AttributeDefinition, ...]:
        """Give the whole minimum data set, then the optional attributes, each once."""
        optional = tuple(optional_attribute(self.person, name) for name in self.optional_attributes)
        if len(set(optional)) != len(optional):
            raise EidasMisuse("request.attributes", expected="each attribute once", clause=_CLAUSE)
        return minimum_data_set(self.person) + optional

    def element(self) -> etree._Element:
        """Give the unsigned ``AuthnRequest`` element (Message Format 1.4, 2.3.2)."""
        attributes = {
            "ID": self.identifier,
            "Version": "2.0",
            "IssueInstant": timestamp(self.issued_at),
            "Destination": self.destination,
            "ForceAuthn": "true",
            "IsPassive": "false",
            "ProviderName": self.provider_name,
        }
        question = _question(
            self.definitions(),
            sp_type=self.sp_type,
            name_id_format=self.name_id_format,
            levels=self.levels,
            requester_id=self.requester_id,
        )
        return element(
            "saml2p:AuthnRequest",
            attributes,
            element("saml2:Issuer", text=self.issuer),
            *map(copy.deepcopy, question),
            prefixes=("saml2", "eidas"),
        )


@lru_cache(maxsize=64)
def _question(
    definitions: tuple[AttributeDefinition, ...],
    *,
    sp_type: SPType | None,
    name_id_format: NameIdFormat | None,
    levels: RequestedLevels,
    requester_id: str | None,
) -> tuple[etree._Element, ...]:
    """What follows the issuer: a service asks the same of every person, so it is made once."""
    parts = [
        element(
            "saml2p:Extensions",
            None,
            *([element("eidas:SPType", text=sp_type)] if sp_type else ()),
            element("eidas:RequestedAttributes", None, *map(_requested, definitions)),
        )
    ]
    if name_id_format is not None:
        policy = {"AllowCreate": "true", "Format": name_id_format}
        parts.append(element("saml2p:NameIDPolicy", policy))
    parts.append(
        element(
            "saml2p:RequestedAuthnContext",
            {"Comparison": levels.comparison},
            *(element("saml2:AuthnContextClassRef", text=uri) for uri in levels.uris),
        )
    )
    if requester_id is not None:
        asker = element("saml2p:RequesterID", text=requester_id)
        parts.append(element("saml2p:Scoping", None, asker))
    return tuple(parts)


def _requested(definition: AttributeDefinition) -> etree._Element:
    return element(
        "eidas:RequestedAttribute",
        {
            "FriendlyName": definition.friendly_name,
            "Name": definition.name,
            "NameFormat": NAME_FORMAT_URI,
            "isRequired": "true" if definition.mandatory else "false",
        },
    )


def _is_uri(text: str) -> bool:
    scheme, colon, rest = text.partition(":")
    plain = text.isascii() and text.isprintable() and " " not in text
    return bool(
        plain and colon and rest and scheme.isalnum() and len(text) <= _LONGEST_REQUESTER_ID
    )
