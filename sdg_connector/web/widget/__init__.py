"""A feedback form for any page of any site: with and without JavaScript, in every language."""

from sdg_connector.web.widget.application import WidgetOptions, feedback_widget
from sdg_connector.web.widget.limiting import AnswerLimit

__all__ = ["AnswerLimit", "WidgetOptions", "feedback_widget"]
