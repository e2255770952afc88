"""Answers to the yearly surveys of users, from CSV files without a person in them."""

from procedures.figures.measures import SUS_ITEMS
from procedures.figures.tables import FiguresRefused, rows, whole


def read_net_promoter(data: bytes) -> tuple[int, ...]:
    """The column ``score``, 0 to 10; raises `FiguresRefused` with the row."""
    found = []
    for number, row in rows(data, columns=("score",)):
        score = whole(row, "score", number)
        if score > 10:
            raise FiguresRefused(f"row {number}: expected a score from 0 to 10")
        found.append(score)
    return tuple(found)


def read_system_usability(data: bytes) -> tuple[tuple[int, ...], ...]:
    """The columns ``q1`` to ``q10``, 1 to 5; raises `FiguresRefused` with the row."""
    names = tuple(f"q{place}" for place in range(1, SUS_ITEMS + 1))
    found = []
    for number, row in rows(data, columns=names):
        answers = tuple(whole(row, name, number) for name in names)
        if not all(1 <= one <= 5 for one in answers):
            raise FiguresRefused(f"row {number}: expected answers from 1 to 5")
        found.append(answers)
    return tuple(found)
