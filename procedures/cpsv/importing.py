"""Descriptions from CPSV-AP 2.2.1 to 3.2.0: ours without a loss, others as far as it goes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rdflib import Graph, Literal
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, SKOS
from rdflib.term import Node

from procedures.codes import PolicyCode, named, spelled
from procedures.cpsv.names import CPSV, CV, OURS, country_of, language_of
from procedures.cpsv.opening import RdfRefused, open_graph
from procedures.cpsv.records import take_record, texts_of
from procedures.cpsv.versions import lifted
from procedures.document import Tree
from procedures.errors import DescriptionRefused, Mistake, UnknownCode
from procedures.importing.imported import Imported
from procedures.model import Description, Origin
from procedures.reading import KINDS, from_tree

_LITERAL_ADDRESS: Final = ("http://", "https://")


def read_cpsv(data: bytes, *, country: str | None = None) -> tuple[Imported, ...]:
    """Every service in a file of Turtle, N-Triples, JSON-LD or RDF/XML.

    ``country`` is used where the file does not say it. Raises `RdfRefused` when the bytes are no
    RDF, or hold no service.
    """
    graph, _ = lifted(open_graph(data))
    services = described(graph, country=country)
    if not services:
        raise RdfRefused("expected a cpsv:PublicService, found none")
    return services


def described(graph: Graph, *, country: str | None = None) -> tuple[Imported, ...]:
    """Every service in a graph that is in the words of 3.2.0."""
    kinds = (CPSV.PublicService, *(OURS[kind.__name__] for kind in KINDS.values()))
    services = sorted({one for kind in kinds for one in graph.subjects(RDF.type, kind)})
    return tuple(_imported(graph, one, country) for one in services)


def _imported(graph: Graph, subject: Node, country: str | None) -> Imported:
    kind = graph.value(subject, OURS.kind)
    ours = kind is not None and str(kind) in KINDS
    tree = _of_ours(graph, subject, str(kind)) if ours else _of_others(graph, subject, country)
    description: Description | None = None
    mistakes: tuple[Mistake, ...] = ()
    try:
        description = from_tree(tree)
    except DescriptionRefused as error:
        mistakes = error.mistakes
    said = {str(predicate) for predicate in graph.predicates(subject)}
    return Imported(
        subject=str(subject),
        description=description,
        mistakes=mistakes,
        left=() if ours else tuple(sorted(said - {str(one) for one in _UNDERSTOOD})),
    )


def _of_ours(graph: Graph, subject: Node, kind: str) -> Tree:
    own = str(graph.value(subject, OURS.language) or "")
    tree = {"kind": kind, **take_record(graph, subject, KINDS[kind], own=own)}
    for node in graph.objects(subject, OURS.origin):
        place, language = graph.value(node, OURS.place), graph.value(node, OURS["phrase-language"])
        _attach(tree, str(place), str(language), take_record(graph, node, Origin))
    return tree


def _attach(tree: Any, place: str, language: str, origin: Mapping[str, Tree]) -> None:
    """Put the origin of a phrase beside its words."""
    for step in place.replace("]", "").replace("[", ".").split("."):
        inside = tree.get(step) if isinstance(tree, dict) else _at(tree, step)
        if inside is None:
            return
        tree = inside
    if isinstance(tree, dict) and isinstance(tree.get(language), str):
        tree[language] = {"text": tree[language], **origin}


def _at(tree: Any, step: str) -> Any:
    known = isinstance(tree, list) and step.isdecimal() and int(step) < len(tree)
    return tree[int(step)] if known else None


_UNDERSTOOD: Final = frozenset(
    {
        RDF.type,
        DCTERMS.identifier,
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.language,
        DCTERMS.spatial,
        DCTERMS.issued,
        DCTERMS.modified,
        DCAT.keyword,
        FOAF.page,
        CV.hasCompetentAuthority,
        CV.contactPoint,
        CV.hasCost,
        CV.hasLegalResource,
        CV.isClassifiedBy,
        CV.isGroupedBy,
        CV.processingTime,
        CPSV.hasInput,
        CPSV.produces,
    }
)


def _of_others(graph: Graph, subject: Node, country: str | None) -> Tree:
    """What CPSV-AP can say, as a description file holds it."""
    reader = _Reader(graph, subject)
    language = reader.language()
    tree: dict[str, Tree] = {
        "kind": "procedure",
        "identifier": reader.word(DCTERMS.identifier) or str(subject),
        "language": language,
        "country": reader.country() or country,
        "codes": list(reader.codes()),
        "title": reader.text(subject, DCTERMS.title, language),
        "summary": reader.text(subject, DCTERMS.description, language),
        "authority": reader.authority(language),
        "pages": [{"language": language, "address": one} for one in reader.pages()],
        "contacts": reader.contacts(subject),
        "acts": reader.acts(language),
        "published": reader.word(DCTERMS.issued),
        "updated": reader.word(DCTERMS.modified),
        "keywords": reader.keywords(),
        "life_events": reader.events(language),
        "languages": reader.languages(),
        "evidence": reader.evidence(language),
        "outputs": reader.outputs(language),
        "fees": reader.fees(language),
        "deadlines": reader.deadlines(language),
    }
    return {name: value for name, value in tree.items() if value not in (None, [], {})}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Asks a graph about one service."""

    graph: Graph
    subject: Node

    def language(self) -> str:
        """The language that most texts of the service are in."""
        tags = Counter(
            value.language.split("-")[0]
            for predicate in (DCTERMS.title, DCTERMS.description)
            for value in self.graph.objects(self.subject, predicate)
            if isinstance(value, Literal) and value.language
        )
        return tags.most_common(1)[0][0] if tags else "en"

    def word(self, predicate: Node) -> str | None:
        """One value, the same at each reading."""
        found = sorted(map(str, self.graph.objects(self.subject, predicate)))
        return found[0] if found else None

    def text(self, node: Node, predicate: Node, language: str) -> Tree:
        """Texts by language; one without a tag is taken for the service's language."""
        literals = sorted(self.graph.objects(node, predicate))
        tagged = texts_of(literals)
        plain = [str(one) for one in literals if isinstance(one, Literal) and not one.language]
        if isinstance(tagged, dict) and not tagged and plain:
            return {language: plain[0]}
        return tagged or None

    def country(self) -> str | None:
        """The country of the service, else of its authority."""
        authorities = self.graph.objects(self.subject, CV.hasCompetentAuthority)
        for node in (self.subject, *sorted(authorities)):
            for place in sorted(self.graph.objects(node, DCTERMS.spatial)):
                found = country_of(str(place))
                if found is not None:
                    return found
        return None

    def codes(self) -> Iterator[str]:
        """Policy codes, where a concept names one by notation or by its label."""
        for concept in sorted(self.graph.objects(self.subject, CV.isClassifiedBy)):
            for notation in sorted(self.graph.objects(concept, SKOS.notation)):
                yield from _codes(str(notation))
            for label in sorted(self.graph.objects(concept, SKOS.prefLabel)):
                for entry in named(str(label)):
                    yield str(entry.code)

    def authority(self, language: str) -> Tree:
        """The first competent authority."""
        for node in sorted(self.graph.objects(self.subject, CV.hasCompetentAuthority)):
            name = self.text(node, SKOS.prefLabel, language)
            name = name or self.text(node, DCTERMS.title, language)
            tree: dict[str, Tree] = {"name": name} if name else {}
            contacts = self.contacts(node)
            home = self.graph.value(node, FOAF.homepage)
            if contacts:
                tree["contacts"] = contacts
            if home is not None and str(home).startswith(_LITERAL_ADDRESS):
                tree["page"] = str(home)
            return tree
        return None

    def contacts(self, node: Node) -> list[Tree]:
        """Contact points of the service or of its authority."""
        found: list[Tree] = []
        for point in sorted(self.graph.objects(node, CV.contactPoint)):
            hours = self.graph.value(point, CV.openingHours)
            contact: dict[str, Tree] = {
                "phone": self._plain(point, CV.telephone),
                "email": self._plain(point, CV.email),
                "page": self._plain(point, CV.contactPage),
                "hours": None if hours is None else self.text(hours, DCTERMS.description, "en"),
            }
            found.append({name: value for name, value in contact.items() if value})
        return found

    def acts(self, language: str) -> list[Tree]:
        """Legal resources; one without a title is called by its address."""
        found: list[Tree] = []
        for act in sorted(self.graph.objects(self.subject, CV.hasLegalResource)):
            address = str(self.graph.value(act, OWL.sameAs) or act)
            title = self.text(act, DCTERMS.title, language) or {language: address}
            eli = {"eli": address} if "/eli/" in address else {}
            page = {"page": address} if address.startswith(_LITERAL_ADDRESS) else {}
            found.append({"title": title, **eli, **page})
        return found

    def pages(self) -> list[str]:
        """Documents about the service."""
        found = sorted(map(str, self.graph.objects(self.subject, FOAF.page)))
        return [one for one in found if one.startswith(_LITERAL_ADDRESS)]

    def keywords(self) -> list[Tree]:
        """Keywords, each by itself: RDF does not say which translate each other."""
        found = sorted(self.graph.objects(self.subject, DCAT.keyword))
        return [texts_of([one]) for one in found if isinstance(one, Literal) and one.language]

    def events(self, language: str) -> list[Tree]:
        """The names of life and business events."""
        names: list[Tree] = []
        for event in sorted(self.graph.objects(self.subject, CV.isGroupedBy)):
            title = self.text(event, DCTERMS.title, language)
            if isinstance(title, dict) and title:
                names.append(title.get(language) or next(iter(title.values())))
        return names

    def languages(self) -> list[Tree]:
        """The languages of the service."""
        found = (
            language_of(str(one)) for one in self.graph.objects(self.subject, DCTERMS.language)
        )
        return [*sorted({one for one in found if one is not None})]

    def evidence(self, language: str) -> list[Tree]:
        """Evidence, whose forms CPSV-AP does not say."""
        found: list[Tree] = []
        for node in sorted(self.graph.objects(self.subject, CPSV.hasInput)):
            title = self.text(node, DCTERMS.title, language)
            note = self.text(node, DCTERMS.description, language)
            if title:
                found.append({"title": title, "forms": [], **({"note": note} if note else {})})
        return found

    def outputs(self, language: str) -> list[Tree]:
        """What the user gets."""
        nodes = sorted(self.graph.objects(self.subject, CPSV.produces))
        titles = (self.text(node, DCTERMS.title, language) for node in nodes)
        return [{"title": title} for title in titles if title]

    def fees(self, language: str) -> list[Tree]:
        """Costs that have a value."""
        found: list[Tree] = []
        for node in sorted(self.graph.objects(self.subject, CV.hasCost)):
            value = self.graph.value(node, CV.hasValue)
            if value is None:
                continue
            currency = str(self.graph.value(node, CV.currency) or "EUR").rpartition("/")[2]
            title = self.text(node, DCTERMS.description, language)
            fee: dict[str, Tree] = {"amount": str(value), "currency": currency}
            found.append({**fee, "title": title} if title else fee)
        return found

    def deadlines(self, language: str) -> list[Tree]:
        """The processing time, as the time that the authority takes."""
        length = self.word(CV.processingTime)
        if length is None:
            return []
        words: Tree = {language: length}
        return [{"whose": "authority", "text": words, "length": length, "certainty": "indicative"}]

    def _plain(self, node: Node, predicate: Node) -> str | None:
        found = sorted(map(str, self.graph.objects(node, predicate)))
        return found[0].removeprefix("mailto:").removeprefix("tel:") if found else None


def _codes(notation: str) -> Iterator[str]:
    try:
        yield str(PolicyCode.read(notation))
    except UnknownCode:
        yield from (str(code) for code in spelled(notation))
