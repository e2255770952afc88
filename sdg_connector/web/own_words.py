"""The product's own words beside a text that may be in any language."""

from translations import Messages, catalogue, offered_languages


def own_words(language: str) -> Messages:
    """The product's words in the language, else in English."""
    offered = {one.value for one in offered_languages()}
    return catalogue(language if language in offered else "en")
