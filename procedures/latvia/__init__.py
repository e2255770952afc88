"""What Latvian law asks of a description beyond the Union's: cards, dates, notices."""

from procedures.latvia.answers import (
    Answer,
    AnswersRefused,
    AnswerTime,
    Request,
    answer_due,
    answers,
    answers_csv,
    read_requests,
)
from procedures.latvia.card import POINTS, CardRefused, Point, cards_csv, from_card, to_card
from procedures.latvia.notices import notice
from procedures.latvia.reviews import Review, review_due, reviews, reviews_csv

__all__ = [
    "POINTS",
    "Answer",
    "AnswerTime",
    "AnswersRefused",
    "CardRefused",
    "Point",
    "Request",
    "Review",
    "answer_due",
    "answers",
    "answers_csv",
    "cards_csv",
    "from_card",
    "notice",
    "read_requests",
    "review_due",
    "reviews",
    "reviews_csv",
    "to_card",
]
