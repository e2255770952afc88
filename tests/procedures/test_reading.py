"""A description file: all its mistakes at once with their lines, or a value that survives."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures import (
    DescriptionRefused,
    Phrase,
    Procedure,
    Text,
    catalogue,
    from_tree,
    read_description,
    to_tree,
    write_json,
    write_yaml,
)
from procedures.model import Answer, Language, Maker, Origin

WRONG = b"""\
kind: procedure
identifier: lv/x
language: latvian
country: LV
codes: [T2, II/T2]
title: Dzimst
summary: {lv: Apraksts, lt: [1]}
authority:
  nam: Ministrija
fees:
  - amount: -3
  - amount: gratis
deadlines:
  - whose: clerk
    text: Termins
    length: 1 month
updated: 1.10.2026
pages:
  - language: lv
    address: latvija.lv
"""


def refused(data: bytes) -> DescriptionRefused:
    with pytest.raises(DescriptionRefused) as caught:
        read_description(data)
    return caught.value


def test_every_mistake_is_named_at_once_with_its_line() -> None:
    found = {(one.line, one.path): one.message for one in refused(WRONG).mistakes}
    assert found == {
        (3, "language"): "expected a language code such as lv or en",
        (5, "codes[0]"): "expected an annex and a code, such as I/D1 or II/T2",
        (7, "summary.lt"): "expected a text",
        (9, "authority.nam"): "there is no such field; did you mean name?",
        (9, "authority.name"): "this field is missing",
        (11, "fees[0]"): "expected an amount of 0 or more, and up_to not below amount",
        (12, "fees[1].amount"): "expected an amount such as 14.23",
        (14, "deadlines[0].whose"): "expected one of user, authority",
        (16, "deadlines[0].length"): "expected a length of time such as P1M or P10D",
        (17, "updated"): "expected a day such as 2026-01-31",
        (20, "pages[0].address"): "expected an absolute web address that begins with https://",
    }


def test_a_json_file_has_lines_too() -> None:
    tree = to_tree(catalogue.load("lv/diploma-atzisana"))
    tree["fees"] = [{"amount": "much"}]
    data = json.dumps(tree, indent=1).encode()
    (mistake,) = refused(data).mistakes
    assert mistake.line is not None
    assert b"much" in data.splitlines()[mistake.line - 1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "an empty file"),
        (b"\xff\xfe", "expected UTF-8"),
        (b"a: &x 1\nb: *x", "aliases are not taken"),
        (b"a: !!python/object:os.system x", "tags are not taken"),
        (b"a: 1\na: 2", "given twice"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b'{"a": NaN}', "is not a number"),
        (b"[" * 100_000, "not JSON"),
        (b"- " * 60 + b"x", "levels"),
        (b"- " * 5000 + b"x", "nesting"),
        (b"a: [", "not YAML"),
        (b'{"a": ', "not JSON"),
        (b"--- 1\n--- 2", "not YAML"),
        (b'{"kind": "procedure", "title": "\\ud800"}', "characters"),
    ],
)
def test_what_is_no_description_is_refused_with_a_sentence(data: bytes, expected: str) -> None:
    assert expected in str(refused(data))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_refusal_and_never_another_error(data: bytes) -> None:
    refused(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_byte_changed_in_a_good_file_gives_a_value_or_a_refusal(data: st.DataObject) -> None:
    good = bytearray(write_yaml(catalogue.load("lv/pieteiksanas-studijam")))
    good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DescriptionRefused):
        assert read_description(bytes(good)).identifier


@pytest.mark.parametrize("name", catalogue.names())
def test_what_is_written_reads_back_the_same(name: str) -> None:
    description = catalogue.load(name)
    assert read_description(write_yaml(description)) == description
    assert read_description(write_json(description)) == description
    assert from_tree(to_tree(description)) == description


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_being_written(words: str) -> None:
    description = with_title(Text.of_languages(lv=words, en="yes"))
    assert read_description(write_yaml(description)) == description
    assert read_description(write_json(description)) == description


def test_yes_no_and_norwegian_stay_words() -> None:
    """YAML 1.1 would make booleans of them."""
    read = read_description(
        write_yaml(with_title(Text.of_languages(no="no", lv="1:30", en="2026-01-01")))
    )
    assert read.title.plain("no") == "no"
    assert read.title.plain("lv") == "1:30"
    assert read.title.plain("en") == "2026-01-01"
    bare = b"online: {identification: yes, information: no, evidence: no, signature: not-needed, "
    bare += b"submission: yes, acknowledgement: automatic, completion_notice: yes}\n"
    data = write_yaml(with_title(Text.of_languages(lv="x"))) + bare
    online = read_description(data).online  # type: ignore[attr-defined]
    assert online.identification is Answer.YES
    assert online.information is Answer.NO


def test_a_machines_text_keeps_how_it_came_about() -> None:
    origin = Origin(
        made_by=Maker.MACHINE,
        engine="argos",
        at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        source_digest="00ff",
    )
    title = Text.of_languages(lv="Diploms").having(
        [Phrase(language=Language("en"), text="Diploma", origin=origin)]
    )
    read = read_description(write_yaml(with_title(title)))
    assert read.title.of("en") == Phrase(language=Language("en"), text="Diploma", origin=origin)


def test_amounts_are_exact() -> None:
    tree = to_tree(catalogue.load("lv/diploma-atzisana"))
    tree["fees"] = [{"amount": 14.23}, {"amount": "0.10"}]
    read = from_tree(tree)
    assert isinstance(read, Procedure)
    assert [fee.amount for fee in read.fees] == [Decimal("14.23"), Decimal("0.10")]


def with_title(title: Text) -> Procedure:
    description = catalogue.load("lv/diploma-atzisana")
    assert isinstance(description, Procedure)
    return replace(description, title=title, online=None)
