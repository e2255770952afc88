"""Judge a file as an EDM message, for the testers' command."""

from collections.abc import Mapping
from datetime import datetime

from sdg_connector.errors import PeerMistake
from sdg_connector.evidence.answers import read_evidence_answer
from sdg_connector.evidence.exceptions import EvidenceFailure
from sdg_connector.evidence.request import EvidenceRequest
from sdg_connector.evidence.request_reading import read_evidence_request
from sdg_connector.evidence.response import EvidenceResponse
from sdg_connector.evidence.rules import broken_rules
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.namespaces import QUERY
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.findings import Finding, FindingSeverity, Judgement, finding_of

_MASK = "…"


def check(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge these bytes as a request, an answer or a failure of the exchange data model.

    ``context`` may hold ``line`` (``"1.2"``) that the message must then be of. A message from
    the future is a warning. Never raises for any bytes.
    """
    try:
        root = read_root(data)
    except RegRepRefused as error:
        return Judgement(findings=(finding_of(error),), value=None)
    is_request = root.tag == f"{{{QUERY}}}QueryRequest"
    findings = [one.finding for one in broken_rules(root, line=_line(context))]
    try:
        message = read_evidence_request(data) if is_request else read_evidence_answer(data)
    except PeerMistake as error:
        if error.rule not in {one.rule for one in findings}:
            findings.insert(0, finding_of(error))
        return Judgement(findings=tuple(findings), value=None)
    findings += _line_findings(message, context)
    findings += _time_findings(message, now)
    judgement = Judgement(findings=tuple(findings), value=_value(message, show=show_values))
    if judgement.verdict == "refused":
        return Judgement(findings=judgement.findings, value=None)
    return judgement


Message = EvidenceRequest | EvidenceResponse | EvidenceFailure


def _line(context: Mapping[str, object]) -> EdmLine | None:
    wanted = context.get("line")
    return next((one for one in EdmLine if one.value == f"oots-edm:v{wanted}"), None)


def _line_findings(message: Message, context: Mapping[str, object]) -> list[Finding]:
    wanted = context.get("line")
    major, minor = message.line.version
    if wanted is None or str(wanted) == f"{major}.{minor}":
        return []
    return [
        Finding(
            rule="TDD 4.7 2.6.2",
            severity=FindingSeverity.ERROR,
            where="/Slot[@name='SpecificationIdentifier']",
            message=f"line {wanted} was expected and the message says {major}.{minor}",
            clause="TDD 4.7 §2.6.2: header and body name the same line",
            fix="Send the message in the line that the header and the directory name.",
        )
    ]


def _time_findings(message: Message, now: datetime) -> list[Finding]:
    issued = message.problems[0].at if isinstance(message, EvidenceFailure) else message.issued_at
    if issued <= now:
        return []
    return [
        Finding(
            rule="time/future",
            severity=FindingSeverity.WARNING,
            where="/Slot[@name='IssueDateTime']",
            message="the message says that it was issued after now",
            clause="TDD 4.5: IssueDateTime is the time of issue",
            fix="Set the clock of the sending system.",
        )
    ]


def _value(message: Message, *, show: bool) -> dict[str, object]:
    common: dict[str, object] = {
        "line": message.line.value,
        "request_id": message.request_id,
    }
    if isinstance(message, EvidenceRequest):
        identifier = getattr(message.subject, "identifier", None)
        shown = identifier.value if show and identifier is not None else _MASK
        return {
            **common,
            "type": "EvidenceRequest",
            "procedure": message.procedure,
            "evidence_type": message.evidence_type.classification,
            "second": message.preview_location is not None,
            "subject": shown,
        }
    if isinstance(message, EvidenceFailure):
        preview = message.preview
        return {
            **common,
            "type": "EvidenceFailure",
            "codes": [one.code.value for one in message.problems],
            "preview_location": None if preview is None else preview.location if show else _MASK,
        }
    return {
        **common,
        "type": "EvidenceResponse",
        "documents": [
            {"content_id": one.content_id, "role": one.role.value} for one in message.documents
        ],
        "deferred": message.available_at is not None,
    }
