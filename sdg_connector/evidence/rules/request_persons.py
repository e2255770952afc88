"""EDM-REQ-C, the part about persons: the subject of the evidence, and who acts for it."""

from typing import Final

from sdg_connector.evidence.rules import request_places as at
from sdg_connector.vocabulary.code_lists import procedures
from sdg_connector.vocabulary.codes import EIDAS_SCHEME, GENDERS, Gender
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_2_0,
    ONLY_1_0,
    Rule,
    TextCheck,
    attribute_given,
    attribute_is,
    child_is,
    country,
    day,
    eidas_identifier,
    filled,
    having,
    level_of_assurance,
    one_of,
    participant_scheme,
    rule,
    whole_day,
)

_LONGER: Final = "line 1.0 asks for nine characters; the six to 256 of later lines are accepted"


def _is_scope(text: str) -> bool:
    known = procedures()
    return all(one.strip() in known or one.strip() == "ALL" for one in text.split(","))


def _procedures() -> TextCheck:
    return TextCheck(
        holds=_is_scope,
        asks="procedure codes, with a comma between them",
        fix="Write the codes of the procedures, such as T1,T3.",
    )


def _person(place: str, *, country_rules: tuple[str, str, str], date: str) -> tuple[Rule, ...]:
    """What is asked alike of the person and of the representative."""
    nationality, birth, residence = (f"R-EDM-REQ-{one}" for one in country_rules)
    return (
        rule(f"R-EDM-REQ-{date}", f"{place}/sdg:DateOfBirth", day(), lines=ONLY_1_0),
        rule(f"R-EDM-REQ-{date}", f"{place}/sdg:DateOfBirth", whole_day(), lines=FROM_1_1),
        rule(nationality, f"{place}/sdg:Nationality", country("EU"), lines=FROM_1_1),
        rule(birth, f"{place}/sdg:CountryOfBirth", country("EU"), lines=FROM_1_1),
        rule(residence, f"{place}/sdg:CountryOfResidence", country("EU"), lines=FROM_1_1),
    )


def _assured(place: str, *, required: str, listed: str) -> tuple[Rule, ...]:
    level = "sdg:LevelOfAssurance"
    return (
        rule(f"R-EDM-REQ-{required}", place, filled(level)),
        rule(f"R-EDM-REQ-{listed}", f"{place}/{level}", level_of_assurance()),
    )


_SUBJECT = (
    *_assured(at.PERSON, required="C036", listed="C037"),
    rule("R-EDM-REQ-C038", at.PERSON, filled("sdg:Identifier"), severity=FindingSeverity.WARNING),
    rule(
        "R-EDM-REQ-C039",
        f"{at.PERSON}/sdg:Identifier",
        eidas_identifier(),
        lines=ONLY_1_0,
        deviation=_LONGER,
    ),
    rule(
        "R-EDM-REQ-C040",
        f"{at.PERSON}/sdg:Identifier[@schemeID='eidas']",
        eidas_identifier(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C041", f"{at.PERSON}/sdg:Identifier", attribute_given("schemeID")),
    rule("R-EDM-REQ-C042", f"{at.PERSON}/sdg:Identifier", attribute_is("schemeID", EIDAS_SCHEME)),
    *_person(at.PERSON, country_rules=("C075", "C076", "C077"), date="C043"),
    rule("R-EDM-REQ-C045", f"{at.PERSON}/sdg:CurrentAddress/sdg:AdminUnitLevel1", country()),
)

_ORGANISATION_ID: Final = f"{at.ORGANISATION}/sdg:LegalPersonIdentifier"
_ORGANISATION = (
    *_assured(at.ORGANISATION, required="C047", listed="C048"),
    rule("R-EDM-REQ-C049", at.ORGANISATION, filled("sdg:LegalPersonIdentifier")),
    rule("R-EDM-REQ-C050", _ORGANISATION_ID, eidas_identifier(), lines=ONLY_1_0, deviation=_LONGER),
    rule("R-EDM-REQ-C051", _ORGANISATION_ID, eidas_identifier(), lines=FROM_1_1),
    rule("R-EDM-REQ-C052", _ORGANISATION_ID, attribute_given("schemeID")),
    rule("R-EDM-REQ-C053", _ORGANISATION_ID, attribute_is("schemeID", EIDAS_SCHEME)),
    rule("R-EDM-REQ-C054", f"{at.ORGANISATION}/sdg:Identifier", attribute_given("schemeID")),
    rule(
        "R-EDM-REQ-C055",
        f"{at.ORGANISATION}/sdg:Identifier/@schemeID",
        participant_scheme(),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-C056", f"{at.ORGANISATION}/sdg:RegisteredAddress/sdg:AdminUnitLevel1", country()
    ),
)

_REPRESENTATIVE_ID: Final = f"{at.REPRESENTATIVE}/sdg:Identifier"
_REPRESENTATIVE = (
    *_assured(at.REPRESENTATIVE, required="C058", listed="C059"),
    rule("R-EDM-REQ-C060", at.REPRESENTATIVE, having("sdg:Identifier"), lines=ONLY_1_0),
    rule("R-EDM-REQ-C061", _REPRESENTATIVE_ID, eidas_identifier(), deviation=_LONGER),
    rule("R-EDM-REQ-C062", _REPRESENTATIVE_ID, attribute_given("schemeID")),
    rule("R-EDM-REQ-C063", _REPRESENTATIVE_ID, attribute_is("schemeID", EIDAS_SCHEME)),
    *_person(at.REPRESENTATIVE, country_rules=("C078", "C079", "C080"), date="C064"),
    rule(
        "R-EDM-REQ-C067", f"{at.REPRESENTATIVE}/sdg:CurrentAddress/sdg:AdminUnitLevel1", country()
    ),
    rule(
        "R-EDM-REQ-C081",
        f"{at.REPRESENTATIVE}/sdg:SectorSpecificAttribute/sdg:AttributeValue",
        _procedures(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C124", f"{at.REPRESENTATIVE}/sdg:Gender", one_of(*GENDERS), lines=FROM_2_0),
    rule(
        "R-EDM-REQ-C126",
        f"{at.REPRESENTATIVE}[sdg:Identifier/@schemeID='eidas']",
        child_is("sdg:Gender", *Gender),
        lines=FROM_2_0,
    ),
)

_REPRESENTING_ID: Final = f"{at.REPRESENTING}/sdg:LegalPersonIdentifier"
_REPRESENTING = (
    rule("R-EDM-REQ-C082", at.REPRESENTING, filled("sdg:LevelOfAssurance"), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C083",
        f"{at.REPRESENTING}/sdg:LevelOfAssurance",
        level_of_assurance(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C084", at.REPRESENTING, filled("sdg:LegalPersonIdentifier"), lines=FROM_1_1),
    rule("R-EDM-REQ-C085", _REPRESENTING_ID, eidas_identifier(), lines=FROM_1_1),
    rule("R-EDM-REQ-C086", _REPRESENTING_ID, attribute_given("schemeID"), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C087", _REPRESENTING_ID, attribute_is("schemeID", EIDAS_SCHEME), lines=FROM_1_1
    ),
    rule(
        "R-EDM-REQ-C088",
        f"{at.REPRESENTING}/sdg:Identifier",
        attribute_given("schemeID"),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-C089",
        f"{at.REPRESENTING}/sdg:Identifier/@schemeID",
        participant_scheme(),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-C090",
        f"{at.REPRESENTING}/sdg:CurrentAddress/sdg:AdminUnitLevel1",
        country(),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-C091",
        f"{at.REPRESENTING}/sdg:SectorSpecificAttribute/sdg:AttributeValue",
        _procedures(),
        lines=FROM_1_1,
    ),
)

PERSONS: Final = _SUBJECT + _ORGANISATION + _REPRESENTATIVE + _REPRESENTING
