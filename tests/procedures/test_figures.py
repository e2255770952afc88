"""An authority's own figures: each measure by hand, the files that carry them, and the report."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from procedures.collect import Period
from procedures.errors import ProceduresMisuse
from procedures.feedback import Category, Feedback, FeedbackFile
from procedures.figures import (
    Figures,
    Ratings,
    Share,
    compiled,
    net_promoter_score,
    read_net_promoter,
    read_system_usability,
    read_uses,
    system_usability,
    write_csv,
    write_json,
    write_report,
)
from procedures.figures.charts import Bar, bar_chart
from procedures.figures.tables import FiguresRefused
from procedures.figures.words import ENGLISH
from sdg_connector.cli.app import app
from translations.catalogue import catalogue
from translations.languages import Language

JANUARY = Period.month(2026, 1)
AT = datetime(2026, 1, 15, tzinfo=UTC)
STUDIES = "https://dienests.example/lv/studijas"
DIPLOMA = "https://dienests.example/lv/diploms"
USES = (
    "service,page,authority,started,completed,electronic,total\n"
    f"Pieteikšanās studijām,{STUDIES},IZM,400,300,270,360\n"
    f"Diploma atzīšana,{DIPLOMA},AIC,50,25,20,80\n"
    "Jauns pakalpojums,https://dienests.example/lv/jauns,AIC,0,0,0,0\n"
)


def answers() -> list[Feedback]:
    given_ = [(STUDIES, rating) for rating in (5, 5, 4, 4, 4, 3, 1)] + [(DIPLOMA, 2), (DIPLOMA, 5)]
    kept = [
        Feedback(source=page, category=Category.PROCEDURE, rating=rating, text="Zane", at=AT)
        for page, rating in given_
    ]
    kept.append(
        Feedback(source="https://dienests.example/lv/info", category=Category.INFORMATION,
                 rating=3, found="Partly", at=AT)
    )  # fmt: skip
    late = datetime(2026, 2, 1, tzinfo=UTC)
    return [*kept, Feedback(source=STUDIES, category=Category.PROCEDURE, rating=1, at=late)]


@pytest.fixture
def figures() -> Figures:
    return compiled(
        answers(),
        read_uses(USES.encode()),
        period=JANUARY,
        net_promoter=(10, 9, 9, 8, 7, 6, 0),
        usability=((5, 1) * 5, (3,) * 10),
    )


def test_the_measures_agree_with_their_definitions_by_hand() -> None:
    assert Ratings.of([5, 5, 4, 1]).mean == 3.75
    assert Ratings.of([5, 5, 4, 1]).satisfied == Share(3, 4)
    assert net_promoter_score((10, 9, 9, 8, 7, 6, 0)) == round(100 * (3 - 2) / 7, 1)
    assert net_promoter_score(()) is None
    assert system_usability(((5, 1) * 5,)) == 100.0
    assert system_usability(((1, 5) * 5,)) == 0.0
    assert system_usability(((3,) * 10,)) == 50.0
    assert Share(300, 400).percent == 75.0
    assert Share(0, 0).percent is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Ratings.of([0]),
        lambda: Share(2, 1),
        lambda: Share(-1, 1),
        lambda: net_promoter_score((11,)),
        lambda: system_usability(((3,) * 9,)),
        lambda: system_usability(((6,) * 10,)),
    ],
)
def test_numbers_that_no_form_offers_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ProceduresMisuse):
        wrong()


@given(st.lists(st.integers(0, 10)), st.lists(st.integers(1, 5)))
@settings(max_examples=50, deadline=None)
def test_scores_stay_within_their_scales(scores: list[int], ratings: list[int]) -> None:
    nps, counted = net_promoter_score(scores), Ratings.of(ratings)
    assert nps is None or -100 <= nps <= 100
    assert counted.mean is None or 1 <= counted.mean <= 5
    assert counted.total == len(ratings)


def test_figures_stand_by_page_service_and_authority(figures: Figures) -> None:
    by_page = {one.page: one for one in figures.pages}
    assert by_page[STUDIES].ratings.counts == (1, 0, 1, 3, 2)
    assert by_page["https://dienests.example/lv/info"].found == {"Yes": 0, "Partly": 1, "No": 0}
    by_authority = {one.authority: one for one in figures.authorities}
    assert by_authority["IZM"].completion.percent == 75.0
    assert by_authority["IZM"].electronic.percent == 75.0
    assert by_authority["AIC"].completion == Share(25, 50)
    assert by_authority["AIC"].ratings.total == 2
    assert figures.ratings.total == 10


def test_open_data_tells_no_mean_that_may_be_one_persons(figures: Figures) -> None:
    (first, *others) = csv.DictReader(io.StringIO(write_csv(figures)))
    assert (first["subject"], first["ratings"], first["mean_rating"]) == ("all", "10", "3.6")
    diploma = next(row for row in others if row["name"] == DIPLOMA)
    assert (diploma["ratings"], diploma["mean_rating"]) == ("2", "")
    said = json.loads(write_json(figures))
    assert [row["subject"] for row in said["rows"]].count("service") == 3
    assert said["systemUsabilityScale"] == {"score": 75.0, "answers": 2}
    assert "Zane" not in write_csv(figures) + write_json(figures) + write_report(figures)


def in_language(figures: Figures, language: str) -> str:
    words = catalogue(language)
    return write_report(figures, language=words.language, words=words.text)


@pytest.mark.parametrize("language", Language)
def test_the_report_is_whole_in_each_language(language: str, figures: Figures) -> None:
    html = in_language(figures, language)
    root = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    assert root.get("lang") == language
    english = etree.fromstring(write_report(figures).encode(), etree.HTMLParser(encoding="utf-8"))
    assert (root.findtext(".//h1") == english.findtext(".//h1")) is (language == "en")
    assert "{" not in "".join(root.find("body").itertext())  # type: ignore[union-attr]
    assert len(root.findall(".//svg")) == 4
    for chart in root.iter("svg"):
        assert chart.get("role") == "img"
        named = (chart.get("aria-labelledby") or "").split()
        texts = {one.get("id"): one.text for one in chart if one.tag in {"title", "desc"}}
        assert all(texts[name] for name in named)
    for table in root.iter("table"):
        assert table.find("caption") is not None
        headings = table.findall("thead/tr/th")
        assert all(len(row) == len(headings) for row in table.iterfind("tbody/tr"))


def test_the_words_at_hand_are_those_of_the_catalogue(figures: Figures) -> None:
    english = catalogue("en")
    assert {name: english.messages[name].forms[0] for name in ENGLISH} == ENGLISH
    assert write_report(figures) == in_language(figures, "en")
    assert "January 2026" in write_report(figures)
    # CLDR 47 shortens the word for year, CLDR 48 does not.
    assert re.search(r"2026\. (g\.|gada) janvāris", in_language(figures, "lv"))
    half = compiled((), (), period=Period.half_year(2026, 1))
    assert "2026-H1" in in_language(half, "lv")


def test_names_are_text_and_never_markup() -> None:
    evil = '<script>alert(1)</script>"&'
    uses = read_uses(
        "service;page;authority;started;completed;electronic;total\n"
        f"{evil.replace(chr(34), '')};x;{evil.replace(chr(34), '')};1;1;1;1\n".encode()
    )
    html = write_report(compiled((), uses, period=JANUARY))
    assert "<script>" not in html
    chart = bar_chart("x", title=evil, bars=[Bar(evil, 1.0, evil)], full=0)
    assert etree.fromstring(chart) is not None
    assert "\x07" not in bar_chart("x", title="a\x07b", bars=[], full=1)


@pytest.mark.parametrize(
    ("read", "data", "said"),
    [
        (read_uses, b"\xff", "UTF-8"),
        (read_uses, b"service\nx", "row 2: expected the columns"),
        (read_uses, USES.replace("300", "many").encode(), "row 2: expected a whole number"),
        (read_uses, USES.replace("300", "500").encode(), "larger than its whole"),
        (read_uses, USES.replace("300", "٣").encode(), "whole number"),
        (read_net_promoter, b"score\n11", "from 0 to 10"),
        (read_net_promoter, b"points\n1", "score"),
        (read_system_usability, b"q1,q2,q3,q4,q5,q6,q7,q8,q9,q10\n1,2,3,4,5,6,1,1,1,1", "1 to 5"),
    ],
)
def test_a_wrong_file_is_refused_with_its_row(
    read: Callable[[bytes], object], data: bytes, said: str
) -> None:
    with pytest.raises(FiguresRefused, match=said):
        read(data)


def test_the_command_writes_all_three_files(tmp_path: Path) -> None:
    box = FeedbackFile(tmp_path / "feedback.jsonl")
    for one in answers():
        box.keep(one)
    (tmp_path / "uses.csv").write_text(USES, encoding="utf-8")
    (tmp_path / "nps.csv").write_text("score\n10\n3\n")
    arguments = ["procedures", "figures", "--period", "2026-01", "--out", str(tmp_path / "out")]
    arguments += ["--feedback", str(box.path), "--uses", str(tmp_path / "uses.csv")]
    arguments += ["--nps", str(tmp_path / "nps.csv"), "--language", "lv"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "10 ratings" in result.stdout
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        "figures.csv",
        "figures.json",
        "report.html",
    }
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Kā mūsu pakalpojumi tika izmantoti un vērtēti" in report
    assert CliRunner().invoke(app, [*arguments[:-1], "xx"]).exit_code == 2
    missing = CliRunner().invoke(app, [*arguments[:6], "--feedback", str(tmp_path / "none")])
    assert missing.exit_code == 2


@pytest.mark.browser
def test_the_report_fits_a_phone_and_runs_nothing(figures: Figures) -> None:
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(in_language(figures, "lv"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert asked == []
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == []
        browser.close()
