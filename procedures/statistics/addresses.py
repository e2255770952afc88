"""One canonical address for each page, however visitors came to it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from procedures.errors import ProceduresMisuse

_TRACKING: Final = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|_ga|ref|lang_switch",
    re.IGNORECASE,
)
_PORTS: Final = {"http": 80, "https": 443}
_UNRESERVED: Final = "/-._~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Whose pages are counted, and which of them."""

    base: str
    """Origin of the site: what a log without hosts is about."""
    pages: frozenset[str] = frozenset()
    """Canonical addresses of the pages of the Gateway; empty counts every page of the site."""
    kept_parameters: frozenset[str] = frozenset()
    """Parameters of a query that make another page; all others are left out."""
    _origins: Mapping[str, str] = field(init=False, repr=False)
    """The origin under which each host counts, with and without ``www.`` and TLS alike."""

    def __post_init__(self) -> None:
        """Refuse a base that is no origin, and pages that stand elsewhere."""
        parts = urlsplit(self.base)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ProceduresMisuse("expected the origin of a site, such as https://dienests.lv")
        origins = {_host(one): _origin(one) for one in (*sorted(self.pages), self.base)}
        object.__setattr__(self, "_origins", origins)

    @classmethod
    def of(
        cls, base: str, *, pages: Collection[str] = (), kept_parameters: Collection[str] = ()
    ) -> "Site":
        """The site, with the addresses of its pages made canonical."""
        kept = frozenset(kept_parameters)
        own = frozenset(_canonical(page, kept) for page in pages)
        return cls(base=_canonical(base, kept).rstrip("/"), pages=own, kept_parameters=kept)

    def canonical(self, address: str) -> str | None:
        """The address under which a view counts; none where it is not of this site's pages."""
        whole = self.base + address if address.startswith("/") else address
        found = _canonical(whole, self.kept_parameters)
        origin = self._origins.get(_host(found))
        if not found or origin is None:
            return None
        found = origin + found[len(_origin(found)) :]
        if not self.pages or found in self.pages:
            return found
        other = found[:-1] if found.endswith("/") else f"{found}/"
        return other if other in self.pages else None


@lru_cache(maxsize=50_000)
def _canonical(address: str, kept: frozenset[str]) -> str:
    """Host in small letters, no default port, no tracking, no fragment; empty when unreadable."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    place = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    path = quote(unquote(parts.path) or "/", safe=_UNRESERVED)
    path = re.sub(r"/(?:index|default)\.(?:html?|php|aspx?)$", "/", path)
    query = urlencode(
        sorted(
            (name, value)
            for name, value in parse_qsl(parts.query)
            if name in kept and not _TRACKING.fullmatch(name)
        )
    )
    return f"{parts.scheme}://{place}{path}{'?' if query else ''}{query}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
