"""A description as CPSV-AP 3.2.0 (https://semiceu.github.io/CPSV-AP/releases/3.2.0/)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, SKOS, TIME, XSD

from procedures.codes import PolicyCode, entry, knows
from procedures.cpsv.names import (
    COUNTRIES,
    CPSV,
    CV,
    NUTS,
    OURS,
    country_uri,
    currency_uri,
    language_uri,
    new_graph,
)
from procedures.cpsv.records import put_record
from procedures.document import show_path
from procedures.model import (
    Authority,
    Contact,
    DeadlineOf,
    Description,
    EvidenceNeed,
    Fee,
    InformationPage,
    LegalAct,
    Output,
    Procedure,
    Redress,
    Silence,
    Text,
)
from procedures.places import texts

_RULES: Final[Mapping[type, Text]] = {
    Redress: Text.of_languages(en="Redress and appeal", lv="Pārsūdzēšana"),
    Silence: Text.of_languages(en="Lack of reply", lv="Ja iestāde neatbild"),
}


def subject_of(description: Description, *, base: str | None = None) -> URIRef:
    """The name of a description in RDF: under ``base``, else beside its own page, else a URN."""
    if base is not None:
        return URIRef(f"{base.rstrip('/')}/{description.identifier}#service")
    page = description.page(description.language)
    home = (
        f"urn:sdg-connector:description:{description.identifier}" if page is None else page.address
    )
    return URIRef(f"{home}#service")


def to_graph(description: Description, *, base: str | None = None) -> Graph:
    """The description as CPSV-AP 3.2.0, with what it has no word for in a namespace of our own."""
    graph = new_graph()
    subject = subject_of(description, base=base)
    for node, value in put_record(graph, subject, description):
        complete = _COMPLETE.get(type(value))
        if complete is not None:
            complete(graph, node, value)
    _service(graph, subject, description)
    _origins(graph, subject, description)
    return graph


def turtle(descriptions: Iterable[Description], *, base: str | None = None) -> Iterator[str]:
    """Descriptions as Turtle, one after the other; each piece is a whole document by itself."""
    for description in descriptions:
        yield to_graph(description, base=base).serialize(format="turtle")


def json_ld(descriptions: Iterable[Description], *, base: str | None = None) -> Iterator[str]:
    """Descriptions as JSON-LD, each a document that carries its context and needs no network."""
    for description in descriptions:
        graph = to_graph(description, base=base)
        yield graph.serialize(format="json-ld", auto_compact=True, sort_keys=True)


def _service(graph: Graph, subject: URIRef, description: Description) -> None:
    """What CPSV-AP says in words of its own about the whole."""
    about = FOAF.Document if isinstance(description, InformationPage) else CPSV.PublicService
    graph.add((subject, RDF.type, about))
    graph.add((subject, OURS.kind, Literal(description.kind.value)))
    for place in description.territory or (description.country,):
        graph.add((subject, DCTERMS.spatial, _place(graph, place)))
    for code in description.codes:
        graph.add((subject, CV.isClassifiedBy, _policy(graph, code)))
    for audience in description.audience:
        graph.add((subject, DCTERMS.audience, _concept(graph, "audience", audience.value)))
    for keyword in description.keywords:
        for phrase in keyword.phrases:
            graph.add((subject, DCAT.keyword, Literal(phrase.text, lang=phrase.language)))
    for language in getattr(description, "languages", ()):
        uri = language_uri(language)
        graph.add((uri, RDF.type, DCTERMS.LinguisticSystem))
        graph.add((subject, DCTERMS.language, uri))
    for page in description.pages:
        graph.add((subject, FOAF.page, URIRef(page.address)))
    if description.latvia is not None and description.latvia.function:
        function = _concept(graph, "cofog", description.latvia.function)
        graph.add((subject, DCTERMS.type, function))
    _channels(graph, subject, description)
    _events(graph, subject, description)
    if isinstance(description, Procedure):
        _terms(graph, subject, description)


def _channels(graph: Graph, subject: URIRef, description: Description) -> None:
    for channel in description.channels:
        node = URIRef(f"{subject}-channel-{channel.value}")
        graph.add((subject, CV.hasChannel, node))
        graph.add((node, RDF.type, CV.Channel))
        graph.add((node, DCTERMS.identifier, Literal(f"{description.identifier}/{channel.value}")))
        graph.add((node, DCTERMS.type, _concept(graph, "channel", channel.value)))


def _events(graph: Graph, subject: URIRef, description: Description) -> None:
    for at, name in enumerate(description.life_events, 1):
        node = URIRef(f"{subject}-event-{at}")
        graph.add((subject, CV.isGroupedBy, node))
        graph.add((node, RDF.type, CV.Event))
        graph.add((node, DCTERMS.identifier, Literal(name)))
        graph.add((node, DCTERMS.title, Literal(name, lang=description.language)))


def _terms(graph: Graph, subject: URIRef, procedure: Procedure) -> None:
    """The rules that a procedure follows, and its processing time."""
    for predicate in (OURS.redress, OURS.silence):
        for node in graph.objects(subject, predicate):
            graph.add((subject, CPSV.follows, node))
    lengths = (
        deadline.length
        for deadline in procedure.deadlines
        if deadline.whose is DeadlineOf.AUTHORITY and deadline.length is not None
    )
    first = next(lengths, None)
    if first is not None:
        time = Literal(_days_for_weeks(first), datatype=XSD.duration, normalize=False)
        graph.add((subject, CV.processingTime, time))


def _days_for_weeks(duration: str) -> str:
    """ISO 8601 has weeks, ``xsd:duration`` has not."""
    if duration.endswith("W") and duration[1:-1].isdecimal():
        return f"P{int(duration[1:-1]) * 7}D"
    return duration


def _authority(graph: Graph, node: URIRef, authority: Authority) -> None:
    service = next(iter(graph.subjects(CV.hasCompetentAuthority, node)), None)
    country = graph.value(service, OURS.country) if service is not None else None
    for place in authority.territory or ((str(country),) if country is not None else ()):
        graph.add((node, DCTERMS.spatial, _place(graph, place)))


def _contact(graph: Graph, node: URIRef, contact: Contact) -> None:
    for page in (contact.page, contact.form):
        if page is not None:
            graph.add((node, CV.contactPage, URIRef(page)))
            graph.add((URIRef(page), RDF.type, FOAF.Document))
    if contact.hours is not None:
        hours = URIRef(f"{node}-opening")
        graph.add((node, CV.openingHours, hours))
        graph.add((hours, RDF.type, TIME.TemporalEntity))
        _say(graph, hours, DCTERMS.description, contact.hours)


def _act(graph: Graph, node: URIRef, act: LegalAct) -> None:
    for same in (act.eli, act.page):
        if same:
            graph.add((node, OWL.sameAs if same == act.eli else FOAF.page, URIRef(same)))


def _fee(graph: Graph, node: URIRef, fee: Fee) -> None:
    graph.add((node, DCTERMS.identifier, _name(node)))
    graph.add((node, CV.hasValue, Literal(float(fee.amount), datatype=XSD.double)))
    currency = currency_uri(fee.currency)
    graph.add((currency, RDF.type, SKOS.Concept))
    graph.add((node, CV.currency, currency))


def _evidence(graph: Graph, node: URIRef, need: EvidenceNeed) -> None:
    graph.add((node, DCTERMS.identifier, _name(node)))
    kind = URIRef(f"{node}-type")
    service = next(iter(graph.subjects(CPSV.hasInput, node)))
    graph.add((service, CV.hasInputType, kind))
    graph.add((node, DCTERMS.conformsTo, kind))
    graph.add((kind, RDF.type, CV.EvidenceType))
    graph.add((kind, DCTERMS.identifier, _name(kind)))
    if need.evidence_type is not None:
        classified = URIRef(need.evidence_type)
        graph.add((classified, RDF.type, SKOS.Concept))
        graph.add((kind, CV.evidenceTypeClassification, classified))
    if need.requirement is not None:
        requirement = URIRef(need.requirement)
        graph.add((node, CV.supportsRequirement, requirement))
        graph.add((service, CV.holdsRequirement, requirement))
        graph.add((requirement, RDF.type, CV.Requirement))
        graph.add((requirement, DCTERMS.identifier, Literal(need.requirement)))
        _say(graph, requirement, DCTERMS.title, need.title)


def _output(graph: Graph, node: URIRef, _output: Output) -> None:
    graph.add((node, DCTERMS.identifier, _name(node)))


def _rule(graph: Graph, node: URIRef, rule: Redress | Silence) -> None:
    graph.add((node, RDF.type, OURS[type(rule).__name__]))
    graph.add((node, DCTERMS.identifier, _name(node)))
    _say(graph, node, DCTERMS.title, _RULES[type(rule)])


_COMPLETE: Final[Mapping[type, Callable[[Graph, URIRef, Any], None]]] = {
    Authority: _authority,
    Contact: _contact,
    EvidenceNeed: _evidence,
    Fee: _fee,
    LegalAct: _act,
    Output: _output,
    Redress: _rule,
    Silence: _rule,
}
"""What the shapes of CPSV-AP ask of a record beyond its fields."""


def _origins(graph: Graph, subject: URIRef, description: Description) -> None:
    """Who made a text: a tagged literal has no room for it."""
    made = (
        (path, phrase)
        for path, text in texts(description)
        for phrase in text.phrases
        if phrase.origin is not None
    )
    for at, (path, phrase) in enumerate(made, 1):
        node = URIRef(f"{subject}-origin-{at}")
        graph.add((subject, OURS.origin, node))
        graph.add((node, OURS.place, Literal(show_path(path))))
        graph.add((node, OURS["phrase-language"], Literal(phrase.language)))
        for _ in put_record(graph, node, phrase.origin):
            pass


def _place(graph: Graph, place: str) -> URIRef:
    """A country, a NUTS region, or a local unit that has no address on the web."""
    if place in COUNTRIES:
        uri = country_uri(place)
    elif len(place) <= 5 and place[:2].isalpha():
        uri = URIRef(NUTS + place)
    else:
        uri = OURS[f"lau-{place}"]
        graph.add((uri, DCTERMS.identifier, Literal(place)))
    graph.add((uri, RDF.type, DCTERMS.Location))
    return uri


def _policy(graph: Graph, code: PolicyCode) -> URIRef:
    uri = OURS[f"annex-{code.annex.value}-{code.code}"]
    graph.add((uri, RDF.type, SKOS.Concept))
    graph.add((uri, SKOS.notation, Literal(str(code))))
    if knows(code):
        for language, name in entry(code).names.items():
            graph.add((uri, SKOS.prefLabel, Literal(name, lang=language)))
    return uri


def _concept(graph: Graph, scheme: str, value: str) -> URIRef:
    uri = OURS[f"{scheme}-{value}"]
    graph.add((uri, RDF.type, SKOS.Concept))
    graph.add((uri, SKOS.notation, Literal(value)))
    return uri


def _say(graph: Graph, node: URIRef, predicate: URIRef, text: Text) -> None:
    for phrase in text.phrases:
        graph.add((node, predicate, Literal(phrase.text, lang=phrase.language)))


def _name(node: URIRef) -> Literal:
    return Literal(node.rpartition("#")[2])
