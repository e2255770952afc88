"""CPSV-AP: what we write holds for the official shapes and comes back whole."""

import contextlib
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import Phrase, Procedure, Text, catalogue
from procedures.model import Duration, Language, Maker, Origin, Territory
from sdg_connector.cli.app import app

rdflib = pytest.importorskip("rdflib", reason="needs the extra rdf")
pytest.importorskip("pyshacl", reason="needs the extra conformance")

from procedures.cpsv import (  # noqa: E402  after the extras are known to be there
    RdfRefused,
    json_ld,
    open_graph,
    read_cpsv,
    to_graph,
    turtle,
    violations,
    vocabulary_warnings,
)
from procedures.cpsv.names import country_of, language_of  # noqa: E402
from procedures.cpsv.search_service import search_service  # noqa: E402

EVERY = catalogue.load_all()
GENERATED = "https://semiceu.github.io/uri.semic.eu-generated"
PREFIXES = """
@prefix cpsv: <http://purl.org/vocab/cpsv#> . @prefix cv: <http://data.europa.eu/m8g/> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix ex: <http://example.com/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix adms: <http://www.w3.org/ns/adms#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix time: <http://www.w3.org/2006/time#> .
@prefix currency: <http://publications.europa.eu/resource/authority/currency/> .
@prefix frequency: <http://publications.europa.eu/resource/authority/frequency/> .
"""
SERVICE = """
ex:s a cpsv:PublicService ; dct:identifier "s1" ; dct:title "Skat"@da ;
  dct:description "Betal din skat"@da ; cv:hasCompetentAuthority ex:o .
ex:o a cv:PublicOrganisation ; skos:prefLabel "Skattestyrelsen"@da ;
  dct:spatial <http://publications.europa.eu/resource/authority/country/DNK> .
"""
LIKE_THE_EXAMPLE = (
    PREFIXES
    + SERVICE
    + """
ex:s cv:hasChannel ex:c ; cv:hasInputType ex:t ; cv:holdsRequirement ex:r .
ex:c a cv:Channel ; dct:identifier "c1" ;
  dct:type <http://data.europa.eu/snb/com-channel/b37115f83e> ; cv:openingHours ex:h, ex:w .
ex:h a time:TemporalEntity ; cv:frequency frequency:DAILY .
ex:w a time:TemporalEntity ; cv:frequency frequency:WEEKLY .
ex:t a cv:EvidenceType ; dct:identifier "t1" ; cv:evidenceTypeClassification ex:certificate .
ex:r a cv:Requirement ; dct:identifier "r1" ; dct:title "Krav"@da ; dct:type ex:reduction .
"""
)
"""The flaws of the example published with 3.2.0: four values of official lists, two of none."""


def official_shapes(artefacts: Path) -> Any:
    path = artefacts / "procedures" / "cpsv-ap" / "3.2.0" / "shacl" / "cpsv-ap-SHACL.ttl"
    return open_graph(path.read_bytes())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>"""


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no statement"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"ex:a ex:b ex:c .", "not Turtle"),
        (b"[" * 5000 + b"]" * 5000, "levels"),
        (b'{"@context": "https://evil.example/context.jsonld", "@id": "urn:a"}', "the address"),
        (b'{"@context": ["https://evil.example/c"], "@id": "urn:a"}', "the address"),
        (b'{"a": {"@context": "https://evil.example/c"}}', "the address"),
        (b'{"@context": {"@import": "https://evil.example/c"}, "@id": "urn:a"}', "no statement"),
        (b'{"@id": ', "not JSON"),
        (BOMB.encode(), "DOCTYPE"),
        (b"<rdf:RDF", "well-formed"),
        (b"a" * (17 * 1024 * 1024), "at most"),
    ],
)
def test_what_is_no_rdf_or_wants_the_network_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(RdfRefused, match=expected):
        open_graph(data)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=120), st.text(alphabet="@<>{}[]().;:\"' \nabce#", max_size=80)))
def test_any_bytes_give_a_graph_or_a_refusal(data: bytes | str) -> None:
    with contextlib.suppress(RdfRefused):
        assert len(open_graph(data if isinstance(data, bytes) else data.encode()))


def test_a_file_without_a_service_is_refused() -> None:
    with pytest.raises(RdfRefused, match="expected a cpsv:PublicService"):
        read_cpsv(b"<urn:a> <urn:b> <urn:c> .")


@pytest.mark.artefacts
def test_the_official_shapes_find_nothing_in_the_whole_catalogue(artefacts: Path) -> None:
    """Raw: our export says itself what each concept is."""
    whole = rdflib.Graph()
    for description in EVERY:
        whole += to_graph(description)
    assert violations(whole, official=official_shapes(artefacts), stubs=False) == ()
    assert violations(whole, stubs=False) == ()
    assert list(vocabulary_warnings(whole)) == []


@pytest.mark.artefacts
def test_stubs_leave_of_six_alarms_the_two_that_are_true(artefacts: Path) -> None:
    graph, official = open_graph(LIKE_THE_EXAMPLE.encode()), official_shapes(artefacts)
    for shapes in (None, official):
        raw = violations(graph, official=shapes, stubs=False)
        left = violations(graph, official=shapes)
        assert len(raw) == 6
        assert {one.value for one in left} == {
            "http://example.com/certificate",
            "http://example.com/reduction",
        }


@pytest.mark.artefacts
def test_the_published_example_gives_six_raw_and_two_with_stubs(artefacts: Path) -> None:
    found = sorted(artefacts.rglob("example-rdf_public_service.ttl"))
    if not found:
        pytest.skip(
            "no example-rdf_public_service.ttl; published at "
            "https://github.com/SEMICeu/CPSV-AP/tree/master/releases/3.2.0/html/examples"
        )
    graph, official = open_graph(found[0].read_bytes()), official_shapes(artefacts)
    assert len(violations(graph, official=official, stubs=False)) in {5, 6}
    assert len(violations(graph, official=official)) == 2


@pytest.mark.artefacts
def test_our_shapes_ask_what_the_official_ones_ask(artefacts: Path) -> None:
    """Property by property: what a broken service breaks is the same by both."""
    graph = open_graph(
        (PREFIXES + "ex:s a cpsv:PublicService ; cv:hasCost ex:c, ex:d ; dct:title 'x' ; ").encode()
        + b"cv:processingTime 'P1M', 'P2M'^^xsd:duration ; dct:identifier 'a', 'b' . "
        + b"ex:c a cv:Cost ; cv:hasValue 3 . ex:e a cv:Event . ex:k a cpsv:Rule ."
    )
    ours = {(one.node, one.property, one.message) for one in violations(graph)}
    theirs = {
        (one.node, one.property, one.message)
        for one in violations(graph, official=official_shapes(artefacts))
    }
    assert {(node, name) for node, name, _ in ours} == {(node, name) for node, name, _ in theirs}
    assert len(ours) > 10


@pytest.mark.parametrize("description", EVERY[:4] + EVERY[-6:], ids=lambda one: one.identifier)
def test_what_we_write_comes_back_whole(description: Procedure) -> None:
    for write in (turtle, json_ld):
        (text,) = write([description])
        (found,) = read_cpsv(text.encode())
        assert found.description == description
        assert found.left == ()


def test_everything_a_description_can_say_comes_back() -> None:
    """Origins, scripts, exact amounts, weeks, local units, several of each, odd characters."""
    made = catalogue.load("lv/transportlidzekla-registracija")
    assert isinstance(made, Procedure)
    origin = Origin(
        made_by=Maker.MACHINE, engine="argos", at=datetime(2026, 1, 2, 3, tzinfo=UTC), approved=True
    )
    odd = Text(
        (
            Phrase(language=Language("lv"), text='"\\\n\t<b>\u2028 ĀŪ \U0001f600'),
            Phrase(language=Language("en"), text="x", origin=origin),
            Phrase(language=Language("sr-Latn"), text="y"),
        )
    )
    deadline = replace(made.deadlines[1], length=Duration("P2W"), working_days=False)
    description = replace(
        made,
        title=odd,
        steps=made.steps * 2,
        territory=(Territory("LV006"), Territory("0001000")),
        deadlines=(deadline,),
        keywords=(odd, *made.keywords),
    )
    for write in (turtle, json_ld):
        (text,) = write([description])
        assert read_cpsv(text.encode())[0].description == description
    assert violations(to_graph(description)) == ()


OLD = {
    "2.2.1": """
ex:s cv:hasContactPoint ex:p ; cv:hasCost ex:c ; cv:IsGroupedBy ex:e ; cv:hasCriterion ex:r .
ex:p a schema:ContactPoint ; schema:telephone "+45 1" ; schema:email "mailto:skat@example.dk" ;
  schema:openingHours "Mo-Fr 9-16"@da .
ex:c a cv:Cost ; dct:identifier "c" ; cv:value "12.5"^^xsd:double ; cv:currency currency:DKK .
ex:e a cv:Event ; dct:identifier "e" ; dct:title "Skat"@da ; dct:relation ex:s .
ex:r a cv:CriterionRequirement ; dct:identifier "r" ; dct:title "Krav"@da .
""",
    "3.0": """
ex:s cv:hasContactPoint ex:p ; cv:hasCost ex:c ; cv:isGroupedBy ex:e .
ex:p a cv:ContactPoint ; cv:hasTelephone "+45 1" ; cv:hasEmail "skat@example.dk" ;
  cv:openingHours "Mo-Fr 9-16"@da .
ex:c a cv:Cost ; dct:identifier "c" ; cv:hasValue "12.5"^^xsd:double ; cv:currency currency:DKK .
ex:e a cv:Event ; dct:identifier "e" ; dct:title "Skat"@da .
""",
    "3.1": """
ex:s cv:contactPoint ex:p ; cv:hasCost ex:c ; cv:isGroupedBy ex:e ; cv:isDescribedAt ex:d .
ex:p a cv:ContactPoint ; cv:telephone "+45 1" ; cv:email "skat@example.dk" ;
  cv:openingHours ex:h .
ex:h a time:TemporalEntity ; dct:description "Mo-Fr 9-16"@da .
ex:c a cv:Cost ; dct:identifier "c" ; cv:hasValue "12.5"^^xsd:double ; cv:currency currency:DKK .
ex:e a cv:Event ; dct:identifier "e" ; dct:title "Skat"@da .
ex:d a dcat:Dataset ; dct:title "Katalog"@da ; dct:description "x"@da ; dct:publisher ex:a .
ex:a a <http://xmlns.com/foaf/0.1/Agent> ; dct:identifier "a" ; dct:title "Staten"@da .
""",
}


@pytest.mark.parametrize("version", list(OLD))
def test_older_releases_are_lifted_and_read(version: str) -> None:
    (found,) = read_cpsv((PREFIXES + SERVICE + OLD[version]).encode())
    description = found.description
    assert isinstance(description, Procedure)
    assert (description.country, description.language) == ("DK", "da")
    (contact,) = description.contacts
    assert (contact.phone, contact.email) == ("+45 1", "skat@example.dk")
    assert contact.hours is not None
    assert contact.hours.plain("da") == "Mo-Fr 9-16"
    (fee,) = description.fees
    assert (str(fee.amount), fee.currency) == ("12.5", "DKK")
    assert description.life_events == ("Skat",)


def test_a_foreign_service_without_what_a_description_needs_says_so() -> None:
    (found,) = read_cpsv((PREFIXES + 'ex:s a cpsv:PublicService ; dct:title "Skat" .').encode())
    assert found.description is None
    assert {one.path for one in found.mistakes} == {"country", "summary", "authority"}
    data = (PREFIXES + SERVICE + "ex:s cv:sector ex:x .").encode()
    (found,) = read_cpsv(data)
    assert found.left == ("http://data.europa.eu/m8g/sector",)


@pytest.mark.usefixtures("no_network")
def test_the_official_context_is_known_without_the_network() -> None:
    document = {
        "@context": [
            f"{GENERATED}/CPSV-AP/releases/3.2.0/context/cpsv-ap.jsonld",
            {"ex": "http://example.com/", "@language": "da"},
        ],
        "@id": "ex:s",
        "@type": "PublicService",
        "PublicService.identifier": "s1",
        "PublicService.name": "Skat",
        "PublicService.description": "Betal din skat",
        "PublicService.processingTime": "P1M",
        "PublicService.hasCompetentAuthority": {
            "@id": "ex:o",
            "@type": "PublicOrganization",
            "PublicOrganization.preferredLabel": "Skattestyrelsen",
            "PublicOrganization.spatial": (
                "http://publications.europa.eu/resource/authority/country/DNK"
            ),
        },
    }
    data = json.dumps(document).encode()
    assert violations(open_graph(data)) == ()
    (found,) = read_cpsv(data)
    assert isinstance(found.description, Procedure)
    assert found.description.title.plain("da") == "Skat"
    assert found.description.deadlines[0].length == "P1M"


def test_rdf_xml_is_read() -> None:
    data = to_graph(EVERY[0]).serialize(format="xml").encode()
    assert read_cpsv(data)[0].description == EVERY[0]


def test_concepts_are_known_in_every_spelling() -> None:
    eu = "http://publications.europa.eu/resource/authority/"
    assert [country_of(f"{eu}{one}") for one in ("country/LVA", "atu/LVA", "country/XXX")] == [
        "LV",
        "LV",
        None,
    ]
    assert country_of("http://data.europa.eu/nuts/code/EL") == "GR"
    assert [language_of(f"{eu}language/{one}") for one in ("LAV", "XYZ")] == ["lv", None]


def test_a_value_of_no_recommended_list_is_a_warning() -> None:
    graph = open_graph(
        (
            PREFIXES
            + SERVICE
            + "ex:s dct:language <http://example.com/danish> ; adms:status ex:new ; "
            + "dct:spatial <http://publications.europa.eu/resource/authority/country/XXX> ."
        ).encode()
    )
    assert {one.value.rpartition("/")[2] for one in vocabulary_warnings(graph)} == {
        "danish",
        "new",
        "XXX",
    }


def test_the_command_judges_and_guesses(tmp_path: Path) -> None:
    path = tmp_path / "service.ttl"
    path.write_text(LIKE_THE_EXAMPLE, encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "auto", str(path), "--format", "json"])
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)
    assert report["kind"] == "cpsv"
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    assert {one["rule"] for one in errors} == {"cpsv.shape"}
    assert len(errors) == 2
    assert errors[0]["clause"].startswith("https://semiceu.github.io/CPSV-AP/releases/3.2.0/#")
    path.write_text("".join(turtle(EVERY[:1])), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "cpsv", str(path), "--now", "2026-10-10"])
    assert result.exit_code == 0, result.stdout


def test_an_older_release_is_accepted_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "old.ttl"
    path.write_text(PREFIXES + SERVICE + OLD["2.2.1"], encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "cpsv", str(path)])
    assert result.exit_code == 0, result.stdout
    assert "older CPSV-AP and were reworded" in result.stdout


def test_the_search_service_model_holds_what_a_finder_needs() -> None:
    document = search_service(EVERY)
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    services = {one["identifier"] for one in document["@graph"] if one["@type"] == "PublicService"}
    assert "lv/diploma-atzisana" in services
    assert "lv/eures-konsultacijas" not in services
    studies = next(one for one in document["@graph"] if one["identifier"] == "lv/studiju-kredits")
    assert studies["policyCode"] == ["urn:sdg-connector:terms#annex-II-T1"]
    assert studies["produces"][0]["name"][0]["@value"].startswith("Decision on the application")
    assert len(graph) > 400
