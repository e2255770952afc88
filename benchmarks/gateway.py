"""Rows of the benchmark: a page audited, a day of an access log counted.

The floors do what cannot be left out: lxml reads the page into a tree; one regular expression
finds the fields of each line.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from procedures.audit import audit
from procedures.collect import Period
from procedures.statistics import Site, aggregate, read_access_log

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_NOW = datetime(2026, 2, 3, tzinfo=UTC)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Moving</title>'
    '<meta name="sdg-tag" content="sdg"><meta name="DC.ISO3166" content="LV">'
    '<meta name="DC.Service" content="information"><meta name="policy-code" content="D1">'
    '<link rel="canonical" href="https://dienests.example/en/moving"></head><body>'
    + '<div class="card"><p>Text of a <a href="/en/page">page</a> with words.</p></div>' * 400
    + "</body></html>"
).encode()
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Mozilla/5.0 (iPhone) Mobile Safari")
_LINES = [
    f"203.0.113.{n % 250} - - [10/Jan/2026:13:{n % 60:02d}:36 +0200] "
    f'"GET /en/page-{n % 90} HTTP/1.1" 200 512 "-" "{_AGENTS[n % 2]}" "LV"\n'
    for n in range(5000)
]
_FIELDS = re.compile(
    r'(\S+) \S+ \S+ \[([^\]]+)\] "([^"]*)" (\d{3}) \S+ "([^"]*)" "([^"]*)" "([A-Z]{2})"\s*'
)
_SITE = Site.of("https://dienests.example")


def _audited() -> object:
    return audit(_PAGE, now=_NOW, address="https://dienests.example/en/moving")


def _parsed() -> object:
    return etree.fromstring(_PAGE, etree.HTMLParser(encoding="utf-8"))


def _counted() -> object:
    hits = read_access_log(_LINES)
    return aggregate(hits, period=Period.month(2026, 1), site=_SITE)


def _matched() -> object:
    return [_FIELDS.fullmatch(line) for line in _LINES]


ROWS: list[Row] = [
    ("audit a page of 400 paragraphs", _audited, _parsed, 12.0),
    ("count 5000 lines of an access log", _counted, _matched, 40.0),
]
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
