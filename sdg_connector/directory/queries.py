"""The three queries of the Common Services, as URL parameters."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from sdg_connector.directory.errors import DirectoryMisuse
from sdg_connector.vocabulary import CommonServicesLine, EdmLine

Parameters = tuple[tuple[str, str], ...]

_SHAPES: Mapping[str, re.Pattern[str]] = {
    "procedure-id": re.compile("[A-Z]+[1-9][0-9]*|00"),
    "country-code": re.compile("[A-Z]{2}"),
    "jurisdiction-admin-l2": re.compile("[A-Z][A-Z]+[0-9A-Z]+"),
    "jurisdiction-admin-l3": re.compile("[A-Z]*[0-9]+"),
    "return-incomplete": re.compile("true|false"),
}


class QueryId(StrEnum):
    """``queryId`` of the published queries (TDD 3.1.4, 3.2.4)."""

    REQUIREMENTS = "urn:fdc:oots:eb:ebxml-regrep:queries:requirements-by-procedure-and-jurisdiction"
    EVIDENCE_TYPES = (
        "urn:fdc:oots:eb:ebxml-regrep:queries:evidence-types-by-requirement-and-jurisdiction"
    )
    DATA_SERVICES = (
        "urn:fdc:oots:dsd:ebxml-regrep:queries:dataservices-by-evidencetype-and-jurisdiction"
    )


def requirements_query(
    *,
    procedure: str | None = None,
    country: str | None = None,
    region: str | None = None,
    locality: str | None = None,
    return_incomplete: bool | None = None,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> Parameters:
    """Which requirements a procedure has in a country; without parameters, the catalogue.

    Raises ``DirectoryMisuse`` for a value of the wrong shape or one the line does not know.
    """
    incomplete = None if return_incomplete is None else str(return_incomplete).lower()
    return _parameters(
        QueryId.REQUIREMENTS,
        line,
        [
            ("procedure-id", procedure),
            ("country-code", country),
            ("jurisdiction-admin-l2", region),
            ("jurisdiction-admin-l3", locality),
            ("return-incomplete", incomplete),
        ],
    )


def evidence_types_query(
    *,
    requirement: str | None = None,
    country: str | None = None,
    region: str | None = None,
    locality: str | None = None,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> Parameters:
    """Which evidence types prove a requirement in a country; raises ``DirectoryMisuse``.

    Line 1.2 alone lets the requirement out, and answers with those of every requirement.
    """
    if requirement is None and line is not CommonServicesLine.V1_2:
        raise DirectoryMisuse(f"line {line} of the Common Services wants a requirement-id")
    return _parameters(
        QueryId.EVIDENCE_TYPES,
        line,
        [
            ("requirement-id", requirement),
            ("country-code", country),
            ("jurisdiction-admin-l2", region),
            ("jurisdiction-admin-l3", locality),
        ],
    )


def data_services_query(
    *,
    classification: str,
    country: str,
    specification: EdmLine | None = None,
    evidence_type_id: str | None = None,
    jurisdiction_context: str | None = None,
    region: str | None = None,
    locality: str | None = None,
    answers: Mapping[str, str] | None = None,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> Parameters:
    """Who serves an evidence type; ``answers`` are what the person said to DSD:ERR:0005.

    Each key is the identifier of a question. Raises ``DirectoryMisuse``.
    """
    known = [
        ("evidence-type-classification", classification),
        ("country-code", country),
        ("specification", specification),
        ("evidence-type-id", evidence_type_id),
        ("jurisdiction-context-id", jurisdiction_context),
        ("jurisdiction-admin-l2", region),
        ("jurisdiction-admin-l3", locality),
    ]
    given = list((answers or {}).items())
    if {name for name, _ in given} & {"queryId", *(name for name, _ in known)}:
        raise DirectoryMisuse("the identifier of a question is the name of a parameter")
    return _parameters(QueryId.DATA_SERVICES, line, [*known, *given])


_LEVELS = ("jurisdiction-admin-l2", "jurisdiction-admin-l3")
_LINES: Mapping[QueryId, Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    QueryId.REQUIREMENTS: dict.fromkeys(_LEVELS, ((1, 0), (1, 2))),
    QueryId.EVIDENCE_TYPES: dict.fromkeys(_LEVELS, ((1, 0), (1, 1))),
    QueryId.DATA_SERVICES: {
        **dict.fromkeys((*_LEVELS, "jurisdiction-context-id"), ((1, 0), (1, 2))),
        "specification": ((1, 1), (2, 0)),
        "evidence-type-id": ((1, 0), (1, 1)),
    },
}
"""The first and the last line that know a parameter; all lines know the others."""


def _parameters(
    query: QueryId, line: CommonServicesLine, values: Iterable[tuple[str, str | None]]
) -> Parameters:
    given = [(name, str(value)) for name, value in values if value is not None]
    for name, value in given:
        shape = _SHAPES.get(name)
        if not value or (shape is not None and shape.fullmatch(value) is None):
            raise DirectoryMisuse(f"the parameter {name} has a value of the wrong shape")
        first, last = _LINES[query].get(name, (line.version, line.version))
        if not first <= line.version <= last:
            raise DirectoryMisuse(f"line {line} of the Common Services has no parameter {name}")
    return (("queryId", query.value), *given)
