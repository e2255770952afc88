"""Life situations as YAML and JSON files."""

import re
from typing import Any, Final

from procedures.document import Document
from procedures.file_schema import Schema, headed_schema
from procedures.reading import read_headed
from procedures.situations.model import KIND, LifeSituation
from procedures.writing import headed_tree, headed_yaml

_HEADED: Final = re.compile(rb"""(?:^|[{,\s])"?kind"?\s*:\s*"?life-situation\b""", re.MULTILINE)
_LOOKED_AT: Final = 4096


def is_situation(data: bytes) -> bool:
    """Whether a file says at its head that it is a life situation."""
    return _HEADED.search(data[:_LOOKED_AT]) is not None


def read_situation(data: bytes) -> LifeSituation:
    """Read a life situation (YAML 1.2 or JSON).

    Raises ``DescriptionRefused`` with every mistake and its line. What it says of services and
    conditions is judged by `judge_situation`, which knows the catalogue.
    """
    return read_located_situation(data)[0]


def read_located_situation(data: bytes) -> tuple[LifeSituation, Document]:
    """The same, with the document that knows the line of each field."""
    return read_headed(data, LifeSituation, kind=KIND)


def situation_tree(situation: LifeSituation) -> dict[str, Any]:
    """The situation as plain values: what its JSON holds."""
    return headed_tree(situation, kind=KIND, language=situation.language)


def write_situation(situation: LifeSituation) -> bytes:
    """The situation as YAML; `read_situation` gives it back unchanged."""
    return headed_yaml(situation, kind=KIND, language=situation.language)


def situation_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of the files."""
    return headed_schema(LifeSituation, kind=KIND, title="A life situation")
