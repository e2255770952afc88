"""A feedback form for any page of any site: with and without JavaScript, in every language."""

from sdg_connector.web.widget.application import WidgetOptions, feedback_widget

__all__ = ["WidgetOptions", "feedback_widget"]
