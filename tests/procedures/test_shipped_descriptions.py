"""The shipped descriptions: all of Annex II, complete by the law, in Latvian."""

from datetime import date, timedelta
from importlib import resources

import pytest

from procedures import Procedure, ProceduresMisuse, catalogue, page_of
from procedures.codes import Annex, entries, oots_procedures
from procedures.findings import Severity
from procedures.model import Kind
from procedures.quality import quality

EVERY = catalogue.load_all()


def test_an_unknown_name_is_refused() -> None:
    for name in ("lv/nothing", "../lv/studiju-kredits", "lv/studiju-kredits.yaml", ""):
        with pytest.raises(ProceduresMisuse, match="expected one of"):
            catalogue.load(name)


def test_every_procedure_of_annex_two_has_a_description() -> None:
    described = {code for one in EVERY for code in one.codes if code.annex is Annex.PROCEDURES}
    first = {one.code for one in entries(Annex.PROCEDURES, on=date(2020, 12, 12))}
    assert len(first) == 21
    assert described >= first
    assert len([one for one in EVERY if one.kind is Kind.PROCEDURE]) >= 25


@pytest.mark.parametrize("description", EVERY, ids=catalogue.names())
def test_each_is_complete_by_the_law_and_wholly_in_latvian(description: Procedure) -> None:
    checked = description.reviewed
    assert checked is not None
    report = quality(description, today=checked + timedelta(days=30))
    assert [one for one in report.shortcomings if one.severity is not Severity.INFO] == []
    assert page_of(description, language="lv").complete


@pytest.mark.parametrize("description", EVERY, ids=catalogue.names())
def test_each_procedure_is_fully_online_and_open_to_other_member_states(
    description: Procedure,
) -> None:
    report = quality(description, today=date(2026, 11, 1))
    assert all(point.holds for point in (*report.fully_online, *report.cross_border))


def test_once_only_codes_are_published_ones() -> None:
    for one in EVERY:
        if isinstance(one, Procedure):
            assert one.once_only_code in oots_procedures()


def test_identifiers_are_file_names() -> None:
    assert tuple(one.identifier for one in EVERY) == catalogue.names()


def test_every_file_says_that_it_is_a_sample() -> None:
    files = [
        one
        for folder in ("lv", "situations/lv", "templates")
        for one in resources.files("procedures.catalogue").joinpath(folder).iterdir()
        if one.name.endswith(".yaml")
    ]
    assert len(files) >= len(EVERY) + len(catalogue.situations()) + 1
    for one in files:
        head = one.read_text(encoding="utf-8").splitlines()[:2]
        assert head[0].startswith("# Parauga apraksts"), one.name
        assert "nobody's official text" in head[1], one.name
