"""Several engines in order: the next one speaks where one fails or does not know the pair."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from translations.engines import Candidate, Engine, ModelIdentity
from translations.errors import EngineFailed, Misuse, PairNotInstalled

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChain:
    """Engines by preference; one that failed rests for a while, so that a quota is not hammered."""

    engines: tuple[Engine, ...]
    rest_seconds: float = 300.0
    clock: Callable[[], float] = time.monotonic
    _rested: dict[int, float] = field(default_factory=dict, init=False, repr=False)
    """Until when an engine rests, by its place in the chain."""

    def __post_init__(self) -> None:
        """Refuse a chain of nothing."""
        if not self.engines:
            raise Misuse("a chain needs one engine or more")

    @property
    def name(self) -> str:
        """The names of the engines, joined by ``>``."""
        return ">".join(engine.name for engine in self.engines)

    @property
    def is_local(self) -> bool:
        """Whether no engine of the chain is on another machine."""
        return all(engine.is_local for engine in self.engines)

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The first engine that knows the pair and answers; raises what the last one raised."""
        return self._first(lambda engine: engine.identity(source=source, target=target))

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """The candidates of the first engine that gives them, each with the model that spoke."""

        def speak(engine: Engine) -> tuple[Candidate, ...]:
            identity = engine.identity(source=source, target=target)
            found = engine.translate(sentences, source=source, target=target, linked=linked)
            return tuple(
                replace(candidate, spoken_by=candidate.spoken_by or identity) for candidate in found
            )

        return self._first(speak)

    def _first(self, ask: Callable[[Engine], Found]) -> Found:
        """What the first engine answers; those that rest are asked last."""
        now = self.clock()
        places = sorted(range(len(self.engines)), key=lambda at: self._rested.get(at, now) > now)
        failure: EngineFailed | PairNotInstalled = PairNotInstalled("no engine was asked")
        for at in places:
            try:
                return ask(self.engines[at])
            except PairNotInstalled as error:
                failure = error
            except EngineFailed as error:
                self._rested[at] = now + self.rest_seconds
                failure = error
        raise failure
