"""The model as RDF, field by field and back, by a table of predicates.

Where CPSV-AP has a word for a field the table names it; any other field is a term of our own
namespace. So what we write is read back unchanged, and others read what their vocabulary knows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD
from rdflib.term import BNode, Node

from procedures.codes import PolicyCode
from procedures.cpsv.names import CPSV, CV, ELI, OURS
from procedures.document import Tree
from procedures.model import (
    Authority,
    Contact,
    EvidenceNeed,
    Fee,
    LegalAct,
    Output,
    Redress,
    Silence,
    Text,
)

_PREDICATES: Final[Mapping[tuple[str, str], URIRef]] = {
    ("Description", "identifier"): DCTERMS.identifier,
    ("Description", "title"): DCTERMS.title,
    ("Description", "summary"): DCTERMS.description,
    ("Description", "published"): DCTERMS.issued,
    ("Description", "updated"): DCTERMS.modified,
    ("Description", "authority"): CV.hasCompetentAuthority,
    ("Description", "contacts"): CV.contactPoint,
    ("Description", "acts"): CV.hasLegalResource,
    ("Description", "fees"): CV.hasCost,
    ("Description", "evidence"): CPSV.hasInput,
    ("Description", "outputs"): CPSV.produces,
    ("Authority", "name"): SKOS.prefLabel,
    ("Authority", "registration"): DCTERMS.identifier,
    ("Authority", "page"): FOAF.homepage,
    ("Authority", "contacts"): CV.contactPoint,
    ("Contact", "phone"): CV.telephone,
    ("Contact", "email"): CV.email,
    ("LegalAct", "title"): DCTERMS.title,
    ("Fee", "title"): DCTERMS.description,
    ("EvidenceNeed", "title"): DCTERMS.title,
    ("EvidenceNeed", "note"): DCTERMS.description,
    ("Output", "title"): DCTERMS.title,
    ("Redress", "text"): DCTERMS.description,
    ("Silence", "text"): DCTERMS.description,
}
_TYPES: Final[Mapping[type, URIRef]] = {
    Authority: CV.PublicOrganisation,
    Contact: CV.ContactPoint,
    EvidenceNeed: CV.Evidence,
    Fee: CV.Cost,
    LegalAct: ELI.LegalResource,
    Output: CV.Output,
    Redress: CPSV.Rule,
    Silence: CPSV.Rule,
}
_DESCRIPTIONS: Final = frozenset({"InformationPage", "Procedure", "AssistanceService"})
_DATATYPES: Final = {
    bool: XSD.boolean,
    int: XSD.integer,
    Decimal: XSD.decimal,
    date: XSD.date,
    datetime: XSD.dateTime,
}


def put_record(graph: Graph, node: URIRef, value: Any) -> Iterator[tuple[URIRef, Any]]:
    """Say every field of a record that is not at rest; gives each record with its node."""
    yield node, value
    graph.add((node, RDF.type, _TYPES.get(type(value), OURS[type(value).__name__])))
    for one in fields(value):
        inner = getattr(value, one.name)
        if inner is None or (one.default is not MISSING and inner == one.default):
            continue
        yield from _put(graph, node, predicate(type(value), one.name), inner, one.name)


def _put(
    graph: Graph, node: URIRef, said: URIRef, value: Any, name: str
) -> Iterator[tuple[URIRef, Any]]:
    if isinstance(value, Text):
        for phrase in value.phrases:
            graph.add((node, said, Literal(phrase.text, lang=phrase.language)))
    elif is_dataclass(value) and not isinstance(value, PolicyCode):
        child = URIRef(f"{node}-{name}")
        graph.add((node, said, child))
        yield from put_record(graph, child, value)
    elif isinstance(value, tuple):
        yield from _put_list(graph, node, said, value, name)
    elif said == FOAF.homepage:
        graph.add((node, said, URIRef(value)))
    else:
        graph.add((node, said, _literal(value)))


def _put_list(
    graph: Graph, node: URIRef, said: URIRef, values: tuple[Any, ...], name: str
) -> Iterator[tuple[URIRef, Any]]:
    """Records and texts are nodes with a number in their name; plain values an RDF list."""
    if is_dataclass(values[0]) and not isinstance(values[0], PolicyCode):
        for at, value in enumerate(values, 1):
            child = URIRef(f"{node}-{name}-{at}")
            graph.add((node, said, child))
            if isinstance(value, Text):
                yield from _put(graph, child, SKOS.prefLabel, value, name)
            else:
                yield from put_record(graph, child, value)
    else:
        head = BNode()
        graph.add((node, said, head))
        Collection(graph, head, [_literal(value) for value in values])


def _literal(value: Any) -> Literal:
    if isinstance(value, PolicyCode):
        return Literal(str(value))
    if isinstance(value, StrEnum):
        return Literal(value.value)
    datatype = _DATATYPES.get(type(value))
    if datatype is None:
        return Literal(str(value))
    lexical = str(value).lower() if isinstance(value, bool) else _lexical(value)
    return Literal(lexical, datatype=datatype, normalize=False)


def _lexical(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def take_record(graph: Graph, node: Node, wanted: Any, *, own: str = "") -> dict[str, Tree]:
    """The fields of a record as plain values, as a description file holds them.

    RDF keeps no order of languages: ``own`` comes first in each text.
    """
    found: dict[str, Tree] = {}
    for name, hint in _hints(wanted).items():
        value = _take(graph, node, predicate(wanted, name), hint, own)
        if value is not None:
            found[name] = value
    return found


def _take(graph: Graph, node: Node, said: URIRef, hint: Any, own: str) -> Tree:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Union or origin is UnionType:
        inner = next(one for one in arguments if one is not type(None))
        return _take(graph, node, said, inner, own)
    objects = sorted(graph.objects(node, said), key=_natural)
    if not objects:
        return None
    if hint is Text:
        return texts_of(objects, own=own)
    if origin is tuple:
        return _take_list(graph, objects, arguments[0], own)
    if _is_record(hint):
        return take_record(graph, objects[0], hint, own=own)
    return _plain(objects[0], hint)


def _take_list(graph: Graph, objects: list[Node], inner: Any, own: str) -> Tree:
    if inner is Text:
        labels = (sorted(graph.objects(one, SKOS.prefLabel)) for one in objects)
        return [texts_of(one, own=own) for one in labels]
    if _is_record(inner):
        return [take_record(graph, one, inner, own=own) for one in objects]
    return [_plain(value, inner) for value in Collection(graph, objects[0])]


def _plain(value: Node, hint: Any) -> Tree:
    if hint is bool:
        return str(value) in {"true", "1"}
    return str(value)


def texts_of(literals: Iterable[Node], *, own: str = "") -> Tree:
    """Texts by language, as a description file holds them; without a tag they are left out."""
    tagged = [one for one in literals if isinstance(one, Literal) and one.language]
    tagged.sort(key=lambda one: (one.language != own.lower(), one.language, str(one)))
    return {_tag(str(one.language)): str(one) for one in tagged}


def _tag(language: str) -> str:
    """RDF has language tags in small letters; BCP 47 writes scripts and countries larger."""
    head, *rest = language.split("-")
    return "-".join([head, *(one.title() if len(one) == 4 else one.upper() for one in rest)])


def predicate(owner: type, name: str) -> URIRef:
    """The predicate that says a field."""
    key = "Description" if owner.__name__ in _DESCRIPTIONS else owner.__name__
    return _PREDICATES.get((key, name)) or OURS[name.replace("_", "-")]


def _natural(node: Node) -> tuple[str, int, str]:
    """Nodes in the order of the number at their end."""
    text = str(node)
    head, dash, number = text.rpartition("-")
    return (head, int(number), "") if dash and number.isdecimal() else (text, 0, "")


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and is_dataclass(hint) and hint not in {PolicyCode, Text}


@cache
def _hints(wanted: Any) -> dict[str, Any]:
    hints = get_type_hints(wanted)
    return {one.name: hints[one.name] for one in fields(wanted)}
