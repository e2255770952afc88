"""Which evidence proves what a procedure asks for, and who holds it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from sdg_connector.connector.dialogue import AnswersNeeded, Question, Said
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
        self,
        *,
        classification: str,
        country: str,
        jurisdiction_context: str | None = None,
        region: str | None = None,
        locality: str | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> tuple[DataServiceEvidenceType, ...]:
        """Who serves an evidence type in a country; the later four are the person's answers."""
        ...


_NOTHING: Final = frozenset({DsdErrorCode.NO_DATA_SERVICE, EbErrorCode.EMPTY_RESULT})
_ROUNDS: Final = 5
"""How often a directory may ask about one evidence type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search for the evidence of a procedure."""

    directory: Directory
    procedure: str
    own_country: str
    """Of the authority that runs the procedure."""
    country: str
    """Where the evidence lies."""
    answers: Mapping[str, str]
    """What the person said, by the key of the question."""
    only: Collection[str] | None = None
    """Identifiers of the requirements that are to be proved; None for all of the procedure."""

    async def offers(self) -> tuple[EvidenceOffer, ...]:
        """For each requirement of the procedure, a way to prove it with evidence of a country.

        TDD 3.2.4: of the alternatives the first one of which every evidence type is served; offers
        of the same ``choice`` come from different providers, of which the person picks one. Raises
        ``NothingFound`` when a requirement has no such way, ``AnswersNeeded`` with every question
        that the person must answer first, and what the directory raises.
        """
        try:
            requirements = await self.directory.requirements(
                procedure=self.procedure, country=self.own_country
            )
        except DirectoryFailure as failure:
            raise _nothing(failure) from None
        offers: list[EvidenceOffer] = []
        asked: dict[str, Question] = {}
        refused = False
        for requirement in requirements:
            if self.only is not None and requirement.identifier not in self.only:
                continue
            try:
                offers.extend(await self._way(requirement))
            except AnswersNeeded as needed:
                asked |= {one.key: one for one in needed.questions}
                refused = refused or needed.refused
        if asked:
            raise AnswersNeeded(tuple(asked.values()), refused=refused)
        if not offers:
            raise NothingFound(f"the procedure {self.procedure} asks for no evidence")
        return tuple(offers)

    async def _way(self, requirement: Requirement) -> tuple[EvidenceOffer, ...]:
        try:
            known = await self.directory.evidence_types(
                requirement=requirement.identifier, country=self.country
            )
        except DirectoryFailure as failure:
            raise _nothing(failure) from None
        for one in known:
            for types in combinations(one):
                served = [await self._served(one, kind) for kind in types]
                if all(served):
                    return tuple(offer for found in served for offer in found)
        raise NothingFound(f"nobody in {self.country} serves a proof of {requirement.identifier}")

    async def _served(
        self, requirement: Requirement, kind: EvidenceType
    ) -> tuple[EvidenceOffer, ...]:
        said = Said()
        for _ in range(_ROUNDS):
            try:
                services = await self.directory.data_services(
                    classification=kind.classification,
                    country=self.country,
                    jurisdiction_context=said.context,
                    region=said.region,
                    locality=said.locality,
                    answers=said.parameters or None,
                )
            except MoreNeeded as more:
                said = said.with_answers(more, self.answers)
            except DirectoryFailure as failure:
                if failure.code in _NOTHING:
                    return ()
                if failure.code is DsdErrorCode.INCORRECT_VALUE and said.asked:
                    raise AnswersNeeded(said.asked, refused=True) from None
                raise
            else:
                return offers_of(requirement, services, country=self.country, said=said.concepts)
        raise AnswersNeeded(said.asked, refused=True)


def _nothing(failure: DirectoryFailure) -> Exception:
    return NothingFound(str(failure)) if failure.code in _NOTHING else failure
