"""A month of answers for the Commission: questions and ratings, and not a word of free text."""

from collections.abc import Iterable

from procedures.collect.calls import Call
from procedures.collect.period import Period
from procedures.collect.transmission import Transmission
from procedures.feedback.answers import Feedback, Survey


def feedback_of(kept: Iterable[Feedback], *, period: Period) -> Transmission:
    """The first answers of a month (Implementing Regulation (EU) 2020/1121, article 10)."""
    return Transmission(
        call=Call.FEEDBACK_BATCH,
        period=period,
        entries=tuple(one.to_collect() for one in kept if one.at is not None and one.at in period),
    )


def surveys_of(kept: Iterable[Survey], *, period: Period) -> Transmission:
    """The answers to surveys of a month."""
    return Transmission(
        call=Call.SURVEY_BATCH,
        period=period,
        entries=tuple(one.to_collect() for one in kept if one.at is not None and one.at in period),
    )
