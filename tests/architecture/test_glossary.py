"""The glossary: one sentence for each term, and every name in it exists."""

import importlib
import re
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]


def test_each_term_has_one_sentence_and_a_name() -> None:
    assert len(ROWS) > 60
    for term, meaning, names in ROWS:
        assert meaning.endswith("."), term
        assert re.findall(r"`([\w.]+)`", names), term
    terms = [row[0].casefold() for row in ROWS]
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("name", sorted({n for r in ROWS for n in re.findall(r"`([\w.]+)`", r[2])}))
def test_what_carries_a_term_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(module), attribute)
