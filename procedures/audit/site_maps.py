"""Site maps as sitemaps.org describes them: XML, an index of them, or a plain list; gzipped or not.

https://www.sitemaps.org/protocol.html
"""

import zlib
from dataclasses import dataclass
from typing import Final

from procedures.errors import Refused
from xmltrust.errors import XmlRefused
from xmltrust.parse import Limits, parse

NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_OCTETS: Final = 50 * 1024 * 1024
"""What the protocol allows for one map, unpacked."""
_LIMITS: Final = Limits(max_bytes=MOST_OCTETS, max_elements=1_000_000, max_attributes=1_000_000)
_GZIP: Final = b"\x1f\x8b"


class SiteMapRefused(Refused):
    """What was taken for a site map is none."""


@dataclass(frozen=True, slots=True)
class SiteMap:
    """The addresses of a site map."""

    pages: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    """Further site maps, where this one is an index."""


def read_site_map(data: bytes) -> SiteMap:
    """The addresses that a map lists, in its order; raises `SiteMapRefused` for any other bytes."""
    unpacked = _unpacked(data) if data.startswith(_GZIP) else data
    text = unpacked.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(b"<"):
        return SiteMap(pages=_listed(text))
    try:
        root = parse(text, limits=_LIMITS, comments_allowed=True)
    except XmlRefused as problem:
        raise SiteMapRefused(f"this is no site map: {problem}") from None
    places = tuple(
        (one.text or "").strip()
        for one in root.iterfind(f"{{{NAMESPACE}}}*/{{{NAMESPACE}}}loc")
        if (one.text or "").strip()
    )
    if root.tag == f"{{{NAMESPACE}}}urlset":
        return SiteMap(pages=places)
    if root.tag == f"{{{NAMESPACE}}}sitemapindex":
        return SiteMap(maps=places)
    raise SiteMapRefused("expected urlset or sitemapindex of sitemaps.org, found another element")


def _unpacked(data: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(wbits=31)
        unpacked = unpacking.decompress(data, MOST_OCTETS + 1)
    except zlib.error:
        raise SiteMapRefused("the site map cannot be unpacked") from None
    if len(unpacked) > MOST_OCTETS:
        raise SiteMapRefused(f"expected a site map of at most {MOST_OCTETS} octets, found more")
    return unpacked


def _listed(text: bytes) -> tuple[str, ...]:
    try:
        lines = text.decode("utf-8").split()
    except UnicodeDecodeError:
        raise SiteMapRefused("expected a list of addresses in UTF-8, found other bytes") from None
    if not lines or not all(one.startswith(("http://", "https://")) for one in lines):
        raise SiteMapRefused("expected a list of addresses, one on each line, found other text")
    return tuple(lines)
