"""The single values of a description, each refused when it cannot mean anything."""

import re
from typing import Final, Self
from urllib.parse import urlsplit

from procedures.errors import ProceduresMisuse

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_EMAIL: Final = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;]+")
_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?"
)
_TERRITORY: Final = re.compile(r"(?:[A-Z]{2}[0-9A-Z]{0,3}|[A-Z]{2}_[0-9A-Z]{1,12}|[0-9]{4,8})")


class Value(str):
    """A string of a known shape; anything else is refused when it is made."""

    __slots__ = ()
    PATTERN: str = ".*"
    """The shape as a regular expression, for the published JSON Schema."""
    MEANING: str = "text"
    """What the value is, for the sentence of a mistake."""

    def __new__(cls, value: str) -> Self:
        """Make the value, or raise ``ProceduresMisuse``."""
        if not isinstance(value, str) or not cls.accepts(value):
            raise ProceduresMisuse(f"expected {cls.MEANING}")
        return super().__new__(cls, value)

    @classmethod
    def accepts(cls, value: str) -> bool:
        """Whether the text has the shape of this value."""
        return re.fullmatch(cls.PATTERN, value) is not None


class Language(Value):
    """A language as a page names it: ISO 639-1, in lower case (BCP 47)."""

    __slots__ = ()
    PATTERN = _LANGUAGE.pattern
    MEANING = "a language code such as lv or en"


class Country(Value):
    """A country in ISO 3166-1 alpha-2; Greece is ``GR`` here, ``EL`` where a channel wants it."""

    __slots__ = ()
    PATTERN = _COUNTRY.pattern
    MEANING = "a country code such as LV"

    def __new__(cls, value: str) -> Self:
        """Make the code; the Commission's own ``EL`` and ``UK`` become ``GR`` and ``GB``."""
        return super().__new__(cls, {"EL": "GR", "UK": "GB"}.get(value, value))

    @property
    def for_the_union(self) -> str:
        """The code in tags and statistics (Implementing Regulation (EU) 2020/1121, Annex I)."""
        return {"GR": "EL"}.get(self, str(self))


class WebAddress(Value):
    """An absolute http or https address of a page."""

    __slots__ = ()
    PATTERN = r"https?://[^\s<>\"]+"
    MEANING = "an absolute web address that begins with https://"

    @classmethod
    def accepts(cls, value: str) -> bool:
        """Whether the address has a host and no spaces."""
        if re.fullmatch(cls.PATTERN, value) is None:
            return False
        try:
            parts = urlsplit(value)
            return bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            return False


class Email(Value):
    """An e-mail address of an office, never of a person."""

    __slots__ = ()
    PATTERN = _EMAIL.pattern
    MEANING = "an e-mail address"


class Territory(Value):
    """Where a text holds: a NUTS code (``LV006``) or a LAU code (``LV_0001000``, ``0001000``)."""

    __slots__ = ()
    PATTERN = _TERRITORY.pattern
    MEANING = "a NUTS or LAU code such as LV006"


class Duration(Value):
    """A length of time in ISO 8601: ``P1M``, ``P10D``, ``PT2H``."""

    __slots__ = ()
    PATTERN = _DURATION.pattern
    MEANING = "a length of time such as P1M or P10D"

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The units that are not nought, largest first: ``(("month", 1),)``."""
        found = _DURATION.fullmatch(self)
        names = ("year", "month", "week", "day", "hour", "minute")
        counted = zip(names, found.groups() if found else (), strict=False)
        return tuple((name, int(count)) for name, count in counted if count and int(count))
