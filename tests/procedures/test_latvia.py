"""Latvia's regulations: cards both ways without a loss, checks in time, the notice in words."""

import csv
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import Text, catalogue, read_description
from procedures.latvia import (
    POINTS,
    CardRefused,
    cards_csv,
    from_card,
    notice,
    review_due,
    reviews,
    to_card,
)
from procedures.reading import KINDS
from sdg_connector.cli.app import app

EVERY = catalogue.load_all()
STUDIES = catalogue.load("lv/studiju-kredits")


def card(**change: Any) -> bytes:
    return json.dumps({**to_card(STUDIES), **change}).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "an empty file"),
        (b"[]", "expected a card"),
        (card(points=[{"point": "399/9.9", "fields": {}}]), "points.0.: expected one of"),
        (card(points=["x"]), "expected one of"),
        (card(points=[{"point": "399/9.1", "fields": {"colour": "red"}}]), "no such field"),
        (
            card(points=[{"point": "399/9.1", "fields": {"redress": []}}]),
            "expected under 399/9.5, found under 399/9.1",
        ),
        (card(points=[{"point": "399/8", "fields": {"kind": "procedure"}}] * 2), "twice"),
        (card(points=[]), "kind: expected one of"),
    ],
)
def test_a_wrong_card_is_refused_with_its_mistakes(data: bytes, expected: str) -> None:
    with pytest.raises(CardRefused, match=expected):
        from_card(data)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=150))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(CardRefused):
        from_card(data)


def test_every_field_stands_under_exactly_one_point() -> None:
    named = [field for point in POINTS for field in point.fields]
    assert len(named) == len(set(named))
    known = {one.name for kind in KINDS.values() for one in fields(kind)}
    assert set(named) == known | {"kind"}


@pytest.mark.parametrize("description", EVERY, ids=catalogue.names())
def test_a_card_loses_nothing(description: Any) -> None:
    assert from_card(json.dumps(to_card(description)).encode()) == description


def test_a_register_gets_a_column_for_each_point_and_no_formula() -> None:
    described = replace(STUDIES, title=Text.of_languages(lv="=HYPERLINK(1)"))
    rows = list(csv.reader(cards_csv([described]).splitlines(), delimiter=";"))
    assert len(rows[0]) == len(POINTS)
    assert rows[0][1] == "399/9.1 Nosaukums, apraksts un maksa"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in rows[1])


def test_the_check_is_due_after_a_quarter_and_the_late_come_first() -> None:
    today = date(2027, 1, 10)
    assert review_due(STUDIES, today=today) == date(2027, 1, 5)
    never = replace(STUDIES, published=None, updated=None, reviewed=None)
    assert review_due(never, today=today) == today
    fresh = replace(STUDIES, identifier="lv/a", reviewed=date(2027, 1, 9))
    first, last = reviews([fresh, STUDIES], today=today)
    assert (first.identifier, first.overdue_days) == ("lv/studiju-kredits", 5)
    assert (last.identifier, last.overdue_days) == ("lv/a", 0)


def test_the_notice_says_which_text_prevails() -> None:
    assert notice("lv").endswith("Noteicošais ir teksts latviešu valodā.")
    assert notice("es").startswith("Este texto")
    assert notice("mt") == notice("en")


def test_the_commands_carry_cards_both_ways_and_list_checks(tmp_path: Path) -> None:
    run = CliRunner()
    source = tmp_path / "one.yaml"
    source.write_text(
        (Path(catalogue.__file__).parent / "lv" / "studiju-kredits.yaml").read_text("utf-8"),
        encoding="utf-8",
    )
    common = ["procedures"]
    out = tmp_path / "cards"
    arguments = [*common, "export", str(source), "--to", "latvia-card", "--out", str(out)]
    assert run.invoke(app, arguments).exit_code == 0
    written = out / "lv" / "studiju-kredits.card.json"
    back = tmp_path / "back"
    result = run.invoke(app, [*common, "import", str(written), "--out", str(back)])
    assert result.exit_code == 0, result.stderr
    assert read_description((back / "lv" / "studiju-kredits.yaml").read_bytes()) == STUDIES
    written.write_text("{}", encoding="utf-8")
    result = run.invoke(app, [*common, "import", str(written), "--out", str(back)])
    assert result.exit_code == 2
    assert "expected a card with points" in result.stderr
    result = run.invoke(app, [*common, "reviews", str(source), "--on", "2027-02-01"])
    assert result.exit_code == 1
    assert "lv/studiju-kredits" in result.stdout
    assert run.invoke(app, [*common, "reviews", "--on", "2026-10-20"]).exit_code == 0
