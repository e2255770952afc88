"""What people corrected: found again exactly or nearly, never for another pair of languages."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Origin, TextForm, Translator
from translations.engines.argos import ArgosEngine
from translations.errors import Misuse, StoreUnavailable
from translations.memory import Memory, Unit, UnitOrigin

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def unit(original: str, translated: str, source: str = "lv", target: str = "en") -> Unit:
    return Unit(
        source=source, target=target, original=original, translated=translated,
        origin=UnitOrigin.HUMAN, at=NOW,
    )  # fmt: skip


def test_a_correction_is_never_overwritten_by_the_machine(engine: ArgosEngine) -> None:
    memory = Memory()
    memory.remember([unit("Kontakti", "How to reach us")])
    result = Translator(engine=engine, memory=memory).translate(
        "Kontakti\nPalīdzība", source="lv", target="en", now=NOW
    )
    assert result.text == "How to reach us\nHelp"
    assert [s.origin for s in result.segments] == [Origin.HUMAN, Origin.MACHINE]
    assert not result.provenance.approved_by_human
    approved = Translator(engine=engine, memory=memory).translate(
        "Kontakti", source="lv", target="en", now=NOW
    )
    assert approved.provenance.approved_by_human


def test_a_correction_keeps_the_markup_of_its_sentence(engine: ArgosEngine) -> None:
    memory = Memory()
    memory.remember([unit("Maksa ir 30 eiro.", "You pay 30 euros.")])
    result = Translator(engine=engine, memory=memory).translate(
        "<p>Maksa ir <b>30</b> eiro.</p>", source="lv", target="en", now=NOW, form=TextForm.HTML
    )
    assert re.sub("</?b>", "", result.text) == "<p>You pay 30 euros.</p>"
    assert re.findall("</?b>", result.text) == ["<b>", "</b>"]


def test_a_later_correction_replaces_the_earlier_one(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    memory.remember([unit("Maksa", "Price"), unit("Maksa", "Fee")])
    memory.close()
    again = Memory(tmp_path / "memory.sqlite")
    assert again.corrected("Maksa", source="LV", target="en") == "Fee"
    assert len(list(again.units())) == 1
    assert again.forget("Maksa", source="lv", target="en")
    assert again.corrected("Maksa", source="lv", target="en") is None
    assert not again.forget("Maksa", source="lv", target="en")


def test_a_near_sentence_is_found_with_its_changes() -> None:
    memory = Memory()
    memory.remember(
        [
            unit("Maksa par diplomu ir 30 eiro.", "The fee is 30 euros."),
            unit("Kontakti", "Contacts"),
        ]
    )
    found = memory.similar("Maksa par diplomu ir 45 eiro.", source="lv", target="en")
    assert [match.unit.translated for match in found] == ["The fee is 30 euros."]
    assert 0.75 <= found[0].score < 1
    assert found[0].changes == (("30", "45"),)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["lv", "lt", "en"]), st.sampled_from(["de", "fr"]),
                       st.text("aāb ", min_size=1, max_size=8)), max_size=8),
    st.text("aāb ", max_size=8),
)  # fmt: skip
def test_a_memory_never_answers_for_another_pair(
    kept: list[tuple[str, str, str]], asked: str
) -> None:
    memory = Memory()
    memory.remember(
        unit(text, f"{source}{target}", source, target) for source, target, text in kept
    )
    answer = memory.corrected(asked, source="lv", target="de")
    assert answer in {None, "lvde"}
    matches = memory.similar(asked, source="lv", target="de", at_least=0.1)
    assert {match.unit.translated for match in matches} <= {"lvde"}


def test_a_file_that_is_no_memory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(Misuse, match="memory"):
        Memory(path)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = Unit(
        source="lv", target="en", original="a", translated="b", origin=UnitOrigin.HUMAN,
        at=NOW.replace(tzinfo=None),
    )  # fmt: skip
    with pytest.raises(Misuse):
        Memory().remember([naive])


def test_an_imported_unit_never_takes_the_place_of_a_persons() -> None:
    memory = Memory()
    memory.remember([unit("Maksa", "Fee")])
    imported = Unit(
        source="lv", target="en", original="Maksa", translated="Payment",
        origin=UnitOrigin.IMPORTED, at=NOW,
    )  # fmt: skip
    assert memory.remember([imported]) == 0
    assert memory.corrected("Maksa", source="lv", target="en") == "Fee"


def test_an_inflected_near_sentence_is_found_among_many() -> None:
    memory = Memory()
    memory.remember(unit(f"Cits teikums numur {n} par lietu.", f"Other {n}") for n in range(3_000))
    memory.remember([unit("Izziņas par studijām izsniedz bez maksas.", "Statements are free.")])
    found = memory.similar("Izziņu par studijām izsniedz bez maksas.", source="lv", target="en")
    assert [match.unit.translated for match in found] == ["Statements are free."]
    assert [c.before for c in found[0].differences if c.same] == [
        "par studijām izsniedz bez maksas."
    ]


def test_whatever_changes_raises_the_revision_of_its_pair() -> None:
    memory = Memory()
    seen = [memory.revision(source="lv", target="en")]
    for change in (
        lambda: memory.remember([unit("a", "b")]),
        lambda: memory.remember([unit("a", "c")]),
        lambda: memory.forget("a", source="lv", target="en"),
    ):
        change()
        seen.append(memory.revision(source="lv", target="en"))
    assert seen == sorted(set(seen))
    assert memory.revision(source="lv", target="de") == 0
    assert memory.counts() == {}


def test_several_processes_share_a_memory_in_postgresql(postgres: str) -> None:
    one, other = Memory(postgres), Memory(postgres)
    one.remember(unit(f"Maksa par {n}. diplomu ir 30% jeb {n} eiro?", f"Fee {n}") for n in range(9))
    other.remember([unit("Kontakti", "Contacts"), unit("Kontakti", "Reach us")])
    assert one.corrected("Kontakti", source="lv", target="en") == "Reach us"
    assert other.counts() == {("lv", "en"): 10}
    found = other.similar("Maksa par 3. diplomu ir 40% jeb 3 eiro?", source="lv", target="en")
    assert found[0].unit.translated == "Fee 3"
    assert one.forget("Kontakti", source="lv", target="en")
    assert len(list(other.units(source="lv"))) == 9
    other.close()
    one.close()
    with pytest.raises(StoreUnavailable):
        one.counts()


def test_a_database_that_does_not_answer_is_named() -> None:
    with pytest.raises(StoreUnavailable, match="PostgreSQL"):
        Memory("postgresql://127.0.0.1:1/none?connect_timeout=1")
