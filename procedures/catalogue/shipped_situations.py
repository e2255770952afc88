"""Find the life situations among the package's data."""

from functools import cache
from importlib import resources

from procedures.situations import LifeSituation, read_situation


@cache
def situations() -> tuple[LifeSituation, ...]:
    """Every shipped life situation, in the order of their identifiers."""
    folder = resources.files("procedures.catalogue") / "situations" / "lv"
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name
    )
    return tuple(read_situation(one.read_bytes()) for one in files)
