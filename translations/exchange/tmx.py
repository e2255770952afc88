"""TMX 1.4b (https://www.gala-global.org/tmx-14b): the content of a memory, out and in."""

from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element

from translations.errors import ExchangeRefused, UnknownLanguage
from translations.exchange.doors import NOT_XML, made, parsed
from translations.languages import read_code
from translations.memory import Unit, UnitOrigin

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TIME = "%Y%m%dT%H%M%SZ"
_RULE = "TMX 1.4b"


def write_tmx(units: Iterable[Unit], *, source: str) -> bytes:
    """The units whose original is in ``source``, as a TMX file; what XML cannot hold is a space."""
    code = read_code(source)
    body = made("body")
    for unit in units:
        if unit.source == code:
            date = {"creationdate": unit.at.astimezone(UTC).strftime(_TIME)}
            original = _variant(code, unit.original)
            translated = _variant(unit.target, unit.translated)
            body.append(made("tu", date, original, translated))
    header = {
        "creationtool": "sdg-connector", "creationtoolversion": "1", "segtype": "sentence",
        "o-tmf": "sdg-connector", "adminlang": "en", "srclang": code, "datatype": "plaintext",
    }  # fmt: skip
    root = made("tmx", {"version": "1.4"}, made("header", header), body)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _variant(language: str, text: str) -> _Element:
    return made("tuv", {_LANG: language}, made("seg", {}, NOT_XML.sub(" ", text)))


def read_tmx(data: bytes, *, source: str, target: str, now: datetime) -> tuple[Unit, ...]:
    """The units of one pair of languages; inline elements are read as their text.

    Raises `ExchangeRefused`. A unit without a date takes ``now``.
    """
    root = parsed(data, rule=_RULE, root="tmx")
    wanted = read_code(source), read_code(target)
    found = []
    for entry in root.iter("tu"):
        texts: dict[str, str] = {}
        for variant in entry.findall("tuv"):
            segment = variant.find("seg")
            language = variant.get(_LANG) or variant.get("lang") or ""
            try:
                code = read_code(language)
            except UnknownLanguage:
                raise ExchangeRefused(_RULE, "xml:lang on every tuv", language[:20]) from None
            if segment is not None:
                texts[code] = "".join(str(part) for part in segment.itertext())
        if texts.get(wanted[0], "").strip() and texts.get(wanted[1], "").strip():
            found.append(
                Unit(
                    source=wanted[0],
                    target=wanted[1],
                    original=texts[wanted[0]],
                    translated=texts[wanted[1]],
                    origin=UnitOrigin.IMPORTED,
                    at=_time(entry.get("changedate") or entry.get("creationdate"), now),
                )
            )
    return tuple(found)


def _time(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ExchangeRefused(_RULE, "a date as YYYYMMDDThhmmssZ", text[:40]) from None
