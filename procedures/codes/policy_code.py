"""A policy code that says which annex it belongs to, because ``R1`` alone could be either."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering
from typing import ClassVar

from procedures.errors import UnknownCode

_CODE = re.compile(r"(?P<area>[A-Z]{1,2})(?P<item>[1-9][0-9]*)?")


class Annex(StrEnum):
    """Annexes of Regulation (EU) 2018/1724 whose entries have a code."""

    INFORMATION = "I"
    PROCEDURES = "II"


class Audience(StrEnum):
    """Whom a code or a description is for."""

    CITIZENS = "citizens"
    BUSINESSES = "businesses"


@total_ordering
@dataclass(frozen=True, slots=True)
class PolicyCode:
    """A code with its annex; in text ``II/T2``. Sorted as people count: J10 after J9."""

    PATTERN: ClassVar[str] = r"(I|II)/[A-Z]{1,2}([1-9][0-9]*)?"

    annex: Annex
    code: str
    """As the meta tag ``policy-code`` carries it: ``T2``; without number for a whole area."""

    @classmethod
    def read(cls, text: str) -> "PolicyCode":
        """``I/D1`` or ``II/T2``; raises `UnknownCode` for any other form."""
        annex, slash, code = text.partition("/")
        if not slash or annex not in {item.value for item in Annex} or not _CODE.fullmatch(code):
            raise UnknownCode("expected an annex and a code, such as I/D1 or II/T2")
        return cls(Annex(annex), code)

    @property
    def area(self) -> str:
        """Letters of the area or life event."""
        return self.code.rstrip("0123456789")

    @property
    def number(self) -> int:
        """Number within the area; 0 for the area itself."""
        return int(self.code[len(self.area) :] or 0)

    @property
    def audience(self) -> Audience:
        """Citizens or businesses, as Annex I divides its areas and Annex II its life events."""
        if self.annex is Annex.PROCEDURES:
            business = self.area == "X"
        else:
            business = len(self.area) > 1 or self.area > "I"
        return Audience.BUSINESSES if business else Audience.CITIZENS

    def __str__(self) -> str:
        """As it is read."""
        return f"{self.annex.value}/{self.code}"

    def __lt__(self, other: object) -> bool:
        """In the order of the annex."""
        if not isinstance(other, PolicyCode):
            return NotImplemented
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, str, int]:
        return (self.annex.value, len(self.area), self.area, self.number)
