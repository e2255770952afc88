"""What the register answers to an evidence request: an error, a preview, or the evidence."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sdg_connector.connector.matching import Subject, national_part
from sdg_connector.evidence import (
    EdmRefused,
    EvidenceDocument,
    EvidenceFailure,
    EvidencePackage,
    EvidenceProblem,
    EvidenceRequest,
    EvidenceResponse,
    PreviewRequired,
    read_evidence_request,
    write_evidence_failure,
    write_evidence_response,
)
from sdg_connector.sandbox.catalogue import DATA_MODEL, CountryCatalogue
from sdg_connector.sandbox.documents import XML, Document
from sdg_connector.sandbox.preview import Preview
from sdg_connector.sandbox.register import Diploma, Register, Sought
from sdg_connector.sandbox.switches import ProviderAnswer, SandboxSwitches
from sdg_connector.vocabulary import (
    AgentClassification,
    Distribution,
    EdmErrorCode,
    EdmLine,
    Evidence,
    EvidenceRole,
    IsAbout,
    LegalPerson,
    Text,
)

RESPONSE, EXCEPTION = "ExecuteQueryResponse", "ExceptionResponse"
EBRS: Final = "application/x-ebrs+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: an AS4 action, the RegRep document, and the files that it refers to."""

    action: str
    document: bytes
    attachments: tuple[tuple[str, Document], ...] = ()
    """Content id and file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataService:
    """The provider side of the exchange, apart from how messages travel."""

    country: str
    register: Register
    switches: SandboxSwitches
    preview_url: str
    """Public address under which previews lie."""
    previews: dict[str, Preview]
    later: timedelta
    """How much later evidence is there that comes later."""
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def first_answer(self, data: bytes) -> tuple[EvidenceRequest | None, Reply | None]:
        """The request, and the answer that can be given at once; None while the person decides."""
        try:
            request = read_evidence_request(data)
        except EdmRefused as refused:
            return None, self._refusal(refused)
        if request.preview_location:
            return request, self._second(request)
        return request, self._first(request)

    def _first(self, request: EvidenceRequest) -> Reply:
        if not request.explicit_request:
            return self._failure(request, EdmErrorCode.INVALID_REQUEST)
        if not request.preview_possible:
            return self._failure(request, EdmErrorCode.UNSUPPORTED_CAPABILITY)
        diploma = self._diploma_of(request.subject)
        if diploma is None or self.switches.provider is ProviderAnswer.UNKNOWN:
            return self._failure(request, EdmErrorCode.OBJECT_NOT_FOUND)
        if self.switches.provider is ProviderAnswer.LATER:
            return self._later(request)
        preview = Preview(
            ticket=secrets.token_urlsafe(24),
            visitor=national_part(request.acting or request.subject),
            diploma=diploma,
            requester=request.requester[0].names[0].value,
            began=self.now(),
        )
        self.previews[preview.ticket] = preview
        return self._failure(
            request,
            EdmErrorCode.MISSING_AUTHORIZATION,
            preview=PreviewRequired(
                location=f"{self.preview_url}/{preview.ticket}",
                descriptions=(Text("Look at your diploma and decide", "EN"),),
                method=None if request.line.is_packaged else "GET",
            ),
        )

    def _diploma_of(self, subject: Subject) -> Diploma | None:
        identifier = national_part(subject)
        if not identifier:
            return None
        if isinstance(subject, LegalPerson):
            return self.register.of_organisation(identifier)
        return self.register.of_person(
            Sought(
                identifier=identifier,
                given_name=subject.given_name,
                family_name=subject.family_name,
                date_of_birth=subject.date_of_birth,
            )
        )

    def _second(self, request: EvidenceRequest) -> Reply | None:
        preview = self.preview_of(request)
        if preview is None:
            return self._failure(request, EdmErrorCode.TIMEOUT)
        if request.return_location:
            preview.return_location = request.return_location
        return None if preview.kept is None else self.decided_answer(request, preview)

    def preview_of(self, request: EvidenceRequest) -> Preview | None:
        """The preview whose location a second request repeats."""
        location = request.preview_location or ""
        return self.previews.get(location.partition("?")[0].rpartition("/")[2])

    def _later(self, request: EvidenceRequest) -> Reply:
        """TDD 4.5: status Unavailable, with the moment from which it can be asked for again."""
        response = EvidenceResponse(
            request_id=request.request_id,
            response_id=self.new_id(),
            line=request.line,
            issued_at=self.now(),
            provider=(self._catalogue.provider(AgentClassification.EVIDENCE_PROVIDER),),
            requester=request.requester[0].reference(),
            packages=(),
            available_at=self.now() + self.later,
        )
        return Reply(action=RESPONSE, document=write_evidence_response(response))

    def decided_answer(self, request: EvidenceRequest, preview: Preview) -> Reply:
        """The answer after the decision: what the person kept, or an empty list (TDD 4.9)."""
        attachments = tuple(
            (f"{self.new_id()}@{self.country.lower()}.sandbox.example", document)
            for document in preview.kept or ()
        )
        response = EvidenceResponse(
            request_id=request.request_id,
            response_id=self.new_id(),
            line=request.line,
            issued_at=self.now(),
            provider=(self._catalogue.provider(AgentClassification.EVIDENCE_PROVIDER),),
            requester=request.requester[0].reference(),
            packages=tuple(
                self._package(request, preview, content_id, document)
                for content_id, document in attachments
            ),
        )
        return Reply(
            action=RESPONSE, document=write_evidence_response(response), attachments=attachments
        )

    def timeout_answer(self, request: EvidenceRequest) -> Reply:
        """The answer when the person did not decide in time."""
        return self._failure(request, EdmErrorCode.TIMEOUT)

    def _package(
        self, request: EvidenceRequest, preview: Preview, content_id: str, document: Document
    ) -> EvidencePackage:
        packaged = request.line.is_packaged
        diploma = preview.diploma
        about = IsAbout.of(request.subject)
        main = EvidenceDocument(
            object_id=f"urn:uuid:{self.new_id()}",
            classification_id=f"urn:uuid:{self.new_id()}" if packaged else None,
            role=EvidenceRole.MAIN,
            content_id=content_id,
            title=f"{diploma.title} ({document.name.rpartition('.')[2].upper()})",
            metadata=Evidence(
                identifier=self.new_id(),
                is_about=about,
                issuing_authority=self._catalogue.provider(
                    AgentClassification.EVIDENCE_PROVIDER
                ).reference(),
                conformant_to=self._catalogue.evidence_type(),
                issuing_date=diploma.issued,
                distribution=Distribution(
                    format=document.media_type,
                    languages=("EN",),
                    conforms_to=DATA_MODEL if document.media_type == XML else None,
                ),
            ),
        )
        return EvidencePackage(package_id=f"urn:uuid:{self.new_id()}", main=main)

    def _failure(
        self,
        request: EvidenceRequest,
        code: EdmErrorCode,
        *,
        preview: PreviewRequired | None = None,
    ) -> Reply:
        failure = EvidenceFailure(
            request_id=request.request_id,
            response_id=self.new_id(),
            line=request.line,
            provider=self._catalogue.provider(AgentClassification.ERROR_PROVIDER),
            requester=request.requester[0].reference(),
            problems=(EvidenceProblem(code=code, at=self.now(), preview=preview),),
        )
        return Reply(action=EXCEPTION, document=write_evidence_failure(failure))

    def _refusal(self, refused: EdmRefused) -> Reply:
        """The answer to what could not be read: the rule that it broke, none of its content."""
        failure = EvidenceFailure(
            request_id=None,
            response_id=self.new_id(),
            line=EdmLine.V2_0,
            provider=self._catalogue.provider(AgentClassification.ERROR_PROVIDER),
            requester=None,
            problems=(
                EvidenceProblem(
                    code=EdmErrorCode.INVALID_REQUEST, at=self.now(), detail=refused.rule
                ),
            ),
        )
        return Reply(action=EXCEPTION, document=write_evidence_failure(failure))

    @property
    def _catalogue(self) -> CountryCatalogue:
        return CountryCatalogue(self.country)
