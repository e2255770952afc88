"""Texts of every form: what comes back, and what must come through unharmed."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Doubt, TextForm, TranslationError, Translator
from translations.engines import Candidate, ModelIdentity
from translations.errors import (
    Misuse,
    PairNotInstalled,
    PersonalDataRefused,
    UnknownLanguage,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Careless:
    """An engine that harms what it can: marks and numbers vanish, words are turned around."""

    name, is_local = "careless", True

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        return ModelIdentity(engine=self.name, model="none", version="1")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(text=" ".join(reversed(re.sub(r"[\d⟦⟧]", "", s).split()))) for s in sentences
        )


class Faraway(Careless):
    name, is_local = "faraway", False


def test_a_sentence_comes_back_with_the_record_of_its_making(
    translator: Translator, now: datetime
) -> None:
    result = translator.translate("Pakalpojums ir bez maksas.", source="LV", target="en", now=now)
    assert result.text == "The service is free of charge."
    assert result.provenance.engine == "argos"
    assert result.provenance.model == "translate-lv_en-0_1"
    assert result.provenance.model_version == "0.1"
    assert re.fullmatch(r"[0-9a-f]{64}", result.provenance.digest)
    assert result.provenance.at == now
    assert not result.provenance.approved_by_human
    assert not result.needs_review


def test_white_space_and_lines_stay_where_they_were(translator: Translator, now: datetime) -> None:
    text = "  Pakalpojums ir bez maksas.\r\n\r\n\tKontakti\n"
    result = translator.translate(text, source="lv", target="en", now=now)
    assert result.text == "  The service is free of charge.\r\n\r\n\tContacts\n"


def test_a_whole_description_goes_through_in_one_batch(
    translator: Translator, now: datetime
) -> None:
    texts = {"title": "Pieteikšanās studijām", "fee": "Reģistrācijas maksa ir 30 eiro.", "no": ""}
    found = translator.translate_mapping(texts, source="lv", target="en", now=now)
    assert {key: result.text for key, result in found.items()} == {
        "title": "Application for studies",
        "fee": "The registration fee is 30 euros.",
        "no": "",
    }


def test_bold_words_are_bold_inside_the_translated_sentence(
    translator: Translator, now: datetime
) -> None:
    html = "<p>Reģistrācijas maksa ir <b>30</b> eiro.</p>"
    result = translator.translate(html, source="lv", target="en", now=now, form=TextForm.HTML)
    assert result.text == "<p>The registration fee is <b>30</b> euros.</p>"


def test_an_element_over_two_sentences_stays_one_element(
    translator: Translator, now: datetime
) -> None:
    html = "<p><em>Izziņa ir bez maksas. Izziņu izsniedz elektroniski.</em></p>"
    result = translator.translate(html, source="lv", target="en", now=now, form=TextForm.HTML)
    assert result.text == (
        "<p><em>The statement is free of charge. The statement is issued electronically.</em></p>"
    )


def test_comments_scripts_and_marked_elements_are_not_translated(
    translator: Translator, now: datetime
) -> None:
    kept = '<!-- Kontakti --><script>var a = "Kontakti";</script><p translate="no">Kontakti</p>'
    result = translator.translate(
        kept + "<p>Kontakti</p>", source="lv", target="en", now=now, form=TextForm.HTML
    )
    assert result.text == kept + "<p>Contacts</p>"


def test_spoken_attributes_are_translated_and_escaped(
    translator: Translator, now: datetime
) -> None:
    html = '<img src="a.png" alt="Kontakti"><a href="/x" title=\'Palīdzība\'>Kontakti</a>'
    result = translator.translate(html, source="lv", target="en", now=now, form=TextForm.HTML)
    assert result.text == (
        '<img src="a.png" alt="Contacts"><a href="/x" title=\'Help\'>Contacts</a>'
    )


def test_markdown_keeps_its_marks(translator: Translator, now: datetime) -> None:
    text = (
        "# Par pakalpojumu\n\n- Pakalpojums ir bez maksas.\n1. Kontakti\n\n"
        "| Maksa | Termiņi |\n|---|---|\n\n```\nKontakti\n```\n"
    )
    result = translator.translate(text, source="lv", target="en", now=now, form=TextForm.MARKDOWN)
    assert result.text == (
        "# About the service\n\n- The service is free of charge.\n1. Contacts\n\n"
        "| Fee | Time limits |\n|---|---|\n\n```\nKontakti\n```\n"
    )


def test_legal_acts_take_their_english_names() -> None:
    text = "Saskaņā ar Regulu (ES) 2018/1724 un MK noteikumiem Nr. 399"
    result = Translator(engine=Careless()).translate(text, source="lv", target="en", now=NOW)
    assert "Regulation (EU) 2018/1724" in result.text
    assert "Cabinet Regulation No. 399" in result.text


def test_what_was_translated_in_parts_is_doubted() -> None:
    result = Translator(engine=Careless()).translate(
        "Maksa ir 30 eiro.", source="lv", target="en", now=NOW
    )
    assert "30" in result.text
    assert Doubt.IN_PARTS in {f.doubt for s in result.segments for f in s.findings}


def test_errors_say_what_to_do(translator: Translator, now: datetime) -> None:
    with pytest.raises(PairNotInstalled, match="translations install"):
        translator.translate("a", source="lv", target="fr", now=now)
    with pytest.raises(UnknownLanguage):
        translator.translate("a", source="latviešu valoda", target="en", now=now)
    with pytest.raises(Misuse, match="already"):
        translator.translate("a", source="lv", target="LV-lv", now=now)
    with pytest.raises(Misuse, match="time zone"):
        translator.translate("a", source="lv", target="en", now=now.replace(tzinfo=None))


@pytest.mark.parametrize(
    "text", ["Personas kods 120190-12345", "Zvaniet +371 26 123 456", "ES/LV/ABC12345"]
)
def test_personal_data_does_not_leave_the_machine(text: str) -> None:
    with pytest.raises(PersonalDataRefused) as refused:
        Translator(engine=Faraway()).translate(text, source="lv", target="en", now=NOW)
    assert text not in str(refused.value)
    insisting = Translator(engine=Faraway(), allow_personal_data=True)
    assert insisting.translate(text, source="lv", target="en", now=NOW).text


KEPT = st.sampled_from(
    ["https://www.latvija.lv/a?b=1", "a.b@c.lv", "{name}", "%(x)s", "LV80BANK0000435195001",
     "(EU) 2018/1724", "42", "3,50", "⟦0⟧", "⟦", "\ufffc", "Latvija.lv"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(KEPT | st.text(alphabet="aābcčdeēABC .,!?\n\u05d0\u0627", max_size=12), max_size=9))
def test_protected_parts_survive_any_text_and_a_careless_engine(pieces: list[str]) -> None:
    text = " ".join(pieces)
    result = Translator(engine=Careless(), names=("Latvija.lv",)).translate(
        text, source="en", target="lv", now=NOW
    )
    for kept in ("https://www.latvija.lv/a?b=1", "a.b@c.lv", "{name}", "LV80BANK0000435195001"):
        assert result.text.count(kept) == text.count(kept)
    assert sorted(re.findall(r"\d+", result.text)) == sorted(re.findall(r"\d+", text))
    assert result.text.count("⟦") == text.count("⟦")
    assert result.text.count("\ufffc") == text.count("\ufffc")


TAGS = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "<a href='x'>", "</a>", "<p>", "</p>", "<br>", "<img src=x>",
     "<code>c</code>", "<!-- d -->", "<", "&amp;", "&nosuch;", "<b", "<div title='Vards un'>"]
)  # fmt: skip


def tags(html: str) -> list[str]:
    return re.findall(r"<[^<>]*>", html)


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS | st.text(alphabet="abcdE. 1", max_size=9), max_size=12))
def test_any_html_keeps_its_tags_in_their_nesting(pieces: list[str]) -> None:
    html = "".join(pieces)
    result = Translator(engine=Careless()).translate(
        html, source="en", target="lv", now=NOW, form=TextForm.HTML
    )
    before = [tag for tag in tags(html) if not tag.startswith("<div")]
    after = [tag for tag in tags(result.text) if not tag.startswith("<div")]
    assert sorted(before) == sorted(after)
    assert nested(after) == nested(before)


def nested(found: list[str]) -> bool:
    """Whether the elements close in the order in which they open."""
    stack: list[str] = []
    for tag in found:
        name = re.sub(r"[</>]|\s.*", "", tag)
        if name in {"b", "i", "a", "p"}:
            if not tag.startswith("</"):
                stack.append(name)
            elif not stack or stack.pop() != name:
                return False
    return not stack


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(list(TextForm)))
def test_any_text_gives_a_result_or_our_own_error(text: str, form: TextForm) -> None:
    try:
        result = Translator(engine=Careless()).translate(
            text, source="en", target="lv", now=NOW, form=form
        )
    except TranslationError:
        return
    assert isinstance(result.text, str)


def test_a_paragraph_of_200_kilobytes_without_an_end_comes_back(
    translator: Translator, now: datetime
) -> None:
    text = "Pakalpojums ir bez maksas, " * 8_000
    result = Translator(engine=Careless()).translate(text, source="lv", target="en", now=now)
    assert len(result.text) > 100_000
    short = translator.translate(text[:6_000], source="lv", target="en", now=now)
    assert short.text
