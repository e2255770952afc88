"""What CPSV-AP 3.2.0 asks of each class, property by property, as a table and as SHACL."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH

from procedures.cpsv.names import OURS, PREFIXES, new_graph

SOURCE: Final = "https://semiceu.github.io/CPSV-AP/releases/3.2.0/"
_LITERALS: Final = ("rdf:", "xsd:")
_MORE: Final = {"a4g": "http://data.europa.eu/a4g/ontology#"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One property of one class."""

    class_name: str
    class_term: URIRef
    name: str
    term: URIRef
    least: int
    most: int | None
    range: URIRef | None
    literal: bool
    """Whether values are literals of the range, and not nodes of its class."""

    @property
    def clause(self) -> str:
        """Where the specification defines it."""
        return f"{SOURCE}#{self.class_name}.{self.name}"


@cache
def constraints() -> tuple[Constraint, ...]:
    """All properties of the profile."""
    text = files("procedures.cpsv.data").joinpath("cpsv_ap_3_2_0.csv").read_text(encoding="utf-8")
    return tuple(
        Constraint(
            class_name=row["class"],
            class_term=term(row["class_term"]),
            name=row["property"],
            term=term(row["term"]),
            least=int(row["min"]),
            most=int(row["max"]) if row["max"] else None,
            range=term(row["range"]) if row["range"] else None,
            literal=row["range"].startswith(_LITERALS),
        )
        for row in csv.DictReader(text.splitlines(), delimiter=";")
    )


@cache
def shapes() -> Graph:
    """The table as SHACL (https://www.w3.org/TR/shacl/)."""
    graph = new_graph()
    for at, one in enumerate(constraints(), 1):
        shape, rule = OURS[f"shape-{one.class_name}"], OURS[f"rule-{at}"]
        graph.add((shape, RDF.type, SH.NodeShape))
        graph.add((shape, SH.targetClass, one.class_term))
        graph.add((shape, SH.property, rule))
        graph.add((rule, RDF.type, SH.PropertyShape))
        graph.add((rule, SH.path, one.term))
        graph.add((rule, RDFS.seeAlso, Literal(one.clause)))
        if one.least:
            graph.add((rule, SH.minCount, Literal(one.least)))
        if one.most is not None:
            graph.add((rule, SH.maxCount, Literal(one.most)))
        if one.range is not None:
            graph.add((rule, SH.datatype if one.literal else SH["class"], one.range))
    return graph


def term(short: str) -> URIRef:
    """The address of a term such as ``cv:Cost``."""
    prefix, _, name = short.partition(":")
    return URIRef(str(PREFIXES.get(prefix) or _MORE[prefix]) + name)
