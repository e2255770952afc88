"""The links repository: rows, changes, files, both services, complaints led back."""

import contextlib
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.routing import Route

from procedures import AssistanceService, catalogue
from procedures.clients import LinksClient
from procedures.codes import Annex, PolicyCode
from procedures.errors import GatewayRefused, GatewaySilent, ProceduresMisuse
from procedures.links import (
    Changes,
    Link,
    LinkKind,
    LinkRefused,
    LinksRefused,
    Snapshot,
    UrlType,
    changes,
    links_of,
    push,
    read_links,
    read_snapshot,
    write_csv,
    write_snapshot,
    write_xlsx,
    write_xml,
)
from procedures.model import Country, Language, Territory, WebAddress
from sdg_connector.sandbox.gateway import REHEARSAL_TOKEN, LinksService
from tests.support.servers import free_port, running

LATVIA = Country("LV")
MOVING = PolicyCode(Annex.INFORMATION, "D1")


def link(path: str = "a", **fields: object) -> Link:
    given = {
        "title": f"Moving {path}",
        "url": WebAddress(f"https://dienests.example/en/{path}"),
        "kind": LinkKind.INFORMATION,
        "codes": (MOVING,),
        "language": Language("en"),
        "origin": f"lv/{path}",
    }
    return Link(**{**given, **fields})  # type: ignore[arg-type]


FULL = link(
    "folder",
    title='Ķieģeļi, "pēdiņas"; semikols',
    description="Second\nline",
    url_type=UrlType.FOLDER,
    territory=Territory("LV006"),
    parent_url=WebAddress("https://dienests.example/"),
    excluded_paths=("/old", "/drafts"),
    ignore_params=("utm_source",),
)


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"title": "  "}, "title"),
        ({"title": "=HYPERLINK(1)"}, "title"),
        ({"description": "a\x00b"}, "description"),
        ({"codes": ()}, "categories"),
        ({"codes": (PolicyCode(Annex.INFORMATION, "I"),)}, "categories"),
        ({"codes": (PolicyCode(Annex.INFORMATION, "Z9"),)}, "categories"),
        ({"codes": (PolicyCode(Annex.PROCEDURES, "T2"),)}, "categories"),
        ({"language": None}, "language"),
        ({"excluded_paths": ("/old",)}, "excluded paths"),
    ],
)
def test_what_the_repository_would_refuse_is_no_link(
    fields: dict[str, object], column: str
) -> None:
    with pytest.raises(LinkRefused) as refused:
        link(**fields)
    assert [name for name, _ in refused.value.mistakes] == [column]
    assert "lv/a" in str(refused.value)


def test_all_mistakes_of_a_row_come_at_once() -> None:
    rows = 'title,url,type,categories,language\n,nowhere,Page,"q1;BUSINESSES",english\n'
    with pytest.raises(LinksRefused) as refused:
        read_links(rows.encode())
    (mistake,) = refused.value.mistakes
    assert mistake.line == 2
    for part in ("type:", "url:", "language:", "expected Q1, found q1", "another text"):
        assert part in mistake.message


def test_what_stands_twice_is_refused_and_both_are_named() -> None:
    with pytest.raises(ProceduresMisuse, match="lv/a and lv/b"):
        changes([link("a"), link("b", url=link("a").url)], since=Snapshot())


def test_only_what_changed_is_told_and_what_went_is_deleted() -> None:
    before = Snapshot().with_changes(Changes(added=(link("a"), link("b"), link("c"))))
    now = [link("a"), link("b", title="New"), link("d"), replace(link("c"), origin="renamed")]
    found = changes(now, since=before)
    assert [one.origin for one in found.added] == ["lv/d"]
    assert [one.origin for one in found.changed] == ["lv/b"]
    assert found.deleted == ()
    assert found.unchanged == 2
    gone = changes(now[:1], since=before)
    assert [one.origin for one in gone.deleted] == ["lv/b", "lv/c"]
    assert [delete for _, delete in gone.rows] == [True, True]


def test_the_memory_of_a_push_reads_back_as_it_was() -> None:
    both = link("r1", kind=LinkKind.PROCEDURE, codes=(PolicyCode(Annex.PROCEDURES, "R1"), MOVING))
    kept = Snapshot().with_changes(Changes(added=(FULL, both)))
    assert read_snapshot(write_snapshot(kept)) == kept


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"form": "sdg-connector links 1", "links": [1]}']
)
def test_what_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises(ProceduresMisuse):
        read_snapshot(text)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_files_read_back_as_they_were_written(write: object) -> None:
    rows = ((FULL, False), (link("gone"), True))
    written = write(rows)  # type: ignore[operator]
    read = read_links(written)
    assert [(replace(one, origin=""), gone) for one, gone in rows] == list(read)


def test_a_spreadsheet_sees_texts_and_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(write_xlsx([(FULL, False)]))).worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["title", "url", "description"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A2"].value == FULL.title


def test_the_csv_opens_in_a_spreadsheet_and_the_xml_is_well_formed() -> None:
    written = write_csv([(FULL, False)])
    assert written.startswith(b"\xef\xbb\xbf")
    (headings, cells) = csv.reader(io.StringIO(written.decode("utf-8-sig")))
    assert dict(zip(headings, cells, strict=True))["excluded paths"] == "/old;/drafts"
    root = etree.fromstring(write_xml([(FULL, False)]))
    assert [one.text for one in root.iterfind("link/excludedPaths/excludedPath")] == [
        "/old",
        "/drafts",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300) | st.builds(lambda tail: b"PK\x03\x04" + tail, st.binary(max_size=99))
)
def test_any_bytes_are_links_or_refused(data: bytes) -> None:
    with contextlib.suppress(LinksRefused):
        read_links(data)


@pytest.mark.parametrize("name", catalogue.names())
def test_each_page_of_a_description_is_a_link(name: str) -> None:
    description = catalogue.load(name)
    made = links_of(description)
    if isinstance(description, AssistanceService):
        assert made == ()
        return
    assert [str(one.url) for one in made] == [str(page.address) for page in description.pages]
    assert {one.origin for one in made} <= {description.identifier}


class Repository:
    """The sandbox's links repository, really served."""

    def __init__(self, service: LinksService, base: str) -> None:
        self.service = service
        self.base = base
        self.http = httpx.Client()

    def client(self, *, soap: bool, token: str = REHEARSAL_TOKEN) -> LinksClient:
        return LinksClient(
            http=self.http,
            country=LATVIA,
            author="Valsts digitālās attīstības aģentūra",
            token=token,
            address=f"{self.base}/{'soap' if soap else 'rest'}",
            soap=soap,
        )


@pytest.fixture(scope="module")
def served() -> Iterator[Repository]:
    service = LinksService()
    routes = [
        Route("/rest", service.rest, methods=["POST"]),
        Route("/soap", service.soap, methods=["POST"]),
    ]
    port = free_port()
    with running(Starlette(routes=routes), host="127.0.0.1", port=port):
        repository = Repository(service, f"http://127.0.0.1:{port}")
        yield repository
        repository.http.close()


@pytest.fixture
def repository(served: Repository) -> Repository:
    served.service.links.clear()
    return served


both_services = pytest.mark.parametrize("soap", [False, True], ids=["rest", "soap"])


@both_services
def test_a_wrong_token_moves_nothing_and_is_told(soap: bool, repository: Repository) -> None:
    with pytest.raises(GatewayRefused) as refused:
        repository.client(soap=soap, token="guess").send([(link(), False)])
    assert refused.value.status == 403
    assert repository.service.links == {}
    assert REHEARSAL_TOKEN not in repr(repository.client(soap=soap))


@both_services
def test_the_repository_gets_what_changed_and_forgets_what_went(
    soap: bool, repository: Repository
) -> None:
    kept: list[Snapshot] = []
    client = repository.client(soap=soap)
    first = changes([link("a"), link("b"), FULL], since=Snapshot())
    push(first, since=Snapshot(), to=client, keep=kept.append, piece=2)
    assert [len(one.links) for one in kept] == [2, 3]
    now = [link("a", title="Other"), FULL]
    pushed = push(changes(now, since=kept[-1]), since=kept[-1], to=client, keep=kept.append)
    assert pushed.sent == 2
    taken = repository.service.links
    assert {url: one.facts() for url, one in taken.items()} == {
        url: one.facts() for url, one in pushed.snapshot.links.items()
    }
    assert not changes(now, since=pushed.snapshot)


@both_services
def test_a_complaint_is_led_back_to_the_description_and_its_field(
    soap: bool, repository: Repository
) -> None:
    ghost = Changes(added=(link("a"),), deleted=(link("ghost"),))
    kept: list[Snapshot] = []
    with pytest.raises(GatewayRefused) as refused:
        push(ghost, since=Snapshot(), to=repository.client(soap=soap), keep=kept.append)
    (only,) = refused.value.errors
    assert only.field == "linkData[0].url"
    assert only.ours == "lv/ghost: url"
    assert kept == []
    assert repository.service.links == {}


def test_what_was_taken_before_a_refusal_is_remembered(repository: Repository) -> None:
    class Half:
        def __init__(self, real: LinksClient) -> None:
            self.real, self.left = real, 1

        def send(self, rows: Sequence[tuple[Link, bool]]) -> None:
            if not self.left:
                raise GatewaySilent("gone")
            self.left -= 1
            self.real.send(rows)

    kept: list[Snapshot] = []
    wanted = [link("a"), link("b")]
    half = Half(repository.client(soap=False))
    with pytest.raises(GatewaySilent):
        push(
            changes(wanted, since=Snapshot()), since=Snapshot(), to=half, keep=kept.append, piece=1
        )
    rest = changes(wanted, since=kept[-1])
    assert [one.origin for one in rest.added] == ["lv/b"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "linkData[0].title"),
        ({"type": "Assistance"}, "linkData[0].type"),
        ({"categories": [{"category": "q1"}]}, "linkData[0].categories"),
        ({"categories": "D1"}, "linkData[0].categories"),
        ({"delete": "maybe"}, "linkData[0].delete"),
        ({"colour": "red"}, "linkData[0].colour"),
        ({"language": ""}, "linkData[0].language"),
    ],
)
def test_the_sandbox_is_strict(
    change: dict[str, object], field: str, repository: Repository
) -> None:
    row = {
        "title": "Moving",
        "url": "https://dienests.example/a",
        "type": "Information",
        "categories": [{"category": "D1"}],
        "language": "en",
        "urlType": "WEB PAGE",
        "delete": "n",
    }
    body = {
        "secureToken": REHEARSAL_TOKEN,
        "countryCode": "LV",
        "author": "x",
        "linkData": [row | change],
    }
    answer = repository.http.post(f"{repository.base}/rest", json=body)
    assert answer.status_code == 400
    assert field in answer.json()["errorFields"]
    body["linkData"] = [row]
    assert repository.http.post(f"{repository.base}/rest", json=body).status_code == 200


def test_the_guides_own_example_of_an_error_is_led_back() -> None:
    said = {
        "status": 400,
        "errors": ["Please provide a Title"],
        "errorFields": ["linkData[0].title"],
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(400, json=said))
    client = LinksClient(
        http=httpx.Client(transport=transport), country=LATVIA, author="x", token="t"
    )
    with pytest.raises(GatewayRefused, match="lv/a: title: Please provide a Title"):
        push(
            changes([link("a")], since=Snapshot()),
            since=Snapshot(),
            to=client,
            keep=lambda snapshot: None,
        )


@pytest.mark.artefacts
def test_of_5214_real_links_exactly_those_with_wrong_codes_are_refused(artefacts: Path) -> None:
    statistics = json.loads(
        (artefacts / "procedures" / "derived" / "links_repository_value_stats.json").read_text()
    )
    rows = [["title", "url", "type", "categories", "language"]]
    for code, count in statistics["nonconforming_codes"]:
        rows += [
            ["x", f"https://a.example/{code}/{n}", "Procedure", code, "en"] for n in range(count)
        ]
    wrong = len(rows) - 1
    right = [
        code
        for code, _ in statistics["codes"]
        if code not in dict(statistics["nonconforming_codes"])
    ]
    rows += [["x", f"https://a.example/right/{code}", "Procedure", code, "en"] for code in right]
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    with pytest.raises(LinksRefused) as refused:
        read_links(written.getvalue().encode())
    assert len(refused.value.mistakes) == wrong
