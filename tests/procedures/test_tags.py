"""The head of a page: the Commission's tags, escaped, with nothing that the law does not say."""

import json
from dataclasses import replace

import pytest
from lxml import html

from procedures import (
    Procedure,
    ProceduresMisuse,
    catalogue,
    codes,
    from_tree,
    meta_tags,
    page_tags,
)
from procedures.codes import PolicyCode
from procedures.model import Country, Territory
from procedures.tags import meta_tags_json


def studies() -> Procedure:
    description = catalogue.load("lv/pieteiksanas-studijam")
    assert isinstance(description, Procedure)
    return description


def assistance(service: str) -> dict[str, object]:
    return {
        "kind": "assistance",
        "identifier": "lv/vkp",
        "language": "lv",
        "country": "LV",
        "title": "Vienotais kontaktpunkts",
        "summary": "Palīdzība",
        "authority": {"name": "VDAA"},
        "service": service,
    }


def test_a_value_cannot_leave_its_attribute() -> None:
    name = '"><script>alert(1)</script>'
    written = meta_tags(from_tree(assistance(name)))
    assert "<script" not in written
    head = html.fromstring(f"<head>{written}</head>")
    assert head.xpath("//meta[@name='policy-code']/@content") == [name]


def test_a_value_with_the_separator_is_refused() -> None:
    with pytest.raises(ProceduresMisuse, match="no semicolon in a value of policy-code"):
        meta_tags(from_tree(assistance("Help; and more")))


def test_the_tags_are_those_of_the_guide() -> None:
    tags = page_tags(replace(studies(), territory=(Territory("LV006"), Territory("LV003"))))
    assert [(one.name, one.content) for one in tags.tags] == [
        ("sdg-tag", "sdg"),
        ("DC.ISO3166", "LV"),
        ("DC.Location", "LV006;LV003"),
        ("DC.Service", "procedure"),
        ("policy-code", "T2;E1"),
        (
            "DC.Policy",
            ";".join(codes.entry(code).tag_name for code in studies().codes),
        ),
    ]
    assert tags.canonical == "https://latvija.lv/lv/pakalpojumi/pieteiksanas-studijam"
    english = page_tags(studies(), language="en", language_tag=True)
    assert english.value("DC.Language") == "en"
    assert english.canonical == "https://latvija.lv/en/pakalpojumi/pieteiksanas-studijam"
    assert page_tags(studies(), language="de").canonical is None


def test_greece_is_el_in_tags_and_gr_elsewhere() -> None:
    greek = replace(studies(), country=Country("EL"))
    assert greek.country == "GR"
    assert page_tags(greek).value("DC.ISO3166") == "EL"


def test_one_code_of_two_annexes_stands_once() -> None:
    both = replace(studies(), codes=(PolicyCode.read("I/R1"), PolicyCode.read("II/R1")))
    assert page_tags(both).value("policy-code") == "R1"


def test_scripts_get_the_tags_as_json() -> None:
    tags = json.loads(meta_tags_json(studies(), language="en"))
    assert tags["policy-code"] == "T2;E1"
    assert tags["DC.Language"] == "en"


def test_templates_put_tags_in_unescaped() -> None:
    import jinja2  # noqa: PLC0415  an optional extra

    template = jinja2.Environment(autoescape=True).from_string("{{ tags }}")
    assert template.render(tags=page_tags(studies())) == meta_tags(studies())


def test_django_templates_put_tags_in_unescaped() -> None:
    django = pytest.importorskip("django.template")
    template = django.Engine().from_string("{{ tags }}")
    assert template.render(django.Context({"tags": page_tags(studies())})) == meta_tags(studies())
