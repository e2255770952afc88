"""Views from logs and exports, added up for the Commission and about nobody."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from starlette.applications import Starlette
from starlette.routing import Route
from typer.testing import CliRunner, Result

from procedures.collect import Call, Period, findings
from procedures.errors import ProceduresMisuse
from procedures.statistics import (
    AssistanceRequest,
    Device,
    Hit,
    Metric,
    Site,
    StatisticsRefused,
    aggregate,
    assistance_statistics,
    device_of,
    is_robot,
    read_access_log,
    read_matomo,
    read_plausible,
    read_requests,
    read_table,
)
from procedures.statistics.assistance import Situation, UserCategory
from sdg_connector.cli.app import app
from sdg_connector.sandbox.gateway import REHEARSAL_KEY, CollectService
from tests.support.servers import free_port, running

JANUARY = Period.month(2026, 1)
SITE = Site.of("https://dienests.example")
STUDIES = "https://dienests.example/en/studies"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari"
GALAXY_TAB = (
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
)
PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
)
TV = "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 Version/6.0 TV Safari/537.36"


def line(
    path: str = "/en/studies",
    *,
    at: str = "10/Jan/2026:13:55:36 +0200",
    agent: str = FIREFOX,
    ip: str = "203.0.113.7",
    country: str = "LV",
    method: str = "GET",
    status: int = 200,
) -> str:
    return f'{ip} - - [{at}] "{method} {path} HTTP/1.1" {status} 512 "-" "{agent}" "{country}"\n'


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, Device.PC),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0", Device.PC),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", Device.PC),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/126.0", Device.PC),
        (IPHONE, Device.SMARTPHONE),
        (PIXEL, Device.SMARTPHONE),
        (IPAD, Device.TABLET),
        (GALAXY_TAB, Device.TABLET),
        (TV, Device.OTHERS),
        ("", Device.OTHERS),
    ],
)
def test_a_browser_tells_its_kind_of_device(agent: str, device: Device) -> None:
    assert device_of(agent) is device


@pytest.mark.parametrize(
    "agent", ["", "-", "Googlebot/2.1", "curl/8.0", "python-requests/2.3", "Uptime-Kuma/1.2"]
)
def test_a_program_is_no_visitor(agent: str) -> None:
    assert is_robot(agent)
    assert not any(is_robot(one) for one in (FIREFOX, IPHONE, IPAD, PIXEL, TV))


@pytest.mark.parametrize(
    ("given_", "canonical"),
    [
        ("/en/studies", STUDIES),
        ("https://DIENESTS.example:443/en/studies#part", STUDIES),
        ("http://www.dienests.example/en/studies?utm_source=x&fbclid=y", STUDIES),
        ("/en/%73tudies", STUDIES),
        ("/en/index.html", "https://dienests.example/en/"),
        ("/lv/mācības", "https://dienests.example/lv/m%C4%81c%C4%ABbas"),
        ("https://other.example/en/studies", None),
        ("https://[", None),
        ("javascript:1", None),
    ],
)
def test_a_page_has_one_address_however_it_was_reached(given_: str, canonical: str | None) -> None:
    assert SITE.canonical(given_) == canonical


def test_only_the_gateways_own_pages_count_when_they_are_named() -> None:
    site = Site.of("https://dienests.example", pages=["https://dienests.example/en/studies/"])
    assert site.canonical("/en/studies") == "https://dienests.example/en/studies/"
    assert site.canonical("/en/news") is None
    kept = Site.of("https://dienests.example", kept_parameters=["id"])
    assert kept.canonical("/s?id=4&x=1") == "https://dienests.example/s?id=4"
    with pytest.raises(ProceduresMisuse):
        Site.of("dienests.example")


def test_a_log_gives_views_of_pages_by_people() -> None:
    left_out = Counter[str]()
    lines = [
        line(),
        line(agent=IPHONE, country="-"),
        line("/style.css"),
        line(agent="Googlebot/2.1"),
        line(method="POST"),
        line(status=404),
        "nonsense\n",
        'x [10/Jan/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 1\n',
    ]
    hits = list(read_access_log(lines, left_out=left_out))
    assert [(one.address, one.country, one.device) for one in hits] == [
        ("/en/studies", "LV", Device.PC),
        ("/en/studies", None, Device.SMARTPHONE),
    ]
    assert hits[0].at == datetime(2026, 1, 10, 11, 55, 36, tzinfo=UTC)
    assert left_out == {
        "no page": 1,
        "robot": 1,
        "no GET": 1,
        "not answered": 1,
        "unreadable": 2,
    }


def test_the_visitor_is_in_no_hit_and_no_text_of_one() -> None:
    (hit,) = read_access_log([line(ip="198.51.100.23")])
    assert "198.51.100.23" not in repr(hit)
    assert hit.visit is not None
    (again,) = read_access_log([line(ip="198.51.100.23")])
    assert hit.visit != again.visit  # the salt of each run is its own


NGINX = {
    "time": "2026-01-10T13:55:36+02:00",
    "remote_addr": "203.0.113.7",
    "request_uri": "/en/studies",
    "request_method": "GET",
    "status": 200,
    "http_user_agent": FIREFOX,
    "country": "LV",
}
CADDY = {
    "ts": 1768046136.2,
    "status": 200,
    "request": {
        "remote_ip": "203.0.113.7",
        "method": "GET",
        "uri": "/en/studies",
        "host": "dienests.example",
        "headers": {"User-Agent": [FIREFOX]},
    },
    "country": "LV",
}
TRAEFIK = {
    "StartUTC": "2026-01-10T11:55:36Z",
    "ClientHost": "203.0.113.7",
    "RequestPath": "/en/studies",
    "RequestHost": "dienests.example",
    "RequestMethod": "GET",
    "DownstreamStatus": 200,
    "request_User-Agent": FIREFOX,
    "country": "LV",
}


@pytest.mark.parametrize("said", [NGINX, CADDY, TRAEFIK], ids=["nginx", "caddy", "traefik"])
def test_json_logs_are_read_too(said: dict[str, object]) -> None:
    found = aggregate(read_access_log([json.dumps(said)]), period=JANUARY, site=SITE)
    assert found.cells == {(STUDIES, "LV", Device.PC): 1}


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120) | st.builds(lambda tail: line()[:60] + tail, st.text(max_size=40)))
def test_any_line_is_a_view_or_counted_as_left_out(text: str) -> None:
    left_out = Counter[str]()
    hits = list(read_access_log([text], left_out=left_out))
    assert len(hits) + left_out.total() == 1


def test_views_are_added_up_by_page_country_and_device() -> None:
    lines = [line(), line(country="gr".upper()), line(agent=IPAD), line("/en/studies?utm_source=a")]
    lines += [
        line(at="31/Dec/2025:23:59:59 +0000"),
        line(country="-"),
        line("https://evil.example/"),
    ]
    found = aggregate(read_access_log(lines), period=JANUARY, site=SITE)
    assert found.cells == {
        (STUDIES, "LV", Device.PC): 2,
        (STUDIES, "EL", Device.PC): 1,
        (STUDIES, "LV", Device.TABLET): 1,
    }
    assert found.left_out == {"outside the period": 1, "unknown country": 1}
    assert found.metric is Metric.PAGE_VIEWS


def test_visitors_of_unknown_country_are_counted_where_they_are_told_to() -> None:
    hits = list(read_access_log([line(country="-")]))
    found = aggregate(hits, period=JANUARY, site=SITE, unknown_country="lv")
    assert found.cells == {(STUDIES, "LV", Device.PC): 1}
    with pytest.raises(ProceduresMisuse):
        aggregate(hits, period=JANUARY, site=SITE, unknown_country="xx")


def test_a_page_counts_once_in_each_visit() -> None:
    times = ("10:00:00", "10:20:00", "10:45:00", "11:30:00")
    lines = [line(at=f"10/Jan/2026:{time} +0000") for time in times]
    lines.insert(1, line("/en/other", at="10/Jan/2026:10:05:00 +0000"))
    lines.append(line(at="10/Jan/2026:10:21:00 +0000", ip="203.0.113.8"))
    found = aggregate(read_access_log(lines), period=JANUARY, site=SITE, metric=Metric.VISITS)
    assert found.cells[STUDIES, "LV", Device.PC] == 3
    assert found.left_out == {"the same visit": 2}


def test_no_figure_is_about_one_person_when_that_is_asked_for() -> None:
    lines = [line()] * 5 + [line(agent=IPAD)] * 2 + [line(agent=IPHONE)] + [line(country="MT")]
    found = aggregate(read_access_log(lines), period=JANUARY, site=SITE, smallest=3)
    assert found.cells == {(STUDIES, "LV", Device.PC): 5, (STUDIES, "LV", Device.OTHERS): 3}
    assert found.left_out == {"too few to tell": 1}


def test_what_is_handed_over_passes_our_own_check() -> None:
    found = aggregate(read_access_log([line(), line(agent=IPAD)]), period=JANUARY, site=SITE)
    sent = found.transmission()
    body = sent.body(unique_id="x", at=datetime(2026, 2, 2, tzinfo=UTC))
    assert findings(body, sent.call, now=datetime(2026, 2, 2, tzinfo=UTC)) == []
    assert sent.entries == (
        {
            "sourceUrl": STUDIES,
            "statistics": [
                {"nbVisits": 1, "originatingCountry": "LV", "deviceType": "PC"},
                {"nbVisits": 1, "originatingCountry": "LV", "deviceType": "Tablet"},
            ],
        },
    )


MATOMO = [
    {
        "idVisit": 1,
        "countryCode": "ee",
        "deviceType": "Phablet",
        "serverTimestamp": 1768046136,
        "actionDetails": [
            {"type": "action", "url": STUDIES, "timestamp": 1768046136},
            {"type": "action", "url": STUDIES, "timestamp": 1768046200},
            {"type": "download", "url": f"{STUDIES}/form.pdf", "timestamp": 1768046201},
            {"type": "outlink", "url": "https://other.example/", "timestamp": 1768046202},
        ],
    },
    {"idVisit": 2, "countryCode": "xx", "deviceType": "Desktop", "actionDetails": []},
]


def test_matomos_log_of_visits_is_read() -> None:
    data = json.dumps(MATOMO).encode()
    views = aggregate(read_matomo(data), period=JANUARY, site=SITE)
    assert views.cells == {(STUDIES, "EE", Device.SMARTPHONE): 2}
    visits = aggregate(read_matomo(data), period=JANUARY, site=SITE, metric=Metric.VISITS)
    assert visits.cells == {(STUDIES, "EE", Device.SMARTPHONE): 1}


PLAUSIBLE = {
    "results": [
        {"dimensions": ["/en/studies", "LT", "Desktop"], "metrics": [12, 9]},
        {"dimensions": ["/en/studies", "", "Mobile"], "metrics": [3, 3]},
    ],
    "query": {
        "site_id": "dienests.example",
        "metrics": ["pageviews", "visits"],
        "dimensions": ["event:page", "visit:country", "visit:device"],
    },
}


def test_plausibles_answer_is_read() -> None:
    data = json.dumps(PLAUSIBLE).encode()
    found = aggregate(read_plausible(data), period=JANUARY, site=SITE)
    assert found.cells == {(STUDIES, "LT", Device.PC): 12}
    assert found.left_out == {"unknown country": 3}
    visits = aggregate(read_plausible(data, metric="visits"), period=JANUARY, site=SITE)
    assert visits.cells == {(STUDIES, "LT", Device.PC): 9}


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")]
)
def test_a_table_is_read_however_a_spreadsheet_wrote_it(encoding: str, separator: str) -> None:
    rows = [
        ["Page URL", "Country", "Device type", "Pageviews"],
        [STUDIES, "Greece", "Tablet", "1 200"],
    ]
    data = "\n".join(separator.join(row) for row in rows).encode(encoding)
    found = aggregate(read_table(data), period=JANUARY, site=SITE)
    assert found.cells == {(STUDIES, "EL", Device.TABLET): 1200}


@pytest.mark.parametrize("read", [read_matomo, read_plausible, read_table, read_requests])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[1]",
        b'{"result":"error","message":"no"}',
        b'{"results":[1],"query":{"metrics":["pageviews"],"dimensions":["event:page"]}}',
        json.dumps(PLAUSIBLE | {"results": [1]}).encode(),
        b"url,country,device,pageviews\nx,LV,PC,many",
        b"url,country,device,pageviews\nx",
        b"page,received,answered,user,situation,subject\nx,soon,,citizen,national,s",
        b"page,received,answered,user,situation,subject\nx",
        b"page,received,answered,user,situation,subject\nx,2026-02-01,2026-01-01,citizen,national,s",
        b"[" * 100_000,
        b"page,page url\n1,2",
    ],
)
def test_a_wrong_export_is_refused_with_what_was_expected(read: object, data: bytes) -> None:
    with pytest.raises(StatisticsRefused):
        list(read(data))  # type: ignore[operator]


def request(received: date, answered: date | None, **more: object) -> AssistanceRequest:
    given_ = {
        "page": "https://dienests.example/en/help",
        "user": UserCategory.CITIZEN,
        "situation": Situation.CROSS_BORDER,
        "subject": "Studies",
    }
    return AssistanceRequest(received=received, answered=answered, **{**given_, **more})  # type: ignore[arg-type]


def test_requests_are_counted_for_the_half_year_in_which_they_came() -> None:
    half = Period.read("2026-H1")
    requests = [
        request(date(2026, 1, 1), date(2026, 1, 4)),
        request(date(2026, 2, 1), date(2026, 2, 3)),
        request(date(2026, 6, 28), None),
        request(date(2025, 12, 31), date(2026, 1, 5)),
        request(date(2026, 3, 1), date(2026, 3, 1), user=UserCategory.BUSINESS, subsubject="Fees"),
    ]
    sent = assistance_statistics(requests, period=half)
    (page,) = sent.entries
    assert page["statistics"] == [
        {
            "nbRequests": 1,
            "categoryOfUser": "business",
            "subjectMatter": "Studies",
            "situationOfUser": "cross-border",
            "avgResponseTime": 0,
            "sub-subjectMatter": "Fees",
        },
        {
            "nbRequests": 3,
            "categoryOfUser": "citizen",
            "subjectMatter": "Studies",
            "situationOfUser": "cross-border",
            "avgResponseTime": 2,  # 3, 2 and 2 days: 2.33
        },
    ]
    assert findings(sent.body(unique_id="x", at=datetime(2026, 7, 1, tzinfo=UTC)), sent.call,
                    now=datetime(2026, 7, 1, tzinfo=UTC)) == []  # fmt: skip
    with pytest.raises(ProceduresMisuse):
        assistance_statistics(requests, period=JANUARY)


def test_half_days_are_rounded_up() -> None:
    pair = [
        request(date(2026, 1, 1), date(2026, 1, 2)),
        request(date(2026, 1, 1), date(2026, 1, 3)),
    ]
    (page,) = assistance_statistics(pair, period=Period.read("2026-H1")).entries
    assert page["statistics"][0]["avgResponseTime"] == 2  # type: ignore[index]


@pytest.fixture
def collect() -> Iterator[tuple[CollectService, str]]:
    service = CollectService(
        now=lambda: datetime.now(UTC), new_id=lambda: f"id-{len(service.received)}"
    )
    routes = [
        Route("/v1/unique-id", service.unique_id),
        *(Route(f"/v1{call.value}", service.take, methods=["POST"]) for call in Call),
    ]
    port = free_port()
    with running(Starlette(routes=routes), host="127.0.0.1", port=port):
        yield service, f"http://127.0.0.1:{port}/v1"


def statistics(*arguments: object, key: str = REHEARSAL_KEY) -> Result:
    given_ = ["procedures", "statistics", *map(str, arguments)]
    return CliRunner().invoke(app, given_, env={"SDG_COLLECT_KEY": key})


def test_a_month_is_counted_rehearsed_sent_and_corrected(
    collect: tuple[CollectService, str], tmp_path: Path
) -> None:
    service, address = collect
    log, pages, out = tmp_path / "access.log.gz", tmp_path / "pages.txt", tmp_path / "2026-01.json"
    log.write_bytes(gzip.compress((line() + line(agent=IPAD) + line("/en/news")).encode()))
    pages.write_text(f"{STUDIES}\n")
    common = ["--site", "https://dienests.example", "--period", "2026-01", "--pages", pages]
    counted = statistics("count", log, *common, "--out", out)
    assert "2 page-views of 1 pages" in counted.stdout
    assert "no page of the Gateway" in counted.stderr
    sending = ["--address", address, "--ledger", tmp_path / "ledger.db"]
    rehearsed = statistics("send", out, *sending, "--dry-run")
    assert json.loads(rehearsed.stdout)["nbEntries"] == 1
    assert service.received == []
    assert statistics("send", out, *sending).stdout.startswith("sent")
    assert statistics("send", out, *sending).stdout.startswith("unchanged")
    log.write_bytes(gzip.compress((line() * 3).encode()))
    assert statistics("count", log, *common, "--out", out).exit_code == 0
    assert statistics("send", out, *sending).stdout.startswith("corrected")
    assert [one.correction for one in service.received] == [False, True]
    listed = statistics("ledger", *sending)
    assert "taken 2 times" in listed.stdout
    refused = statistics("send", out, *sending[:2], "--ledger", tmp_path / "l2.db", key="guessed")
    assert refused.exit_code == 2
    assert "403" in refused.stderr
    assert "guessed" not in refused.output


def test_a_country_is_told_from_an_address_by_a_maxmind_file(tmp_path: Path) -> None:
    database, log, out = tmp_path / "geo.mmdb", tmp_path / "access.log", tmp_path / "out.json"
    writer = MMDBWriter(database_type="GeoLite2-Country")
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "SE"}})
    writer.to_db_file(str(database))
    log.write_text(line(country="-") + line(country="-", ip="192.0.2.1"))
    common = ["--site", "https://dienests.example", "--period", "2026-01", "--out", out]
    counted = statistics("count", log, *common, "--geoip", database)
    assert "1 page-views of 1 pages" in counted.stdout
    assert '"originatingCountry": "SE"' in out.read_text()
    wrong = statistics("count", log, *common, "--geoip", log)
    assert wrong.exit_code == 2


def test_the_calendar_and_wrong_input_are_told_in_sentences(tmp_path: Path) -> None:
    shown = statistics("calendar", "--on", "2026-02-03")
    assert shown.stdout.splitlines()[0].startswith("2026-02-06  2026-01")
    assert statistics("calendar", "--on", "tomorrow").exit_code == 2
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    result = statistics("send", wrong, "--ledger", tmp_path / "l.db")
    assert result.exit_code == 2
    assert "expected a file of the form" in result.stderr
    requests = tmp_path / "requests.csv"
    requests.write_text(
        "page,received,answered,user,situation,subject\n"
        "https://dienests.example/en/help,2026-01-01,2026-01-04,citizen,national,Studies\n"
    )
    counted = statistics(
        "assistance", requests, "--period", "2026-H1", "--out", tmp_path / "h1.json"
    )
    assert "1 pages" in counted.stdout


def test_a_hit_never_shows_whose_it_is() -> None:
    hit = Hit(address="/x?email=a@b.c", country="LV", device=Device.PC, visit="secret")
    assert "secret" not in repr(hit)
    assert "a@b.c" not in repr(hit)
