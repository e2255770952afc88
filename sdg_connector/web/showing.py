"""Values as a person reads them: sizes, times, formats, in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal

from sdg_connector.web.country import country_name
from sdg_connector.web.desk import DeliveredFile, Label, Offer
from sdg_connector.web.visit import Attached

_FORMATS = {
    "application/pdf": "PDF",
    "application/xml": "XML",
    "application/json": "JSON",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/svg+xml": "SVG",
}
"""OOTSMediaTypes, by the names that people use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A delivered file on a page."""

    title: str
    format: str
    size: str
    sha256: str
    issued: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """An offer on a page."""

    requirement: Label
    evidence: Label
    provider: Label
    country: str
    formats: tuple[str, ...]


def _locale(language: str) -> str:
    """How a language writes days and numbers; English as in Europe."""
    return "en_GB" if language == "en" else language


def shown_file(file: DeliveredFile, language: str) -> ShownFile:
    """A delivered file in a language."""
    return ShownFile(
        title=_plain(file.title, shown_format(file.media_type)),
        format=shown_format(file.media_type),
        size=shown_size(file.size, language),
        sha256=file.sha256,
        issued=shown_date(file.issued, language) if file.issued else "",
    )


def shown_attached(file: Attached, language: str) -> ShownFile:
    """An attached file in a language."""
    return ShownFile(
        title=_plain(file.title, shown_format(file.media_type)),
        format=shown_format(file.media_type),
        size=shown_size(file.size, language),
        sha256=file.sha256,
        issued="",
    )


def shown_offer(offer: Offer, language: str) -> ShownOffer:
    """An offer in a language; the texts of the authorities stay in theirs where they have none."""
    return ShownOffer(
        requirement=offer.requirement.for_reader(language),
        evidence=offer.evidence.for_reader(language),
        provider=offer.provider.for_reader(language),
        country=country_name(offer.country, language),
        formats=tuple(shown_format(one) for one in offer.formats),
    )


def _plain(title: str, shown: str) -> str:
    """A title without the format that some providers write behind it: the page says it anyway."""
    return title.removesuffix(f"({shown})").rstrip() or title


def shown_format(media_type: str) -> str:
    """A media type by the name that people use."""
    return _FORMATS.get(media_type, media_type)


def shown_size(size: int, language: str) -> str:
    """A number of bytes, in kB or MB."""
    if size < 1_000_000:
        return f"{format_decimal(max(size / 1000, 0.1), '#,##0.#', locale=_locale(language))} kB"
    return f"{format_decimal(size / 1_000_000, '#,##0.#', locale=_locale(language))} MB"


def shown_date(day: str, language: str) -> str:
    """An ISO date, written out."""
    return format_date(date.fromisoformat(day[:10]), "long", locale=_locale(language))


def shown_time(moment: str, language: str) -> str:
    """An ISO moment to the minute, with its zone."""
    at, locale = datetime.fromisoformat(moment), _locale(language)
    together = str(get_datetime_format("long", locale=locale)).replace("'", "")
    return together.format(
        f"{format_time(at, 'short', locale=locale)} {at.tzname()}",
        format_date(at, "long", locale=locale),
    )
