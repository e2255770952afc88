"""Describe a service as the Single Digital Gateway law asks, and prove it."""

from procedures.errors import DescriptionRefused, Mistake, ProceduresError, ProceduresMisuse
from procedures.json_schema import json_schema
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
