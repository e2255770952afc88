"""Write a provider's answers: evidence, evidence later, an empty list, or an error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.evidence import (
    EvidenceDocument,
    EvidenceFailure,
    EvidencePackage,
    EvidenceProblem,
    EvidenceRequest,
    EvidenceResponse,
    PreviewRequired,
    write_evidence_failure,
    write_evidence_response,
)
from sdg_connector.ports import Attachment, Clock, NewId
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    Distribution,
    EdmErrorCode,
    EdmLine,
    Evidence,
    EvidenceRole,
    Identifier,
    IsAbout,
    Text,
)

RESPONSE: Final = "ExecuteQueryResponse"
EXCEPTION: Final = "ExceptionResponse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: an AS4 action, the RegRep document, and the files that it refers to."""

    action: str
    document: bytes = field(repr=False)
    request_id: str | None
    """Of the request that this answers: tells which message to reply to; None when unreadable."""
    attachments: tuple[Attachment, ...] = ()
    code: EdmErrorCode | None = None
    """The error code of an exception, for the agency's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWriter:
    """One provider's answers."""

    identifier: Identifier
    """The provider's own, with scheme."""
    names: tuple[Text, ...]
    country: str
    host: str
    """Domain of the content ids of attachments."""
    now: Clock
    new_id: NewId

    def evidence(self, request: EvidenceRequest, held: Sequence[HeldEvidence]) -> Reply:
        """The answer with these evidences; with none, that nothing is given (TDD 4.9).

        Raises ``EdmMisuse`` when one of them breaks a rule of the request's line.
        """
        packed = [self._package(request, one) for one in held]
        return self._response(
            request,
            tuple(package for package, _ in packed),
            tuple(file for _, files in packed for file in files),
        )

    def later(self, request: EvidenceRequest, at: datetime) -> Reply:
        """The answer that the evidence can be asked for again from then on."""
        return self._response(request, (), (), available_at=at)

    def preview(self, request: EvidenceRequest, location: str, words: Sequence[Text]) -> Reply:
        """EDM:ERR:0002: the person must look first."""
        required = PreviewRequired(
            location=location,
            descriptions=tuple(words),
            method=None if request.line.is_packaged else "GET",
        )
        return self.error(request, EdmErrorCode.MISSING_AUTHORIZATION, preview=required)

    def error(
        self,
        request: EvidenceRequest,
        code: EdmErrorCode,
        *,
        detail: str | None = None,
        preview: PreviewRequired | None = None,
    ) -> Reply:
        """An answer with an error code; ``detail`` must not hold a person's data."""
        problem = EvidenceProblem(code=code, at=self.now(), detail=detail, preview=preview)
        requester = request.evidence_requester.reference()
        return self._failure(request.request_id, request.line, requester, problem)

    def unreadable(
        self, request_id: str | None, line: EdmLine, code: EdmErrorCode, rule: str
    ) -> Reply:
        """The answer to a request that broke a rule: the rule, and nothing of the request."""
        problem = EvidenceProblem(
            code=code if request_id else EdmErrorCode.INVALID_REQUEST, at=self.now(), detail=rule
        )
        return self._failure(request_id, line, None, problem)

    def _failure(
        self,
        request_id: str | None,
        line: EdmLine,
        requester: Agent | None,
        problem: EvidenceProblem,
    ) -> Reply:
        failure = EvidenceFailure(
            request_id=request_id,
            response_id=self.new_id(),
            line=line,
            provider=self._agent(AgentClassification.ERROR_PROVIDER),
            requester=requester,
            problems=(problem,),
        )
        return Reply(
            action=EXCEPTION,
            document=write_evidence_failure(failure),
            request_id=request_id,
            code=problem.code,
        )

    def _response(
        self,
        request: EvidenceRequest,
        packages: tuple[EvidencePackage, ...],
        attachments: tuple[Attachment, ...],
        *,
        available_at: datetime | None = None,
    ) -> Reply:
        response = EvidenceResponse(
            request_id=request.request_id,
            response_id=self.new_id(),
            line=request.line,
            issued_at=self.now(),
            provider=(self._agent(AgentClassification.EVIDENCE_PROVIDER),),
            requester=request.evidence_requester.reference(),
            packages=packages,
            available_at=available_at,
        )
        return Reply(
            action=RESPONSE,
            document=write_evidence_response(response),
            request_id=request.request_id,
            attachments=attachments,
        )

    def _package(
        self, request: EvidenceRequest, held: HeldEvidence
    ) -> tuple[EvidencePackage, list[Attachment]]:
        packaged = request.line.is_packaged
        metadata = Evidence(
            identifier=held.identifier,
            is_about=IsAbout.of(request.subject),
            issuing_authority=self._agent(None),
            conformant_to=held.evidence_type,
            issuing_date=held.issued,
            distribution=Distribution(
                format=held.media_type,
                languages=(held.language,) if held.language else (),
                conforms_to=held.conforms_to,
            ),
        )
        main = self._document(metadata, held.title, EvidenceRole.MAIN, packaged=packaged)
        supplements = held.supplements if packaged else ()
        beside = [self._supplement(one) for one in supplements]
        package = EvidencePackage(
            package_id=self._urn() if packaged else main.object_id,
            main=main,
            supplements=tuple(beside),
        )
        files = [Attachment(main.content_id, held.media_type, held.content)]
        files += [
            Attachment(document.content_id, one.media_type, one.content)
            for document, one in zip(beside, supplements, strict=True)
        ]
        return package, files

    def _supplement(self, held: HeldSupplement) -> EvidenceDocument:
        languages = (held.language,) if held.language else ()
        metadata = Evidence(
            identifier=held.identifier,
            distribution=Distribution(format=held.media_type, languages=languages),
        )
        return self._document(metadata, held.title, held.role, packaged=True)

    def _document(
        self, metadata: Evidence, title: str, role: EvidenceRole, *, packaged: bool
    ) -> EvidenceDocument:
        is_supplement = role is not EvidenceRole.MAIN
        return EvidenceDocument(
            object_id=self._urn(),
            metadata=metadata,
            content_id=f"{self.new_id()}@{self.host}",
            title=title,
            role=role,
            classification_id=self._urn() if packaged else None,
            association_id=self._urn() if is_supplement else None,
        )

    def _agent(self, classification: AgentClassification | None) -> Agent:
        return Agent(
            identifier=self.identifier,
            names=self.names,
            address=Address(country=self.country) if classification else None,
            classification=classification,
        )

    def _urn(self) -> str:
        return f"urn:uuid:{self.new_id()}"
