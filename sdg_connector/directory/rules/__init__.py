"""The published business rules of the Common Services, and the verdict on a document of theirs."""

from sdg_connector.directory.rules.document import FILES, broken_rules, kind_of, line_of_document

__all__ = ["FILES", "broken_rules", "kind_of", "line_of_document"]
