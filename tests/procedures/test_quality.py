"""Each demand of the law is seen when it is broken, and not when it is met."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import catalogue, from_tree, to_tree
from procedures.findings import Severity
from procedures.model import Kind
from procedures.quality import quality, rules
from procedures.quality.lints import looks_like_another
from procedures.quality.report import demands
from sdg_connector.cli.app import app

TODAY = date(2026, 11, 26)
BEFORE = date(2024, 1, 1)
"""A day on which Annex I had no net-zero projects."""
Tree = dict[str, Any]
Break = Callable[[Tree], object]


def procedure() -> Tree:
    return to_tree(catalogue.load("lv/pieteiksanas-studijam"))


def information() -> Tree:
    shared = procedure()
    kept = {name: shared[name] for name in ("authority", "pages", "contacts", "acts", "audience")}
    return {
        **kept,
        "kind": "information",
        "identifier": "lv/izglitibas-sistema",
        "language": "lv",
        "country": "LV",
        "codes": ["I/E1"],
        "title": "Izglītības sistēma",
        "summary": "Kā Latvijā mācās.",
        "updated": "2026-11-01",
        "latvia": {"function": "09.4"},
        "sections": [{"title": "Augstskolas", "text": "Studijas sākas septembrī."}],
    }


def assistance() -> Tree:
    return {
        **information(),
        "kind": "assistance",
        "service": "Points of single contact",
        "sections": None,
        "results": "Atbilde uz jautājumu.",
        "fees": [{"amount": 0}],
        "deadlines": [{"whose": "authority", "text": "Divas darbdienas.", "length": "P2D"}],
        "languages": ["lv", "en"],
        "extension_notice": "Par kavēšanos raksta e-pastā.",
    }


def without(*names: str) -> Break:
    def change(tree: Tree) -> None:
        for name in names:
            tree.pop(name, None)

    return change


def having(**fields: object) -> Break:
    return lambda tree: tree.update(fields)


def each(name: str, **fields: object) -> Break:
    return lambda tree: [one.update(fields) for one in tree[name]]


MACHINE = {"made_by": "machine", "engine": "argos"}
IN_PERSON = {"text": "Ierodieties iestādē.", "channels": ["in-person"]}
BROKEN: list[tuple[str, Callable[[], Tree], Break]] = [
    ("description.code", procedure, without("codes")),
    ("description.code-unknown", procedure, having(codes=["II/T9"])),
    ("description.code-area", procedure, having(codes=["II/T"])),
    ("description.code-not-yet", procedure, having(codes=["I/R1"])),
    ("description.code-unconfirmed", procedure, having(codes=["I/N4"])),
    ("description.code-ambiguous", procedure, having(codes=["I/R1", "II/R1"])),
    ("description.code-kind", information, having(codes=["II/T2"])),
    ("description.service-name", assistance, having(service="Online dispute resolution (ODR)")),
    ("description.page", procedure, without("pages")),
    ("description.before-login", procedure, each("pages", visible_before_login=False)),
    ("description.audience", procedure, without("audience")),
    ("description.date", information, without("updated")),
    ("description.date-missing", procedure, without("updated", "published")),
    ("description.date-future", procedure, having(updated="2026-11-27")),
    (
        "description.review",
        information,
        having(country="EE", updated="2025-10-01"),
    ),
    ("description.review-unknown", information, without("updated")),
    ("description.review-quarter", information, having(updated="2026-08-25")),
    (
        "description.english",
        procedure,
        having(pages=[{"language": "lv", "address": "https://latvija.lv/"}]),
    ),
    ("description.english-missing", procedure, having(keywords=[])),
    ("description.machine", procedure, having(title={"lv": "A", "en": {"text": "B", **MACHINE}})),
    (
        "description.stale",
        procedure,
        having(title={"lv": "A", "en": {"text": "B", **MACHINE, "source_digest": "00"}}),
    ),
    ("information.sections", information, without("sections")),
    ("information.authority", information, having(authority={"name": " "})),
    ("information.contacts", information, having(contacts=[{"hours": "9.00"}])),
    ("information.acts", information, without("acts")),
    ("procedure.steps", procedure, without("steps")),
    ("procedure.presence", procedure, having(steps=[IN_PERSON])),
    (
        "procedure.presence-notified",
        procedure,
        having(steps=[{**IN_PERSON, "presence": {"reason": "Drošība."}}]),
    ),
    ("procedure.authority", procedure, having(authority={"name": "Ministrija"})),
    ("procedure.means", procedure, without("means")),
    ("procedure.means-level", procedure, having(means=[{"kind": "notified-eid"}])),
    ("procedure.means-foreign", procedure, having(means=[{"kind": "national-eid"}])),
    ("procedure.evidence", procedure, without("evidence")),
    ("procedure.evidence-both", procedure, having(no_evidence=True)),
    ("procedure.evidence-form", procedure, each("evidence", forms=[])),
    ("procedure.evidence-format", procedure, each("evidence", formats=[])),
    ("procedure.evidence-paper", procedure, each("evidence", forms=["paper"])),
    ("procedure.once-only", procedure, each("evidence", requirement=None)),
    ("procedure.once-only-code", procedure, having(oots_code="Z9")),
    ("procedure.redress", procedure, without("redress")),
    ("procedure.fees", procedure, without("fees")),
    ("procedure.fee-methods", procedure, each("fees", methods=["cash"])),
    ("procedure.fee-foreign", procedure, each("fees", cross_border=False)),
    ("procedure.fee-foreign-unknown", procedure, each("fees", cross_border=None)),
    ("procedure.deadlines", procedure, without("deadlines")),
    ("procedure.deadline-authority", procedure, each("deadlines", whose="user")),
    ("procedure.deadline-user", procedure, each("deadlines", whose="authority")),
    ("procedure.silence", procedure, without("silence")),
    ("procedure.delay", procedure, having(silence={"tacit_approval": False, "text": "Nē."})),
    ("procedure.languages", procedure, without("languages")),
    ("procedure.output", procedure, without("outputs")),
    ("procedure.service", procedure, without("services")),
    ("procedure.online-unknown", procedure, without("online")),
    ("procedure.online", procedure, lambda tree: tree["online"].update(signature="no")),
    ("procedure.cross-border-unknown", procedure, without("cross_border")),
    ("procedure.cross-border", procedure, lambda tree: tree["cross_border"].update(eidas="no")),
    ("assistance.results", assistance, without("results")),
    ("assistance.contacts", assistance, having(contacts=[], authority={"name": "VDAA"})),
    ("assistance.fees", assistance, without("fees")),
    ("assistance.fee-methods", assistance, having(fees=[{"amount": 3}])),
    ("assistance.deadlines", assistance, without("deadlines")),
    ("assistance.languages", assistance, without("languages")),
    ("assistance.extension", assistance, without("extension_notice")),
    ("text.empty", procedure, having(summary=" ")),
    ("text.placeholder", procedure, having(summary="Summa ir XX eiro.")),
    ("text.control", procedure, having(summary="no kreisās\u202e uz labo")),
    ("text.markup", procedure, having(summary="Tas ir <b>svarīgi</b>.")),
    ("text.personal", procedure, having(summary="Piemēram, 010190-12345.")),
    ("text.language", procedure, having(summary="You can apply for the grant on this page.")),
    (
        "text.same",
        procedure,
        having(title=dict.fromkeys(("lv", "en"), "Viens un tas pats teksts abās")),
    ),
    ("text.long", procedure, having(title="Ļoti garš nosaukums " * 9)),
    ("text.sentence", procedure, having(summary="vārds " * 41)),
    ("address.http", procedure, having(acts=[{"title": "Likums", "page": "http://likumi.lv/"}])),
    (
        "address.twice",
        procedure,
        each("pages", address="https://latvija.lv/"),
    ),
    ("latvia.function", procedure, without("latvia")),
]


def found(tree: Tree, *, today: date = TODAY) -> set[str]:
    return {one.rule for one in quality(from_tree(without_none(tree)), today=today).shortcomings}


def without_none(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if value is not None}


@pytest.mark.parametrize(("rule", "good", "change"), BROKEN, ids=[one[0] for one in BROKEN])
def test_what_the_law_asks_is_missed_when_it_is_broken(
    rule: str, good: Callable[[], Tree], change: Break
) -> None:
    tree = good()
    change(tree)
    assert rule in found(tree, today=BEFORE if rule == "description.code-not-yet" else TODAY)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    of_descriptions = {one for one in rules() if not one.startswith("situation.")}
    assert {one[0] for one in BROKEN} == of_descriptions


@pytest.mark.parametrize("good", [procedure, information, assistance])
def test_what_meets_the_law_has_no_error_or_warning(good: Callable[[], Tree]) -> None:
    report = quality(from_tree(without_none(good())), today=TODAY)
    assert {one.rule for one in report.shortcomings} <= {"description.english-missing"}
    assert report.complete
    assert report.score == 1.0


def test_the_score_is_the_share_of_demands_that_are_met() -> None:
    tree = procedure()
    without("redress", "fees", "silence")(tree)
    report = quality(from_tree(tree), today=TODAY)
    assert not report.complete
    assert report.met == len(report.demands) - 3
    assert {rule.severity for rule in report.demands} == {Severity.ERROR}


def test_each_kind_answers_for_its_own_article() -> None:
    for kind, article in (("information", "9"), ("procedure", "10"), ("assistance", "11")):
        own = [one for one in demands(Kind(kind)) if one.id.startswith(f"{kind}.")]
        assert any(f"article {article}(1)" in rule.clause for rule in own)


def test_a_machine_that_says_yes_cannot_outvote_the_evidence() -> None:
    """The self-assessment believes the fields before the answer."""
    tree = procedure()
    tree["means"] = [{"kind": "national-eid", "level": "high"}]
    tree["evidence"][0]["forms"] = ["paper"]
    tree["fees"][0]["cross_border"] = False
    report = quality(from_tree(tree), today=TODAY)
    failing = {point.article for point in report.cross_border if point.holds is False}
    assert failing == {"13(2)(c)", "13(2)(d)", "13(2)(e)"}
    assert report.cross_border[2].rests_on == ("cross_border.eidas", "means")


def test_an_unanswered_point_is_open_and_not_failed() -> None:
    tree = procedure()
    without("online", "cross_border")(tree)
    report = quality(from_tree(tree), today=TODAY)
    assert {point.holds for point in report.fully_online[:6]} == {None}
    assert report.cross_border[1].holds is None


def test_rules_are_worded_in_english_and_latvian_with_the_same_details() -> None:
    for rule in rules().values():
        for words in (rule.sentences, rule.mending):
            assert words["en"] != words["lv"]
            assert set(re.findall(r"\{\w+\}", words["en"])) == set(
                re.findall(r"\{\w+\}", words["lv"])
            )


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("You can apply for the grant on this page", "lv", True),
        ("Jūs varat pieteikties stipendijai, un tas ir bez maksas", "en", True),
        ("Jūs varat pieteikties stipendijai, un tas ir bez maksas", "lv", False),
        ("Apply for a grant", "en", False),
        ("Brīvības iela 1, Rīga", "en", False),
        ("La persona puede pedir la beca en una universidad", "lv", True),
        ("You can apply for the grant on this page", "mt", False),
    ],
)
def test_a_text_under_the_wrong_language_is_seen(text: str, language: str, *, other: bool) -> None:
    assert looks_like_another(text, language) is other


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged(words: str) -> None:
    tree = {**procedure(), "summary": words}
    report = quality(from_tree(tree), today=TODAY)
    assert all(one.sentence("lv") and one.sentence("en") for one in report.shortcomings)


def test_the_command_names_line_rule_clause_and_mending(tmp_path: Path) -> None:
    path = tmp_path / "service.yaml"
    path.write_text(
        "kind: procedure\nidentifier: lv/x\nlanguage: lv\ncountry: LV\n"
        "codes: [II/T9]\ntitle: Diploms\nsummary: TODO\nauthority: {name: Centrs}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["check", "auto", str(path), "--format", "json"])
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)
    assert (report["kind"], report["verdict"]) == ("description", "refused")
    by_rule = {one["rule"]: one for one in report["findings"]}
    assert by_rule["description.code-unknown"]["where"] == "line 5: codes[0]"
    assert by_rule["text.placeholder"]["where"] == "line 7: summary.lv"
    assert by_rule["procedure.redress"]["clause"].endswith("article 10(1)(e)")
    assert by_rule["procedure.redress"]["fix"] == "Add redress."


def test_the_command_speaks_latvian_when_asked(tmp_path: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text('{"language": "lv"}')
    path = tmp_path / "service.json"
    path.write_text(json.dumps(without_none(assistance()) | {"results": "[teksts]"}))
    arguments = ["check", "description", str(path), "--context", str(context)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "Tekstā palicis aizvietotājs: [teksts]" in result.stdout


def test_a_good_description_is_accepted_with_its_tags_and_its_points(tmp_path: Path) -> None:
    path = tmp_path / "service.json"
    path.write_text(json.dumps(procedure()))
    arguments = ["check", "description", str(path), "--format", "json", "--now", "2026-11-26"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    value = json.loads(result.stdout)[0]["value"]
    assert value["tags"]["policy-code"] == "T2;E1"
    assert value["met"] == value["demands"]
    assert [one["holds"] for one in value["fully_online"]] == [True] * 9


def test_a_value_that_no_tag_can_carry_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "service.json"
    path.write_text(json.dumps(without_none(assistance()) | {"service": "Help; and more"}))
    result = CliRunner().invoke(app, ["check", "description", str(path)])
    assert result.exit_code == 1
    assert "description.tags" in result.stdout
