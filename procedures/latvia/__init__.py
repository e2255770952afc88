"""What Latvian law asks of a description beyond the Union's: cards, review dates, notices."""

from procedures.latvia.card import POINTS, CardRefused, Point, cards_csv, from_card, to_card
from procedures.latvia.notices import notice
from procedures.latvia.reviews import Review, review_due, reviews, reviews_csv

__all__ = [
    "POINTS",
    "CardRefused",
    "Point",
    "Review",
    "cards_csv",
    "from_card",
    "notice",
    "review_due",
    "reviews",
    "reviews_csv",
    "to_card",
]
