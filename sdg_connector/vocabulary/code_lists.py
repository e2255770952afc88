"""The published code lists that are long: countries, languages, address schemes, procedures."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _list(name: str) -> Any:
    text = (files("sdg_connector.vocabulary.data") / f"{name}.json").read_text("utf-8")
    return json.loads(text)["codes"]


@cache
def countries() -> frozenset[str]:
    """CountryIdentificationCode-2.3 as the rules use it: with ``EL`` and without ``GR``."""
    return frozenset(_list("countries"))


@cache
def languages() -> frozenset[str]:
    """LanguageCode-2.3: two and three letters, upper case."""
    return frozenset(_list("languages"))


@cache
def electronic_address_schemes() -> frozenset[str]:
    """EAS: the codes that may follow ``urn:cef.eu:names:identifier:EAS:``."""
    return frozenset(_list("electronic_addresses"))


def procedures() -> Mapping[str, str]:
    """Procedures-CodeList with the codes of later releases: code to English text."""
    return dict(_list("procedures"))
