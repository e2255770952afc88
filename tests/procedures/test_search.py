"""People find a service by their own words, accents and endings, in any language it has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures import Phrase, catalogue, translated
from procedures.model import Language
from procedures.search import SearchIndex, filtered

INDEX = SearchIndex.of(catalogue.load_all())


def first(question: str) -> str:
    return INDEX.search(question)[0].description.identifier


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("diplomu atzīšana", "lv/diploma-atzisana"),
        ("DIPLOMU ATZISANA", "lv/diploma-atzisana"),
        ("studiju kredīts", "lv/studiju-kredits"),
        ("birth certificate", "lv/dzimsanas-apliecibas-atkartota-izsniegsana"),
        ("health insurance cards", "lv/eiropas-veselibas-apdrosinasanas-karte"),
        ("adreses maiņa", "lv/dzivesvietas-deklaresana"),
        ("T2", "lv/pieteiksanas-studijam"),
        ("automobiļa reģistrācija", "lv/transportlidzekla-registracija"),
    ],
)
def test_the_best_comes_first(question: str, expected: str) -> None:
    assert first(question) == expected


def test_what_nobody_has_is_not_found() -> None:
    assert INDEX.search("xyzzy") == ()
    assert INDEX.search("!!! ???") == INDEX.search("")


def test_when_no_description_holds_every_word_most_words_decide() -> None:
    assert first("diploma atzīšana xyzzy") == "lv/diploma-atzisana"


def test_a_translation_is_searched_as_well() -> None:
    greek = Phrase(language=Language("el"), text="Αναγνώριση διπλώματος")
    described = translated(catalogue.load("lv/diploma-atzisana"), {"title": greek})
    index = SearchIndex.of([described, catalogue.load("lv/studiju-kredits")])
    (hit,) = index.search("αναγνωριση διπλωματων")
    assert hit.description is described


def test_filters_narrow_and_a_region_includes_the_whole_country() -> None:
    every = INDEX.search("")
    assert {one.description.kind for one in filtered(every, kind="assistance")} == {"assistance"}
    assert len(filtered(every, code="V1")) == len(filtered(every, code="ii/v1")) == 2
    in_riga = {one.description.identifier for one in filtered(every, territory="LV006")}
    assert "lv/ielu-tirdzniecibas-atlauja-riga" in in_riga
    assert "lv/ielu-tirdzniecibas-atlauja-liepaja" not in in_riga
    assert "lv/diploma-atzisana" in in_riga
    of_vid = filtered(every, authority="valsts ieņēmumu dienests")
    assert len(of_vid) == 8
    assert filtered(every, audience="businesses", kind="information") == ()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_question_is_answered(question: str) -> None:
    assert len(INDEX.search(question)) <= len(INDEX.descriptions)
