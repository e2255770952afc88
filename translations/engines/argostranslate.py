"""Stock argostranslate as an engine, for who has its packages installed already.

It is MIT, but needs about 5.8 GB of disk with CUDA (1.1 GB without), 630 MB of memory and 1.7
seconds to import, and brings ``minisbd``, which is AGPL-3.0: so it is an extra and never the
default. `translations.engines.argos` reads the same packages without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

from translations.engines import Candidate, ModelIdentity
from translations.errors import EngineRefused, Misuse, PairNotInstalled
from translations.languages import read_code

_NAME = "argostranslate"


@dataclass(frozen=True, slots=True)
class ArgosTranslateEngine:
    """The installed argostranslate behind the `Engine` protocol."""

    @property
    def name(self) -> str:
        """``argostranslate``."""
        return _NAME

    @property
    def is_local(self) -> bool:
        """Always, once its packages and their sentence models are installed."""
        return True

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The version of argostranslate; raises `PairNotInstalled`, and `Misuse` without it."""
        self._translation(source, target)
        pair = f"{read_code(source)}-{read_code(target)}"
        return ModelIdentity(engine=_NAME, model=pair, version=version("argostranslate"))

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence; whatever it raises is an `EngineRefused`."""
        del linked
        translation = self._translation(source, target)
        spoken: dict[str, str] = {}
        for sentence in dict.fromkeys(sentences):
            try:
                spoken[sentence] = (
                    str(translation.translate(sentence)) if sentence.strip() else sentence
                )
            except Exception as error:  # noqa: BLE001  it raises whatever its parts raise
                raise EngineRefused(_NAME, f"it gave up with {type(error).__name__}") from None
        return tuple(Candidate(text=spoken[sentence]) for sentence in sentences)

    def _translation(self, source: str, target: str) -> Any:
        try:
            stock = import_module("argostranslate.translate")
        except ImportError:
            raise Misuse(
                "argostranslate is not installed: pip install sdg-connector[argos] (5.8 GB, and an "
                "AGPL-3.0 part), or install the package for our own reader of Argos packages"
            ) from None
        source, target = read_code(source), read_code(target)
        languages = {language.code: language for language in stock.get_installed_languages()}
        if source in languages and target in languages:
            found = languages[source].get_translation(languages[target])
            if found is not None:
                return found
        raise PairNotInstalled(f"argostranslate has no package for {source} to {target}")
