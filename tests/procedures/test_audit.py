"""The audit of a page: each defect that real pages have, and any bytes at all."""

import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import catalogue, meta_tags
from procedures.audit import RULES, audit
from procedures.findings import Severity
from sdg_connector.cli.app import app

NOW = datetime(2026, 2, 3, 8, 30, tzinfo=UTC)
ADDRESS = "https://dienests.example/en/driving-licence"
RIGHT = {
    "sdg-tag": "sdg",
    "DC.ISO3166": "BE",
    "DC.Location": "BE1",
    "DC.Service": "information",
    "policy-code": "C2",
    "DC.Policy": "acquiring and renewing a driving licence",
}
CANONICAL = f'<link rel="canonical" href="{ADDRESS}">'
REST = (
    '<title>Driving licence</title><time datetime="2026-01-05">5 January 2026</time>'
    '<a href="https://europa.eu/youreurope/">Your Europe</a>'
)


def tags(**changes: str | None) -> str:
    """The right tags with some changed (``_`` stands for ``-`` and ``.``) or left out."""
    by_name = {name.replace("-", "_").replace(".", "_"): name for name in RIGHT}
    values = RIGHT | {by_name.get(key, key): value for key, value in changes.items()}
    return "".join(
        f'<meta name="{name}" content="{escape(value)}">'
        for name, value in values.items()
        if value is not None
    )


def page(
    head: str, *, lang: str = ' lang="en"', rest: str = REST, canonical: str = CANONICAL
) -> bytes:
    html = (
        f'<!doctype html><html{lang}><head><meta charset="utf-8">\n{head}{canonical}</head>'
        f"<body>{rest}</body></html>"
    )
    return html.encode()


def rules(data: bytes, address: str | None = ADDRESS, **more: str) -> list[str]:
    return [one.rule for one in audit(data, now=NOW, address=address, **more).findings]


def test_a_right_page_has_no_finding_and_says_what_it_is() -> None:
    judged = audit(page(tags()), now=NOW, address=ADDRESS)
    assert judged.findings == ()
    assert judged.value is not None
    assert judged.value["tags"] == {name: [value] for name, value in RIGHT.items()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sdg_tag": None}, "page.sdg-tag-missing"),
        ({"sdg_tag": "yes"}, "page.sdg-tag-value"),
        ({"sdg_tag": ""}, "page.tag-empty"),
        ({"DC_ISO3166": None}, "page.country-missing"),
        ({"DC_ISO3166": "Belgium"}, "page.country-unknown"),
        ({"DC_ISO3166": "EN", "DC_Location": None}, "page.country-language"),
        ({"DC_ISO3166": "GR", "DC_Location": "EL30"}, "page.country-greece"),
        ({"DC_ISO3166": "be"}, "page.country-case"),
        ({"DC_ISO3166": "CH", "DC_Location": None}, "page.country-outside"),
        ({"DC_ISO3166": "BE, NL"}, "page.tag-separator"),
        ({"DC_Location": "Brussels!"}, "page.location-form"),
        ({"DC_Location": "NL11"}, "page.location-country"),
        ({"DC_Location": "BE"}, "page.location-whole"),
        ({"DC_Service": None}, "page.service-missing"),
        ({"DC_Service": "info"}, "page.service-unknown"),
        ({"DC_Service": "Information"}, "page.service-case"),
        ({"DC_Service": "information, procedure"}, "page.tag-separator"),
        ({"policy_code": None}, "page.code-missing"),
        ({"policy_code": "c2"}, "page.code-case"),
        ({"policy_code": "C"}, "page.code-area"),
        ({"policy_code": "C02"}, "page.code-unknown"),
        ({"policy_code": "CITIZENS"}, "page.code-unknown"),
        ({"policy_code": "C2, C3"}, "page.tag-separator"),
        ({"policy_code": "T2", "DC_Policy": None}, "page.code-annex"),
        ({"DC_Service": "procedure"}, "page.code-annex"),
        ({"DC_Service": "information;procedure"}, "page.code-annex"),
        ({"DC_Service": "assistance"}, "page.code-annex"),
        ({"DC_Policy": "roads and paths"}, "page.policy-unknown"),
        ({"DC_Policy": "seeking employment in another Member State"}, "page.policy-mismatch"),
        ({"DC_Policy": None}, "page.policy-missing"),
    ],
)
def test_each_defect_of_a_value_has_its_rule(changes: dict[str, str | None], expected: str) -> None:
    assert expected in rules(page(tags(**changes)))


def test_a_code_of_both_annexes_is_told_apart_by_the_kind_of_service() -> None:
    birth = {"policy_code": "R1", "DC_Policy": None}
    assert "page.code-ambiguous" in rules(page(tags(**birth, DC_Service="information;procedure")))
    found = rules(page(tags(**birth, DC_Service="procedure")))
    assert "page.code-ambiguous" not in found
    assert "page.code-unconfirmed" not in found
    assert "page.code-unconfirmed" in rules(page(tags(**birth, DC_Service="information")))


def test_a_code_holds_from_its_own_day() -> None:
    early = datetime(2021, 1, 1, tzinfo=UTC)
    rental = page(tags(policy_code="X7", DC_Service="procedure", DC_Policy=None))
    on_that_day = {one.rule for one in audit(rental, now=early, address=ADDRESS).findings}
    assert "page.code-not-yet" in on_that_day


def test_an_assistance_service_is_named_in_full() -> None:
    named = tags(DC_Service="assistance", policy_code="Points of single contact", DC_Policy=None)
    assert not {one for one in rules(page(named)) if "code" in one or "assistance" in one}
    wrong = tags(DC_Service="assistance", policy_code="Help desk", DC_Policy=None)
    assert "page.assistance-name" in rules(page(wrong))
    assert "page.code-annex" in rules(page(tags(policy_code="Points of single contact")))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (tags(sdg_tag=None) + '<meta property="sdg-tag" content="sdg">', "page.tag-attribute"),
        (tags(DC_Service=None) + '<meta name="dc.service" content="information">', "page.tag-case"),
        (tags(DC_ISO3166=None) + '<meta name="ISO3166" content="BE">', "page.tag-name"),
        (tags(DC_Service=None) + '<meta name="service" content="information">', "page.tag-name"),
        (tags() + '<meta name="policy-code" content="C3">', "page.tag-twice"),
        (tags() + '<meta name="robots" content="NOINDEX, follow">', "page.not-indexed"),
        (tags() + '<meta name="DC.Language" content="fr">', "page.language-conflict"),
        (tags() + '<meta name="DC.Language" content="english">', "page.language-unknown"),
        (tags() + '<link rel="canonical" href="https://x.example/">', "page.canonical-twice"),
    ],
)
def test_each_defect_of_the_head_has_its_rule(head: str, expected: str) -> None:
    assert expected in rules(page(head))


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://dienests.example", "page.canonical-root"),
        ("https://dienests.example/", "page.canonical-root"),
        ("/en/driving-licence", "page.canonical-form"),
        ("//dienests.example/en", "page.canonical-form"),
        ("http://[", "page.canonical-form"),
        ("http://dienests.example/en/driving-licence", "page.insecure"),
        ("https://other.example/en/driving-licence", "page.canonical-elsewhere"),
    ],
)
def test_a_canonical_address_that_loses_pages_is_found(href: str, expected: str) -> None:
    assert expected in rules(page(tags(), canonical=f'<link rel="canonical" href="{href}">'))


def test_the_start_of_a_site_may_be_its_own_canonical_address() -> None:
    start = "https://dienests.example/"
    own = page(tags(), canonical=f'<link rel="canonical" href="{start}">')
    assert rules(own, address=start) == []


def test_the_servers_word_counts_like_the_pages_own() -> None:
    assert "page.not-indexed" in rules(page(tags()), robots="googlebot: noindex")


def test_what_a_reader_lacks_is_told() -> None:
    assert set(rules(page(tags(), rest=""))) == {
        "page.title-missing",
        "page.date-missing",
        "page.your-europe-link",
    }
    assert "page.language-missing" in rules(page(tags(), lang=""))
    assert "page.english-missing" in rules(page(tags(), lang=' lang="lv"'))


def test_tags_below_the_head_are_found_where_they_stand() -> None:
    misplaced = page("", rest=REST + "\n" + tags())
    outside = [
        one
        for one in audit(misplaced, now=NOW, address=ADDRESS).findings
        if one.rule == "page.tag-outside-head"
    ]
    assert len(outside) == len(RIGHT)
    assert {one.where for one in outside} == {"line 3"}


def test_a_page_without_tags_is_one_finding_and_a_script_is_no_tag() -> None:
    assert rules(b"<!doctype html><title>News</title>") == ["page.untagged"]
    script = b"<script>add('sdg-tag')</script><!-- <meta name=sdg-tag content=sdg> -->"
    (only,) = audit(script, now=NOW).findings
    assert "script" in only.message


def test_the_logo_is_a_label_of_tagged_pages_only() -> None:
    link = '<a href="https://europa.eu/youreurope/">{}</a>'
    logo = link.format('<img src="logo.svg" alt="Your Europe">')
    assert rules(logo.encode()) == ["page.untagged", "page.your-europe-logo"]
    assert rules(link.format("Your Europe").encode()) == ["page.untagged"]
    assert "page.your-europe-logo" not in rules(page(tags(), rest=REST + logo))


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("windows-1257", "windows-1257"),
        ("iso8859-13", "ISO-8859-13"),
        ("utf-16", "utf-16"),
        ("utf-8-sig", "windows-1251"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(encoding: str, declared: str) -> None:
    html = f'<!doctype html><html lang="lv"><head><meta charset="{declared}"><title>Šķūnis</title>'
    judged = audit((html + tags()).encode(encoding), now=NOW)
    assert judged.value is not None
    assert judged.value["title"] == "Šķūnis"
    assert not {one.rule for one in judged.findings if "encoding" in one.rule}


def test_the_servers_charset_wins_over_the_pages() -> None:
    html = '<meta charset="utf-8"><title>Šķūnis</title>'.encode("windows-1257")
    judged = audit(html, now=NOW, content_type="text/html; charset=windows-1257")
    assert judged.value is not None
    assert judged.value["title"] == "Šķūnis"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<title>Šķūnis</title>".encode(), "page.encoding-undeclared"),
        (b'<meta charset="utf-8"><title>\xd0\xff</title>', "page.encoding-broken"),
        (b'<meta charset="klingon-8"><title>x</title>', "page.encoding-unknown"),
        (b'<meta charset="zlib"><title>x</title>', "page.encoding-unknown"),
        (b"x" * (8 * 1024 * 1024 + 1), "page.size"),
    ],
)
def test_trouble_with_bytes_is_a_finding(data: bytes, expected: str) -> None:
    assert expected in rules(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        b"<" * 300_000,
        b"<!--" * 300_000,
        b"<![CDATA[" * 100_000,
        b"<div>" * 300_000,
        b'<a b="' * 200_000,
        b"&#0;&#xD800;&#x110000;",
        b"\xff\xfe\x00\xd8",
        b"<svg><title></svg><meta name=sdg-tag content=>",
    ],
)
def test_broken_html_is_audited_and_not_crashed_on(data: bytes) -> None:
    assert audit(data, now=NOW).verdict in {"accepted", "refused"}


PIECES = [
    *(b"<meta name=", b"sdg-tag", b"DC.Service ", b"content=", b'"', b">", b"<html lang=", b";"),
    *(b"<!doctype html>", b"policy-code", b"R1", b"\xff", b"\0", b"<link rel=canonical", b"'"),
    *(b" href=//[", b"</head>", b"<script>", b"&"),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=30))
def test_any_bytes_give_a_judgement_with_rules_of_the_catalogue(parts: list[bytes]) -> None:
    judged = audit(b"".join(parts), now=NOW, address=ADDRESS)
    assert {one.rule for one in judged.findings} <= set(RULES)


@pytest.mark.parametrize("name", catalogue.names())
def test_the_tags_that_we_write_ourselves_have_no_finding(name: str) -> None:
    description = catalogue.load(name)
    html = (
        f'<!doctype html><html lang="{description.language}"><head><meta charset="utf-8">'
        f"<title>x</title>{meta_tags(description)}</head></html>"
    )
    found = audit(html.encode(), now=datetime(2027, 1, 1, tzinfo=UTC)).findings
    about_tags = [one for one in found if one.severity is not Severity.INFO]
    assert [one.rule for one in about_tags] == ["page.your-europe-link"]


@pytest.mark.artefacts
def test_the_commissions_own_sample_of_an_untagged_page_is_read(artefacts: Path) -> None:
    sample = artefacts / "procedures" / "ec-sdg-tagging" / "nlp_client_spain_example.html"
    judged = audit(sample.read_bytes(), now=NOW)
    rules_found = [one.rule for one in judged.findings]
    assert rules_found == ["page.untagged", "page.your-europe-logo"]
    assert judged.value is not None
    assert judged.value["language"] == "en"


def test_a_code_host_is_pointed_at_the_line(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(page("\n\n" + tags(policy_code="c2")))
    arguments = ["check", "web-page", str(path), "--now", NOW.isoformat(), "--format", "sarif"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    results = json.loads(result.stdout)["runs"][0]["results"]
    (wrong,) = [one for one in results if one["ruleId"] == "page.code-case"]
    assert wrong["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
