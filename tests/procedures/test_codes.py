"""Codes: annex-qualified, dated, and the published ones item by item."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from procedures import codes
from procedures.codes import Annex, Audience, PolicyCode
from procedures.errors import UnknownCode


@pytest.mark.parametrize("text", ["R1", "III/R1", "II/r1", "I/D01", "I/", "I/D1 ", "", "I/Ā1"])
def test_a_code_without_its_annex_or_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(UnknownCode, match="expected an annex and a code"):
        PolicyCode.read(text)


def test_a_code_that_no_annex_has_is_unknown() -> None:
    assert not codes.knows(PolicyCode(Annex.PROCEDURES, "T9"))
    with pytest.raises(UnknownCode, match="Annex II has no T9"):
        codes.entry(PolicyCode(Annex.PROCEDURES, "T9"))


def test_r1_is_two_things_and_each_says_which() -> None:
    net_zero, birth = codes.spelled("R1")
    assert (net_zero.annex, birth.annex) == (Annex.INFORMATION, Annex.PROCEDURES)
    assert "permit" in codes.entry(net_zero).name("en")
    assert codes.entry(birth).name("en") == "Requesting proof of registration of birth"
    assert (net_zero.audience, birth.audience) == (Audience.BUSINESSES, Audience.CITIZENS)


def test_what_holds_depends_on_the_day() -> None:
    net_zero = PolicyCode.read("I/R1")
    assert not codes.entry(net_zero).holds_on(date(2024, 1, 1))
    assert codes.entry(net_zero).holds_on(date(2026, 1, 1))
    rental = PolicyCode.read("II/X7")
    assert rental not in {one.code for one in codes.entries(Annex.PROCEDURES, on=date(2026, 1, 1))}
    assert rental in {one.code for one in codes.entries(Annex.PROCEDURES, on=date(2026, 6, 1))}


def test_the_first_day_of_the_regulation_had_21_procedures() -> None:
    first = [one.code.code for one in codes.entries(Annex.PROCEDURES, on=date(2020, 12, 12))]
    assert first == (
        "R1 S1 T1 T2 T3 U1 U2 U3 U4 V1 V2 V3 V4 W1 W2 X1 X2 X3 X4 X5 X6".split()  # noqa: SIM905
    )


def test_codes_sort_as_people_count() -> None:
    found = [one.code.code for one in codes.entries(Annex.INFORMATION) if one.code.area == "J"]
    assert found[-3:] == ["J9", "J10", "J11"]


def test_a_code_is_found_by_its_name_life_event_and_output() -> None:
    found = codes.named("Submitting an income tax declaration")
    assert [str(one.code) for one in found] == ["II/U4"]
    assert codes.life_event(PolicyCode.read("II/U4")).name("lv") == "Darbs"
    cards = codes.with_output("european health insurance card")
    assert [str(one.code) for one in cards] == ["II/U3"]


def test_online_dispute_resolution_left_annex_three() -> None:
    services = {one.name: one for one in codes.assistance_services()}
    gone = services["Online dispute resolution (ODR)"]
    assert gone.holds_on(date(2025, 7, 19))
    assert not gone.holds_on(date(2025, 7, 20))


@pytest.mark.artefacts
def test_names_agree_with_the_commissions_list_item_by_item(artefacts: Path) -> None:
    path = artefacts / "procedures" / "ec-sdg-tagging" / "doc_policy_codes.csv"
    rows = csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=";")
    published = {row["Policy code"].strip(): row["information or procedure"] for row in rows}
    published = {code: " ".join(name.split()) for code, name in published.items() if code}
    assert published["E3"] == "traineeships in anothe Member State"
    published["E3"] = "traineeships in another Member State"  # a slip of the published list
    first = date(2020, 12, 12)
    ours = {
        one.code.code: one.tag_name
        for annex in Annex
        for one in (*codes.areas(annex), *codes.entries(annex))
        if one.holds_on(first) and one.confirmed
    }
    assert ours == published


@pytest.mark.artefacts
def test_outputs_agree_with_annex_two_item_by_item(artefacts: Path) -> None:
    path = artefacts / "procedures" / "derived" / "annex2_procedures.json"
    for row in json.loads(path.read_text("utf-8")):
        if row["original_21"]:
            known = codes.entry(PolicyCode(Annex.PROCEDURES, row["code"]))
            assert known.output("en") == row["expected_output"]
            assert codes.life_event(known.code).name("en").startswith(row["life_event"][:8])


@pytest.mark.artefacts
def test_the_once_only_codes_are_the_published_29_and_the_test_code(artefacts: Path) -> None:
    path = artefacts / "procedures" / "derived" / "oots_procedure_codes.json"
    published = json.loads(path.read_text("utf-8"))
    assert set(codes.oots_procedures()) == {*published["published"], published["test_code"]}
    assert len(codes.oots_procedures()) == 30
