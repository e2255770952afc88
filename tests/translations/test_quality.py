"""What makes a sentence doubtful, and what does not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Doubt, Language
from translations.demo_model import corpus
from translations.quality import REVIEW_BELOW, estimate
from translations.tongues import other_language


def doubts(original: str, translated: str, source: str = "lv", target: str = "en") -> set[Doubt]:
    found = estimate(original, translated, source=source, target=target)
    return {finding.doubt for finding in found.findings}


WRONG = [
    ("Maksa ir 30 eiro.", "The fee is 13 euros.", Doubt.NUMBERS),
    ("Skat. https://latvija.lv/a vietni.", "See the https://latvija.lv/b site.", Doubt.PROTECTED),
    ("Rakstiet uz a@b.lv jau šodien.", "Write to us today.", Doubt.PROTECTED),
    ("Labdien, {name}, jūsu pieteikums saņemts.", "Hello, your application came.", Doubt.PROTECTED),
    ("Piesakieties portālā.", "Apply at www.evil.example today.", Doubt.PROTECTED),
    ("Lūdzu, iesniedziet pieteikumu savlaicīgi visās iestādēs.", "Submit.", Doubt.LENGTH),
    ("Pieteikumu iesniedz klātienē.", "Pieteikumu iesniedz klātienē.", Doubt.UNTRANSLATED),
    ("Jūs varat pieteikties jau rīt.", "You jūs varat pieteikties tomorrow.", Doubt.UNTRANSLATED),
    ("Maksa par diplomu.", "The fee the fee the fee the fee.", Doubt.REPETITION),
    ("Pieteikums jāiesniedz iestādē.", "The application is jāiesniedz there.", Doubt.LANGUAGE),
    ("Pieteikums jāiesniedz līdz rītam.", "Der Antrag ist bis morgen mit dem Pass zu stellen.",
     Doubt.LANGUAGE),
    ("Pieteikumu nevar iesniegt vēlāk.", "The application can be submitted later.", Doubt.NEGATION),
    ("Pieteikumu iesniedz vēlāk.", "The application is not submitted later.", Doubt.NEGATION),
    ("Neviens nekad nav atteicis.", "Nobody has never refused.", Doubt.NEGATION),
    ("Maksa", " ", Doubt.EMPTY),
]  # fmt: skip


@pytest.mark.parametrize(("original", "translated", "doubt"), WRONG)
def test_a_wrong_translation_is_doubted_for_its_reason(
    original: str, translated: str, doubt: Doubt
) -> None:
    assert doubt in doubts(original, translated)
    assert estimate(original, translated, source="lv", target="en").score < REVIEW_BELOW


RIGHT = [
    ("Pakalpojums ir bez maksas.", "The service is free of charge."),
    ("Maksa nav jāmaksā, un pieteikums nav jāiesniedz.", "No fee is due, and no form is needed."),
    ("Regulas (ES) 2018/1724 14. pants.", "Article 14 of Regulation (EU) 2018/1724."),
    ("Skat. https://latvija.lv un rakstiet a@b.lv.", "See https://latvija.lv and write to a@b.lv."),
    ("Iestāde: Rīgas Tehniskā universitāte", "Institution: Rīgas Tehniskā universitāte"),
    ("Diploms", "Diploma"),
    ("2026", "2026"),
]  # fmt: skip


@pytest.mark.parametrize(("original", "translated"), RIGHT)
def test_a_right_translation_is_not_doubted(original: str, translated: str) -> None:
    assert doubts(original, translated) == set()


def test_the_models_own_sentences_are_trusted() -> None:
    """A person should not be shown what is right: of the written corpus hardly anything."""
    doubted = [pair for pair in corpus.written() if doubts(*pair)]
    assert len(doubted) / len(corpus.written()) < 0.05, doubted


def paragraphs() -> dict[str, str]:
    text = (Path(__file__).parent / "sentences" / "each_language.txt").read_text(encoding="utf-8")
    lines = [line.partition("|") for line in text.splitlines() if not line.startswith("#")]
    return {code: words.replace("|", " ") for code, _, words in lines}


@pytest.mark.parametrize("language", list(Language))
def test_a_text_in_its_language_is_not_taken_for_another(language: Language) -> None:
    assert other_language(paragraphs()[language], language) is None


@pytest.mark.parametrize("language", [code for code in Language if code not in {"en", "lv"}])
def test_a_paragraph_in_another_language_is_recognised(language: Language) -> None:
    near = {
        "sl": {"cs", "sk", "hr"},
        "sk": {"cs"},
        "cs": {"sk"},
        "nb": {"da"},
        "da": {"nb", "sv"},
        "sv": {"da", "nb"},
    }
    found = other_language(paragraphs()[language], "en")
    assert found in {language.value, *near.get(language, set())} | {None}
    assert found is not None or language in {"ga", "mt", "is", "et", "hu", "fi"}, found


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(list(Language)))
def test_any_two_texts_get_a_score(original: str, translated: str, language: Language) -> None:
    quality = estimate(original, translated, source="lv", target=language)
    assert 0 <= quality.score <= 1
    assert (quality.score < 1) == bool(quality.findings)
