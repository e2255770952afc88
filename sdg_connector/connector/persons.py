"""A person as a login proved them, in the words of an evidence request."""

from dataclasses import replace

from eidas import Identity
from eidas import LegalPerson as ProvenOrganisation
from eidas import NaturalPerson as ProvenPerson
from sdg_connector.errors import OwnMistake
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    Identifier,
    LegalPerson,
    LevelOfAssurance,
    NaturalPerson,
)


def subject_of(identity: Identity) -> NaturalPerson | LegalPerson:
    """Give the subject of an evidence request: the minimum data set, and nothing beyond it.

    Regulation (EU) 2018/1724, article 14(3)(e); TDD 4.5. Raises ``OwnMistake`` for an identity
    without a person.
    """
    level = level_of(identity.level)
    if identity.legal_person is not None:
        return _organisation(identity.legal_person, level)
    if identity.natural_person is None:
        raise OwnMistake("an identity names a natural or a legal person")
    return _human(identity.natural_person, level)


def representative_of(identity: Identity) -> NaturalPerson | LegalPerson | None:
    """Give whoever acts for the person of a login, for the request's AuthorizedRepresentative.

    None when the person acts for themselves (TDD 4.5, SAML attribute profile 1.4, 2.8).
    """
    found = identity.representative
    if found is None:
        return None
    level = level_of(identity.level)
    if isinstance(found, ProvenPerson):
        # R-EDM-REQ-C126 wants the gender of a representative, whom a login need not describe.
        gender = found.gender.value if found.gender is not None else "Unspecified"
        return replace(_human(found, level), gender=gender)
    return _organisation(found, level)


def level_of(text: str) -> LevelOfAssurance:
    """The level in a URI of eIDAS, or a bare word; raises ``OwnMistake`` for anything else."""
    try:
        return LevelOfAssurance(text.rpartition("/")[2].capitalize())
    except ValueError:
        raise OwnMistake("a level of assurance is low, substantial or high") from None


def record_key(subject: NaturalPerson | LegalPerson) -> str:
    """What tells one person from another, for the pseudonym in the record of exchanges.

    The eIDAS identifier; a person without one by names and day of birth.
    """
    if isinstance(subject, LegalPerson):
        found = subject.legal_person_identifier
        return subject.legal_name if found is None else found.value
    if subject.identifier is not None:
        return subject.identifier.value
    return f"{subject.family_name}|{subject.given_name}|{subject.date_of_birth.isoformat()}"


def _human(person: ProvenPerson, level: LevelOfAssurance) -> NaturalPerson:
    return NaturalPerson(
        level_of_assurance=level,
        identifier=Identifier(person.identifier.value, EIDAS_SCHEME),
        family_name=person.family_name.latin,
        given_name=person.given_name.latin,
        date_of_birth=person.date_of_birth,
    )


def _organisation(organisation: ProvenOrganisation, level: LevelOfAssurance) -> LegalPerson:
    return LegalPerson(
        level_of_assurance=level,
        legal_person_identifier=Identifier(organisation.identifier.value, EIDAS_SCHEME),
        legal_name=organisation.legal_name.latin,
    )
