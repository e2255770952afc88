"""Lift descriptions of CPSV-AP 2.2.1, 3.0 and 3.1 to the words of 3.2.0.

The changes are those of the change logs under https://semiceu.github.io/CPSV-AP/releases/.
"""

from collections.abc import Mapping
from typing import Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, TIME
from rdflib.term import Node

from procedures.cpsv.names import ADMS, CPSV, CV, LOCN, SCHEMA

_OLD_SCHEMA: Final = "http://schema.org/"
_CLASSES: Final[Mapping[URIRef, URIRef]] = {
    CV.CriterionRequirement: CV.Requirement,
    CV.PublicServiceDataset: DCAT.Dataset,
    CV.OpeningHoursSpecification: TIME.TemporalEntity,
    CV.PublicOrganization: CV.PublicOrganisation,
    DCTERMS.Agent: FOAF.Agent,
    SCHEMA.ContactPoint: CV.ContactPoint,
    SCHEMA.OpeningHoursSpecification: TIME.TemporalEntity,
}
_PREDICATES: Final[Mapping[URIRef, URIRef]] = {
    CV.IsGroupedBy: CV.isGroupedBy,
    CV.availabilityRestriction: CV.specialOpeningHoursSpecification,
    CV.hasAddress: LOCN.address,
    CV.hasContactPoint: CV.contactPoint,
    CV.hasCriterion: CV.holdsRequirement,
    CV.hasEmail: CV.email,
    CV.hasTelephone: CV.telephone,
    CV.hoursAvailable: CV.specialOpeningHoursSpecification,
    CV.isDescribedAt: DCTERMS.isPartOf,
    CV.playsRole: CV.participates,
    CV.value: CV.hasValue,
    URIRef(f"{DCTERMS}status"): ADMS.status,
    SCHEMA.email: CV.email,
    SCHEMA.hoursAvailable: CV.specialOpeningHoursSpecification,
    SCHEMA.openingHours: CV.openingHours,
    SCHEMA.telephone: CV.telephone,
}
_HOURS: Final = (CV.openingHours, CV.specialOpeningHoursSpecification)
_RELATED: Final[Mapping[URIRef, URIRef]] = {
    CPSV.PublicService: CV.relatedService,
    CV.BusinessEvent: CV.hasRelatedService,
    CV.Event: CV.hasRelatedService,
    CV.LifeEvent: CV.hasRelatedService,
}


def lifted(graph: Graph) -> tuple[Graph, int]:
    """The graph in the words of 3.2.0, and how many statements were reworded."""
    new = Graph()
    new.namespace_manager = graph.namespace_manager
    changed = 0
    for old in graph:
        for made in _reworded(graph, old):
            changed += made != old
            new.add(made)
    return new, changed


def _reworded(graph: Graph, old: tuple[Node, Node, Node]) -> tuple[tuple[Node, Node, Node], ...]:
    subject, predicate, value = old
    if predicate == RDF.type:
        return ((subject, predicate, _CLASSES.get(_https(value), value)),)
    predicate = _PREDICATES.get(_https(predicate), predicate)
    if predicate == DCTERMS.relation:
        predicate = _related(graph, subject)
    if predicate in _HOURS and isinstance(value, Literal):
        return _hours(subject, predicate, value)
    return ((subject, predicate, value),)


def _https(term: Node) -> URIRef:
    """Schema.org moved to https; some descriptions have not."""
    text = str(term)
    if text.startswith(_OLD_SCHEMA):
        return SCHEMA[text.removeprefix(_OLD_SCHEMA)]
    return URIRef(text)


def _related(graph: Graph, subject: Node) -> URIRef:
    kinds = set(graph.objects(subject, RDF.type))
    found = (after for kind, after in _RELATED.items() if kind in kinds)
    return next(found, DCTERMS.relation)


def _hours(subject: Node, predicate: Node, words: Literal) -> tuple[tuple[Node, Node, Node], ...]:
    """Until 3.0 opening hours were words; since 3.1 they are a temporal entity with words."""
    hours = URIRef(f"{subject}-hours" if isinstance(subject, URIRef) else f"urn:hours:{subject}")
    return (
        (subject, predicate, hours),
        (hours, RDF.type, TIME.TemporalEntity),
        (hours, DCTERMS.description, words),
    )
