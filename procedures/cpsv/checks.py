"""Judge a file of CPSV-AP for testers: its shapes, its vocabularies, what the law would miss."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from rdflib import Graph

from procedures.cpsv.importing import described
from procedures.cpsv.opening import RdfRefused, open_graph
from procedures.cpsv.profile import SOURCE
from procedures.cpsv.validation import Violation, violations, vocabulary_warnings
from procedures.cpsv.versions import lifted
from procedures.findings import Finding, Judgement, Severity
from procedures.importing.imported import Imported
from procedures.quality import quality

_FIXES: Final = {
    "Value does not have class": "Say what the value is, or take it from an official vocabulary.",
    "Less than": "Add the property.",
    "More than": "Keep one value.",
    "Value is not Literal": "Give a literal of the datatype; texts need a language tag.",
}


def check_cpsv(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge these bytes as CPSV-AP 3.2.0; older releases are reworded first, and this is said.

    ``context`` may hold ``shapes``: the official SHACL file, judged by in the place of our own.
    Never raises for any bytes.
    """
    try:
        official = _official(context.get("shapes"))
        graph, reworded = lifted(open_graph(data))
    except RdfRefused as error:
        return Judgement((_error("cpsv.rdf", "/", str(error), "Write RDF without the network."),))
    services = described(graph)
    found = (
        *_version(reworded),
        *(_finding(one) for one in violations(graph, official=official)),
        *(_finding(one) for one in vocabulary_warnings(graph)),
        *(one for service in services for one in _service(service, now)),
    )
    if not services:
        missing = _error("cpsv.service", "/", "the file holds no cpsv:PublicService", "Add one.")
        return Judgement((missing, *found))
    return Judgement(
        found, {"statements": len(graph), "services": [_value(one) for one in services]}
    )


def _official(shapes: object) -> Graph | None:
    return open_graph(shapes) if isinstance(shapes, bytes) else None


def _version(reworded: int) -> Iterator[Finding]:
    if reworded:
        yield Finding(
            rule="cpsv.version",
            severity=Severity.INFO,
            where="/",
            message=f"{reworded} statements are of an older CPSV-AP and were reworded to 3.2.0",
            clause=SOURCE,
            fix="Publish the words of 3.2.0.",
        )


def _finding(violation: Violation) -> Finding:
    fixes = (fix for start, fix in _FIXES.items() if violation.message.startswith(start))
    value = f" ({violation.value})" if violation.value else ""
    return Finding(
        rule="cpsv.vocabulary" if violation.warning else "cpsv.shape",
        severity=Severity.WARNING if violation.warning else Severity.ERROR,
        where=f"{violation.node} {violation.property}".strip(),
        message=violation.message + value,
        clause=violation.clause,
        fix=next(fixes, "Take a value that the specification recommends."),
    )


def _service(service: Imported, now: datetime) -> Iterator[Finding]:
    """What a service lacks for the Gateway; the profile asks for less, so these are no errors."""
    for mistake in service.mistakes:
        yield _hint(service, "cpsv.description", f"{mistake.path}: {mistake.message}", "")
    if service.description is None:
        return
    for one in quality(service.description, today=now.date()).shortcomings:
        if one.severity is Severity.ERROR:
            yield _hint(service, one.rule, one.sentence("en"), one.definition.clause)


def _hint(service: Imported, rule: str, message: str, clause: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.INFO,
        where=service.subject,
        message=message,
        clause=clause or SOURCE,
        fix="Say it in the extension terms, or in a description file.",
    )


def _value(service: Imported) -> dict[str, object]:
    description = service.description
    return {
        "subject": service.subject,
        "identifier": None if description is None else description.identifier,
        "left": list(service.left),
    }


def _error(rule: str, where: str, message: str, fix: str) -> Finding:
    return Finding(
        rule=rule, severity=Severity.ERROR, where=where, message=message, clause=SOURCE, fix=fix
    )
