"""The loopback address behind each public https name, where no DNS and no TLS stand in front.

The standards ask for https locations in every message (EDM rules C005 and C120, SAML eIDAS message
format 1.4, section 2.1). On a laptop nobody resolves those names, so the messages keep them and
only the last step before the socket translates. With no pairs, which is how a real agency runs, an
address is reached as it is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sdg_connector.errors import OwnMistake


@dataclass(frozen=True, slots=True)
class Addresses:
    """Which origin is really spoken to for a public origin."""

    pairs: tuple[tuple[str, str], ...] = ()
    """Public origin and real origin, each ``scheme://host[:port]`` without a path."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Addresses":
        """The given pairs; raises `OwnMistake` when one of them is not a bare origin."""
        checked = tuple(pairs)
        for origin in (origin for pair in checked for origin in pair):
            if origin_of(origin) != origin:
                raise OwnMistake(f"an address pair holds origins only, not {origin!r}")
        return cls(checked)

    def reach(self, url: str) -> str:
        """The URL to open for the URL that a message names."""
        origin = origin_of(url)
        for public, real in self.pairs:
            if origin == public:
                return real + url[len(public) :]
        return url


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of a URL; raises `OwnMistake` when it has none."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise OwnMistake("an address needs a scheme and a host")
    return f"{parts.scheme}://{parts.netloc}"
