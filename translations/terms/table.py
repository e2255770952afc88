"""A glossary as CSV: one row for a concept, one column for a language."""

import csv
import io

from translations.errors import ExchangeRefused, UnknownLanguage
from translations.languages import read_code
from translations.terms.glossary import Concept, Glossary

_RULE = "glossary CSV"
_NAMES = frozenset(("id", "definition"))
REFUSED = "!"
"""Before a term that must not be used; variants are parted by ``|``."""
_MAX_BYTES = 50_000_000


def read_terms_csv(data: bytes) -> Glossary:
    """A glossary from CSV in UTF-8, parted by comma, semicolon or tab.

    The first row names the columns: language codes, and ``id`` and ``definition`` if wanted. A cell
    holds the preferred term, then accepted ones, parted by ``|``; ``!`` marks one to refuse. Raises
    `ExchangeRefused` with the row.
    """
    if len(data) > _MAX_BYTES:
        raise ExchangeRefused(_RULE, f"at most {_MAX_BYTES} bytes", f"{len(data)}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ExchangeRefused(_RULE, "UTF-8", "other bytes") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ExchangeRefused(_RULE, "rows of CSV", str(error)[:80]) from None
    if not rows:
        raise ExchangeRefused(_RULE, "a first row with language codes", "nothing")
    columns = [_column(name) for name in rows[0]]
    if len({*columns} - _NAMES) < 1 or len(set(columns)) != len(columns):
        raise ExchangeRefused(_RULE, "different language codes in the first row", first[:80])
    return Glossary(
        _concept(number, columns, row) for number, row in enumerate(rows[1:], 2) if any(row)
    )


def _column(name: str) -> str:
    plain = name.strip().lower()
    if plain in _NAMES:
        return plain
    try:
        return read_code(plain)
    except UnknownLanguage as error:
        raise ExchangeRefused(_RULE, "language codes in the first row", str(error)) from None


def _concept(number: int, columns: list[str], row: list[str]) -> Concept:
    if len(row) != len(columns):
        raise ExchangeRefused(_RULE, f"{len(columns)} cells in row {number}", f"{len(row)}")
    cells = dict(zip(columns, row, strict=True))
    terms: dict[str, tuple[str, ...]] = {}
    refused: dict[str, tuple[str, ...]] = {}
    for language in set(columns) - _NAMES:
        listed = [term.strip() for term in cells[language].split("|") if term.strip(" !")]
        good = tuple(term for term in listed if not term.startswith(REFUSED))
        bad = tuple(term[1:].strip() for term in listed if term.startswith(REFUSED))
        terms |= {language: good} if good else {}
        refused |= {language: bad} if bad else {}
    if not terms:
        raise ExchangeRefused(_RULE, f"a term in row {number}", "none")
    return Concept(
        id=cells.get("id", "").strip() or f"row-{number}", terms=terms, refused=refused,
        definition=cells.get("definition", "").strip(),
    )  # fmt: skip


def write_terms_csv(glossary: Glossary) -> bytes:
    """The glossary as `read_terms_csv` reads it."""
    languages = sorted({code for c in glossary.concepts for code in (*c.terms, *c.refused)})
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["id", "definition", *languages])
    for concept in glossary.concepts:
        cells = [
            "|".join(
                (
                    *concept.terms.get(code, ()),
                    *(f"{REFUSED}{term}" for term in concept.refused.get(code, ())),
                )
            )
            for code in languages
        ]
        writer.writerow([concept.id, concept.definition, *cells])
    return out.getvalue().encode("utf-8")
