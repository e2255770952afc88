"""Translations go in under the place of their text, and say who made them from which wording."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from procedures import (
    Description,
    Phrase,
    ProceduresMisuse,
    Text,
    catalogue,
    page_of,
    translatable,
    translated,
)
from procedures.model import Language, Maker, Origin, PaymentMethod
from procedures.page import Topic
from translations import catalogue as messages


def described() -> Description:
    return catalogue.load("lv/pieteiksanas-studijam")


def by_machine(description: Description, into: str = "en") -> Description:
    return translated(
        description,
        {
            one.where: Phrase(
                language=Language(into),
                text=f"[{one.source.text}]",
                origin=Origin(
                    made_by=Maker.MACHINE,
                    engine="argos",
                    at=datetime(2026, 11, 1, tzinfo=UTC),
                    source_digest=one.digest,
                ),
            )
            for one in translatable(description, into=into)
        },
    )


@pytest.mark.parametrize(
    "where", ["steps[99].text", "steps", "nothing", "fees[0].amount", "", "a b", "title.lv"]
)
def test_a_place_without_a_text_is_refused(where: str) -> None:
    phrase = Phrase(language=Language("en"), text="x")
    with pytest.raises(ProceduresMisuse, match="expected the place of a text"):
        translated(described(), {where: phrase})


def test_a_full_translation_leaves_nothing_to_translate() -> None:
    wanted = translatable(described(), into="en")
    assert {"title", "steps[0].text", "authority.contacts[0].hours"} >= {wanted[0].where}
    assert "authority.name" not in {one.where for one in wanted}, "a person translated it"
    done = by_machine(described())
    assert translatable(done, into="en") == ()
    page = page_of(done, language="en")
    assert page.complete
    assert page.machine_made
    assert page.authority.text == "Ministry of Education and Science"
    assert not page.authority.machine_made


def test_a_translation_of_another_wording_is_stale() -> None:
    done = by_machine(described())
    changed = replace(done, title=done.title.having(Text.of_languages(lv="Cits").phrases))
    (stale,) = translatable(changed, into="en")
    assert (stale.where, stale.stale, stale.source.text) == ("title", True, "Cits")


def test_what_a_person_wrote_is_never_listed() -> None:
    human = translated(described(), {"title": Phrase(language=Language("en"), text="Studies")})
    assert "title" not in {one.where for one in translatable(human, into="en")}


def test_a_page_without_translation_says_in_which_language_it_is() -> None:
    page = page_of(described(), language="es")
    assert page.title.language == "lv"
    assert not page.complete
    assert not page.machine_made
    assert page.updated == "1 de octubre de 2026"


def test_a_page_follows_the_law() -> None:
    page = page_of(described(), language="lv")
    assert page.complete
    topics = {part.topic for part in page.parts}
    assert topics == set(Topic) - {Topic.INFORMATION}
    steps = page.part(Topic.STEPS)
    assert steps is not None
    assert steps.ordered
    assert len(steps.lines) == 6
    contacts = page.part(Topic.CONTACTS)
    assert contacts is not None
    assert "tel:+37167226209" in {line.address for line in contacts.lines}


def test_money_and_days_are_written_as_the_language_writes_them() -> None:
    tree_fee = replace(described().fees[0], title=None)  # type: ignore[attr-defined]
    priced = replace(described(), fees=(tree_fee,))  # type: ignore[call-arg]
    fees = page_of(priced, language="lv", words=messages("lv").text).part(Topic.FEES)
    assert fees is not None
    assert fees.lines[0].text == "30,00\N{NO-BREAK SPACE}€"
    assert fees.lines[-1].text == "Maksājumu karte, internetbanka, pārskaitījums"
    assert page_of(priced, language="en").updated == "1 October 2026"
    assert page_of(priced, language="xx").updated == "1 October 2026"


def test_the_product_has_a_heading_for_each_part_of_a_page() -> None:
    words = messages("lv")
    headings = {topic: words.text(f"topic.{topic}") for topic in set(Topic) - {Topic.INFORMATION}}
    assert headings[Topic.SILENCE] == "Ja atbilde netiek saņemta"


def test_a_page_names_the_languages_and_formats_that_the_law_asks_for() -> None:
    """Article 10(1)(d) and (i): what an authority takes, in the reader's words."""
    page = page_of(described(), language="es")
    languages, evidence = page.part(Topic.LANGUAGES), page.part(Topic.EVIDENCE)
    assert languages is not None
    assert evidence is not None
    assert languages.lines[0].text == "letón, inglés"
    assert evidence.lines[0].text.endswith("dokuments (PDF, XML)")


def test_the_product_has_a_word_for_each_way_to_pay() -> None:
    for method in PaymentMethod:
        assert messages("es").text(f"payment.{method}")
