"""Where sentences end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.errors import UnknownLanguage
from translations.segments import sentences

CASES = [
    ("lv", ["Saskaņā ar 2018. gada 2. oktobra Regulu Nr. 5 to sniedz u.c. iestādes. ", "Labi."]),
    ("lv", ["Termiņš ir 5. jūnijs. ", "Tālr. 67012345. ", "Vai tā? ", "Jā! ", "J. Ozols atbild."]),
    ("lv", ["1. Pieteikums tiek saņemts. ", "2. Lēmums tiek pieņemts."]),
    ("lv", ["14. Saeima pieņēma likumu. ", "“Tā ir.” ", "Tas stājas spēkā."]),
    ("de", ["Der Antrag ist am 5. Januar z.B. um 9 Uhr fällig. ", "Danach nicht."]),
    ("en", ["See Art. 5 of the act. ", "It costs 3.50 euros, e.g. online. ", "Dr. Smith agrees."]),
    ("fr", ["Voir l’art. 5, p. ex. en ligne. ", "C’est gratuit !"]),
    ("el", ["Πού είναι; ", "Εδώ."]),
    ("es", ["¿Cuánto cuesta? ", "¡Nada!"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "expected"), CASES)
def test_a_text_is_cut_where_its_sentences_end(language: str, expected: list[str]) -> None:
    assert list(sentences("".join(expected), language)) == expected


@given(st.text(max_size=200), st.sampled_from(["lv", "de", "el", "en", "xx"]))
def test_joined_the_sentences_are_the_text(text: str, language: str) -> None:
    assert "".join(sentences(text, language)) == text


def test_a_long_paragraph_is_cut_in_a_moment() -> None:
    text = "Nr. 5. u.c. Tā ir. " * 20_000
    begun = time.perf_counter()
    assert len(sentences(text, "lv")) >= 20_000
    assert time.perf_counter() - begun < 5


def test_a_wrong_code_is_named() -> None:
    with pytest.raises(UnknownLanguage):
        sentences("A. B.", "latviešu")
