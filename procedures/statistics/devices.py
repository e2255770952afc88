"""Kinds of device as the collect API names them, from what browsers and analytics say."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Device(StrEnum):
    """Kinds of the collect API."""

    PC = "PC"
    TABLET = "Tablet"
    SMARTPHONE = "Smartphone"
    OTHERS = "Others"


_ROBOT: Final = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|archiver|monitor|uptime|pingdom|headless|lighthouse|"
    r"curl/|wget/|python|java/|okhttp|libwww|go-http|httpclient|axios|node-fetch|scrapy|"
    r"facebookexternalhit|preview|validator|feedfetcher|mediapartners|sdg-connector",
    re.IGNORECASE,
)
_TABLET: Final = re.compile(
    r"ipad|tablet|kindle|silk/|playbook|android(?!.*\bmobile\b)", re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"mobi|iphone|ipod|windows phone|opera mini|blackberry|symbian", re.IGNORECASE
)
_OTHER: Final = re.compile(
    r"smart-?tv|appletv|googletv|hbbtv|tizen|web0s|roku|crkey|playstation|xbox|nintendo|watch",
    re.IGNORECASE,
)
_PC: Final = re.compile(r"(?i)windows nt|macintosh|x11|cros\b|linux x86_64")
_NAMES: Final = {
    "desktop": Device.PC,
    "laptop": Device.PC,
    "ultra-wide": Device.PC,
    "ultrawide": Device.PC,
    "pc": Device.PC,
    "tablet": Device.TABLET,
    "smartphone": Device.SMARTPHONE,
    "phablet": Device.SMARTPHONE,
    "feature phone": Device.SMARTPHONE,
    "mobile": Device.SMARTPHONE,
}
"""Kinds that Matomo and Plausible tell apart; every other is Others."""


@lru_cache(maxsize=10_000)
def device_of(user_agent: str) -> Device:
    """The kind of device behind a User-Agent header."""
    if _OTHER.search(user_agent):
        return Device.OTHERS
    if _TABLET.search(user_agent):
        return Device.TABLET
    if _PHONE.search(user_agent):
        return Device.SMARTPHONE
    return Device.PC if _PC.search(user_agent) else Device.OTHERS


@lru_cache(maxsize=10_000)
def is_robot(user_agent: str) -> bool:
    """Whether the header is that of a program, which is no visitor; no header is one too."""
    return user_agent in {"", "-"} or _ROBOT.search(user_agent) is not None


def device_named(name: str) -> Device:
    """The kind for the word of a web analytics tool."""
    return _NAMES.get(name.strip().casefold(), Device.OTHERS)
