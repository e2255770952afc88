"""Sentences out to translators' tools and back: nothing lost, nothing believed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from translations import Translator
from translations.errors import ExchangeRefused, Misuse
from translations.exchange import (
    State,
    approved_units,
    read_po,
    read_tmx,
    read_xliff,
    write_po,
    write_tmx,
    write_xliff,
)
from translations.memory import Unit, UnitOrigin
from translations.quality import Doubt, Finding, Quality
from translations.result import Origin, Provenance, Translated, TranslatedSegment

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PROVENANCE = Provenance(engine="argos", model="m", model_version="1", digest="", at=NOW)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def translated(*pairs: tuple[str, str], origin: Origin = Origin.MACHINE) -> Translated:
    quality = Quality(0.4, (Finding(Doubt.NUMBERS, "lost ['1']"),))
    segments = tuple(
        TranslatedSegment(source=s, target=t, origin=origin, quality=quality) for s, t in pairs
    )
    return Translated(
        text="", source_language="lv", target_language="en", segments=segments,
        provenance=PROVENANCE,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_for_review_is_read_back(pairs: list[tuple[str, str]]) -> None:
    found = read_xliff(write_xliff({"title": translated(*pairs)}))
    assert [(unit.source, unit.target) for unit in found] == pairs
    assert {unit.key for unit in found} <= {"title"}
    assert {unit.state for unit in found} <= {State.TRANSLATED}


def test_a_machine_sentence_carries_its_confidence_and_its_doubts() -> None:
    data = write_xliff({"t": translated(("Maksa ir 1 eiro.", "The fee."))})
    unit = etree.fromstring(data).find(".//{*}unit")
    assert unit is not None
    assert unit.get("{http://www.w3.org/2005/11/its}mtConfidence") == "0.4"
    assert [note.text for note in unit.iter("{*}note")] == ["numbers: lost ['1']"]


def test_a_persons_sentence_is_reviewed_already() -> None:
    data = write_xliff({"t": translated(("a", "b"), origin=Origin.HUMAN)})
    assert [unit.state.is_approved for unit in read_xliff(data)] == [True]


def test_one_file_holds_one_pair_of_languages() -> None:
    with pytest.raises(Misuse):
        write_xliff({})


UNDATED = (
    b'<tmx><body><tu creationdate="x"><tuv xml:lang="lv"><seg>x</seg></tuv>'
    b'<tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>'
)
XLIFF = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" {}>{}</xliff>'
REFUSED = [
    b"",
    b"no xml",
    b"<xliff/>",
    b'<!DOCTYPE x [<!ENTITY e "x">]>' + XLIFF.format('srcLang="lv" trgLang="en"', "").encode(),
    XLIFF.format('srcLang="lv"', "").encode(),
    XLIFF.format('srcLang="lv" trgLang="en"', "<file><unit><segment/></unit></file>").encode(),
    XLIFF.format(
        'srcLang="lv" trgLang="en"',
        '<file><unit><segment state="done"><source/><target/></segment></unit></file>',
    ).encode(),
    XLIFF.format(
        'srcLang="lv" trgLang="en"',
        '<file><segment><source><cp hex="zz"/></source><target/></segment></file>',
    ).encode(),
]


@pytest.mark.parametrize("data", REFUSED)
def test_a_wrong_file_is_refused_by_rule(data: bytes) -> None:
    with pytest.raises(ExchangeRefused) as refused:
        read_xliff(data)
    assert refused.value.expected


def test_a_memory_goes_through_tmx() -> None:
    units = tuple(
        Unit(source="lv", target="en", original=s, translated=t, origin=UnitOrigin.IMPORTED, at=NOW)
        for s, t in (("Maksa & nodeva", "Fee <b>"), ("Kontakti", "Contacts"))
    )
    data = write_tmx(units, source="lv")
    assert read_tmx(data, source="lv", target="en", now=NOW) == units
    assert read_tmx(data, source="lv", target="de", now=NOW) == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"<tmx>", b"<other/>", b"<tmx><body><tu><tuv><seg>x</seg></tuv></tu></body></tmx>",
     UNDATED],
)  # fmt: skip
def test_a_wrong_memory_file_is_refused(data: bytes) -> None:
    with pytest.raises(ExchangeRefused):
        read_tmx(data, source="lv", target="en", now=NOW)


def test_what_was_translated_can_go_out_for_review(translator: Translator) -> None:
    texts = {"a": translator.translate("Kontakti", source="lv", target="en", now=NOW)}
    assert [(u.source, u.target) for u in read_xliff(write_xliff(texts))] == [
        ("Kontakti", "Contacts")
    ]


PO_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\n\t"),
    min_size=1, max_size=30,
).filter(lambda text: text.strip())  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PO_TEXT, PO_TEXT), max_size=5, unique_by=lambda pair: pair[0]))
def test_a_po_file_comes_back_with_what_nobody_checked_as_fuzzy(
    pairs: list[tuple[str, str]],
) -> None:
    found = read_po(write_po({"title": translated(*pairs)}, now=NOW))
    assert [(unit.source, unit.target) for unit in found] == pairs
    assert {(unit.key, unit.source_language, unit.target_language) for unit in found} <= {
        ("title", "lv", "en")
    }
    assert approved_units(found, now=NOW) == ()


def test_a_translator_who_removes_fuzzy_has_approved() -> None:
    data = write_po({"t": translated(("Maksa", "Price"))}, now=NOW)
    assert b"#. numbers: lost" in data
    corrected = data.replace(b"#, fuzzy\n", b"").replace(b"Price", b"Fee")
    (unit,) = approved_units(read_po(corrected), now=NOW)
    assert (unit.original, unit.translated, unit.origin) == ("Maksa", "Fee", UnitOrigin.HUMAN)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b'msgid "a', b"/etc/passwd", b'msgid ""\nmsgstr ""\n"Language: ??\\n"\n']
)
def test_what_is_no_po_file_is_refused(data: bytes) -> None:
    with pytest.raises(ExchangeRefused):
        read_po(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_as_po_or_refused(data: bytes) -> None:
    try:
        read_po(data)
    except ExchangeRefused:
        return
