"""A walk through one's own site: polite, guarded, page by page."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner

from procedures.audit import Crawl, Visit
from procedures.audit.site_maps import SiteMapRefused, read_site_map
from procedures.clients import InternalAddress, PageFetcher
from procedures.errors import GatewaySilent, ProceduresMisuse
from sdg_connector.cli.app import app
from tests.support.servers import free_port, running

NOW = datetime(2026, 2, 3, 8, 30, tzinfo=UTC)
MAP = '<?xml version="1.0"?><{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{1}</{0}>'


def site_map(*addresses: str, kind: str = "urlset") -> bytes:
    entry = "url" if kind == "urlset" else "sitemap"
    return MAP.format(
        kind, "".join(f"<{entry}><loc>{a}</loc></{entry}>" for a in addresses)
    ).encode()


def tagged(canonical: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Moving</title>'
        '<meta name="sdg-tag" content="sdg"><meta name="DC.ISO3166" content="LV">'
        '<meta name="DC.Service" content="information"><meta name="policy-code" content="D1">'
        f'<link rel="canonical" href="{canonical}"></head><body>'
        '<a href="https://europa.eu/youreurope">Your Europe</a></body></html>'
    )


class Site:
    """A small site of its own, and what was asked of it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[str] = []
        self.robots = Response(
            f"User-agent: *\nDisallow: /private\nSitemap: {base}/index.xml\n",
            media_type="text/plain",
        )

    async def serve(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        pages = (
            f"{self.base}{one}" for one in ("/a", "/b", "/old", "/gone", "/private", "/form.pdf")
        )
        answers = {
            "/robots.txt": self.robots,
            "/index.xml": Response(
                site_map(
                    f"{self.base}/map.xml.gz", "https://evil.example/s.xml", kind="sitemapindex"
                )
            ),
            "/map.xml.gz": Response(gzip.compress(site_map(*pages, "https://evil.example/a"))),
            "/a": Response(tagged(f"{self.base}/a"), media_type="text/html"),
            "/b": Response(tagged(f"{self.base}/a"), media_type="text/html"),
            "/old": RedirectResponse("/new"),
            "/new": Response(tagged(f"{self.base}/new"), media_type="text/html"),
            "/away": RedirectResponse("http://169.254.169.254/latest"),
            "/round": RedirectResponse("/round"),
            "/broken": Response(status_code=302, headers={"Location": "http://["}),
            "/form.pdf": Response(b"%PDF", media_type="application/pdf"),
            "/no-map.xml": Response(b"<html/>"),
        }
        return answers.get(path, Response(status_code=404))


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}")
    routes = [Route("/{path:path}", site.serve)]
    with running(Starlette(routes=routes), host="127.0.0.1", port=port):
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    served.asked.clear()
    return served


@pytest.fixture
def fetcher() -> Iterator[PageFetcher]:
    with httpx.Client(timeout=5) as http:
        yield PageFetcher(http=http, internal_allowed=True)


def walked(
    start: str, fetcher: PageFetcher, **more: object
) -> tuple[dict[str, Visit], list[float]]:
    pauses: list[float] = []
    crawl = Crawl(start=start, fetcher=fetcher, now=NOW, pause=pauses.append, **more)  # type: ignore[arg-type]
    return {one.address: one for one in crawl}, pauses


def rules(visit: Visit) -> set[str]:
    assert visit.judgement is not None
    return {one.rule for one in visit.judgement.findings}


def test_the_whole_site_is_visited_from_its_start(site: Site, fetcher: PageFetcher) -> None:
    visits, pauses = walked(f"{site.base}/", fetcher)
    found = {address.removeprefix(site.base): visit for address, visit in visits.items()}
    assert list(found) == [
        "/a",
        "/b",
        "/old",
        "/gone",
        "/private",
        "/form.pdf",
        "https://evil.example/a",
    ]
    assert "site.canonical-shared" not in rules(found["/a"])
    assert "site.canonical-shared" in rules(found["/b"])
    assert "site.moved" in rules(found["/old"])
    assert rules(found["/gone"]) == {"site.broken"}
    assert "forbids" in found["/private"].left_out
    assert "no HTML" in found["/form.pdf"].left_out
    assert "another host" in found["https://evil.example/a"].left_out
    assert "/private" not in site.asked
    assert len(pauses) == len(site.asked) - 2  # robots.txt comes first; a redirect is one visit
    assert set(pauses) == {1.0}


def test_the_sites_own_pace_counts_when_it_is_slower(site: Site, fetcher: PageFetcher) -> None:
    before, site.robots = site.robots, Response("User-agent: *\nCrawl-delay: 7\n")
    try:
        _, pauses = walked(f"{site.base}/map.xml.gz", fetcher, most=1)
    finally:
        site.robots = before
    assert set(pauses) == {7.0}


def test_rules_that_cannot_be_read_forbid_everything(site: Site, fetcher: PageFetcher) -> None:
    before, site.robots = site.robots, Response(status_code=503)
    try:
        with pytest.raises(GatewaySilent, match=r"robots\.txt"):
            walked(f"{site.base}/index.xml", fetcher)
    finally:
        site.robots = before
    assert site.asked == ["/robots.txt"]


def test_addresses_inside_a_network_are_opened_only_when_asked(site: Site) -> None:
    with httpx.Client() as http:
        guarded = PageFetcher(http=http)
        with pytest.raises(InternalAddress):
            guarded.get(f"{site.base}/a")
        for inside in ("10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"):
            mapped = PageFetcher(http=http, resolver=lambda host, port, at=inside: [at])
            with pytest.raises(InternalAddress):
                mapped.get("https://public.example/")
    assert site.asked == []


def test_a_name_is_resolved_once_and_that_address_is_spoken_to(site: Site) -> None:
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = httpx.URL(site.base).port
    with httpx.Client(timeout=5) as http:
        fetcher = PageFetcher(http=http, internal_allowed=True, resolver=resolver)
        answer = fetcher.get(f"http://nobody-knows.invalid:{port}/a")
    assert answer.status == 200
    assert asked == ["nobody-knows.invalid"]


@pytest.mark.parametrize("path", ["/away", "/round", "/broken"])
def test_a_redirect_leads_neither_away_nor_in_circles(
    path: str, site: Site, fetcher: PageFetcher
) -> None:
    with pytest.raises(GatewaySilent):
        fetcher.get(f"{site.base}{path}")


@pytest.mark.parametrize("address", ["", "ftp://x/", "https://u:p@x.example/", "https://[", "x"])
def test_what_is_no_web_address_is_refused(address: str, fetcher: PageFetcher) -> None:
    with pytest.raises(GatewaySilent):
        fetcher.get(address)
    if not address.startswith("https://u"):
        with pytest.raises((ProceduresMisuse, GatewaySilent)):
            walked(address, fetcher)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html/>",
        b"<urlset/>",
        b"\x1f\x8bnot gzip",
        gzip.compress(b"\0" * 60_000_000),
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><urlset/>",
        b"just words",
        b"\xff\xff",
    ],
)
def test_what_is_no_site_map_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(SiteMapRefused):
        read_site_map(data)


def test_a_plain_list_is_a_site_map_too() -> None:
    assert read_site_map(b"https://a.example/1\r\nhttps://a.example/2\n").pages == (
        "https://a.example/1",
        "https://a.example/2",
    )


def test_the_command_reports_every_page(site: Site) -> None:
    arguments = ["procedures", "audit", f"{site.base}/", "--delay", "0"]
    barred = CliRunner().invoke(app, arguments)
    assert barred.exit_code == 2
    assert "inside a network" in barred.stderr
    result = CliRunner().invoke(app, [*arguments, "--internal", "--format", "json"])
    assert result.exit_code == 1
    reports = {one["file"].removeprefix(site.base): one for one in json.loads(result.stdout)}
    assert list(reports) == ["/a", "/b", "/old", "/gone"]
    assert reports["/a"]["verdict"] == "accepted"
    assert reports["/gone"]["verdict"] == "refused"
    assert "left out" in result.stderr
