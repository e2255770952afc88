"""Judge a graph by the shapes of CPSV-AP, knowing that official vocabularies live elsewhere.

The shapes ask that a value be a ``skos:Concept`` or a ``dct:Location``; the vocabularies that say
so are not part of a description. So each value from an official list gets one line that says what
it is, and raises no false alarm. Needs the extra ``conformance`` (pyshacl).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS
from rdflib.term import Node

from procedures.cpsv.names import (
    ADMS,
    AUTHORITY,
    COUNTRIES,
    CV,
    LANGUAGES,
    NUTS,
    VOCABULARIES,
)
from procedures.cpsv.profile import SOURCE, shapes

_PLACES: Final = (f"{AUTHORITY}atu/", f"{AUTHORITY}country/", f"{AUTHORITY}place/", NUTS)
_LANGUAGE: Final = f"{AUTHORITY}language/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that a shape does not allow, or a vocabulary that is not the recommended one."""

    node: str
    property: str
    value: str
    message: str
    clause: str
    warning: bool = False


def violations(
    graph: Graph, *, official: Graph | None = None, stubs: bool = True
) -> tuple[Violation, ...]:
    """What the shapes find; ``official`` are the published shapes, used in the place of ours.

    ``stubs=False`` judges as the plain shapes do, false alarms included.
    """
    from pyshacl import validate  # noqa: PLC0415  an optional extra that is slow to import

    judged = with_stubs(graph) if stubs else graph
    rules = official if official is not None else shapes()
    _, report, _ = validate(judged, shacl_graph=rules, advanced=False, inplace=False)
    found = [
        _violation(report, result, rules)
        for result in report.subjects(RDF.type, SH.ValidationResult)
    ]
    return tuple(sorted(found, key=lambda one: (one.node, one.property, one.value)))


def with_stubs(graph: Graph) -> Graph:
    """The graph, and for each value from an official vocabulary what kind of thing it is."""
    typed = Graph()
    typed += graph
    for value in set(graph.objects()):
        address = str(value)  # rdflib's own startswith takes no tuple
        if isinstance(value, URIRef) and address.startswith(VOCABULARIES):
            typed.add((value, RDF.type, SKOS.Concept))
            if address.startswith(_PLACES):
                typed.add((value, RDF.type, DCTERMS.Location))
            if address.startswith(_LANGUAGE):
                typed.add((value, RDF.type, DCTERMS.LinguisticSystem))
    return typed


def vocabulary_warnings(graph: Graph) -> Iterator[Violation]:
    """Values that are not of the recommended list, or that the list is not known to have."""
    known = {
        DCTERMS.language: {f"{_LANGUAGE}{code}" for code in LANGUAGES.values()},
        CV.currency: None,
        ADMS.status: None,
    }
    starts = {
        DCTERMS.language: _LANGUAGE,
        CV.currency: f"{AUTHORITY}currency/",
        ADMS.status: "http://purl.org/adms/status/",
    }
    for predicate, start in starts.items():
        members = known[predicate]
        for node, value in sorted(graph.subject_objects(predicate)):
            if not str(value).startswith(start):
                yield _warning(node, predicate, value, f"expected a concept of {start}")
            elif members is not None and str(value) not in members:
                yield _warning(node, predicate, value, "the list is not known to have this concept")
    countries = {f"{AUTHORITY}country/{code}" for code in COUNTRIES.values()}
    for node, value in sorted(graph.subject_objects(DCTERMS.spatial)):
        if str(value).startswith(f"{AUTHORITY}country/") and str(value) not in countries:
            message = "the list is not known to have this country"
            yield _warning(node, DCTERMS.spatial, value, message)


def _violation(report: Graph, result: Node, rules: Graph) -> Violation:
    shape = report.value(result, SH.sourceShape)
    clause = None if shape is None else rules.value(shape, RDFS.seeAlso)
    return Violation(
        node=str(report.value(result, SH.focusNode)),
        property=str(report.value(result, SH.resultPath) or ""),
        value=str(report.value(result, SH.value) or ""),
        message=str(report.value(result, SH.resultMessage)),
        clause=SOURCE if clause is None else str(clause),
    )


def _warning(node: Node, predicate: URIRef, value: Node, message: str) -> Violation:
    return Violation(
        node=str(node),
        property=str(predicate),
        value=str(value),
        message=message,
        clause=SOURCE,
        warning=True,
    )
