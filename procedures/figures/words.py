"""The words of the report in English; whoever has them in other languages passes them in."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Words: TypeAlias = Callable[..., str]
"""A message by its name, with its values filled in: ``words("figures.few")``."""

ENGLISH: Final[Mapping[str, str]] = {
    "figures.title": "How our services were used and rated",
    "figures.period": "Period",
    "figures.summary": "In short",
    "figures.ratings": "Ratings",
    "figures.mean": "Mean rating",
    "figures.satisfied": "Satisfied (4 or 5)",
    "figures.rating": "Rating",
    "figures.by_rating": "How often each rating was given",
    "figures.by_authority": "Mean rating by authority",
    "figures.authorities": "Authorities",
    "figures.authority": "Authority",
    "figures.service": "Service",
    "figures.page": "Page",
    "figures.completion": "Finished of begun",
    "figures.electronic": "Electronic of all",
    "figures.by_service": "{what}, by service",
    "figures.services": "Services",
    "figures.pages": "Pages",
    "figures.found": "Found: yes / partly / no",
    "figures.nps": "Net Promoter Score",
    "figures.sus": "System Usability Scale",
    "figures.answers": "Answers: {count}",
    "figures.few": "too few to tell",
    "figures.none": "no figures",
    "figures.note": "A mean of fewer than {smallest} ratings is not shown, because it could be one "
    "person's. No figure is about a person.",
}


def english(message: str, /, **values: object) -> str:
    """The words in English."""
    return ENGLISH[message].format_map(values)
