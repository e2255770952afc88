"""Texts and whole descriptions into another language, sentence by sentence, in one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from translations.documents import ATOM, READERS, Passage, TextForm
from translations.engines import Engine, ModelIdentity
from translations.errors import Misuse, PersonalDataRefused
from translations.languages import read_code
from translations.personal import personal_kinds
from translations.quality import Doubt, Finding, Quality, estimate
from translations.rendering import Rendered, dressed, put_back, rendered
from translations.result import Origin, Provenance, Translated, TranslatedSegment
from translations.sentence import Sentence, cut
from translations.terms import Glossary


class Remembers(Protocol):
    """What a translation memory tells the translator."""

    def corrected(self, text: str, *, source: str, target: str) -> str | None:
        """What a person wrote for exactly this sentence and pair of languages, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Public texts through one engine, with a memory of what people corrected."""

    engine: Engine
    memory: Remembers | None = None
    glossary: Glossary | None = None
    """Terms that the translation must use; what lacks them is translated again, and reported."""
    names: tuple[str, ...] = ()
    """Names that stay as they are (``Latvija.lv``)."""
    allow_personal_data: bool = False
    """Whether texts that look personal may go to an engine on another machine."""

    def translate(
        self,
        text: str,
        *,
        source: str,
        target: str,
        now: datetime,
        form: TextForm = TextForm.PLAIN,
    ) -> Translated:
        """One text; raises as `translate_mapping` does."""
        found = self.translate_mapping(
            {"text": text}, source=source, target=target, now=now, form=form
        )
        return found["text"]

    def translate_mapping(
        self,
        texts: Mapping[str, str],
        *,
        source: str,
        target: str,
        now: datetime,
        form: TextForm = TextForm.PLAIN,
    ) -> dict[str, Translated]:
        """Every text under its key, all sentences of all texts in one batch.

        Links, numbers, legal acts, placeholders and names survive; markup keeps its nesting.
        Raises `UnknownLanguage`, `PairNotInstalled`, `PersonalDataRefused` (before anything is
        sent), `Misuse` for a naive ``now`` or one language twice, and `EngineFailed`.
        """
        source, target = read_code(source), read_code(target)
        if source == target:
            raise Misuse(f"the text is in {source!r} already")
        if now.tzinfo is None:
            raise Misuse("the time of a translation must carry its time zone")
        self._refuse_personal_data(texts)
        identity = self.engine.identity(source=source, target=target)
        plans = {key: _plan(text, form, source) for key, text in texts.items()}
        spoken = self._spoken(plans, source, target)
        return {
            key: _written(
                plan, spoken, identity=identity, source=source, target=target, now=now,
                glossary=self.glossary,
            )
            for key, plan in plans.items()
        }  # fmt: skip

    def _refuse_personal_data(self, texts: Mapping[str, str]) -> None:
        if self.engine.is_local or self.allow_personal_data:
            return
        for key, text in texts.items():
            kinds = personal_kinds(text)
            if kinds:
                raise PersonalDataRefused(
                    f"the text {key[:40]!r} seems to hold {', '.join(kinds)}; the engine "
                    f"{self.engine.name} is not on this machine"
                )

    def _spoken(
        self, plans: Mapping[str, tuple[str | Sentence, ...]], source: str, target: str
    ) -> Mapping[str, Rendered | str]:
        """The machine's sentence, or a person's, for each distinct sentence of the plans."""
        sentences = [part for plan in plans.values() for part in plan if isinstance(part, Sentence)]
        known: dict[str, Rendered | str] = {}
        if self.memory is not None:
            for text in {sentence.text for sentence in sentences}:
                remembered = self.memory.corrected(text, source=source, target=target)
                if remembered is not None and remembered.count(ATOM) == text.count(ATOM):
                    known[text] = remembered
        new = [sentence for sentence in sentences if sentence.text not in known]
        if new:
            known |= rendered(
                (sentence.text for sentence in new), engine=self.engine, source=source,
                target=target, names=self.names,
                linked=any(sentence.passage.spans for sentence in new), glossary=self.glossary,
            )  # fmt: skip
        return known


def _written(
    plan: tuple[str | Sentence, ...],
    spoken: Mapping[str, Rendered | str],
    *,
    identity: ModelIdentity,
    source: str,
    target: str,
    now: datetime,
    glossary: Glossary | None,
) -> Translated:
    pieces, segments, speakers = [], [], []
    for part in plan:
        if isinstance(part, str):
            pieces.append(part)
            continue
        said = spoken[part.text]
        if isinstance(said, Rendered) and said.candidate.spoken_by is not None:
            speakers.append(said.candidate.spoken_by)
        piece, segment = _sentence(part.passage, said, source, target, glossary)
        pieces.append(piece)
        segments.append(segment)
    approved = bool(segments) and all(s.origin is Origin.HUMAN for s in segments)
    identity = _joined(speakers) or identity
    return Translated(
        text="".join(pieces), source_language=source, target_language=target,
        segments=tuple(segments),
        provenance=Provenance(
            engine=identity.engine, model=identity.model, model_version=identity.version,
            digest=identity.digest, at=now, approved_by_human=approved,
        ),
    )  # fmt: skip


def _joined(speakers: Sequence[ModelIdentity]) -> ModelIdentity | None:
    """The model that spoke where the engine says so for each sentence; several joined by ``+``."""
    distinct = list(dict.fromkeys(speakers))
    if not distinct:
        return None
    return ModelIdentity(
        engine="+".join(dict.fromkeys(speaker.engine for speaker in distinct)),
        model="+".join(speaker.model for speaker in distinct),
        version="+".join(speaker.version for speaker in distinct),
        digest="+".join(speaker.digest for speaker in distinct if speaker.digest),
    )


def _plan(text: str, form: TextForm, language: str) -> tuple[str | Sentence, ...]:
    parts: list[str | Sentence] = []
    for part in READERS[form](text).parts:
        parts += [part] if isinstance(part, str) else cut(part, language)
    return tuple(parts)


def _sentence(
    passage: Passage, spoken: Rendered | str, source: str, target: str, glossary: Glossary | None
) -> tuple[str, TranslatedSegment]:
    if isinstance(spoken, str):
        segment = TranslatedSegment(
            source=passage.text, target=spoken, origin=Origin.HUMAN, quality=Quality(1.0)
        )
        return dressed(passage, spoken), segment
    piece, certain = put_back(passage, spoken)
    doubts = spoken.findings()
    if not certain:
        doubts += (Finding(Doubt.MARKUP, "the place of an inline element was guessed"),)
    if glossary is not None:
        doubts += glossary.findings(passage.text, spoken.text, source=source, target=target)
    quality = estimate(
        passage.text, spoken.text, source=source, target=target,
        confidence=spoken.candidate.confidence, more=doubts,
    )  # fmt: skip
    segment = TranslatedSegment(
        source=passage.text, target=spoken.text, origin=Origin.MACHINE, quality=quality
    )
    return piece, segment
