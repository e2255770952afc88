"""Markup for search engines: true words, and no text that ends the script."""

import json
from dataclasses import replace

from lxml import html

from procedures import Procedure, Text, catalogue
from procedures.schema_org import schema_org, schema_org_script


def test_no_text_can_end_the_script() -> None:
    wicked = "</script><script>alert(1)</script>\u2028"
    description = replace(catalogue.load("lv/studiju-kredits"), title=Text.of_languages(lv=wicked))
    written = schema_org_script(description)
    (script,) = html.fromstring(f"<head>{written}</head>").xpath("//script")
    assert json.loads(script.text)["name"] == wicked


def test_a_service_says_who_offers_what_at_what_price() -> None:
    description = catalogue.load("lv/transportlidzekla-registracija")
    assert isinstance(description, Procedure)
    said = schema_org(description, language="en")
    assert said["@type"] == "GovernmentService"
    assert said["provider"]["name"] == "Ceļu satiksmes drošības direkcija", "its title is Latvian"
    assert said["offers"][0]["price"] == "43.93"
    assert said["offers"][0]["priceSpecification"]["maxPrice"] == "110"
    assert said["availableChannel"][0]["processingTime"] == "P5D"
    assert said["areaServed"] == {"@type": "Country", "identifier": "LV"}


def test_an_information_page_is_a_web_page() -> None:
    said = schema_org(catalogue.load("lv/augstaka-izglitiba-latvija"))
    assert (said["@type"], said["inLanguage"]) == ("WebPage", "lv")
    assert said["dateModified"] == "2026-10-05"
