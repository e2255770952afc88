"""What the published rules ask about territories: regions of NUTS, the country of a code list."""

import re
from typing import Final

from sdg_connector.vocabulary.codes import OOTS_COUNTRIES
from sdg_connector.vocabulary.rules.rule import TextCheck
from sdg_connector.vocabulary.rules.values import matching

_ALSO_DIVIDED: Final = frozenset({"AL", "BA", "CH", "ME", "MK", "RS", "TR", "UA", "UK", "XK"})
"""Countries outside OOTS that have statistical regions too."""
_REGION: Final = re.compile(r"([A-Z]{2})[A-Z0-9]{0,3}")
_CODE_LISTS: Final = "oots.tech.ec.europa.eu/codelists/"


def region() -> TextCheck:
    """The form of a NUTS code: a country, and up to three characters for the three levels.

    The list itself is revised every few years, and no kept library holds it: whether a code of
    this form exists is not asked.
    """

    def holds(text: str) -> bool:
        found = _REGION.fullmatch(text)
        return found is not None and found[1] in (OOTS_COUNTRIES - {"EU"}) | _ALSO_DIVIDED

    return TextCheck(
        holds=holds,
        asks="a NUTS code such as LV00A",
        fix="Write the code of the region, Greece as EL, or leave the element out.",
    )


def code_list_address() -> TextCheck:
    """The address of a code list in the semantic repository."""
    return matching(
        r"\Ahttps://sr(?:\.[a-z0-9]+)?\.oots\.tech\.ec\.europa\.eu/codelists/",
        asks="the address of a code list in the semantic repository",
        fix="Copy the schemeID that the Data Service Directory gave.",
    )


def code_list_of_a_country() -> TextCheck:
    """The part of such an address that names whose list it is names a country of OOTS."""

    def holds(text: str) -> bool:
        _, _, rest = text.partition(_CODE_LISTS)
        country, slash, _ = rest.partition("/")
        return bool(slash) and country in OOTS_COUNTRIES

    return TextCheck(
        holds=holds,
        asks="a code list of a country that takes part",
        fix="Copy the schemeID that the Data Service Directory gave.",
    )
