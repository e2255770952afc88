"""Audit one page: any bytes in, the findings of the catalogue out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from procedures.audit.decoding import Decoded, decode
from procedures.audit.lints_of_address import lint_address, lint_finding, lint_label, lint_reader
from procedures.audit.lints_of_places import lint_country, lint_language, lint_location
from procedures.audit.lints_of_tags import lint_tags
from procedures.audit.lints_of_topics import lint_codes, lint_policy, lint_service
from procedures.audit.page import TAG_NAMES, Page, read_page
from procedures.audit.rules import finding
from procedures.findings import Finding, Judgement, Severity

MOST_OCTETS: Final = 8 * 1024 * 1024
_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def check(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge a page for testers; the context may hold its ``url``, ``content_type``, ``robots``."""
    return audit(
        data,
        now=now,
        address=_text(context, "url") or None,
        content_type=_text(context, "content_type"),
        robots=_text(context, "robots"),
    )


def audit(
    data: bytes,
    *,
    now: datetime,
    address: str | None = None,
    content_type: str = "",
    robots: str = "",
) -> Judgement:
    """Audit the bytes of a page; ``address`` is where it was found, ``robots`` its X-Robots-Tag.

    The value of the judgement is what the tags say. Any bytes give a judgement.
    """
    if len(data) > MOST_OCTETS:
        message = f"expected at most {MOST_OCTETS} octets, found {len(data)}"
        return Judgement((finding("page.size", message),))
    decoded = decode(data, content_type=content_type)
    page = read_page(decoded.text)
    found = [*_encoding(decoded), *_lints(page, now, address, robots)]
    found.sort(key=lambda one: _ORDER[one.severity])
    return Judgement(tuple(found), _value(page, decoded))


def _lints(page: Page, now: datetime, address: str | None, robots: str) -> Iterator[Finding]:
    if not page.is_tagged:
        how = " (a script may add them, which no crawler waits for)"
        message = "the page has no tag of the guide" + (how if page.script_writes_tags else "")
        yield finding("page.untagged", message)
        yield from lint_label(page)
        return
    yield from lint_tags(page)
    yield from lint_country(page)
    yield from lint_location(page)
    yield from lint_service(page)
    yield from lint_codes(page, on=now.date())
    yield from lint_policy(page)
    yield from lint_language(page)
    yield from lint_address(page, address=address)
    yield from lint_finding(page, header=robots)
    yield from lint_reader(page)


def _encoding(decoded: Decoded) -> Iterator[Finding]:
    if not decoded.known:
        message = "the declared encoding is none of the web's"
        yield finding("page.encoding-unknown", message)
    elif decoded.declared is None and not decoded.text.isascii():
        message = f"no encoding is declared; the page was read as {decoded.encoding}"
        yield finding("page.encoding-undeclared", message)
    if decoded.broken:
        message = f"{decoded.broken} places mean nothing in {decoded.encoding}"
        yield finding("page.encoding-broken", message)


def _value(page: Page, decoded: Decoded) -> dict[str, object]:
    return {
        "encoding": decoded.encoding,
        "language": page.language,
        "title": page.title,
        "canonical": [href for href, _ in page.canonical],
        "tags": {name: list(page.values(name)) for name in TAG_NAMES if page.of(name)},
    }


def _text(context: Mapping[str, object], name: str) -> str:
    value = context.get(name)
    return value if isinstance(value, str) else ""
