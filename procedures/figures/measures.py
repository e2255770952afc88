"""The measures: ratings, shares, the Net Promoter Score, the System Usability Scale."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from procedures.errors import ProceduresMisuse

SUS_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Ratings:
    """How often each rating from 1 (worst) to 5 (best) was given."""

    counts: tuple[int, int, int, int, int]

    @classmethod
    def of(cls, ratings: Iterable[int]) -> "Ratings":
        """Count ratings; raises `ProceduresMisuse` for one that no form offers."""
        counted = Counter(ratings)
        if set(counted) - {1, 2, 3, 4, 5}:
            raise ProceduresMisuse("a rating is a number from 1 to 5")
        return cls((counted[1], counted[2], counted[3], counted[4], counted[5]))

    @property
    def total(self) -> int:
        """How many were given."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """The mean to two places; none without ratings."""
        if not self.total:
            return None
        return round(sum(stars * n for stars, n in enumerate(self.counts, 1)) / self.total, 2)

    @property
    def satisfied(self) -> "Share":
        """The share of ratings of 4 and 5."""
        return Share(self.counts[3] + self.counts[4], self.total)

    def __add__(self, other: "Ratings") -> "Ratings":
        a, b = self.counts, other.counts
        return Ratings((a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        """Refuse a part that is larger than its whole."""
        if not 0 <= self.part <= self.whole:
            raise ProceduresMisuse("a share is a part of its whole, and neither is negative")

    @property
    def percent(self) -> float | None:
        """To one place; none of nothing."""
        return round(100 * self.part / self.whole, 1) if self.whole else None

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


def net_promoter_score(answers: Sequence[int]) -> float | None:
    """The share of 9 and 10 less the share of 0 to 6, in points from -100 to 100.

    Answers to "How likely is it that you would recommend…", 0 to 10; none without answers. Raises
    `ProceduresMisuse` for another number.
    """
    if any(not 0 <= one <= 10 for one in answers):
        raise ProceduresMisuse("an answer to the recommendation question is from 0 to 10")
    if not answers:
        return None
    promoters = sum(one >= 9 for one in answers)
    detractors = sum(one <= 6 for one in answers)
    return round(100 * (promoters - detractors) / len(answers), 1)


def system_usability(answers: Sequence[Sequence[int]]) -> float | None:
    """The mean score of the System Usability Scale, 0 to 100; none without answers.

    Ten answers of 1 to 5 each; the odd statements praise, the even ones complain (Brooke, 1996).
    Raises `ProceduresMisuse` for another number of answers or another number.
    """
    for one in answers:
        if len(one) != SUS_ITEMS or any(not 1 <= item <= 5 for item in one):
            raise ProceduresMisuse("the System Usability Scale has ten answers from 1 to 5")
    if not answers:
        return None
    scores = [2.5 * sum(_points(place, item) for place, item in enumerate(one)) for one in answers]
    return round(sum(scores) / len(scores), 1)


def _points(place: int, answer: int) -> int:
    return answer - 1 if place % 2 == 0 else 5 - answer
