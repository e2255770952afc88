"""Audit public pages as the Gateway's crawler sees them: tags, language, canonical address."""

from procedures.audit.checks import audit, check
from procedures.audit.crawling import Crawl, Fetched, Fetcher, Visit
from procedures.audit.page import Page, PageTag, read_page
from procedures.audit.rules import RULES, Rule

__all__ = [
    "RULES",
    "Crawl",
    "Fetched",
    "Fetcher",
    "Page",
    "PageTag",
    "Rule",
    "Visit",
    "audit",
    "check",
    "read_page",
]
