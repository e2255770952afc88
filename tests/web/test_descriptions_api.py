"""The read API: anybody republishes a description, and nobody breaks it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from procedures import ProceduresMisuse, Text, catalogue, from_tree, read_description, to_tree
from procedures.model import WebAddress
from sdg_connector.web.descriptions import read_api
from sdg_connector.web.descriptions.snippet import snippet
from tests.support.servers import free_port, running

EVERY = catalogue.load_all()
STUDIES = "/descriptions/lv/pieteiksanas-studijam"


class Client:
    """Asks the API in this process."""

    def __init__(self) -> None:
        self._api = httpx.ASGITransport(app=read_api(EVERY))

    def request(self, method: str, address: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._api, base_url="http://api") as client:
                return await client.request(method, address, **options)

        return asyncio.run(ask())

    def get(self, address: str, **options: Any) -> httpx.Response:
        return self.request("GET", address, **options)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/descriptions?limit=0", "limit: expected a number from 1 to 200"),
        ("/descriptions?limit=201", "limit"),
        ("/descriptions?offset=-1", "offset"),
        ("/descriptions?limit=%F0%9F%98%80", "limit"),
        ("/descriptions?language=latvian", "language: expected a language code"),
        ("/descriptions?kind=poem", "kind: expected one of information, procedure, assistance"),
        ("/descriptions?changed_since=yesterday", "changed_since"),
        ("/descriptions?search=diploma", "there is no parameter search"),
        (f"/descriptions?q={'a' * 201}", "q: expected at most 200"),
        (f"{STUDIES}?format=exe", "format: expected one of json"),
        (f"{STUDIES}?format=page&language=%3Cb%3E", "language"),
    ],
)
def test_a_wrong_question_is_answered_with_its_mistake(
    client: Client, address: str, said: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("path", ["lv/nothing", "../lv/studiju-kredits", "lv", "%00"])
def test_what_is_not_there_is_a_problem_and_no_file(client: Client, path: str) -> None:
    answer = client.get(f"/descriptions/{path}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_nobody_changes_anything(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, STUDIES).status_code == 405


def test_two_descriptions_of_one_name_are_refused() -> None:
    with pytest.raises(ProceduresMisuse, match="found lv/a1-sertifikats twice"):
        read_api([EVERY[0], EVERY[0]])


def test_a_search_is_paged_and_whole(client: Client) -> None:
    seen: list[str] = []
    address: str | None = "/descriptions?limit=10&kind=procedure"
    while address is not None:
        found = client.get(address).json()
        seen += [one["identifier"] for one in found["items"]]
        address = found["next"]
    assert len(seen) == len(set(seen)) == found["total"] == 31
    assert client.get(found["items"][0]["self"]).status_code == 200


def test_a_search_finds_by_words_and_code(client: Client) -> None:
    found = client.get("/descriptions", params={"q": "pensijas", "language": "en"}).json()
    assert found["items"][0]["title"].startswith("Apgādnieka")
    assert found["items"][0]["language"] == "lv"
    found = client.get("/descriptions", params={"code": "T3", "changed_since": "2026-01-01"}).json()
    assert [one["identifier"] for one in found["items"]] == ["lv/diploma-atzisana"]
    assert client.get("/descriptions?changed_since=2027-01-01").json()["total"] == 0


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_description_is_read_whole(client: Client, form: str) -> None:
    answer = client.get(f"{STUDIES}?format={form}")
    assert read_description(answer.content) == catalogue.load("lv/pieteiksanas-studijam")


def test_each_form_has_its_media_type(client: Client) -> None:
    for form, media in (
        ("page", "application/json"),
        ("snippet", "text/html"),
        ("tags", "text/html"),
        ("schema-org", "application/ld+json"),
        ("turtle", "text/turtle"),
        ("json-ld", "application/ld+json"),
    ):
        answer = client.get(f"{STUDIES}?format={form}&language=lv")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media)
    assert '"T2;E1"' in client.get(f"{STUDIES}?format=tags").text
    assert client.get(f"{STUDIES}?format=page&language=en").json()["complete"] is False


def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    tag = client.get(STUDIES).headers["etag"]
    again = client.get(STUDIES, headers={"If-None-Match": f'"old", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{STUDIES}?format=yaml", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_any_origin_may_read_and_no_cookie_is_set(client: Client) -> None:
    answer = client.get(STUDIES, headers={"Origin": "https://riga.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


def test_codes_in_use_have_their_names(client: Client) -> None:
    codes = {one["code"]: one for one in client.get("/codes").json()}
    assert codes["II/V1"]["services"] == 2
    assert codes["II/T2"]["names"]["lv"].startswith("Sākotnējā")


def test_the_interface_is_described_and_answers_as_it_says(client: Client) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    jsonschema = pytest.importorskip("jsonschema")
    document = client.get("/openapi.json").json()
    validator.validate(document)
    found = {"$ref": "#/components/schemas/Found", "components": document["components"]}
    jsonschema.validate(client.get("/descriptions?limit=200").json(), found)
    one = {"$ref": "#/components/schemas/Description", "components": document["components"]}
    for description in EVERY[:5]:
        jsonschema.validate(client.get(f"/descriptions/{description.identifier}").json(), one)


def test_no_text_of_a_description_becomes_markup() -> None:
    wicked = "<img src=x onerror=alert(1)>"
    described = replace(
        catalogue.load("lv/diploma-atzisana"),
        title=Text.of_languages(lv=wicked),
        summary=Text.of_languages(lv=wicked),
    )
    page = html.fromstring(snippet(described, language="lv", whole=True))
    assert not page.xpath("//img")
    assert page.findtext(".//h2//a") == wicked


def test_a_link_that_is_no_address_of_a_page_stays_words() -> None:
    tree = to_tree(catalogue.load("lv/diploma-atzisana"))
    tree["acts"] = [{"title": "Likums", "eli": "javascript:alert(1)"}]
    page = html.fromstring(snippet(from_tree(tree), language="lv", whole=True))
    assert "javascript:" not in html.tostring(page, encoding="unicode")


def test_a_snippet_marks_every_other_language() -> None:
    page = html.fromstring(snippet(catalogue.load("lv/diploma-atzisana"), language="de"))
    assert page.get("lang") == "de"
    assert next(one.text for one in page.iter("h3")) == "Ablauf"
    assert set(page.xpath("//li//span/@lang")) == {"lv"}
    assert WebAddress(page.xpath("//h2/a/@href")[0]).endswith("diploma-atzisana")


@pytest.fixture(scope="module")
def api_address() -> Iterator[str]:
    port = free_port()
    with running(read_api(EVERY), host="127.0.0.1", port=port):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.browser
def test_a_foreign_page_embeds_a_description(api_address: str, tmp_path: Path) -> None:
    """A real Chromium, a page of another origin, two lines of HTML."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs /usr/bin/chromium")
    page_file = tmp_path / "municipality.html"
    page_file.write_text(
        '<!doctype html><html lang="lv"><meta charset="utf-8"><title>Novads</title><main>'
        '<div data-sdg-description="lv/studiju-kredits"><a href="/">Saite</a></div>'
        '<div id="gone" data-sdg-description="lv/nothing"><a href="/">Saite</a></div></main>'
        f'<script src="{api_address}/embed.js"></script></html>',
        encoding="utf-8",
    )
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(page_file.as_uri())
        page.wait_for_selector("article.sdg-description h2")
        page.wait_for_selector("#gone[data-sdg-failed]")
        assert "Studiju kredīts" in page.inner_text("article h2")
        assert page.inner_text("#gone") == "Saite"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        browser.close()
