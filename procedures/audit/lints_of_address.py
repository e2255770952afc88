"""Where a page stands, what it counts as, and whether it may be found."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from procedures.audit.page import Page
from procedures.audit.rules import finding
from procedures.findings import Finding


def lint_address(page: Page, *, address: str | None) -> Iterator[Finding]:
    """The canonical address, and the page's own when it is known."""
    own = _split(address or "")
    if address and own is not None and own.scheme == "http":
        yield finding("page.insecure", "the page is published without TLS")
    if not page.canonical:
        yield finding("page.canonical-missing", "the page names no canonical address")
    if len({href for href, _ in page.canonical}) > 1:
        message = "the page names several canonical addresses"
        yield finding("page.canonical-twice", message, line=page.canonical[1][1])
    for href, line in page.canonical[:1]:
        yield from _canonical(href, line, own)


def _canonical(href: str, line: int, own: SplitResult | None) -> Iterator[Finding]:
    canonical = _split(href)
    if canonical is None or canonical.scheme not in {"http", "https"} or not canonical.netloc:
        message = "expected a whole address, found a part of one"
        yield finding("page.canonical-form", message, line=line)
        return
    if canonical.scheme == "http":
        yield finding("page.insecure", "the canonical address is without TLS", line=line)
    is_root = canonical.path in {"", "/"} and not canonical.query
    if is_root and (own is None or own.path not in {"", "/"}):
        message = "the canonical address is the start of the whole site"
        yield finding("page.canonical-root", message, line=line)
    if own is not None and own.hostname and own.hostname != canonical.hostname:
        message = f"the canonical address is on the host {canonical.hostname}"
        yield finding("page.canonical-elsewhere", message, line=line)


def lint_finding(page: Page, *, header: str = "") -> Iterator[Finding]:
    """Whether a crawler may index the page; ``header`` is its X-Robots-Tag."""
    told = [*page.robots, (header, 0)]
    for said, line in told:
        words = {word.strip().lower() for word in said.replace(":", ",").split(",")}
        if words & {"noindex", "none"}:
            yield finding("page.not-indexed", "crawlers are told not to index the page", line=line)


def lint_reader(page: Page) -> Iterator[Finding]:
    """What a reader is told: a title, a date, the way to Your Europe."""
    if not page.title:
        yield finding("page.title-missing", "the page has no title")
    if not page.has_date:
        yield finding("page.date-missing", "no date of the last update can be found")
    if not any(_is_your_europe(one) for one in page.links):
        yield finding("page.your-europe-link", "no link leads to Your Europe")


def lint_label(page: Page) -> Iterator[Finding]:
    """The logo of Your Europe is a label of pages in the repository, and of no others."""
    if any(_is_your_europe(one) for one in page.with_picture):
        message = "the page shows the logo of Your Europe and carries no tag of the guide"
        yield finding("page.your-europe-logo", message)


def _is_your_europe(href: str) -> bool:
    parts = _split(href)
    host = (parts.hostname or "") if parts is not None else ""
    if host == "youreurope.europa.eu":
        return True
    return parts is not None and host == "europa.eu" and parts.path.startswith("/youreurope")


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address.strip())
        parts.hostname  # noqa: B018  asking for the host is what raises on a broken one
    except ValueError:
        return None
    return parts
