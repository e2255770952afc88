"""The pages on which a person checks what a machine translated."""

from sdg_connector.web.review.application import review_application
from sdg_connector.web.review.desk import ReviewDesk

__all__ = ["ReviewDesk", "review_application"]
