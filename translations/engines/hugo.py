"""Hugo.lv, Latvia's translation service for public administration, and others of its kind.

Its interface is the one of LetsMT: a list of systems, each for one pair and subject, and one text
for each call.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from translations.engines import Candidate, ModelIdentity
from translations.engines.calls import answer_of, distinct, engine_client, json_of
from translations.errors import EngineRefused, PairNotInstalled, UnknownLanguage
from translations.languages import read_code

_NAME = "hugo"
HUGO = "https://hugo.lv/ws/Service.svc/json/"
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HugoEngine:
    """Hugo.lv behind the `Engine` protocol."""

    client: httpx.Client
    """See `hugo`; it carries the client id."""
    app_id: str
    """The application's name, as the service registered it."""
    system_id: str | None = None
    """One system instead of the first running one for the pair."""

    @property
    def name(self) -> str:
        """``hugo``."""
        return _NAME

    @property
    def is_local(self) -> bool:
        """Never."""
        return False

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The system that translates the pair; raises `PairNotInstalled` when none runs."""
        return ModelIdentity(engine=_NAME, model=self._system(source, target), version="")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence, four calls at a time; raises `EngineFailed`."""
        del linked
        system, texts = self._system(source, target), distinct(sentences)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda text: self._one(text, system), texts)
            spoken = {sentence: sentence for sentence in sentences} | dict(
                zip(texts, found, strict=True)
            )
        return tuple(Candidate(text=spoken[sentence]) for sentence in sentences)

    def _one(self, text: str, system: str) -> str:
        asked = {"appID": self.app_id, "systemID": system, "text": text, "options": ""}
        answer = json_of(answer_of(self.client, _NAME, "POST", "TranslateEx", json=asked), _NAME)
        found = answer.get("translation") if isinstance(answer, dict) else None
        if not isinstance(found, str):
            raise EngineRefused(_NAME, "its answer holds no translation")
        return found

    def _system(self, source: str, target: str) -> str:
        pair = read_code(source), read_code(target)
        asked = {"appID": self.app_id, "options": ""}
        answer = json_of(answer_of(self.client, _NAME, "GET", "GetSystemList", params=asked), _NAME)
        listed = answer.get("System") if isinstance(answer, dict) else None
        for system in listed if isinstance(listed, list) else ():
            found = _described(system)
            if found and found[1:] == pair and self.system_id in {None, found[0]}:
                return found[0]
        raise PairNotInstalled(
            f"no running system at {self.client.base_url.host} translates {pair[0]} to {pair[1]}"
        )


def _described(system: object) -> tuple[str, str, str] | None:
    """Id, source and target of a system that runs; None for any other entry."""
    if not isinstance(system, dict) or not isinstance(system.get("ID"), str):
        return None
    notes = system.get("Metadata") or ()
    states = [n.get("Value") for n in notes if isinstance(n, dict) and n.get("Key") == "status"]
    if states not in ([], ["running"]):
        return None
    source, target = (_code(system.get(name)) for name in ("SourceLanguage", "TargetLanguage"))
    return (system["ID"], source, target) if source and target else None


def _code(language: object) -> str:
    try:
        return read_code(str(language.get("Code"))) if isinstance(language, dict) else ""
    except UnknownLanguage:
        return ""


def hugo(
    client_id: str,
    *,
    app_id: str,
    base_url: str = HUGO,
    system_id: str | None = None,
    transport: httpx.BaseTransport | None = None,
) -> HugoEngine:
    """An engine for a registered application; other LetsMT services have their own address."""
    client = engine_client(base_url, {"client-id": client_id}, transport=transport)
    return HugoEngine(client=client, app_id=app_id, system_id=system_id)
