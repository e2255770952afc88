"""Describe a service as the Single Digital Gateway law asks, and prove it.

A name's module is imported when the name is first used: a program pays for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procedures.errors import DescriptionRefused, Mistake, ProceduresError, ProceduresMisuse
    from procedures.file_schema import json_schema
    from procedures.model import (
        AssistanceService,
        Description,
        InformationPage,
        Origin,
        Phrase,
        Procedure,
        Text,
    )
    from procedures.page import DescribedPage, Topic, page_of
    from procedures.reading import from_tree, read_description
    from procedures.tags import meta_tags, meta_tags_json, page_tags
    from procedures.translating import Untranslated, translatable, translated
    from procedures.writing import to_tree, write_json, write_yaml

__all__ = [
    "AssistanceService",
    "DescribedPage",
    "Description",
    "DescriptionRefused",
    "InformationPage",
    "Mistake",
    "Origin",
    "Phrase",
    "Procedure",
    "ProceduresError",
    "ProceduresMisuse",
    "Text",
    "Topic",
    "Untranslated",
    "from_tree",
    "json_schema",
    "meta_tags",
    "meta_tags_json",
    "page_of",
    "page_tags",
    "read_description",
    "to_tree",
    "translatable",
    "translated",
    "write_json",
    "write_yaml",
]

_HOMES = {
    "DescriptionRefused": "procedures.errors",
    "Mistake": "procedures.errors",
    "ProceduresError": "procedures.errors",
    "ProceduresMisuse": "procedures.errors",
    "json_schema": "procedures.file_schema",
    "AssistanceService": "procedures.model",
    "Description": "procedures.model",
    "InformationPage": "procedures.model",
    "Origin": "procedures.model",
    "Phrase": "procedures.model",
    "Procedure": "procedures.model",
    "Text": "procedures.model",
    "DescribedPage": "procedures.page",
    "Topic": "procedures.page",
    "page_of": "procedures.page",
    "from_tree": "procedures.reading",
    "read_description": "procedures.reading",
    "meta_tags": "procedures.tags",
    "meta_tags_json": "procedures.tags",
    "page_tags": "procedures.tags",
    "Untranslated": "procedures.translating",
    "translatable": "procedures.translating",
    "translated": "procedures.translating",
    "to_tree": "procedures.writing",
    "write_json": "procedures.writing",
    "write_yaml": "procedures.writing",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the name from its module (PEP 562), once: later looks find it here."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        """What this package offers."""
        return __all__
