"""Which evidence proves what a procedure asks for, and who holds it."""

from typing import Protocol

from sdg_connector.connector.errors import NothingFound
from sdg_connector.connector.offers import EvidenceOffer, offers_of
from sdg_connector.directory import DirectoryFailure, MoreNeeded, combinations
from sdg_connector.vocabulary import (
    DataServiceEvidenceType,
    DsdErrorCode,
    EbErrorCode,
    EvidenceType,
    Requirement,
)


class Directory(Protocol):
    """The Evidence Broker and the Data Service Directory."""

    async def requirements(
        self, *, procedure: str | None = None, country: str | None = None
    ) -> tuple[Requirement, ...]:
        """What a procedure asks for in the country that runs it."""
        ...

    async def evidence_types(
        self, *, requirement: str, country: str | None = None
    ) -> tuple[Requirement, ...]:
        """The requirement with the evidence types of a country that prove it."""
        ...

    async def data_services(
        self, *, classification: str, country: str
    ) -> tuple[DataServiceEvidenceType, ...]:
        """Who serves an evidence type in a country."""
        ...


_NOTHING = frozenset({DsdErrorCode.NO_DATA_SERVICE, EbErrorCode.EMPTY_RESULT})


async def find_offers(
    directory: Directory, *, procedure: str, own_country: str, country: str
) -> tuple[EvidenceOffer, ...]:
    """For each requirement of the procedure, one way to prove it with evidence of a country.

    TDD 3.2.4: of the alternatives the first one of which every evidence type is served. Raises
    ``NothingFound`` when a requirement has no such way, ``MoreNeeded`` when the person must answer
    a question first, and what the directory raises.
    """
    try:
        requirements = await directory.requirements(procedure=procedure, country=own_country)
    except DirectoryFailure as failure:
        raise _nothing(failure) from None
    offers: list[EvidenceOffer] = []
    for requirement in requirements:
        offers.extend(await _way(directory, requirement, country))
    if not offers:
        raise NothingFound(f"the procedure {procedure} asks for no evidence")
    return tuple(offers)


async def _way(
    directory: Directory, requirement: Requirement, country: str
) -> tuple[EvidenceOffer, ...]:
    try:
        known = await directory.evidence_types(requirement=requirement.identifier, country=country)
    except DirectoryFailure as failure:
        raise _nothing(failure) from None
    for one in known:
        for types in combinations(one):
            served = [await _served(directory, one, kind, country) for kind in types]
            if all(served):
                return tuple(found[0] for found in served)
    raise NothingFound(f"nobody in {country} serves a proof of {requirement.identifier}")


async def _served(
    directory: Directory, requirement: Requirement, kind: EvidenceType, country: str
) -> tuple[EvidenceOffer, ...]:
    try:
        services = await directory.data_services(
            classification=kind.classification, country=country
        )
    except MoreNeeded:
        raise
    except DirectoryFailure as failure:
        if failure.code in _NOTHING:
            return ()
        raise
    return offers_of(requirement, services, country=country)


def _nothing(failure: DirectoryFailure) -> Exception:
    return NothingFound(str(failure)) if failure.code in _NOTHING else failure
