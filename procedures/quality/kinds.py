"""What articles 9, 10, 11 and 16 ask of each kind of page, in the order of their letters."""

from collections.abc import Iterable, Iterator

from procedures.codes import Annex, oots_procedures
from procedures.model import (
    AssistanceService,
    ChannelKind,
    DeadlineOf,
    Description,
    EvidenceForm,
    EvidenceNeed,
    Fee,
    InformationPage,
    Means,
    MeansKind,
    Procedure,
    Step,
)
from procedures.quality.rules import Shortcoming
from procedures.quality.self_assessment import Point

_EID = frozenset({MeansKind.NOTIFIED_EID, MeansKind.NATIONAL_EID})
_FORMATTED = frozenset({EvidenceForm.ELECTRONIC_DOCUMENT, EvidenceForm.SCAN})


def kind_shortcomings(description: Description) -> Iterator[Shortcoming]:
    """Shortcomings by the article for this kind."""
    if isinstance(description, InformationPage):
        yield from _information(description)
    elif isinstance(description, Procedure):
        yield from _procedure(description)
    elif isinstance(description, AssistanceService):
        yield from _assistance(description)


def _information(page: InformationPage) -> Iterator[Shortcoming]:
    """Article 9(1)."""
    if not page.sections:
        yield Shortcoming("information.sections", ("sections",))
    if not page.acts:
        yield Shortcoming("information.acts", ("acts",))
    if not any(phrase.text.strip() for phrase in page.authority.name.phrases):
        yield Shortcoming("information.authority", ("authority", "name"))
    if not any(contact.reachable for contact in page.contacts):
        yield Shortcoming("information.contacts", ("contacts",))


def _procedure(procedure: Procedure) -> Iterator[Shortcoming]:
    """Article 10(1) and (2)."""
    if not procedure.steps:
        yield Shortcoming("procedure.steps", ("steps",))
    for at, step in enumerate(procedure.steps):
        yield from _step(step, at)
    if not any(contact.reachable for contact in procedure.authority.contacts):
        yield Shortcoming("procedure.authority", ("authority", "contacts"))
    yield from _means(procedure.means)
    yield from _evidence(procedure)
    if not procedure.redress:
        yield Shortcoming("procedure.redress", ("redress",))
    yield from _procedure_fees(procedure.fees)
    yield from _deadlines(procedure)
    yield from _silence(procedure)
    if not procedure.languages:
        yield Shortcoming("procedure.languages", ("languages",))
    if not procedure.outputs:
        yield Shortcoming("procedure.output", ("outputs",))
    if procedure.oots_code and procedure.oots_code not in oots_procedures():
        yield Shortcoming("procedure.once-only-code", ("oots_code",), {"what": procedure.oots_code})


def _step(step: Step, at: int) -> Iterator[Shortcoming]:
    if step.presence is None:
        if step.channels and set(step.channels) <= {ChannelKind.IN_PERSON, ChannelKind.ASSISTED}:
            yield Shortcoming("procedure.presence", ("steps", at))
    elif not step.presence.notified:
        yield Shortcoming("procedure.presence-notified", ("steps", at, "presence"))


def _means(means: tuple[Means, ...]) -> Iterator[Shortcoming]:
    if not means:
        yield Shortcoming("procedure.means", ("means",))
    for at, one in enumerate(means):
        if one.kind in _EID and one.level is None:
            yield Shortcoming("procedure.means-level", ("means", at))
    kinds = {one.kind for one in means}
    if MeansKind.NATIONAL_EID in kinds and MeansKind.NOTIFIED_EID not in kinds:
        yield Shortcoming("procedure.means-foreign", ("means",))


def _evidence(procedure: Procedure) -> Iterator[Shortcoming]:
    if not procedure.evidence and not procedure.no_evidence:
        yield Shortcoming("procedure.evidence", ("evidence",))
    if procedure.evidence and procedure.no_evidence:
        yield Shortcoming("procedure.evidence-both", ("no_evidence",))
    for at, need in enumerate(procedure.evidence):
        yield from _need(need, at)
    linked = any(need.requirement or need.evidence_type for need in procedure.evidence)
    if procedure.evidence and not linked and _of_annex_two(procedure):
        yield Shortcoming("procedure.once-only", ("evidence",))


def _need(need: EvidenceNeed, at: int) -> Iterator[Shortcoming]:
    if not need.forms:
        yield Shortcoming("procedure.evidence-form", ("evidence", at))
    elif set(need.forms) == {EvidenceForm.PAPER}:
        yield Shortcoming("procedure.evidence-paper", ("evidence", at))
    if _FORMATTED & set(need.forms) and not need.formats:
        yield Shortcoming("procedure.evidence-format", ("evidence", at))


def _procedure_fees(fees: tuple[Fee, ...]) -> Iterator[Shortcoming]:
    yield from _fees(fees, "procedure")
    for at, fee in enumerate(fees):
        if not fee.free and fee.cross_border is None:
            yield Shortcoming("procedure.fee-foreign-unknown", ("fees", at))
        elif not fee.free and fee.cross_border is False:
            yield Shortcoming("procedure.fee-foreign", ("fees", at))


def _fees(fees: Iterable[Fee], kind: str) -> Iterator[Shortcoming]:
    named = tuple(fees)
    if not named:
        yield Shortcoming(f"{kind}.fees", ("fees",))
    for at, fee in enumerate(named):
        if not fee.free and not any(method.online for method in fee.methods):
            yield Shortcoming(f"{kind}.fee-methods", ("fees", at))


def _deadlines(procedure: Procedure) -> Iterator[Shortcoming]:
    whose = {deadline.whose for deadline in procedure.deadlines}
    if not whose:
        yield Shortcoming("procedure.deadlines", ("deadlines",))
        return
    if DeadlineOf.AUTHORITY not in whose:
        yield Shortcoming("procedure.deadline-authority", ("deadlines",))
    if DeadlineOf.USER not in whose:
        yield Shortcoming("procedure.deadline-user", ("deadlines",))


def _silence(procedure: Procedure) -> Iterator[Shortcoming]:
    silence = procedure.silence
    if silence is None:
        yield Shortcoming("procedure.silence", ("silence",))
    elif not silence.tacit_approval and silence.delay_notice is None:
        yield Shortcoming("procedure.delay", ("silence",))


def distance_shortcomings(
    procedure: Procedure, *, fully_online: Iterable[Point], cross_border: Iterable[Point]
) -> Iterator[Shortcoming]:
    """Shortcomings by articles 6 and 13, which bind the procedures of Annex II."""
    if not _of_annex_two(procedure):
        return
    if not procedure.services:
        yield Shortcoming("procedure.service", ("services",))
    if procedure.online is None:
        yield Shortcoming("procedure.online-unknown", ("online",))
    elif failing := _failing(fully_online):
        yield Shortcoming("procedure.online", ("online",), {"what": failing})
    if procedure.cross_border is None:
        yield Shortcoming("procedure.cross-border-unknown", ("cross_border",))
    elif failing := _failing(cross_border):
        yield Shortcoming("procedure.cross-border", ("cross_border",), {"what": failing})


def _failing(points: Iterable[Point]) -> str:
    return ", ".join(point.article for point in points if point.holds is False)


def _of_annex_two(procedure: Procedure) -> bool:
    return any(code.annex is Annex.PROCEDURES for code in procedure.codes)


def _assistance(service: AssistanceService) -> Iterator[Shortcoming]:
    """Articles 11(1) and 16."""
    if service.results is None:
        yield Shortcoming("assistance.results", ("results",))
    contacts = (*service.contacts, *service.authority.contacts)
    if not any(contact.reachable for contact in contacts):
        yield Shortcoming("assistance.contacts", ("contacts",))
    yield from _fees(service.fees, "assistance")
    if not service.deadlines:
        yield Shortcoming("assistance.deadlines", ("deadlines",))
    if not service.languages:
        yield Shortcoming("assistance.languages", ("languages",))
    if service.extension_notice is None:
        yield Shortcoming("assistance.extension", ("extension_notice",))
