"""Presence to be notified, texts to be translated, a tool of one's own, and the site map."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from procedures import DescriptionRefused, Text, catalogue, from_tree, read_description, to_tree
from procedures.article_12 import PackageRefused, take_package, translation_package, write_package
from procedures.audit.site_maps import read_site_map
from procedures.feedback.own_tool import RULES, check_own_tool
from procedures.quality.presence import presence_csv, presence_exceptions
from procedures.site_map import site_map
from sdg_connector.cli.app import app

EVERY = catalogue.load_all()
AT = datetime(2026, 11, 26, tzinfo=UTC)


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["procedures", *words])
    return result.exit_code, result.stdout, result.stderr


# Presence.


def with_presence(notified: str) -> Any:
    tree = to_tree(catalogue.load("lv/pieteiksanas-studijam"))
    tree["steps"][0]["presence"] = {"reason": "=drošība", "notified": notified}
    return from_tree(tree)


def test_what_is_still_to_be_notified_comes_first_and_is_no_formula(tmp_path: Path) -> None:
    held = presence_exceptions([with_presence("IMI-1"), with_presence("")])
    assert [one.notified for one in held] == ["", "IMI-1"]
    assert held[0].step == 1
    assert ",'=drošība," in presence_csv(held)
    path = tmp_path / "one.json"
    path.write_text(json.dumps(to_tree(with_presence(""))))
    assert run("presence", str(path))[0] == 1
    path.write_text(json.dumps(to_tree(with_presence("IMI-1"))))
    status, said, _ = run("presence", str(path))
    assert (status, said.count("IMI-1")) == (0, 1)


# Article 12.


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"[]", "expected a package"),
        (b'{"services": [], "into": "english"}', "into: expected a language"),
        (b'{"services": [{"identifier": "xx"}], "into": "en"}', r"services\[0\]: no description"),
    ],
)
def test_what_is_no_package_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(PackageRefused, match=said):
        take_package(data, EVERY, at=AT)


def test_a_package_counts_what_lacks_the_language_and_comes_back_whole() -> None:
    package = translation_package(EVERY[:2], into="en")
    assert package["texts"] == sum(len(one["texts"]) for one in package["services"]) > 20
    assert package["distinct_texts"] < package["texts"]
    assert package["words_once"] < package["words"]
    for service in package["services"]:
        for text in service["texts"]:
            text["translation"] = f"EN {text['source']}"
    back = take_package(write_package(package).encode(), EVERY, at=AT)
    assert [one.stale for one in back] == [(), ()]
    assert translation_package([one.description for one in back], into="en")["texts"] == 0
    assert back[0].description.title.plain("en") == f"EN {EVERY[0].title.plain('lv')}"
    machine = take_package(write_package(package).encode(), EVERY, engine="hugo", at=AT)
    phrase = machine[0].description.title.of("en")
    assert phrase is not None
    assert phrase.machine_made


def test_a_source_that_changed_since_takes_no_translation() -> None:
    package = translation_package(EVERY[:1], into="en")
    for text in package["services"][0]["texts"]:
        text["translation"] = "EN"
    changed = replace(EVERY[0], title=Text.of_languages(lv="Cits nosaukums"))
    (back,) = take_package(write_package(package).encode(), [changed], at=AT)
    assert back.stale == ("title",)
    assert back.description.title.of("en") is None
    assert back.taken == len(package["services"][0]["texts"]) - 1


def test_the_commands_write_a_package_and_take_it_back(tmp_path: Path) -> None:
    source = tmp_path / "one.json"
    source.write_text(json.dumps(to_tree(EVERY[0])))
    package, out = tmp_path / "package.json", tmp_path / "out"
    words = ["translation-package", "write", str(source), "--out", str(package)]
    status, _, said = run(*words)
    assert status == 0
    assert "texts of 1 descriptions" in said
    tree = json.loads(package.read_text())
    tree["services"][0]["texts"][0]["translation"] = "Requesting an A1 certificate"
    package.write_text(json.dumps(tree))
    taking = ["translation-package", "take", str(package), str(source), "--out", str(out)]
    assert run(*taking)[:2] == (0, f"{out / 'lv' / 'a1-sertifikats.yaml'}: 1 texts\n")
    written = read_description((out / "lv" / "a1-sertifikats.yaml").read_bytes())
    assert written.title.plain("en") == "Requesting an A1 certificate"
    tree["services"][0]["texts"][0]["digest"] = "0"
    package.write_text(json.dumps(tree))
    assert run(*taking)[0] == 1


# A tool of one's own.


def tool(category: str) -> dict[str, Any]:
    scale = {"ļoti slikti": 1, "slikti": 2, "viduvēji": 3, "labi": 4, "ļoti labi": 5}
    return {
        "category": category,
        "questions": [
            {"asks": "rating", "text": "Cik ērti?", "scale": scale},
            {"asks": "foundInformation", "answers": {"jā": "Yes", "nē": "No", "daļēji": "Partly"}},
            {"asks": "helpUsImprove", "text": "Ko uzlabot?"},
        ],
        "common_survey_link": True,
        "warning": True,
        "languages": ["lv", "en"],
        "after_submission": True,
        "after_giving_up": True,
        "invitation_days": 10,
    }


def told(tree: object) -> set[str]:
    judged = check_own_tool(json.dumps(tree).encode())
    return {one.rule for one in judged.findings}


BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("tool.category", "Information", {"category": "Information page"}),
    ("tool.rating", "Procedure", {"questions": []}),
    ("tool.scale", "Procedure", {"questions": [{"asks": "rating", "scale": {"good": 5}}]}),
    ("tool.found", "Information", {"questions": []}),
    ("tool.text", "Assistance", {"questions": []}),
    ("tool.survey", "Procedure", {"common_survey_link": False}),
    ("tool.warning", "Procedure", {"warning": False}),
    ("tool.languages", "Procedure", {"languages": []}),
    ("tool.after-submission", "Procedure", {"after_submission": False}),
    ("tool.after-giving-up", "Procedure", {"after_giving_up": None}),
    ("tool.invitation", "Assistance", {"invitation_days": 11}),
    ("tool.unknown-key", "Procedure", {"colour": "blue"}),
]


@pytest.mark.parametrize(("rule", "category", "change"), BROKEN, ids=[one[0] for one in BROKEN])
def test_what_a_tool_lacks_is_told(rule: str, category: str, change: dict[str, Any]) -> None:
    assert told(tool(category)) == set()
    assert rule in told(tool(category) | change)


def test_every_rule_of_tools_is_broken_once() -> None:
    assert {one[0] for one in BROKEN} | {"tool.unreadable"} == set(RULES)
    for data in (b"", b"\xff", b"[1]", b"{", b"a: *b"):
        assert "tool.unreadable" in {one.rule for one in check_own_tool(data).findings}


def test_a_survey_of_ones_own_stands_for_the_link(tmp_path: Path) -> None:
    tree = tool("Procedure") | {"common_survey_link": False, "second_level_asked": True}
    assert told(tree) == set()
    path = tmp_path / "tool.json"
    path.write_text(json.dumps(tree))
    assert run("feedback", "check-tool", str(path))[:2] == (0, "accepted\n")
    path.write_text("category: Procedure\nquestions: []\n")
    status, said, _ = run("feedback", "check-tool", str(path))
    assert status == 1
    assert "line 2" in said


# The site map.


def test_our_own_crawler_reads_the_site_map_of_every_page() -> None:
    written = site_map(EVERY)
    assert set(read_site_map(written).pages) == {
        page.address for one in EVERY for page in one.pages
    }
    assert b'hreflang="en"' in written
    assert b"<lastmod>2026-" in written
    assert run("export", "--to", "sitemap")[1].startswith("<?xml")


def test_an_address_with_a_sign_of_xml_stays_an_address() -> None:
    tree = to_tree(EVERY[0])
    tree["pages"] = [{"language": "lv", "address": "https://d.example/?a=1&b='2'"}]
    written = site_map([from_tree(tree)])
    assert read_site_map(written).pages == ("https://d.example/?a=1&b='2'",)
    with pytest.raises(DescriptionRefused):
        from_tree({**tree, "pages": [{"language": "lv", "address": 'https://d.example/"<x>'}]})
