"""Rows of the benchmark: an evidence response of 20 KB, read and written with every rule asked.

The floor of reading turns the same octets into slotted values, element by element, and asks
nothing; the floor of writing turns those values into the same octets. With the official schema at
hand (``SDG_ARTEFACTS``), reading is also set beside what xmlschema decodes.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import xmlschema
from lxml import etree

from sdg_connector.evidence import (
    EvidenceDocument,
    EvidencePackage,
    EvidenceResponse,
    read_evidence_answer,
    write_evidence_response,
)
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    Distribution,
    EdmLine,
    Evidence,
    EvidenceType,
    Identifier,
    IsAbout,
    NaturalPerson,
    Text,
)

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_EVIDENCES = 15
_REPOSITORY = "https://sr.oots.tech.ec.europa.eu"


@dataclass(slots=True)
class Plain:
    """An element as the floor keeps it."""

    tag: str
    text: str | None
    attributes: dict[str, str]
    children: list["Plain"]


def _uuid(number: int) -> str:
    return str(UUID(int=number, version=4))


def _agent(kind: AgentClassification) -> Agent:
    return Agent(
        identifier=Identifier("90000000", "urn:cef.eu:names:identifier:EAS:9930"),
        names=(Text("University"),),
        address=Address(country="LV"),
        classification=kind,
    )


def _package(number: int) -> EvidencePackage:
    provider = _agent(AgentClassification.EVIDENCE_PROVIDER)
    person = NaturalPerson(
        identifier=Identifier("ES/LV/123456789", "eidas"),
        family_name="Family",
        given_name="Given",
        date_of_birth=date(2001, 2, 3),
    )
    metadata = Evidence(
        identifier=_uuid(number),
        is_about=IsAbout.of(person),
        issuing_authority=provider.reference(),
        conformant_to=EvidenceType(
            classification=f"{_REPOSITORY}/evidencetypeclassifications/ES/{_uuid(1)}",
            titles=(Text("Diploma"),),
            descriptions=(Text("A diploma of a university"),),
        ),
        issuing_date=date(2020, 6, 30),
        distribution=Distribution(format="application/pdf", languages=("ES",)),
    )
    main = EvidenceDocument(
        object_id=f"urn:uuid:{_uuid(number)}",
        metadata=metadata,
        content_id=f"part{number}@es.example",
        title="Diploma",
    )
    return EvidencePackage(package_id=main.object_id, main=main)


def _response() -> EvidenceResponse:
    return EvidenceResponse(
        request_id=f"urn:uuid:{_uuid(1)}",
        response_id=_uuid(2),
        line=EdmLine.V1_0,
        issued_at=_NOW,
        provider=(_agent(AgentClassification.EVIDENCE_PROVIDER),),
        requester=_agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
        packages=tuple(_package(number) for number in range(10, 10 + _EVIDENCES)),
    )


def _plain(element: etree._Element) -> Plain:
    children = [_plain(child) for child in element]
    return Plain(element.tag, element.text, dict(element.attrib), children)


def _floor_read(octets: bytes) -> Plain:
    return _plain(etree.fromstring(octets))


def _grown(plain: Plain, parent: etree._Element | None) -> etree._Element:
    if parent is None:
        element = etree.Element(plain.tag, plain.attributes)
    else:
        element = etree.SubElement(parent, plain.tag, plain.attributes)
    element.text = plain.text
    for child in plain.children:
        _grown(child, element)
    return element


def _floor_write(plain: Plain) -> bytes:
    return etree.tostring(_grown(plain, None), encoding="UTF-8", xml_declaration=True)


def _schema(artefacts: Path) -> xmlschema.XMLSchema:
    folder = artefacts / "oots/tdd-1.0/xsd"
    return xmlschema.XMLSchema(
        str(folder / "regrep4/query.xsd"),
        locations=[
            ("http://www.w3.org/XML/1998/namespace", str(folder / "xml/xml.xsd")),
            ("http://www.w3.org/1999/xlink", str(folder / "xml/xlink.xsd")),
            ("http://www.w3.org/2005/08/addressing", str(folder / "xml/ws-addr.xsd")),
        ],
    )


def _rows() -> list[Row]:
    response = _response()
    octets = write_evidence_response(response)
    read = partial(read_evidence_answer, octets)
    write = partial(write_evidence_response, response)
    plain = _floor_read(octets)
    size = f"{len(octets) // 1000} KB"
    rows: list[Row] = [
        (f"read a response of {size}, every rule", read, partial(_floor_read, octets), 8.0),
        (f"write a response of {size}, every rule", write, partial(_floor_write, plain), 3.0),
    ]
    artefacts = os.environ.get("SDG_ARTEFACTS")
    if artefacts:
        schema = _schema(Path(artefacts))
        text = octets.decode()
        rows.append((f"read {size} beside xmlschema", read, partial(schema.decode, text), 0.1))
    return rows


ROWS: list[Row] = _rows()
