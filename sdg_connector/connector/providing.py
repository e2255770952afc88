"""Answer evidence requests for an agency: check, match, let the person look, give or refuse.

TDD 4.4, 4.5 and 4.9. How messages travel, and where previews are kept, is the caller's.
"""

import hmac
from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sdg_connector.connector.holding import EvidenceRegister, HeldEvidence
from sdg_connector.connector.matching import (
    ExactMatcher,
    IdentityMatcher,
    Match,
    Subject,
    same_eidas_person,
)
from sdg_connector.connector.replies import Reply, ReplyWriter
from sdg_connector.evidence import EdmRefused, EvidenceRequest, read_evidence_request
from sdg_connector.evidence.errors import refused
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import EdmErrorCode, EdmLine, LevelOfAssurance, Text
from sdg_connector.vocabulary.identifiers import is_uuid_urn


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Evidence that waits for its person's decision."""

    ticket: str = field(repr=False)
    """The random last part of the preview location."""
    request: EvidenceRequest = field(repr=False)
    """The latest of the two requests."""
    document: bytes = field(repr=False)
    """That request as it arrived and was judged."""
    record: str
    held: tuple[HeldEvidence, ...]
    expires: datetime
    """End of T2: afterwards the answer is EDM:ERR:0005."""
    awaited: bool = False
    """Whether the second request has come, so that the decision is answered at once."""
    kept: tuple[HeldEvidence, ...] | None = None
    """What may be sent; None before the decision, empty when nothing may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The provider side of the exchange over one register."""

    register: EvidenceRegister
    replies: ReplyWriter
    preview_url: str
    """https address under which previews lie; the ticket is appended to it."""
    previews: MutableMapping[str, Preview]
    """Ticket to preview: a dict, or a store of the agency's."""
    new_ticket: Callable[[], str]
    """Gives an unpredictable text for one use in an address."""
    matcher: IdentityMatcher = field(default_factory=ExactMatcher)
    least_level: LevelOfAssurance = LevelOfAssurance.SUBSTANTIAL
    preview_time: timedelta = timedelta(minutes=16)
    """T2 (TDD 4.4.3), the provider's side."""
    preview_words: tuple[Text, ...] = (Text("Look at the evidence and decide", "EN"),)
    available_at: Callable[[EvidenceRequest], datetime | None] = lambda request: None
    """When evidence that takes time to produce will be there; None when it is there now."""
    needs_preview: Callable[[EvidenceRequest], bool] = lambda request: True
    """Whether the person looks first. Where the law lets evidence be used without a preview (SDGR
    article 14(5)) it leaves at once."""

    def receive(
        self,
        document: bytes,
        *,
        specification: str | None = None,
        broken_rule: str = "",
        request: EvidenceRequest | None = None,
    ) -> Reply | None:
        """The answer to a request, or None while the person has yet to decide.

        ``specification`` is the ebMS property ``SpecificationId`` of line 2.0, empty where the
        header has none, and None where there is no header; ``broken_rule`` is a rule that the
        header breaks (EDM-ebMS); ``request`` is what the document says, when it was read before.
        Any octets give an answer: a broken rule goes back as the error that the rule asks for.
        """
        try:
            request = request or read_evidence_request(document)
            if broken_rule:
                raise refused(broken_rule, "a header that keeps the rule", "another")
            _check_header(request.line, specification)
        except EdmRefused as broken:
            return self._unreadable(document, specification, broken)
        if request.preview_location is not None:
            return self._second(request, document)
        return self._first(request, document)

    def preview_of(self, ticket: str) -> Preview | None:
        """The preview behind an address, while its person may still decide."""
        found = self.previews.get(ticket)
        open_still = found is not None and found.kept is None
        return found if open_still and found and self.replies.now() < found.expires else None

    def belongs_to(self, preview: Preview, person: Subject) -> bool:
        """Whether a person who logged in again is the one whom the request named (TDD 4.9).

        Where somebody acts for the subject, it is they who asked and who look.
        """
        acting = preview.request.acting
        if acting is not None:
            return same_eidas_person(acting, person)
        matched = self.matcher.match(person, self.register.known(person))
        return matched.outcome is Match.ONE and hmac.compare_digest(
            (matched.record or "").encode(), preview.record.encode()
        )

    def decide(self, ticket: str, keep: Collection[int]) -> Reply | None:
        """The person keeps these of ``held``, once; gives the answer when it is awaited already.

        Raises ``EdmRefused`` for a preview that is over or a number that it does not have.
        """
        preview = self.preview_of(ticket)
        if preview is None or set(keep) - set(range(len(preview.held))):
            raise refused("TDD 4.9 decision", "a choice from an open preview", "another")
        kept = tuple(one for number, one in enumerate(preview.held) if number in keep)
        decided = replace(preview, kept=kept)
        self.previews[ticket] = decided
        return self._final(decided) if decided.awaited else None

    def overdue(self) -> tuple[Reply, ...]:
        """EDM:ERR:0005 for every awaited preview whose time is up; forgets all that are over."""
        ends = [one for one in self.previews.values() if self.replies.now() >= one.expires]
        for preview in ends:
            del self.previews[preview.ticket]
        waiting = [one for one in ends if one.awaited and one.kept is None]
        return tuple(self.replies.error(one.request, EdmErrorCode.TIMEOUT) for one in waiting)

    def _first(self, request: EvidenceRequest, document: bytes) -> Reply:
        problem = self._obstacle(request)
        if problem is not None:
            return self.replies.error(request, problem[0], detail=problem[1])
        matched = self.matcher.match(request.subject, self.register.known(request.subject))
        held = () if matched.record is None else self._held(matched.record, request)
        if matched.record is None or not held:
            return self.replies.error(request, EdmErrorCode.OBJECT_NOT_FOUND)
        later = self.available_at(request)
        if later is not None:
            return self.replies.later(request, later)
        if not self.needs_preview(request):
            return self.replies.evidence(request, held)
        preview = Preview(
            ticket=self.new_ticket(),
            request=request,
            document=document,
            record=matched.record,
            held=held,
            expires=self.replies.now() + self.preview_time,
        )
        self.previews[preview.ticket] = preview
        location = f"{self.preview_url}/{preview.ticket}"
        return self.replies.preview(request, location, self.preview_words)

    def _held(self, record: str, request: EvidenceRequest) -> tuple[HeldEvidence, ...]:
        """What the record proves in a form that was asked for, if any form was."""
        asked = {one.format for one in request.evidence_type.distributed_as}
        found = self.register.evidence(record, request)
        return tuple(one for one in found if not asked or one.media_type in asked)

    def _obstacle(self, request: EvidenceRequest) -> tuple[EdmErrorCode, str] | None:
        if not request.explicit_request:
            return EdmErrorCode.INVALID_REQUEST, "R-EDM-REQ-S010"
        if not request.preview_possible and self.needs_preview(request):
            return EdmErrorCode.UNSUPPORTED_CAPABILITY, "TDD 4.9 preview"
        levels = list(LevelOfAssurance)
        given = request.subject.level_of_assurance
        if given is None or levels.index(given) < levels.index(self.least_level):
            return EdmErrorCode.FAILED_AUTHENTICATION, "LevelOfAssurance"
        if not self.register.may_ask(request):
            return EdmErrorCode.FAILED_AUTHENTICATION, "EvidenceRequester"
        return None

    def _second(self, request: EvidenceRequest, document: bytes) -> Reply | None:
        ticket = (request.preview_location or "").removeprefix(f"{self.preview_url}/")
        preview = self.previews.get(ticket.partition("?")[0])
        if preview is None or self.replies.now() >= preview.expires:
            return self.replies.error(request, EdmErrorCode.TIMEOUT)
        if preview.awaited or _changed(preview.request, request):
            return self.replies.error(
                request, EdmErrorCode.INVALID_REQUEST, detail="TDD 4.9 second request"
            )
        preview = replace(preview, request=request, document=document, awaited=True)
        self.previews[preview.ticket] = preview
        return None if preview.kept is None else self._final(preview)

    def _final(self, preview: Preview) -> Reply:
        del self.previews[preview.ticket]
        return self.replies.evidence(preview.request, preview.kept or ())

    def _unreadable(self, document: bytes, specification: str | None, broken: EdmRefused) -> Reply:
        try:
            found = read_root(document).get("id", "")
        except RegRepRefused:
            found = ""
        named = [line for line in EdmLine if line == specification]
        return self.replies.unreadable(
            found if is_uuid_urn(found) else None,
            named[0] if named else EdmLine.V2_0,
            EdmErrorCode.of(broken.wire_code) or EdmErrorCode.INVALID_REQUEST,
            broken.rule,
        )


def _check_header(line: EdmLine, specification: str | None) -> None:
    """TDD 4.7 §2.6.2: header and body name the same line."""
    if specification == "":
        if line.is_packaged:
            raise refused("R-EDM-ebMS-019", f"the property SpecificationId {line}", "none")
    elif specification is not None and specification != line:
        raise refused("TDD 4.7 2.6.2", f"the line {line} of the body in the header", "another")


def _changed(first: EvidenceRequest, second: EvidenceRequest) -> bool:
    """Whether the second request is about anything else than the first (TDD 4.9)."""
    return (
        replace(
            second,
            request_id=first.request_id,
            issued_at=first.issued_at,
            preview_location=None,
            return_location=None,
        )
        != first
    )
