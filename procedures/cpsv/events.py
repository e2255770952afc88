"""A life situation as a ``cv:LifeEvent`` or ``cv:BusinessEvent`` that groups its services."""

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from procedures.cpsv.export import subject_of
from procedures.cpsv.names import CV, OURS, new_graph
from procedures.model import Description, Text
from procedures.situations import LifeEvent, LifeSituation


def situation_graph(
    situation: LifeSituation, *, catalogue: Iterable[Description], base: str | None = None
) -> Graph:
    """The event with its types, and which services of the catalogue it groups.

    Conditions and order have no word in CPSV-AP and stay in the file of the situation.
    """
    graph = new_graph()
    home = f"{base.rstrip('/')}/{situation.identifier}" if base is not None else _home(situation)
    subject = URIRef(f"{home}#event")
    business = bool(situation.events) and all(one.of_business for one in situation.events)
    graph.add((subject, RDF.type, CV.BusinessEvent if business else CV.LifeEvent))
    graph.add((subject, DCTERMS.identifier, Literal(situation.identifier)))
    _say(graph, subject, DCTERMS.title, situation.title)
    _say(graph, subject, DCTERMS.description, situation.summary)
    for event in situation.events:
        graph.add((subject, DCTERMS.type, _concept(graph, event)))
    services = {one.identifier: one for one in catalogue}
    for step in situation.steps:
        if step.service in services:
            service = subject_of(services[step.service], base=base)
            graph.add((service, CV.isGroupedBy, subject))
    return graph


def _home(situation: LifeSituation) -> str:
    page = next((one for one in situation.pages if one.language == situation.language), None)
    return f"urn:sdg-connector:situation:{situation.identifier}" if page is None else page.address


def _concept(graph: Graph, event: LifeEvent) -> URIRef:
    uri = OURS[f"event-{event.value}"]
    graph.add((uri, RDF.type, SKOS.Concept))
    graph.add((uri, SKOS.prefLabel, Literal(event.english, lang="en")))
    return uri


def _say(graph: Graph, node: URIRef, predicate: URIRef, text: Text) -> None:
    for phrase in text.phrases:
        graph.add((node, predicate, Literal(phrase.text, lang=phrase.language)))
