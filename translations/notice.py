"""What a reader of a machine's translation must be told, in the reader's language.

Regulation (EU) 2018/1724, article 12, lets a machine help, and Latvian Cabinet Regulation No. 400,
point 10, wants the page to say so and that the Latvian text prevails.
"""

import re
from dataclasses import dataclass

from translations.catalogue import catalogue
from translations.documents import TextForm
from translations.errors import UnknownLanguage
from translations.languages import read_language
from translations.result import Translated

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The words that stand above a translated text."""

    language: str
    title: str
    text: str


def notice_of(translated: Translated) -> Notice | None:
    """The notice for a text, in its language or in English; None when a person approved it all."""
    if translated.provenance.approved_by_human or not translated.segments:
        return None
    try:
        language = read_language(translated.target_language)
    except UnknownLanguage:
        language = read_language("en")
    words = catalogue(language)
    try:
        origin = read_language(translated.source_language).endonym
    except UnknownLanguage:
        origin = translated.source_language
    return Notice(
        language=language.value, title=words.text("procedure.translated_title"),
        text=words.text("procedure.translated", language=origin),
    )  # fmt: skip


def with_notice(translated: Translated, form: TextForm) -> str:
    """The text as it is published: the notice first, where the form has a place for it."""
    notice = notice_of(translated)
    if notice is None:
        return translated.text
    if form is TextForm.MARKDOWN:
        return f"> **{notice.title}**\n>\n> {notice.text}\n\n{translated.text}"
    if form is TextForm.PLAIN:
        return f"{notice.title}\n{notice.text}\n\n{translated.text}"
    aside = (
        f'<aside role="note" lang="{notice.language}" data-machine-translation translate="no">'
        f"<p><strong>{notice.title}</strong></p><p>{notice.text}</p></aside>\n"
    )
    body = _BODY.search(translated.text)
    place = body.end() if body else 0
    return translated.text[:place] + aside + translated.text[place:]
