"""The body of the repository's REST import."""

from collections.abc import Sequence

from procedures.links.columns import LISTS, values_of
from procedures.links.link import Link
from procedures.model import Country


def rest_body(
    rows: Sequence[tuple[Link, bool]], *, country: Country, author: str, token: str
) -> dict[str, object]:
    """What is posted: each link with whether it is to be deleted; ``token`` is a secret."""
    return {
        "secureToken": token,
        "countryCode": country.for_the_union,
        "author": author,
        "linkData": [_link(link, delete=delete) for link, delete in rows],
    }


def _link(link: Link, *, delete: bool) -> dict[str, object]:
    return {
        name: [{LISTS[name]: one} for one in given] if name in LISTS else given[0]
        for name, given in values_of(link, delete=delete).items()
    }
