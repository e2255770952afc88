"""The pages' evidence desk over the connector: its answers in the words of the pages."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sdg_connector.connector import (
    AnswerKind,
    AnswersNeeded,
    Connector,
    EvidenceOffer,
    ExchangeStatus,
    Gone,
    NothingFound,
    Question,
    UnknownExchange,
)
from sdg_connector.content import Content
from sdg_connector.directory import DirectoryFailure, DirectoryRefused
from sdg_connector.errors import ConnectorError, NobodyAnswered, OwnMistake
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.evidence.identifiers import is_https
from sdg_connector.journey import State
from sdg_connector.vocabulary import (
    Text,
)
from sdg_connector.web.desk import (
    AskedQuestion,
    DeliveredFile,
    DeskAsks,
    DeskRefused,
    ExchangeView,
    Label,
    NextStep,
    Offer,
    Requirement,
    Stage,
)
from sdg_connector.web.person import PersonOnFile

_STAGES: Final = {
    State.FINDING: Stage.WAITING,
    State.REQUESTING: Stage.WAITING,
    State.WAITING: Stage.WAITING,
    State.PREVIEWING: Stage.PREVIEW,
    State.SECOND_REQUEST: Stage.RETURNED,
    State.RECEIVING: Stage.RETURNED,
    State.DEFERRED: Stage.LATER,
    State.RECEIVED: Stage.DELIVERED,
    State.HANDED_OVER: Stage.DELIVERED,
}
_PROBLEMS: Final = {
    "declined": "declined",
    "not_found": "unknown_person",
    "unreachable": "provider_down",
    "timeout": "timeout",
    "later": "later",
}


@dataclass(frozen=True, slots=True)
class ConnectedDesk:
    """The port ``EvidenceDesk`` of the pages."""

    connector: Connector

    async def requirements(self, *, procedure: str) -> tuple[Requirement, ...]:
        """What has to be proved in a procedure (Annex II code)."""
        try:
            found = await self.connector.requirements(procedure=procedure)
        except ConnectorError as error:
            raise _refused(error) from error
        return tuple(Requirement(id=one.identifier, name=_label(one.names)) for one in found)

    async def find(
        self, *, procedure: str, country: str, answers: Mapping[str, str]
    ) -> tuple[Offer, ...]:
        """Who in a country holds the proof of each requirement of a procedure."""
        try:
            found = await self.connector.find(procedure=procedure, country=country, answers=answers)
        except AnswersNeeded as needed:
            questions = tuple(_question(one) for one in needed.questions)
            raise DeskAsks(questions, refused=needed.refused) from None
        except ConnectorError as error:
            raise _refused(error) from error
        return tuple(_offer(token, offer) for token, offer in found)

    async def request(
        self,
        offer: Offer,
        *,
        procedure: str,
        person: PersonOnFile,
        visit: str,
        asked_at: datetime,
        return_location: str,
    ) -> str:
        """Ask for an evidence on the person's explicit request; gives the exchange's id."""
        try:
            return await self.connector.request(
                offer.id,
                procedure=procedure,
                subject=person.as_subject(),
                representative=person.acting(),
                visit=visit,
                asked_at=asked_at,
                return_location=return_location,
            )
        except ConnectorError as error:
            raise _refused(error) from error

    async def returning(
        self, *, procedure: str, person: PersonOnFile
    ) -> tuple[tuple[str, Offer], ...]:
        """What the person asked for in an earlier visit and has not ended."""
        found = await self.connector.of_person(person.as_subject())
        return tuple(
            (record.exchange, _asked(record.exchange, request, record.country))
            for record, request in found
            if record.procedure == procedure
        )

    async def view(self, exchange: str) -> ExchangeView:
        """How far an exchange has come."""
        try:
            return _view(await self.connector.status(exchange))
        except ConnectorError as error:
            raise _refused(error) from error

    def steps(self, exchange: str) -> AbstractContextManager[NextStep]:
        """What waits, while the block lasts, for the next step of an exchange."""
        return self.connector.steps(exchange)

    async def went_to_preview(self, exchange: str) -> str:
        """The person goes to the provider now: gives the address to send the browser to."""
        try:
            return await self.connector.leave_for_preview(exchange)
        except ConnectorError as error:
            raise _refused(error) from error

    async def returned(self, exchange: str) -> None:
        """The person came back from the provider."""
        await self.connector.returned(exchange)

    async def content(self, exchange: str, number: int) -> Content:
        """A delivered file; a big one is read from the store as it is used."""
        try:
            return await self.connector.streamed(exchange, number)
        except ConnectorError as error:
            raise _refused(error) from error

    async def settle(self, exchange: str, *, used: bool) -> None:
        """The person attached the evidence to the application, or decided not to use it."""
        await self.connector.settle(exchange, used=used)

    async def cancel(self, exchange: str) -> None:
        """The person goes on without an evidence that has not come."""
        await self.connector.cancel(exchange)


def _refused(error: ConnectorError) -> DeskRefused:
    if isinstance(error, NothingFound):
        return DeskRefused("nobody_holds", str(error))
    if isinstance(error, NobodyAnswered | DirectoryFailure | DirectoryRefused):
        return DeskRefused("directory_down", str(error))
    if isinstance(error, Gone | UnknownExchange):
        return DeskRefused("timeout", str(error))
    if isinstance(error, OwnMistake):
        return DeskRefused("refused", str(error))
    return DeskRefused("internal", str(error))


def _offer(token: str, offer: EvidenceOffer) -> Offer:
    return Offer(
        id=token,
        requirement=_label(offer.requirement.names),
        evidence=_label(offer.titles),
        provider=_label(offer.provider.names),
        country=offer.country,
        formats=offer.formats,
        choice=offer.choice,
    )


def _asked(exchange: str, request: EvidenceRequest, country: str) -> Offer:
    """An offer as it was asked for."""
    kind = request.evidence_type
    names = request.requirements[0].names if request.requirements else kind.titles
    return Offer(
        id=exchange,
        requirement=_label(names),
        evidence=_label(kind.titles),
        provider=_label(request.provider.names),
        country=country,
        formats=tuple(one.format for one in kind.distributed_as),
        choice=exchange,
    )


def _question(question: Question) -> AskedQuestion:
    links = question.kind is AnswerKind.CODE and is_https(question.code_list)
    return AskedQuestion(
        key=question.key,
        kind=question.kind,
        evidence=_label(question.evidence),
        text=_label(question.texts) if question.texts else Label("", "en"),
        choices=question.choices,
        code_list=question.code_list if links else "",
        level=question.level,
    )


def _label(texts: Iterable[Text]) -> Label:
    """The English text first, where there is one: every authority of the Union can read it out."""
    known = [(text.value, (text.language or "en").lower()) for text in texts]
    first = next((one for one in known if one[1] == "en"), known[0])
    return Label(*first, tuple(one for one in known if one is not first))


def _view(status: ExchangeStatus) -> ExchangeView:
    stage = _STAGES.get(status.state, Stage.FAILED)
    if stage is Stage.FAILED:
        problem = _PROBLEMS.get(status.problem, "refused")
        return ExchangeView(stage=stage, problem=problem, rule=status.rule or status.state.value)
    deferred = stage is Stage.LATER and status.deadline
    return ExchangeView(
        stage=stage,
        available_at=deferred.isoformat() if deferred else "",
        preview_location=status.preview_location or None,
        files=tuple(
            DeliveredFile(
                number=file.number,
                title=file.title,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                issued=file.issued,
            )
            for file in status.files
        ),
    )
