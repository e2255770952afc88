"""Dates and numbers: as they were, or in the target's form where that was asked for."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Language, Translator
from translations.engines.argos import ArgosEngine
from translations.localise import localised

CASES = [
    ("lv", "en", "līdz 05.03.2026. vai 2026-04-01", ["5 March 2026", "1 April 2026"]),
    ("lv", "de", "05.03.2026", ["5. März 2026"]),
    ("lv", "en", "Maksa ir 12,50 eiro, kopā 1 204,75 eiro.", ["12.50", "1,204.75"]),
    ("en", "de", "It is 1,204.75 euros.", ["1.204,75"]),
    ("lv", "en", "31.02.2026 nav diena, un 1.2.3 ir versija.", []),
    ("lv", "en", "Regula (ES) 2018/1724, 5.1. punkts, 67012345.", []),
    ("lv", "et", "12,50 eiro", []),
]


@pytest.mark.parametrize(("source", "target", "text", "expected"), CASES)
def test_a_date_or_amount_takes_the_targets_form(
    source: str, target: str, text: str, expected: list[str]
) -> None:
    found = localised(text, source=source, target=target)
    assert [one.target for one in found] == expected


def test_only_who_asks_gets_other_forms(engine: ArgosEngine, now: datetime) -> None:
    text = "Reģistrācijas maksa ir 30,50 eiro."
    plain = Translator(engine=engine).translate(text, source="lv", target="en", now=now)
    assert "30,50" in plain.text
    asked = Translator(engine=engine, localise=True)
    result = asked.translate(text, source="lv", target="en", now=now)
    assert "30.50" in result.text
    dated = asked.translate("Termiņš: 05.03.2026", source="lv", target="en", now=now)
    assert "5 March 2026" in dated.text
    assert "numbers" not in {f.doubt.value for s in dated.segments for f in s.findings}


@settings(max_examples=150, deadline=None)
@given(
    st.text("0123456789.,- /ā\u00a0", max_size=30),
    st.sampled_from(list(Language)),
    st.sampled_from(list(Language)),
)
def test_any_digits_are_read_without_a_stumble(text: str, one: Language, other: Language) -> None:
    last = 0
    for part in localised(text, source=one, target=other):
        assert last <= part.start < part.end <= len(text)
        last = part.end
