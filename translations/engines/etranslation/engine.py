"""eTranslation behind the `Engine` protocol: asks, waits a while, and goes on at the next run."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from translations.engines import Candidate, ModelIdentity
from translations.engines.calls import distinct, portions
from translations.engines.etranslation.interface import (
    MAX_CHARACTERS,
    NAME,
    Interface,
    Snippet,
    refusal,
)
from translations.engines.etranslation.letterbox import Letterbox
from translations.errors import EngineFailed, EnginePending, Misuse, PairNotInstalled
from translations.languages import read_code

MIN_SECRET = 32
AT_ONCE = 50
"""Snippets of one application that the service holds at a time."""
_LINES = 40
_POLLING_SECONDS = 0.5


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ETranslationEngine:
    """Sentences go out as lines of snippets; what was delivered is taken from the letterbox.

    `translate` raises `EnginePending` when the callbacks did not come within ``patience``. Nothing
    is lost then: what was asked for is known by its reference, and the next run with the same
    letterbox takes it up without asking twice.
    """

    interface: Interface
    letterbox: Letterbox
    callback: str = field(repr=False)
    """The public address of the `DeliveryReceiver`, secret included."""
    patience: timedelta = timedelta(seconds=60)
    lost_after: timedelta = timedelta(hours=2)
    """After this time without a callback a text is asked for again."""
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        """Refuse a callback address that anybody could guess."""
        if len(self.callback.rstrip("/").rsplit("/", 1)[-1]) < MIN_SECRET:
            raise Misuse(
                f"the callback address must end in a secret of {MIN_SECRET} characters or more: "
                "the service sends no credentials"
            )

    @property
    def name(self) -> str:
        """``etranslation``."""
        return NAME

    @property
    def is_local(self) -> bool:
        """Never."""
        return False

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The pair's engine at the Commission, which tells no version."""
        source, target = read_code(source), read_code(target)
        if not self.interface.offers(source=source, target=target):
            raise PairNotInstalled(f"eTranslation's domain does not offer {source} to {target}")
        return ModelIdentity(engine=NAME, model=f"{source}-{target}", version="")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence; raises `EnginePending` or another `EngineFailed`."""
        del linked
        source, target = read_code(source), read_code(target)
        texts = distinct(sentences)
        pieces = {text: _pieces(text) for text in texts}
        spoken = self._lines(
            distinct(piece for some in pieces.values() for piece in some), source, target
        )
        whole = {
            text: " ".join(spoken.get(piece, piece) for piece in some)
            for text, some in pieces.items()
        }
        return tuple(Candidate(text=whole.get(sentence, sentence)) for sentence in sentences)

    def _lines(self, texts: list[str], source: str, target: str) -> dict[str, str]:
        """Texts as lines of snippets; alone where a snippet came back with other lines."""
        groups = list(portions(texts, texts=_LINES, characters=MAX_CHARACTERS - _LINES))
        delivered = self._delivered(["\n".join(group) for group in groups], source, target)
        spoken: dict[str, str] = {}
        odd: list[str] = []
        for group, text in zip(groups, delivered, strict=True):
            lines = [text.strip()] if len(group) == 1 else text.strip().splitlines()
            if len(lines) == len(group):
                spoken |= zip(group, lines, strict=True)
            else:
                odd += group
        if odd:
            spoken |= zip(odd, self._delivered(odd, source, target), strict=True)
        return spoken

    def _delivered(self, texts: list[str], source: str, target: str) -> list[str]:
        """What the service made of each text; asks for what was never asked for, and waits."""
        snippets = [
            Snippet(
                reference=_reference(text, source, target, self.interface.domain), text=text,
                source=source, target=target,
            )
            for text in texts
        ]  # fmt: skip
        give_up = self.clock() + self.patience
        unasked = list(snippets)
        while True:
            while unasked and self.letterbox.waiting() < AT_ONCE:
                self._ask(unasked.pop(0))
            letters = [self.letterbox.letter(snippet.reference) for snippet in snippets]
            refused = [letter.refused for letter in letters if letter and letter.refused]
            if refused:
                raise refusal(refused[0])
            found = [letter.delivered for letter in letters if letter and letter.delivered]
            if len(found) == len(snippets):
                return found
            if self.clock() >= give_up:
                left = len(snippets) - len(found)
                raise EnginePending(NAME, f"{left} of {len(snippets)} texts are not delivered yet")
            self.sleep(_POLLING_SECONDS)

    def _ask(self, snippet: Snippet) -> None:
        mine = self.letterbox.claim(
            snippet.reference, target=snippet.target, now=self.clock(), lost_after=self.lost_after
        )
        if not mine:
            return
        try:
            number = self.interface.ask(snippet, callback=self.callback)
        except EngineFailed:
            self.letterbox.forget(snippet.reference)
            raise
        self.letterbox.took(snippet.reference, request=number)


def _pieces(text: str) -> list[str]:
    """The text on one line, cut between words where it is longer than a snippet may be."""
    words = " ".join(text.split())
    pieces = []
    while len(words) > MAX_CHARACTERS:
        at = words.rfind(" ", 1, MAX_CHARACTERS)
        at = MAX_CHARACTERS if at < 0 else at
        pieces.append(words[:at])
        words = words[at:].lstrip()
    return [*pieces, words]


def _reference(text: str, source: str, target: str, domain: str) -> str:
    """A name for a text that says nothing of it, the same at every run."""
    return hashlib.sha256("\0".join((source, target, domain, text)).encode()).hexdigest()[:40]
