"""Which service a portal carries out: its description, and what follows from it."""

from dataclasses import dataclass
from pathlib import Path

from procedures import Description, Procedure, ProceduresError, catalogue, read_description
from sdg_connector.errors import OwnMistake


@dataclass(frozen=True, slots=True)
class ChosenService:
    """A description that a portal can be built on."""

    description: Description

    @classmethod
    def named(cls, name: str) -> "ChosenService":
        """By a name of the shipped catalogue, or from a YAML file; raises `OwnMistake`."""
        try:
            if name in catalogue.names():
                chosen = cls(catalogue.load(name))
            else:
                chosen = cls(read_description(Path(name).read_bytes()))
        except OSError as unread:
            known = ", ".join(catalogue.names())
            raise OwnMistake(
                f"no description {name}: it is no file that can be read, and none of {known}"
            ) from unread
        except ProceduresError as refused:
            raise OwnMistake(f"the description {name} cannot be used: {refused}") from refused
        if not chosen.procedure:
            raise OwnMistake(
                f"{name} describes no procedure of Annex II to Regulation (EU) 2018/1724: evidence "
                "cannot be asked for"
            )
        return chosen

    @property
    def procedure(self) -> str:
        """The procedure as evidence requests name it, by its code of Annex II; else empty."""
        described = self.description
        return (described.once_only_code or "") if isinstance(described, Procedure) else ""

    @property
    def page(self) -> str:
        """The address that feedback is about: the page in the description's own language."""
        page = self.description.page(self.description.language)
        return "" if page is None else str(page.address)
