"""The published names of the Estonian conformance cases all stand in our checklist."""

import re
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"


def _listed(rows: str) -> set[str]:
    """Groups such as ``saml9``; ``saml17 to saml19`` stands for all three."""
    found = set(re.findall(r"\b[a-zA-Z]+\d+\b", rows))
    for name, first, last in re.findall(r"\b([a-zA-Z]+)(\d+) to \1(\d+)\b", rows):
        found |= {f"{name}{number}" for number in range(int(first), int(last) + 1)}
    return found


@pytest.mark.artefacts
def test_every_group_of_cases_has_its_row(artefacts: Path) -> None:
    names = (artefacts / "eidas/derived/conformance_cases_ria.txt").read_text("utf-8")
    groups = set(re.findall(r"Test: ([a-zA-Z]+\d+)_", names))
    text = DOCUMENT.read_text("utf-8")
    table = text[text.index("Checklist of the Estonian") :]
    rows = table[: table.index("\n## ")]
    assert len(groups) == 43
    assert groups <= _listed(rows)
