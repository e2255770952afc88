"""Find the one record that certainly is the person's whom a request names.

Implementing Regulation (EU) 2022/1463, article 16, and TDD chapter 2: without a unique match no
evidence is exchanged. Nobody and several are told apart for the agency's own log only; the peer
gets the same answer for both.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from sdg_connector.connector.names import family_name_at_birth, given_names_agree, same_name
from sdg_connector.vocabulary import EIDAS_SCHEME, LegalPerson, NaturalPerson

Subject = NaturalPerson | LegalPerson


class Match(StrEnum):
    """How the search for the person ended."""

    ONE = "one"
    NOBODY = "nobody"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Matched:
    """The outcome, with the record when it is certain."""

    outcome: Match
    record: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KnownPerson:
    """A natural person as a record of the register names them."""

    record: str
    """The register's own key of the record."""
    family_name: str
    given_name: str
    date_of_birth: date
    identifiers: tuple[str, ...] = ()
    """National parts of the holder's eIDAS identifiers; empty in records older than eIDs."""
    former_family_names: tuple[str, ...] = ()
    """Names at birth or before a marriage, as far as the register knows them."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KnownOrganisation:
    """A legal person as a record of the register names it."""

    record: str
    identifiers: tuple[str, ...]


Known = KnownPerson | KnownOrganisation


class IdentityMatcher(Protocol):
    """Decides whose record a request means; an agency may bring its own."""

    def match(self, subject: Subject, known: Iterable[Known]) -> Matched:
        """The one record that certainly is the subject's, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class ExactMatcher:
    """Identifier first, then names and date of birth; exact but for how names are written.

    A given name that one side lacks, the order of the parts, a family name of former times and
    another published spelling do not make another person; a second record that could be meant makes
    the match uncertain, and so none, however much better the first one fits.
    """

    def match(self, subject: Subject, known: Iterable[Known]) -> Matched:
        """The one record that certainly is the subject's, or why there is none.

        A record whose holder's identifier is known is never matched by name: two identifiers that
        differ are two persons. An identifier that fits while the date of birth does not is a
        contradiction, and counts as no match. An organisation is matched by identifier alone.
        """
        records = tuple(known)
        identifier = national_part(subject)
        by_identifier = [one for one in records if identifier and identifier in one.identifiers]
        if by_identifier or isinstance(subject, LegalPerson):
            return _certain([one for one in by_identifier if _agrees(one, subject)])
        return _certain([one for one in records if _is_named(one, subject)])


def national_part(subject: Subject) -> str:
    """The part of the eIDAS identifier that the person's own state gave; empty without one."""
    if isinstance(subject, NaturalPerson):
        found = subject.identifier
    else:
        found = subject.legal_person_identifier
    if found is None or found.scheme != EIDAS_SCHEME:
        return ""
    parts = found.value.split("/", 2)
    return parts[2] if len(parts) == 3 else ""


def same_eidas_person(one: Subject, other: Subject) -> bool:
    """Whether two logins, perhaps at different services, named the same person.

    The issuing state and its part of the identifier, which name the receiving state apart, and for
    a human being the day of birth; without identifiers nobody is the same.
    """
    mine, theirs = _issued(one), _issued(other)
    same = bool(mine) and hmac.compare_digest(mine.encode(), theirs.encode())
    if isinstance(one, NaturalPerson) and isinstance(other, NaturalPerson):
        return same and one.date_of_birth == other.date_of_birth
    return same and isinstance(one, LegalPerson) and isinstance(other, LegalPerson)


def _issued(subject: Subject) -> str:
    """Issuing state and national part."""
    own = national_part(subject)
    if isinstance(subject, NaturalPerson):
        found = subject.identifier
    else:
        found = subject.legal_person_identifier
    return f"{found.value[:2]}/{own}" if own and found is not None else ""


def _certain(found: Sequence[Known]) -> Matched:
    records = {one.record for one in found}
    if len(records) == 1:
        return Matched(Match.ONE, found[0].record)
    return Matched(Match.SEVERAL if records else Match.NOBODY)


def _agrees(known: Known, subject: Subject) -> bool:
    if isinstance(known, KnownPerson) and isinstance(subject, NaturalPerson):
        return known.date_of_birth == subject.date_of_birth
    return isinstance(known, KnownOrganisation) and isinstance(subject, LegalPerson)


def _is_named(known: Known, subject: NaturalPerson) -> bool:
    if not isinstance(known, KnownPerson) or known.identifiers:
        return False
    if known.date_of_birth != subject.date_of_birth:
        return False
    return given_names_agree(known.given_name, subject.given_name) and any(
        same_name(registered, proven)
        for registered in (known.family_name, *known.former_family_names)
        for proven in _family_names(subject)
    )


def _family_names(subject: NaturalPerson) -> tuple[str, ...]:
    """The present one, and the one at birth where the login gave it (BirthName of eIDAS)."""
    if not subject.birth_name:
        return (subject.family_name,)
    at_birth = family_name_at_birth(subject.birth_name, subject.given_name)
    return (subject.family_name, at_birth) if at_birth else (subject.family_name,)
