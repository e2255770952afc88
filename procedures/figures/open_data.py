"""The figures as open data: one CSV table, or JSON (Regulation (EU) 2018/1724, article 24(3)).

A mean of a few ratings could tell one person's, so below ``smallest`` only their number is given.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Final

from procedures.figures.compiling import Figures
from procedures.figures.measures import Ratings, Share

SMALLEST: Final = 5
Row = Mapping[str, object]
COLUMNS: Final = (
    "period",
    "subject",
    "name",
    "authority",
    "ratings",
    "mean_rating",
    "satisfied_percent",
    "completion_percent",
    "electronic_percent",
)


def write_csv(figures: Figures, *, smallest: int = SMALLEST) -> str:
    """One row for each page, service and authority, and one for all; empty where nobody knows."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS, restval="")
    writer.writeheader()
    for row in rows(figures, smallest=smallest):
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    return written.getvalue()


def write_json(figures: Figures, *, smallest: int = SMALLEST) -> str:
    """The same rows, and the two yearly scores."""
    said = {
        "period": {
            "start": figures.period.first.isoformat(),
            "end": figures.period.last.isoformat(),
        },
        "netPromoterScore": {
            "score": figures.net_promoter_score,
            "answers": figures.net_promoter_answers,
        },
        "systemUsabilityScale": {
            "score": figures.system_usability,
            "answers": figures.system_usability_answers,
        },
        "rows": list(rows(figures, smallest=smallest)),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def rows(figures: Figures, *, smallest: int = SMALLEST) -> Iterator[Row]:
    """The rows of both files."""
    period = str(figures.period)

    def row(subject: str, name: str, authority: str, **values: object) -> Row:
        return {
            "period": period,
            "subject": subject,
            "name": name,
            "authority": authority,
            **values,
        }

    yield row("all", "", "", **_ratings(figures.ratings, smallest))
    for authority in figures.authorities:
        yield row(
            "authority",
            authority.authority,
            authority.authority,
            **_ratings(authority.ratings, smallest),
            **_shares(authority.completion, authority.electronic),
        )
    for service in figures.services:
        shares = _shares(service.completion, service.electronic)
        yield row("service", service.service, service.authority, **shares)
    for page in figures.pages:
        yield row("page", page.page, page.authority, **_ratings(page.ratings, smallest))


def _ratings(ratings: Ratings, smallest: int) -> Row:
    enough = ratings.total >= smallest
    return {
        "ratings": ratings.total,
        "mean_rating": ratings.mean if enough else None,
        "satisfied_percent": ratings.satisfied.percent if enough else None,
    }


def _shares(completion: Share, electronic: Share) -> Row:
    return {
        "completion_percent": completion.percent,
        "electronic_percent": electronic.percent,
    }
