"""Ask users as articles 6 to 10 of Implementing Regulation (EU) 2020/1121 say, and hear them."""

from procedures.feedback.answers import Feedback, Survey, read_answers, read_feedback, read_survey
from procedures.feedback.box import FeedbackFile
from procedures.feedback.errors import AnswersRefused
from procedures.feedback.forms import (
    AnswerKind,
    Category,
    Form,
    Question,
    choice_text,
    first_level,
    second_level,
)

__all__ = [
    "AnswerKind",
    "AnswersRefused",
    "Category",
    "Feedback",
    "FeedbackFile",
    "Form",
    "Question",
    "Survey",
    "choice_text",
    "first_level",
    "read_answers",
    "read_feedback",
    "read_survey",
    "second_level",
]
