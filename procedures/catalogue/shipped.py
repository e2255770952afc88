"""Find the descriptions among the package's data."""

from functools import cache
from importlib import resources

from procedures.errors import ProceduresMisuse
from procedures.model.description import Description
from procedures.reading import read_description


def names() -> tuple[str, ...]:
    """The identifiers of all shipped descriptions, in order."""
    folder = resources.files("procedures.catalogue") / "lv"
    found = (one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    return tuple(sorted(f"lv/{name.removesuffix('.yaml')}" for name in found))


@cache
def load(name: str) -> Description:
    """The shipped description of that name; raises ``ProceduresMisuse`` for an unknown one."""
    if name not in names():
        raise ProceduresMisuse(f"expected one of {', '.join(names())}")
    return read_description(
        resources.files("procedures.catalogue").joinpath(f"{name}.yaml").read_bytes()
    )


def load_all() -> tuple[Description, ...]:
    """Every shipped description."""
    return tuple(load(name) for name in names())
