"""Code lists of OOTS whose codes the connector itself decides on.

Transcribed from ``codelists/OOTS`` of https://code.europa.eu/oots/tdd/tdd_chapters (2022-12, with
the procedure codes that later releases add).
"""

from enum import StrEnum
from typing import Final


class AgentClassification(StrEnum):
    """AgentClassification-CodeList: what an agent is in an exchange."""

    EVIDENCE_REQUESTER = "ER"
    INTERMEDIARY_PLATFORM = "IP"
    EVIDENCE_PROVIDER = "EP"
    ERROR_PROVIDER = "ERRP"


class LevelOfAssurance(StrEnum):
    """LevelsOfAssurance-CodeList; the published URI of the second is misspelt, its code is not."""

    LOW = "Low"
    SUBSTANTIAL = "Substantial"
    HIGH = "High"


class Gender(StrEnum):
    """``sdg:Gender`` of the generic metadata profile 1.0."""

    MALE = "Male"
    FEMALE = "Female"
    UNSPECIFIED = "Unspecified"


GENDERS: Final = (*Gender, "0", "1", "2", "3", "4", "5", "6", "9")
"""Gender-CodeList of line 2.0: the words of the eIDAS profile, the numbers of the eIDAS2 profile.
The published list has neither 7 nor 8."""
OOTS_COUNTRIES: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"),
        *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
        *("SI", "SK", "EU"),
    }
)
"""OOTS_Country-CodeList: who takes part, and ``EU``."""


class MediaType(StrEnum):
    """OOTSMediaTypes-CodeList: formats an evidence may have."""

    JPEG = "image/jpeg"
    JSON = "application/json"
    PNG = "image/png"
    PDF = "application/pdf"
    XML = "application/xml"
    SVG = "image/svg+xml"


class IdentifierScheme(StrEnum):
    """IdentifierSchemes-CodeList: schemes of a legal person's further identifiers."""

    VAT_REGISTRATION = "VAT"
    TAX_REFERENCE = "TAX"
    BUSINESS_CODE = "BusinessCode"
    LEGAL_ENTITY_IDENTIFIER = "LEI"
    EORI = "EORI"
    SEED = "SEED"
    INDUSTRIAL_CLASSIFICATION = "SIC"


class JurisdictionLevel(StrEnum):
    """JurisdictionLevel-CodeList, removed in line 2.0."""

    COUNTRY = "Country"
    NUTS1 = "NUTS1"
    NUTS2 = "NUTS2"
    NUTS3 = "NUTS3"
    LAU = "LAU"


class EvidenceRole(StrEnum):
    """``classificationNode`` of a document inside a package of line 2.0 (R-EDM-RESP-S048)."""

    MAIN = "MainEvidence"
    ANNEX = "Annex"
    HUMAN_READABLE_VERSION = "HumanReadableVersion"
    TRANSLATION = "Translation"


EIDAS_SCHEME = "eidas"
"""``schemeID`` of a person's identifier that came from an eIDAS login (R-EDM-REQ-C042)."""
EAS_PREFIX = "urn:cef.eu:names:identifier:EAS:"
UNREGISTERED_PREFIX = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"
