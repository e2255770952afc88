"""Unified services: what municipalities may say, what drifts, who is missing, who merges."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import DescriptionRefused, ProceduresMisuse, catalogue, to_tree
from procedures.templates import (
    Adoption,
    Drifting,
    Merger,
    Policy,
    Template,
    TemplateBroken,
    applied,
    confirmed,
    drift,
    merged,
    read_adoption,
    read_municipalities,
    read_template,
    spread,
    take_over,
    write_adoption,
)
from sdg_connector.cli.app import app

FILE = files("procedures.catalogue") / "templates" / "ielu-tirdzniecibas-atlauja.yaml"
TRADE = read_template(FILE.read_bytes())
RIGA = catalogue.load("lv/ielu-tirdzniecibas-atlauja-riga")
LIEPAJA = catalogue.load("lv/ielu-tirdzniecibas-atlauja-liepaja")


def own_fields(name: str = "lv/ielu-tirdzniecibas-atlauja-riga") -> dict[str, Any]:
    tree = to_tree(catalogue.load(name))
    return {field: tree[field] for field in TRADE.own}


def adopted(code: str = "0001000", **more: Any) -> Adoption:
    return take_over(
        TRADE,
        identifier="lv/ielu-tirdzniecibas-atlauja-riga",
        municipality=code,
        fields={**own_fields(), **more},
    )


def changed(template: Template, **fields: Any) -> Template:
    return replace(template, version=2, fields={**template.fields, **fields})


def test_a_locked_field_cannot_be_said_and_an_own_one_must_be() -> None:
    with pytest.raises(TemplateBroken) as caught:
        take_over(
            TRADE,
            identifier="lv/x",
            municipality="0001000",
            fields={"title": "Cits", "titel": "x", "identifier": "y"},
        )
    said = {one.path: one.message for one in caught.value.mistakes}
    assert said["fields.title"] == "the template has locked this field"
    assert said["fields.titel"] == said["fields.identifier"] == "there is no such field"
    assert said["fields.authority"] == "the municipality must say this field"
    assert len(said) == 3 + len(TRADE.own)


def test_another_template_is_not_applied() -> None:
    with pytest.raises(TemplateBroken, match="expected lv/vienots"):
        applied(TRADE, replace(adopted(), template="lv/vienots/cits"))


def test_what_comes_of_it_is_a_whole_description_or_refused() -> None:
    with pytest.raises(DescriptionRefused, match="amount"):
        applied(TRADE, adopted(fees=[{"amount": "daudz"}]))
    assert applied(TRADE, adopted()) == RIGA


def test_a_municipality_says_its_own_fee() -> None:
    described = applied(TRADE, adopted(fees=[{"amount": "2.50"}]))
    assert str(described.fees[0].amount) == "2.50"  # type: ignore[attr-defined]
    assert described.title == RIGA.title


def test_the_template_that_both_cities_use_gives_both_descriptions() -> None:
    liepaja = take_over(
        TRADE,
        identifier=LIEPAJA.identifier,
        municipality="0005000",
        fields=own_fields("lv/ielu-tirdzniecibas-atlauja-liepaja"),
    )
    assert applied(TRADE, liepaja) == LIEPAJA
    assert TRADE.policy("title") is Policy.LOCKED
    assert TRADE.policy("fees") is Policy.INHERITED


def test_nothing_drifts_while_the_template_stays() -> None:
    assert drift(TRADE, adopted(fees=[{"amount": 1}])) == ()


def meanings(template: Template, adoption: Adoption) -> dict[str, Drifting]:
    return {one.field: one.meaning for one in drift(template, adoption)}


def test_a_change_means_something_else_for_each_policy() -> None:
    steps = [{"text": "Citi soļi."}]
    new = changed(TRADE, steps=steps, fees=[{"amount": 3}])
    assert meanings(new, adopted(fees=[{"amount": 1}])) == {
        "steps": Drifting.TAKEN_OVER,
        "fees": Drifting.DECIDE,
    }
    locked = replace(new, locked=new.locked | {"fees"})
    assert meanings(locked, adopted(fees=[{"amount": 1}]))["fees"] is Drifting.LOCKED
    own = replace(new, own=new.own | {"deadlines"})
    assert meanings(own, adopted())["deadlines"] is Drifting.MISSING
    less = replace(new, fields={k: v for k, v in new.fields.items() if k != "redress"})
    assert meanings(less, adopted())["redress"] is Drifting.GONE
    assert drift(locked, adopted(fees=[{"amount": 1}]))[0].meaning.blocks


def test_what_somebody_looked_at_no_longer_drifts_but_what_blocks_stays() -> None:
    new = changed(TRADE, steps=[{"text": "Citi soļi."}], acts=[])
    old = adopted()
    half = confirmed(new, old, "steps")
    assert meanings(new, half) == {"acts": Drifting.TAKEN_OVER}
    assert half.version == 1
    assert confirmed(new, half).version == 2
    assert drift(new, confirmed(new, half)) == ()
    locked = replace(new, locked=new.locked | {"fees"})
    fee = adopted(fees=[{"amount": 1}])
    assert meanings(locked, confirmed(locked, fee)) == {"fees": Drifting.LOCKED}


def test_an_adoption_comes_back_from_its_file() -> None:
    adoption = adopted(fees=[{"amount": 1, "cross_border": True}])
    assert applied(TRADE, read_adoption(write_adoption(adoption))) == applied(TRADE, adoption)
    again = read_adoption(write_adoption(read_adoption(write_adoption(adoption))))
    assert applied(TRADE, again) == applied(TRADE, adoption)
    assert drift(TRADE, again) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": "x"}, "expected a number"),
        ({"changed": "soon"}, "expected a day"),
        ({"template": ""}, "the name of the template"),
        ({"more": "x"}, "there is no such field"),
        ({"locked": "[title, colour]"}, "no field colour"),
        ({"locked": "[identifier]"}, "no field identifier"),
        ({"own": "[title]"}, "title is locked"),
        ({"locked": "[oots_code]"}, "does not say it"),
        ({"own": "title"}, "expected a list"),
        ({"description": "x"}, "expected a description of kind"),
    ],
)
def test_a_wrong_template_is_refused_with_lines(change: Mapping[str, str], expected: str) -> None:
    lines = {
        "template": "lv/x",
        "version": "1",
        "changed": "2026-01-01",
        "locked": "[title]",
        "own": "[]",
        "description": "{kind: procedure, title: A}",
        **change,
    }
    data = "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()
    with pytest.raises(TemplateBroken, match=expected) as caught:
        read_template(data)
    assert all(one.line for one in caught.value.mistakes)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    for read in (read_template, read_adoption):
        with pytest.raises(TemplateBroken):
            read(data)


MUNICIPALITIES = """code;name;until;into
0001000;Rīga;;
0005000;Liepāja;;
0010000;Vecais novads;2026-07-01;0020000
0020000;Jaunais novads;;
"""


def test_the_country_is_held_against_each_template() -> None:
    places = read_municipalities(MUNICIPALITIES.encode())
    uses = [adopted(), replace(adopted(), municipality="0010000")]
    (before,) = spread([TRADE], uses, places, today=date(2026, 6, 30))
    assert before.up_to_date == ("0001000", "0010000")
    assert before.missing == ("0005000", "0020000")
    assert before.share == 0.5
    new = changed(TRADE, steps=[])
    (after,) = spread([new], uses, places, today=date(2026, 7, 1))
    assert after.drifting == ("0001000",)
    assert after.stray == ("0010000",)


def test_a_wrong_list_of_municipalities_is_refused_with_lines() -> None:
    with pytest.raises(TemplateBroken, match="columns"):
        read_municipalities(b"a;b\n1;2\n")
    with pytest.raises(TemplateBroken, match=r"line 3.*a code, and a day"):
        read_municipalities(b"code;name;until\n1;A;\n2;B;soon\n")
    with pytest.raises(TemplateBroken, match="UTF-8"):
        read_municipalities(b"\xff")


def test_merging_municipalities_keep_what_they_agree_on() -> None:
    fee = [{"amount": 1}]
    parts = [
        replace(adopted("0010000", fees=fee, steps=[{"text": "A"}]), identifier="lv/a"),
        replace(adopted("0011000", fees=fee, steps=[{"text": "B"}]), identifier="lv/b"),
        adopted("0005000"),
    ]
    merger = Merger(parts=("0010000", "0011000"), into="0020000", on=date(2026, 7, 1))
    done = merged(parts, merger, identifier=lambda _: "lv/c")
    untouched, whole = done.adoptions
    assert untouched.municipality == "0005000"
    assert (whole.municipality, whole.identifier) == ("0020000", "lv/c")
    assert whole.fields["fees"] == fee
    assert "steps" not in whole.fields
    assert {one.field for one in done.conflicts} == {"steps"}
    assert done.conflicts[0].values == {"0010000": [{"text": "A"}], "0011000": [{"text": "B"}]}
    assert done.former == {"lv/a": "lv/c", "lv/b": "lv/c"}


def test_the_words_of_the_one_that_goes_on_stand_and_the_dispute_is_listed() -> None:
    parts = [
        replace(adopted("0010000", fees=[{"amount": 1}]), identifier="lv/a"),
        replace(adopted("0020000", fees=[{"amount": 2}]), identifier="lv/b"),
    ]
    merger = Merger(parts=("0010000",), into="0020000", on=date(2026, 7, 1))
    done = merged(parts, merger, identifier=lambda _: "lv/never")
    (whole,) = done.adoptions
    assert whole.identifier == "lv/b"
    assert whole.fields["fees"] == [{"amount": 2}]
    assert {one.field for one in done.conflicts} == {"fees"}
    assert done.former == {"lv/a": "lv/b"}


def test_a_municipality_cannot_merge_into_itself() -> None:
    with pytest.raises(ProceduresMisuse):
        Merger(parts=("1",), into="1", on=date(2026, 1, 1))


def test_the_commands_apply_and_find_drift(tmp_path: Path) -> None:
    template, adoption = tmp_path / "template.yaml", tmp_path / "riga.yaml"
    template.write_bytes(FILE.read_bytes())
    adoption.write_bytes(write_adoption(adopted()))
    run = CliRunner()
    common = ["procedures", "templates"]
    out = tmp_path / "out"
    result = run.invoke(app, [*common, "apply", str(template), str(adoption), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert (out / "lv" / "ielu-tirdzniecibas-atlauja-riga.yaml").exists()
    assert run.invoke(app, [*common, "drift", str(template), str(adoption)]).exit_code == 0
    text = template.read_text(encoding="utf-8").replace("piecu darba dienu", "desmit darba dienu")
    template.write_text(text, encoding="utf-8")
    result = run.invoke(app, [*common, "drift", str(template), str(adoption)])
    assert result.exit_code == 1
    assert "deadlines: taken-over" in result.stdout
    places = tmp_path / "places.csv"
    places.write_text(MUNICIPALITIES, encoding="utf-8")
    result = run.invoke(
        app,
        [*common, "spread", str(template), str(adoption), "--municipalities", str(places)],
    )
    assert result.exit_code == 0
    assert "drifting: 0001000 Rīga" in result.stdout
    assert "missing: 0005000 Liepāja" in result.stdout
