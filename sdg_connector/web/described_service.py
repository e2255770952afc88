"""The service page's text from a description, translated at the moment a reader needs it."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from procedures import (
    Description,
    Phrase,
    meta_tags,
    page_of,
    translatable,
    translated,
)
from sdg_connector.connector.describing import phrase_of
from sdg_connector.web.own_words import own_words
from sdg_connector.web.service_page import ServiceText
from translations import TranslationError, Translator
from translations.demo_model import PACKAGE_NAME, demo_package_path
from translations.engines import Engine
from translations.engines.argos import ArgosEngine
from translations.engines.packages import PackageStore, read_package

_log = logging.getLogger(__name__)

WIDELY_UNDERSTOOD: Final = "en"
"""What a reader gets whose language no engine speaks (Regulation (EU) 2018/1724, article 12)."""


def local_engine(packages: Path | None = None) -> ArgosEngine:
    """The Argos packages installed in a folder, and beneath them the demonstration's own.

    Raises `translations.TranslationError` for a broken package.
    """
    installed = () if packages is None else PackageStore(packages).packages()
    return ArgosEngine.over((*installed, read_package(demo_package_path())))


class DescribedService:
    """`ServiceTexts` over one description: what people wrote stands, a machine fills the rest.

    A translation is made when the first reader needs it, and kept while the process lives. When no
    engine speaks the reader's language the page comes in English, and when no engine runs at all
    (the extra ``translate`` is not installed) in the language of the description; the log says why.
    """

    def __init__(
        self, description: Description, *, engine: Engine, now: Callable[[], datetime]
    ) -> None:
        """Show ``description``, translating by ``engine``."""
        self._description = description
        self._translator = Translator(engine=engine)
        self._now = now
        self._filled: dict[str, Description] = {}
        self._unspoken: set[str] = set()
        self._by_demo_model: set[str] = set()
        self._lock = threading.Lock()

    def text(self, language: str) -> ServiceText:
        """The description in a language, or in the nearest one there is."""
        for wanted in (language, WIDELY_UNDERSTOOD):
            described = self._in(wanted)
            if described is not None:
                return _text(described, wanted, demo_model=wanted in self._by_demo_model)
        return _text(self._description, self._description.language, demo_model=False)

    def _in(self, language: str) -> Description | None:
        """The description with every text in a language; None when no engine can fill it."""
        with self._lock:
            if language not in self._filled and language not in self._unspoken:
                try:
                    self._filled[language] = self._fill(language)
                except TranslationError as failed:
                    self._unspoken.add(language)
                    _log.warning("no translation into %s: %s", language, failed)
            return self._filled.get(language)

    def _fill(self, language: str) -> Description:
        missing = translatable(self._description, into=language)
        phrases: dict[str, Phrase] = {}
        for source in sorted({one.source.language for one in missing}):
            texts = {one.where: one for one in missing if one.source.language == source}
            made = self._translator.translate_mapping(
                {where: one.source.text for where, one in texts.items()},
                source=source,
                target=language,
                now=self._now(),
            )
            if any(PACKAGE_NAME in one.provenance.model.split("+") for one in made.values()):
                self._by_demo_model.add(language)
            phrases |= {where: phrase_of(made[where], one) for where, one in texts.items()}
        return translated(self._description, phrases)


def _text(description: Description, language: str, *, demo_model: bool) -> ServiceText:
    changed = description.last_change
    return ServiceText(
        page=page_of(description, language=language, words=own_words(language).text),
        changed="" if changed is None else changed.isoformat(),
        source_language=description.language,
        demo_model=demo_model,
        # Every value was escaped by ``meta_tags``.
        meta=Markup(meta_tags(description, language=language)),  # noqa: S704
    )
