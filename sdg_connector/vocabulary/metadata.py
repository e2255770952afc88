"""The agents, places and texts of the SDG generic metadata profile."""

# ruff: noqa: RUF009  one(), optional() and many() give dataclass fields, never shared values

from dataclasses import dataclass

from sdg_connector.vocabulary.binding import (
    STRING,
    attributed,
    coded,
    many,
    nested,
    one,
    optional,
)
from sdg_connector.vocabulary.codes import AgentClassification


@dataclass(frozen=True, slots=True)
class Text:
    """Text in one language."""

    value: str
    language: str | None = "EN"
    """``@lang``: code of LanguageCode-2.3, upper case; None when the peer left it out."""


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """An identifier with the scheme it belongs to; may name a person, hence no ``repr``."""

    value: str
    scheme: str | None = None
    """``@schemeID``."""


@dataclass(frozen=True, slots=True)
class Classified:
    """A code with the list it belongs to."""

    value: str
    list_id: str | None = None


TEXT = attributed(Text, "lang")
IDENTIFIER = attributed(Identifier, "schemeID")
CLASSIFIED = attributed(Classified, "listID")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    """``sdg:Address``."""

    full_address: str | None = optional("FullAddress", STRING)
    locator_designator: str | None = optional("LocatorDesignator", STRING)
    post_code: str | None = optional("PostCode", STRING)
    post_city_name: str | None = optional("PostCityName", STRING)
    thoroughfare: str | None = optional("Thoroughfare", STRING)
    country: str = one("AdminUnitLevel1", STRING)
    """``AdminUnitLevel1``: two letters, with ``EL`` for Greece."""
    region: str | None = optional("AdminUnitLevel2", STRING, until=(1, 2))
    """``AdminUnitLevel2``: a NUTS code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """``sdg:Jurisdiction``: where something holds."""

    country: str = one("AdminUnitLevel1", STRING)
    region: str | None = optional("AdminUnitLevel2", STRING, until=(1, 2))
    locality: str | None = optional("AdminUnitLevel3", STRING, until=(1, 2))
    additional: tuple[Classified, ...] = many(
        "AdditionalJurisdictionClassification", CLASSIFIED, since=(2, 0)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """``sdg:Agent``: an evidence requester, provider, intermediary platform or error provider."""

    identifier: Identifier = one("Identifier", IDENTIFIER)
    names: tuple[Text, ...] = many("Name", TEXT, least=1)
    address: Address | None = optional("Address", nested(Address))
    jurisdiction: Jurisdiction | None = optional("Jurisdiction", nested(Jurisdiction))
    classification: AgentClassification | None = optional(
        "Classification", coded(AgentClassification)
    )

    def reference(self) -> "Agent":
        """The same agent with identifier and name only, as R-EDM-REQ-S043 wants it."""
        return Agent(identifier=self.identifier, names=self.names)
