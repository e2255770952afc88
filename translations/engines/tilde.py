"""Tilde MT (https://translate.tilde.ai), the company's present interface."""

from collections.abc import Sequence
from dataclasses import dataclass

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
from translations.languages import read_code

_NAME = "tilde"
TILDE = "https://translate.tilde.ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class TildeEngine:
    """Tilde MT behind the `Engine` protocol."""

    client: httpx.Client
    """See `tilde`; it carries the key."""
    domain: str | None = None
    """The subject of the texts, among those the account has; Tilde chooses when None."""
    engine_id: str | None = None
    """One engine of the account instead of the best for the pair."""
    term_collections: tuple[str, ...] = ()
    """Term collections of the account, by their ids."""

    @property
    def name(self) -> str:
        """``tilde``."""
        return _NAME

    @property
    def is_local(self) -> bool:
        """Never."""
        return False

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The engine or the subject that was asked for; Tilde tells no version."""
        pair = f"{read_code(source)}-{read_code(target)}"
        return ModelIdentity(engine=_NAME, model=self.engine_id or self.domain or pair, version="")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence; raises `EngineFailed`."""
        del linked
        spoken = {sentence: sentence for sentence in sentences}
        for portion in portions(distinct(sentences), texts=100, characters=10_000):
            asked = {
                "srcLang": read_code(source), "trgLang": read_code(target), "domain": self.domain,
                "text": list(portion), "termCollections": list(self.term_collections),
                "engineId": self.engine_id,
            }  # fmt: skip
            answer = json_of(
                answer_of(self.client, _NAME, "POST", "/api/translate/text", json=asked), _NAME
            )
            listed = answer.get("translations") if isinstance(answer, dict) else None
            found = [
                entry.get("translation") if isinstance(entry, dict) else None
                for entry in (listed if isinstance(listed, list) else ())
            ]
            spoken |= zip(portion, text_list(found, len(portion), _NAME), strict=True)
        return tuple(Candidate(text=spoken[sentence]) for sentence in sentences)


def tilde(
    key: str,
    *,
    app_id: str = "",
    base_url: str = TILDE,
    domain: str | None = None,
    engine_id: str | None = None,
    term_collections: tuple[str, ...] = (),
    transport: httpx.BaseTransport | None = None,
) -> TildeEngine:
    """An engine for an account, by its API key."""
    headers = {"X-API-KEY": key} | ({"X-APP-ID": app_id} if app_id else {})
    return TildeEngine(
        client=engine_client(base_url, headers, transport=transport),
        domain=domain,
        engine_id=engine_id,
        term_collections=term_collections,
    )
