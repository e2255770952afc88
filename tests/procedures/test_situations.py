"""Life situations: what holds together is followed step by step, and what does not is told."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from procedures import DescriptionRefused, ProceduresMisuse, catalogue
from procedures.codes import PolicyCode
from procedures.cpsv import open_graph, violations
from procedures.cpsv.events import situation_graph
from procedures.quality import rules
from procedures.situations import (
    LifeEvent,
    SituationIndex,
    events_of,
    judge_situation,
    plan,
    read_situation,
    situation_schema,
    situation_tree,
    write_situation,
)
from sdg_connector.cli.app import app

TODAY = date(2026, 11, 26)
SERVICES = catalogue.load_all()
SITUATIONS = {one.short_name: one for one in catalogue.situations()}
Tree = dict[str, Any]


def whole() -> Tree:
    return {
        "kind": "life-situation",
        "identifier": "lv/bernins",
        "language": "lv",
        "country": "LV",
        "codes": ["I/G1"],
        "title": {"lv": "Bērna piedzimšana", "en": "Birth of a child"},
        "summary": {"lv": "Kas jānokārto.", "en": "What to arrange."},
        "authority": {"name": {"lv": "Tieslietu ministrija", "en": "Ministry of Justice"}},
        "reviewed": "2026-11-02",
        "conditions": [
            {
                "name": "arvalstis",
                "question": {"lv": "Vai dzimis ārvalstīs?", "en": "Born abroad?"},
                "holds": {"lv": "bērns dzimis ārvalstīs", "en": "the child was born abroad"},
            }
        ],
        "stages": [
            {
                "title": {"lv": "Vispirms", "en": "First"},
                "steps": [
                    {
                        "service": "lv/izzina-par-berna-dzimsanu",
                        "unless": ["arvalstis"],
                        "after": ["pieteikums"],
                    },
                    {
                        "name": "pieteikums",
                        "title": {"lv": "Ziņojiet vēstniecībai", "en": "Tell the embassy"},
                        "when": ["arvalstis"],
                    },
                ],
            }
        ],
    }


def read(tree: Tree) -> Any:
    return read_situation(json.dumps(tree).encode())


def step(tree: Tree, at: int = 0) -> Tree:
    found: Tree = tree["stages"][0]["steps"][at]
    return found


BROKEN: list[tuple[str, Callable[[Tree], object]]] = [
    ("situation.no-steps", lambda tree: tree.update(stages=[])),
    ("situation.step-empty", lambda tree: step(tree, 1).pop("title")),
    ("situation.service-unknown", lambda tree: step(tree).update(service="lv/nekas")),
    ("situation.condition-unknown", lambda tree: step(tree).update(unless=["arvalstīs"])),
    ("situation.condition-twice", lambda tree: tree["conditions"].append(tree["conditions"][0])),
    (
        "situation.condition-unused",
        lambda tree: tree["conditions"].append({**tree["conditions"][0], "name": "lieks"}),
    ),
    ("situation.contradiction", lambda tree: step(tree).update(when=["arvalstis"])),
    ("situation.after-unknown", lambda tree: step(tree).update(after=["pieteikumus"])),
    (
        "situation.after-later",
        lambda tree: tree["stages"].append(
            {"title": {"lv": "Pēc tam", "en": "Then"}, "steps": [tree["stages"][0]["steps"].pop()]}
        ),
    ),
    (
        "situation.circle",
        lambda tree: step(tree, 1).update(after=["lv/izzina-par-berna-dzimsanu"]),
    ),
    ("situation.service-left-out", lambda tree: tree.update(identifier="lv/berna-piedzimsana")),
    ("situation.authority", lambda tree: tree.pop("authority")),
    ("situation.code", lambda tree: tree.pop("codes")),
    ("situation.code-unknown", lambda tree: tree.update(codes=["I/G99"])),
    ("situation.english", lambda tree: tree.update(title="Bērna piedzimšana")),
    ("situation.review-unknown", lambda tree: tree.pop("reviewed")),
    ("situation.review-quarter", lambda tree: tree.update(reviewed="2026-06-01")),
]


def found_in(tree: Tree) -> set[str]:
    report = judge_situation(read(tree), catalogue=SERVICES, today=TODAY)
    return {one.rule for one in report.shortcomings}


@pytest.mark.parametrize(("rule", "change"), BROKEN, ids=[one[0] for one in BROKEN])
def test_what_does_not_hold_together_is_told(rule: str, change: Callable[[Tree], object]) -> None:
    assert found_in(whole()) == set()
    tree = whole()
    change(tree)
    assert rule in found_in(tree)


def test_every_rule_of_situations_has_a_case_that_breaks_it() -> None:
    assert {one[0] for one in BROKEN} == {one for one in rules() if one.startswith("situation.")}
    for rule in rules().values():
        assert set(rule.sentences) == {"en", "lv"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tree: tree.update(kind="procedure"), "kind: expected life-situation"),
        (lambda tree: tree.pop("kind"), "kind: expected life-situation"),
        (lambda tree: tree.update(stage=[]), "stage: there is no such field; did you mean stages"),
        (lambda tree: step(tree).update(when="yes"), r"steps\[0\].when: expected a list"),
        (lambda tree: tree.update(events=["moving"]), r"events\[0\]: expected one of having-a"),
        (lambda tree: tree.update(title={"Latvian": "x"}), "expected a language code"),
    ],
)
def test_a_wrong_file_is_refused_with_its_mistake(
    change: Callable[[Tree], object], said: str
) -> None:
    tree = whole()
    change(tree)
    with pytest.raises(DescriptionRefused, match=said):
        read(tree)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"kind: life-situation", b"{"])
def test_what_is_no_situation_is_refused(data: bytes) -> None:
    with pytest.raises(DescriptionRefused):
        read_situation(data)


def test_all_mistakes_come_at_once_with_their_lines() -> None:
    text = b"kind: life-situation\nidentifier: a\nlanguage: lv\ncountry: lv\ntitle: A\nstages: 1\n"
    with pytest.raises(DescriptionRefused) as refused:
        read_situation(text)
    assert {(one.line, one.path) for one in refused.value.mistakes} == {
        (1, "summary"),
        (4, "country"),
        (6, "stages"),
    }


def test_answers_narrow_the_steps_and_order_them() -> None:
    situation = read(whole())
    open_plan = plan(situation, catalogue=SERVICES)
    (stage,) = open_plan.stages
    assert [one.step.key for one in stage.steps] == ["pieteikums", "lv/izzina-par-berna-dzimsanu"]
    assert [one.certain for one in stage.steps] == [False, False]
    assert [one.name for one in open_plan.open] == ["arvalstis"]
    home = plan(situation, catalogue=SERVICES, answers={"arvalstis": False})
    (certain,) = home.stages[0].steps
    assert certain.certain
    assert certain.number == 1
    assert certain.title.plain("lv") == "Izziņa no Civilstāvokļa aktu reģistra par bērna dzimšanu"
    assert [one.key for one in home.left_out] == ["pieteikums"]
    assert home.open == ()
    with pytest.raises(ProceduresMisuse, match="asks no question born"):
        plan(situation, catalogue=SERVICES, answers={"born": True})


def test_a_stage_without_steps_for_the_reader_is_left_out() -> None:
    business = SITUATIONS["uznemejdarbibas-saksana"]
    alone = plan(business, catalogue=SERVICES, answers={"darbinieki": False})
    assert [one.title.plain("en") for one in alone.stages][-1] == "Permits and notifications"
    riga = plan(business, catalogue=SERVICES, answers={"tirgojas-uz-ielas": True, "riga": True})
    permits = [one.step.service for one in riga.stages[2].steps if one.certain]
    assert permits == ["lv/ielu-tirdzniecibas-atlauja-riga"]


@pytest.mark.parametrize("name", SITUATIONS)
def test_shipped_situations_lack_nothing_and_come_back_whole(name: str) -> None:
    situation = SITUATIONS[name]
    assert judge_situation(situation, catalogue=SERVICES, today=TODAY).shortcomings == ()
    assert read_situation(write_situation(situation)) == situation
    tree = situation_tree(situation)
    assert read(tree) == situation
    jsonschema.Draft202012Validator(situation_schema()).validate(tree)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**tree, "stage": []}, situation_schema())


def test_situations_are_found_by_inflected_words_and_by_their_services() -> None:
    index = SituationIndex.of(SITUATIONS.values(), catalogue=SERVICES)
    assert [one.short_name for one in index.search("parcelties uz Latviju")] == []
    assert [one.short_name for one in index.search("pārcelšanos darba")] == ["parcelsanas"]
    assert [one.short_name for one in index.search("diploma")] == ["parcelsanas"]
    assert [one.short_name for one in index.search("starting BUSINESS")] == [
        "uznemejdarbibas-saksana"
    ]
    assert len(index.search("")) == 2


def test_headings_of_annex_ii_meet_the_events_of_cpsv_ap() -> None:
    assert events_of(PolicyCode.read("II/R1")) == (LifeEvent.HAVING_A_CHILD,)
    assert events_of(PolicyCode.read("II/W1")) == ()
    assert events_of(PolicyCode.read("I/R1")) == ()
    assert {one.of_business for one in events_of(PolicyCode.read("II/X1"))} == {True}
    assert LifeEvent.STARTING_CROSS_BORDER_BUSINESS.english == "Starting cross border business"


@pytest.mark.artefacts
def test_the_official_shapes_find_nothing_in_our_events(artefacts: Path) -> None:
    shapes = artefacts / "procedures" / "cpsv-ap" / "3.2.0" / "shacl" / "cpsv-ap-SHACL.ttl"
    official = open_graph(shapes.read_bytes())
    for situation in SITUATIONS.values():
        graph = situation_graph(situation, catalogue=SERVICES)
        assert len(graph) > 20
        assert violations(graph, official=official) == ()


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["procedures", "situations", *words])
    return result.exit_code, result.output


def test_the_commands_judge_plan_and_write(tmp_path: Path) -> None:
    tree = whole()
    step(tree)["service"] = "lv/nekas"
    (tmp_path / "bernins.json").write_text(json.dumps(tree, indent=1))
    status, said = run("check", str(tmp_path), "--on", "2026-11-26")
    assert status == 1
    assert "incomplete" in said
    assert "stages[0].steps[0].service: The catalogue has no service lv/nekas" in said
    assert run("check", "--on", "2026-11-26")[0] == 0
    status, said = run("plan", "--answer", "riga=no", "--language", "en")
    assert status == 0
    assert "[if tirgojas-uz-ielas]" in said
    assert run("plan", "--answer", "riga=maybe")[0] == 2
    assert run("plan", "--answer", "paris=no")[0] == 2
    assert run("plan", str(tmp_path / "none.yaml"))[0] == 2
    for form, mark in (("html", "<!doctype html>"), ("turtle", "cv:LifeEvent"), ("plan", '"left_')):
        assert mark in run("export", "--to", form)[1]
    status, said = run("export", "--to", "yaml", "--out", str(tmp_path / "out"))
    assert status == 0
    written = tmp_path / "out" / "lv" / "parcelsanas.yaml"
    assert read_situation(written.read_bytes()) == SITUATIONS["parcelsanas"]
    # A folder may hold descriptions and situations; each command takes its own.
    status, said = run("check", "--services", str(tmp_path), str(tmp_path / "out"))
    assert status == 1
