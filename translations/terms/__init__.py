"""Which words stand for a concept in each language, and whether a translation uses them."""

from translations.terms.glossary import Concept, Glossary, Use, starter_glossary
from translations.terms.table import read_terms_csv, write_terms_csv

__all__ = ["Concept", "Glossary", "Use", "read_terms_csv", "starter_glossary", "write_terms_csv"]
