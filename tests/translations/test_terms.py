"""Terms: found in any inflected form, asked of the translation, read from CSV and TBX."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Doubt, Language, Translator, catalogue, offered_languages
from translations.engines import Candidate, ModelIdentity
from translations.engines.argos import ArgosEngine
from translations.errors import ExchangeRefused
from translations.exchange import read_tbx, write_tbx
from translations.terms import (
    Concept,
    Glossary,
    read_terms_csv,
    starter_glossary,
    write_terms_csv,
)

EVIDENCE = Concept(
    id="evidence", terms={"lv": ("pierādījums",), "en": ("evidence",)}, refused={"en": ("proof",)}
)
FEE = Concept(id="fee", terms={"lv": ("reģistrācijas maksa",), "en": ("enrolment charge",)})


def doubts(original: str, translated: str, *concepts: Concept) -> list[Doubt]:
    found = Glossary(concepts).findings(original, translated, source="lv", target="en")
    return [finding.doubt for finding in found]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [("lv", "Iesniedzot pierādījumus, norādiet avotu.", "pierādījumus"),
     ("lv", "Kompetentajai iestādei nosūta lūgumu.", "Kompetentajai iestādei"),
     ("pl", "Wniosek składa się do właściwego organu.", "właściwego organu"),
     ("fi", "Lähetä se toimivaltaiselle viranomaiselle.", "toimivaltaiselle viranomaiselle"),
     ("el", "Τα αποδεικτικά στοιχεία αποστέλλονται.", "αποδεικτικά στοιχεία"),
     ("ga", "Seoltar an fhianaise inniu.", "fhianaise"),
     ("de", "Die zuständigen Behörden antworten.", "zuständigen Behörden"),
     ("en", "The competent authorities reply.", "competent authorities")],
)  # fmt: skip
def test_an_inflected_form_is_found(language: str, text: str, said: str) -> None:
    found = [text[use.start : use.end] for use in starter_glossary().uses(text, language)]
    assert said in found


@pytest.mark.parametrize(
    "text", ["Pierādīt to var vēlāk.", "Maksa par reģistrāciju", "Iestāde nav kompetenta", ""]
)
def test_other_words_are_no_terms(text: str) -> None:
    assert Glossary([EVIDENCE, FEE]).uses(text, "lv") == ()


def test_the_longest_term_wins() -> None:
    uses = starter_glossary().uses("Pierādījumu sniedzējs atbild.", "lv")
    assert [use.concept.id for use in uses] == ["evidence-provider"]


def test_a_lacking_term_a_refused_one_and_an_inflected_one_are_told_apart() -> None:
    original = "Pierādījumu nosūta iestāde."
    assert doubts(original, "The authority sends the evidence.", EVIDENCE) == []
    assert doubts(original, "The authority sends it.", EVIDENCE) == [Doubt.TERM]
    assert doubts(original, "Proof and evidence are sent.", EVIDENCE) == [Doubt.TERM]
    assert doubts(original, "The authority sends evidences.", EVIDENCE) == [Doubt.TERM_FORM]


def test_a_term_that_the_model_does_not_use_is_put_in_and_reported(
    engine: ArgosEngine, now: datetime
) -> None:
    text = "Reģistrācijas maksa ir 30 eiro."
    plain = Translator(engine=engine).translate(text, source="lv", target="en", now=now)
    assert "registration fee" in plain.text
    bound = Translator(engine=engine, glossary=Glossary([FEE]))
    result = bound.translate(text, source="lv", target="en", now=now)
    assert "enrolment charge" in result.text.lower()
    assert "30" in result.text
    assert Doubt.TERM_FORM in {finding.doubt for finding in result.segments[0].findings}


class Stubborn:
    """An engine that drops every mark, so that no term can be put in."""

    name, is_local = "stubborn", True

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        return ModelIdentity(engine=self.name, model="none", version="1")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        return tuple(Candidate(text="It is sent.") for _ in sentences)


def test_a_term_that_cannot_be_put_in_is_never_silently_wrong(now: datetime) -> None:
    translator = Translator(engine=Stubborn(), glossary=Glossary([EVIDENCE]))
    result = translator.translate("Pierādījumu nosūta.", source="lv", target="en", now=now)
    assert result.text == "It is sent."
    assert result.needs_review
    assert [finding.doubt for finding in result.segments[0].findings] == [Doubt.TERM]


WORD = st.text("abcāčσ", min_size=1, max_size=6)
CONCEPTS = st.lists(
    st.builds(
        Concept,
        id=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        terms=st.dictionaries(
            st.sampled_from(["lv", "en", "el"]),
            st.lists(WORD, min_size=1, max_size=3).map(tuple), min_size=1,
        ),
        refused=st.dictionaries(st.sampled_from(["lv", "en"]), st.tuples(WORD), max_size=1),
        definition=st.sampled_from(["", "what it is"]),
    ),
    max_size=5,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(CONCEPTS)
def test_a_glossary_goes_through_csv_and_tbx(concepts: list[Concept]) -> None:
    glossary = Glossary(concepts)
    for again in (read_terms_csv(write_terms_csv(glossary)) if concepts else glossary,
                  read_tbx(write_tbx(glossary))):  # fmt: skip
        assert again.concepts == glossary.concepts
        assert again.digest == glossary.digest


IATE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><martifHeader><fileDesc/></martifHeader><text><body>
<termEntry id="IATE-1"><descripGrp>
<descrip type="definition">what proves a fact</descrip></descripGrp>
<langSet xml:lang="lv"><tig><term>pierādījums</term></tig></langSet>
<langSet xml:lang="en"><tig><term>proof</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
<ntig><termGrp><term>evidence</term></termGrp></ntig></langSet></termEntry>
</body></text></martif>"""


def test_the_older_tbx_of_iate_is_read() -> None:
    (concept,) = read_tbx(IATE.encode()).concepts
    assert concept.terms == {"lv": ("pierādījums",), "en": ("evidence",)}
    assert concept.refused == {"en": ("proof",)}
    assert concept.definition == "what proves a fact"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"id,lv\nx", b"lv,lv\na,b", b"latvian language,en\na,b", b"id\nx",
     b"lv,en\n,|\n!",
     b'lv,en\n"a,b'],
)  # fmt: skip
def test_a_wrong_table_is_refused_by_row(data: bytes) -> None:
    with pytest.raises(ExchangeRefused):
        read_terms_csv(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"<tbx>", b"<html/>", IATE.replace('xml:lang="lv"', "").encode(),
     b'<!DOCTYPE martif [<!ENTITY e "x">]><martif>&e;</martif>'],
)  # fmt: skip
def test_a_wrong_tbx_is_refused(data: bytes) -> None:
    with pytest.raises(ExchangeRefused):
        read_tbx(data)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80), st.sampled_from([language.value for language in Language]))
def test_any_text_is_searched_without_a_stumble(text: str, language: str) -> None:
    for use in starter_glossary().uses(text, language):
        assert text[use.start : use.end].strip()


def test_the_starter_glossary_has_every_concept_in_every_language() -> None:
    codes = {language.value for language in offered_languages()}
    assert len(starter_glossary()) >= 35
    for concept in starter_glossary().concepts:
        assert set(concept.terms) == codes, concept.id
        assert concept.definition


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("message", "concept"),
    [("greeting.level", "level-of-assurance"), ("request.evidence", "evidence"),
     ("sandbox.control.provider", "evidence-provider"), ("topic.authority", "competent-authority"),
     ("procedure.translated_title", "machine-translation"), ("country.level_low", "level-low"),
     ("country.level_substantial", "level-substantial"), ("country.level_high", "level-high"),
     ("acknowledgement.file", "acknowledgement-of-receipt"),
     ("portal.accessibility", "accessibility-statement")],
)  # fmt: skip
def test_the_products_words_use_the_terms(language: Language, message: str, concept: str) -> None:
    words = catalogue(language).text(message)
    found = {use.concept.id for use in starter_glossary().uses(words, language)}
    assert concept in found, words
