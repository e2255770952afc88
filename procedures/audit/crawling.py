"""Walk through one's own site by its site map, politely, and audit each page.

Politely means: what robots.txt forbids is left alone (RFC 9309), one request at a time, a pause
between them, and never another host. The network is the fetcher's; this module opens nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from protego import Protego

from procedures.audit.checks import audit
from procedures.audit.rules import finding
from procedures.audit.site_maps import SiteMap, SiteMapRefused, read_site_map
from procedures.errors import GatewaySilent, ProceduresMisuse
from procedures.findings import Judgement

AGENT: Final = "sdg-connector-audit"
_MOST_MAPS: Final = 100
_MOST_PAUSE: Final = 60.0
_HTML: Final = frozenset({"text/html", "application/xhtml+xml", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered."""

    address: str
    """Where the answer came from in the end, after redirects on the same host."""
    status: int
    content_type: str
    robots: str
    """The header X-Robots-Tag."""
    body: bytes


class Fetcher(Protocol):
    """Whoever opens addresses; `procedures.clients.PageFetcher` is one."""

    def get(self, address: str) -> Fetched:
        """The answer of a server; raises `GatewaySilent` when there is none to be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One page of the site map."""

    address: str
    judgement: Judgement | None
    """None where the page was not read, for the reason in ``left_out``."""
    left_out: str = ""


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One walk; iterate over it for the visits, in the order of the site map."""

    start: str
    """A site map, or the start of a site that names its maps in robots.txt."""
    fetcher: Fetcher
    now: datetime
    pause: Callable[[float], None]
    """Waits so many seconds."""
    delay: float = 1.0
    """Seconds between two requests; the site's own Crawl-delay counts when it is longer."""
    most: int = 5000
    addresses: tuple[str, ...] = field(default=(), init=False)
    """The pages to visit; known as soon as the first visit is."""
    _claimed: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __iter__(self) -> Iterator[Visit]:
        """Visit every page; raises `ProceduresMisuse`, `SiteMapRefused` or `GatewaySilent`."""
        host = _host(self.start)
        robots = self._robots()
        self.delay = min(max(self.delay, robots.crawl_delay(AGENT) or 0.0), _MOST_PAUSE)
        maps = tuple(robots.sitemaps) if urlsplit(self.start).path in {"", "/"} else ()
        listed = self._pages(maps or (self._first_map(),), host)
        self.addresses = tuple(dict.fromkeys(listed))[: self.most]
        for address in self.addresses:
            if not _on(address, host):
                yield _left_out(address, "it is on another host")
            elif not robots.can_fetch(address, AGENT):
                yield _left_out(address, "robots.txt forbids it")
            else:
                yield self._visit(address)

    def _robots(self) -> Protego:
        answer = self.fetcher.get(urljoin(self.start, "/robots.txt"))
        if answer.status >= 500:
            # RFC 9309, 2.3.1.4: rules that cannot be read forbid everything.
            raise GatewaySilent("robots.txt could not be read, so nothing may be visited")
        rules = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        return Protego.parse(rules)

    def _first_map(self) -> str:
        is_start = urlsplit(self.start).path in {"", "/"}
        return urljoin(self.start, "/sitemap.xml") if is_start else self.start

    def _pages(self, maps: tuple[str, ...], host: str) -> Iterator[str]:
        waiting, seen = list(maps), set(maps)
        while waiting:
            found = self._map(waiting.pop(0))
            yield from found.pages
            for further in found.maps:
                if further not in seen and len(seen) < _MOST_MAPS and _on(further, host):
                    seen.add(further)
                    waiting.append(further)

    def _map(self, address: str) -> SiteMap:
        self.pause(self.delay)
        answer = self.fetcher.get(address)
        if answer.status != 200:
            raise SiteMapRefused(f"expected a site map, found HTTP status {answer.status}")
        return read_site_map(answer.body)

    def _visit(self, address: str) -> Visit:
        self.pause(self.delay)
        try:
            answer = self.fetcher.get(address)
        except GatewaySilent as problem:
            return _broken(address, str(problem))
        if answer.status != 200:
            return _broken(address, f"it answered with HTTP status {answer.status}")
        if answer.content_type.partition(";")[0].strip().lower() not in _HTML:
            return _left_out(address, "it is no HTML page")
        judged = audit(
            answer.body,
            now=self.now,
            address=answer.address,
            content_type=answer.content_type,
            robots=answer.robots,
        )
        more = []
        if answer.address != address:
            message = f"the page has moved to {answer.address}"
            more.append(finding("site.moved", message))
        other = self._claim(judged, address)
        if other is not None:
            message = f"{other} has the same canonical address, so one of the two is lost"
            more.append(finding("site.canonical-shared", message))
        return Visit(address=address, judgement=Judgement((*judged.findings, *more), judged.value))

    def _claim(self, judged: Judgement, address: str) -> str | None:
        """The page that named this page's canonical address before."""
        named = (judged.value or {}).get("canonical")
        if not isinstance(named, list) or not named:
            return None
        first = self._claimed.setdefault(urljoin(address, str(named[0])), address)
        return first if first != address else None


def _broken(address: str, why: str) -> Visit:
    message = f"the site map names the page, but {why}"
    return Visit(address=address, judgement=Judgement((finding("site.broken", message),)))


def _left_out(address: str, why: str) -> Visit:
    return Visit(address=address, judgement=None, left_out=why)


def _on(address: str, host: str) -> bool:
    try:
        return _host(address) == host
    except ProceduresMisuse:
        return False


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in {"http", "https"}:
        raise ProceduresMisuse("expected the web address of a site or of its site map")
    return host
