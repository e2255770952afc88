"""Annex II against services and declarations, as the Evidence Broker's real answer has them."""

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from procedures import Procedure, catalogue
from procedures.coverage import (
    CoverageRow,
    DeclarationsRefused,
    Standing,
    coverage,
    coverage_csv,
    coverage_json,
    coverage_page,
    read_declarations,
)
from procedures.model import Country

TODAY = date(2026, 10, 20)
LATVIA = Country("LV")
ANSWER = """<r xmlns:s="http://data.europa.eu/p4s"><s:Requirement>
<s:Identifier>https://r/1</s:Identifier>
<s:Name lang="LV">Diploms</s:Name><s:Name lang="EN">Diploma</s:Name>
<s:ReferenceFramework><s:Identifier>f</s:Identifier>
<s:RelatedTo><s:Identifier>{code}</s:Identifier></s:RelatedTo>
<s:Jurisdiction><s:AdminUnitLevel1>{country}</s:AdminUnitLevel1></s:Jurisdiction>
</s:ReferenceFramework></s:Requirement></r>"""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "well-formed"),
        (b"<a/>", "found none"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (ANSWER.format(code="T2", country="Latvia").encode(), "a country code"),
        (ANSWER.format(code="", country="LV").encode(), "expected Identifier"),
    ],
)
def test_what_is_no_answer_of_an_evidence_broker_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(DeclarationsRefused, match=expected):
        read_declarations(data)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(DeclarationsRefused):
        read_declarations(data)


def test_greece_is_one_country_in_both_spellings() -> None:
    (one,) = read_declarations(ANSWER.format(code="T2", country="EL").encode())
    assert (one.country, one.procedure, one.name) == ("GR", "T2", "Diploma")


@pytest.mark.artefacts
def test_the_real_catalogue_of_requirements_says_what_latvia_declared(artefacts: Path) -> None:
    folder = artefacts / "procedures"
    declared = read_declarations(
        (folder / "oots-common-services" / "eb_requirements_catalogue.xml").read_bytes()
    )
    derived = json.loads((folder / "derived" / "oots_eb_declarations.json").read_text("utf-8"))
    ours = {(one.procedure, one.requirement) for one in declared if one.country == "LV"}
    assert ours == {(one["procedure"], one["requirement"]) for one in derived["lv"]}
    countries = {
        code: sorted({one.country.for_the_union for one in declared if one.procedure == code})
        for code in derived["countries_by_procedure"]
    }
    assert countries == derived["countries_by_procedure"]
    rows = {row.entry.code.code: row for row in table(declared)}
    assert rows["T2"].standing is Standing.CONNECTED
    assert {one.name for one in rows["T2"].requirements} >= {"Proof of diploma supplement"}
    assert rows["S1"].standing is Standing.DESCRIBED


def table(declared: object = ()) -> tuple[CoverageRow, ...]:
    return coverage(
        catalogue.load_all(),
        declarations=declared,  # type: ignore[arg-type]
        country=LATVIA,
        today=TODAY,
    )


def test_the_shipped_catalogue_misses_nothing_of_annex_two() -> None:
    assert {row.standing for row in table()} == {Standing.DESCRIBED}
    assert len(table()) == 24


def test_an_incomplete_or_missing_service_shows() -> None:
    studies = catalogue.load("lv/pieteiksanas-studijam")
    assert isinstance(studies, Procedure)
    rows = coverage([replace(studies, redress=())], country=LATVIA, today=TODAY)
    by_code = {row.entry.code.code: row.standing for row in rows}
    assert by_code["T2"] is Standing.INCOMPLETE
    assert by_code["T3"] is Standing.MISSING


def test_another_countrys_services_do_not_count() -> None:
    rows = coverage(catalogue.load_all(), country=Country("EE"), today=TODAY)
    assert {row.standing for row in rows} == {Standing.MISSING}


def test_what_annex_two_does_not_have_yet_is_no_gap() -> None:
    rows = coverage((), country=LATVIA, today=date(2021, 1, 1))
    assert len(rows) == 21


def test_the_table_is_written_for_programs() -> None:
    declared = read_declarations(ANSWER.format(code="T2", country="LV").encode())
    rows = table(declared)
    said = next(one for one in json.loads(coverage_json(rows)) if one["code"] == "T2")
    assert said["standing"] == "connected"
    assert said["services"][0]["fullyOnline"] is True
    assert said["memberStates"] == ["LV"]
    lines = list(csv.DictReader(coverage_csv(rows).splitlines()))
    assert next(one for one in lines if one["code"] == "T2")["requirements"] == "https://r/1"


@pytest.mark.parametrize(("language", "title"), [("en", "Coverage of"), ("lv", "II pielikuma")])
def test_the_page_is_one_that_a_screen_reader_can_use(language: str, title: str) -> None:
    page = html.fromstring(coverage_page(table(), country=LATVIA, today=TODAY, language=language))
    assert page.get("lang") == language
    assert title in page.findtext(".//h1")
    assert len(page.xpath("//tbody/tr/th[@scope='row']")) == 24
    assert page.xpath("//*[@role='region'][@tabindex='0']/@aria-label")
    assert not page.xpath("//script")
    assert set(page.xpath("//td//li/span/@lang")) == {"lv"}
