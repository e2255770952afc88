"""The lines of the exchange data model, and the choice between them."""

from collections.abc import Iterable
from enum import StrEnum

from sdg_connector.vocabulary.errors import NoCommonLine


def _version(line: str) -> tuple[int, int]:
    major, _, minor = line.rpartition("v")[2].partition(".")
    return int(major), int(minor)


class EdmLine(StrEnum):
    """Value of the slot ``SpecificationIdentifier``; the patch level never travels (TDD 4.5)."""

    V1_0 = "oots-edm:v1.0"
    V1_1 = "oots-edm:v1.1"
    V1_2 = "oots-edm:v1.2"
    V2_0 = "oots-edm:v2.0"

    version: tuple[int, int]
    """Major and minor number, for comparison."""
    is_packaged: bool
    """Whether answers pack main evidence with its annexes and translations (2.0)."""

    def __init__(self, value: str) -> None:
        self.version = _version(value)
        self.is_packaged = self.version >= (2, 0)

    @classmethod
    def choose(cls, offered: Iterable[str]) -> "EdmLine":
        """The newest line among a correspondent's ``AccessService/ConformsTo`` that we speak.

        Raises ``NoCommonLine`` when there is none (TDD 3.1.4).
        """
        common = [line for line in cls if line.value in set(offered)]
        if not common:
            raise NoCommonLine("the provider's ConformsTo names no line of the EDM that we speak")
        return max(common, key=lambda line: line.version)


class CommonServicesLine(StrEnum):
    """Value of the header ``Accept-Version`` of the Common Services (TDD 3.6)."""

    V1_0 = "oots-cs:v1.0"
    V1_1 = "oots-cs:v1.1"
    V1_2 = "oots-cs:v1.2"
    V2_0 = "oots-cs:v2.0"

    version: tuple[int, int]
    """Major and minor number of the metadata that the answers hold."""

    def __init__(self, value: str) -> None:
        self.version = _version(value)
