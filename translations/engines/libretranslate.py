"""LibreTranslate (https://docs.libretranslate.com), on this machine or on another one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from translations.engines import Candidate, ModelIdentity
from translations.engines.calls import (
    answer_of,
    distinct,
    engine_client,
    json_of,
    portions,
    text_list,
)
from translations.errors import EngineRefused, PairNotInstalled
from translations.languages import read_code

_NAME = "libretranslate"


@dataclass(frozen=True, slots=True, kw_only=True)
class LibreTranslateEngine:
    """A LibreTranslate server behind the `Engine` protocol."""

    client: httpx.Client
    """See `libretranslate`."""
    api_key: str = field(default="", repr=False)
    texts_in_request: int = 50
    """The server's ``batchLimit``, when it has one, must not be lower."""
    characters_in_request: int = 5_000
    """The server's ``charLimit``, when it has one, must not be lower."""

    @property
    def name(self) -> str:
        """``libretranslate``."""
        return _NAME

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return self.client.base_url.host in {"localhost", "127.0.0.1", "::1"}

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The server; raises `PairNotInstalled` when it does not offer the pair."""
        source, target = read_code(source), read_code(target)
        answer = json_of(answer_of(self.client, _NAME, "GET", "/languages"), _NAME)
        if not isinstance(answer, list):
            raise EngineRefused(_NAME, "its list of languages is no list")
        offered = {
            str(entry.get("code")): entry.get("targets") or ()
            for entry in answer
            if isinstance(entry, dict)
        }
        if target not in offered.get(source, ()):
            raise PairNotInstalled(
                f"the LibreTranslate server at {self.client.base_url.host} does not translate "
                f"{source} to {target}; ask its operator to install the pair"
            )
        return ModelIdentity(engine=_NAME, model=self.client.base_url.host, version="")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence; raises `EngineFailed`."""
        del linked
        source, target = read_code(source), read_code(target)
        spoken = {sentence: sentence for sentence in sentences}
        limits = {"texts": self.texts_in_request, "characters": self.characters_in_request}
        for portion in portions(distinct(sentences), **limits):
            asked: dict[str, object] = {
                "q": list(portion), "source": source, "target": target, "format": "text",
            }  # fmt: skip
            if self.api_key:
                asked["api_key"] = self.api_key
            answer = json_of(answer_of(self.client, _NAME, "POST", "/translate", json=asked), _NAME)
            found = answer.get("translatedText") if isinstance(answer, dict) else None
            spoken |= zip(portion, text_list(found, len(portion), _NAME), strict=True)
        return tuple(Candidate(text=spoken[sentence]) for sentence in sentences)


def libretranslate(
    base_url: str, *, api_key: str = "", transport: httpx.BaseTransport | None = None
) -> LibreTranslateEngine:
    """An engine over the server at an address; raises `Misuse` for one that is not https."""
    return LibreTranslateEngine(
        client=engine_client(base_url, transport=transport), api_key=api_key
    )
