"""The questions of a directory, and the choice between providers, on the person's pages."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sdg_connector.connector import AnswerKind
from sdg_connector.web import AskedQuestion, DeskAsks, Label
from tests.support.portal_memory import OFFER
from tests.support.portal_pair import Pair
from tests.support.walker import Walker

EVIDENCE = Label("Certificate of birth", "en")
QUESTIONS = (
    AskedQuestion(
        key="place",
        kind=AnswerKind.PLACE,
        evidence=EVIDENCE,
        text=Label("Place of birth", "en"),
        level="LAU",
    ),
    AskedQuestion(
        key="resident",
        kind=AnswerKind.CHOICE,
        evidence=EVIDENCE,
        text=Label("Have you ever lived in Germany?", "en"),
        choices=("I have", "I have not"),
    ),
    AskedQuestion(
        key="day", kind=AnswerKind.DATE, evidence=EVIDENCE, text=Label("Graduation", "en")
    ),
    AskedQuestion(
        key="public", kind=AnswerKind.YES_OR_NO, evidence=EVIDENCE, text=Label("Public?", "en")
    ),
    AskedQuestion(
        key="school",
        kind=AnswerKind.CODE,
        evidence=EVIDENCE,
        text=Label("<b>School</b>", "de"),
        code_list="https://sr.example/schools",
    ),
)
ANSWERS = {
    "answer-0": "11000000",
    "answer-1": "I have not",
    "answer-2": "1999-07-01",
    "answer-3": "false",
    "answer-4": " A 12 ",
}
SAID = {
    "place": "11000000",
    "resident": "I have not",
    "day": "1999-07-01",
    "public": "false",
    "school": "A 12",
}


@pytest.fixture
def asking(pair: Pair) -> Iterator[Pair]:
    pair.desk.asks = DeskAsks(QUESTIONS, refused=False)
    yield pair
    pair.desk.asks, pair.desk.takes = None, bool


def test_each_question_is_a_field_and_every_answer_goes_back(asking: Pair, greeted: Walker) -> None:
    greeted.submit("find")
    assert greeted.name == "questions"
    kinds = greeted.tree.xpath("//*[@id='answer']//input[@name!='csrf']/@type")
    assert kinds == ["text", "radio", "radio", "date", "radio", "radio", "text"]
    assert greeted.tree.xpath("//*[@id='answer-0-hint']")
    assert greeted.tree.xpath("//a[@href='https://sr.example/schools']")
    assert greeted.tree.xpath("//label[@lang='de']/text()") == ["<b>School</b>"]
    greeted.submit("answer", **ANSWERS)
    assert greeted.name == "request"
    assert asking.desk.answers[-1] == SAID


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer-0", ""),
        ("answer-0", "x" * 201),
        ("answer-1", "I will not say"),
        ("answer-2", "1 July 1999"),
        ("answer-3", "maybe"),
    ],
)
def test_an_unusable_answer_is_named_beside_its_field_and_the_others_stay(
    asking: Pair, greeted: Walker, field: str, value: str
) -> None:
    searches = len(asking.desk.answers)
    greeted.submit("find").submit("answer", **{**ANSWERS, field: value})
    assert greeted.page is not None
    assert greeted.page.status_code == 422
    assert greeted.tree.xpath("//*[@role='alert']//a/@href") == [f"#{field}"]
    assert greeted.tree.xpath(f"//*[@id='{field}']")
    assert greeted.tree.xpath("//input[@id='answer-4']/@value") == ["A 12"]
    assert len(asking.desk.answers) == searches + 1


def test_answers_that_the_directory_does_not_take_are_asked_for_again(
    asking: Pair, greeted: Walker
) -> None:
    greeted.submit("find")
    asking.desk.asks = DeskAsks(QUESTIONS[:1], refused=True)
    asking.desk.takes = lambda answers: answers.get("place") == "22"
    greeted.submit("answer", **ANSWERS)
    assert greeted.name == "questions"
    assert "did not accept" in "".join(greeted.tree.xpath("//*[@role='alert']//text()"))
    greeted.submit("answer", **{"answer-0": "22"})
    assert greeted.name == "request"


def test_of_two_providers_of_one_proof_the_person_picks_one(pair: Pair, greeted: Walker) -> None:
    other = replace(OFFER, id="offer-2", provider=Label("Universidad de Sevilla", "es"))
    pair.desk.offers = tuple(replace(one, choice="diploma") for one in (OFFER, other))
    before = len(pair.desk.asked)
    try:
        greeted.submit("find").submit("request", explicit="yes")
        assert greeted.page is not None
        assert greeted.page.status_code == 422
        assert greeted.tree.xpath("//*[@role='alert']//a/@href") == ["#choice-1"]
        greeted.submit("request", explicit="yes", **{"choice-1": "7"})
        assert len(pair.desk.asked) == before
        greeted.submit("request", explicit="yes", **{"choice-1": "1"})
    finally:
        pair.desk.offers = (OFFER,)
    assert [one[0].id for one in pair.desk.asked[before:]] == ["offer-2"]
