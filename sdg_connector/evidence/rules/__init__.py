"""The published business rules of the exchange data model, and the verdict on a message."""

from sdg_connector.evidence.rules.message import FILES, broken_rules, kind_of, line_of_message

__all__ = ["FILES", "broken_rules", "kind_of", "line_of_message"]
