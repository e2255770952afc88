"""A text as passages to translate, and the translated text put together from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from translations.documents import READERS, Passage, TextForm
from translations.engines import ModelIdentity
from translations.protect import as_expected
from translations.quality import Doubt, Finding, Quality, estimate
from translations.rendering import Rendered, dressed, put_back
from translations.result import (
    Origin,
    Provenance,
    Translated,
    TranslatedPassage,
    TranslatedSegment,
)
from translations.sentence import Sentence, cut
from translations.terms import Glossary


@dataclass(frozen=True, slots=True)
class PlannedPassage:
    """A passage that is to be translated."""

    raw: str
    """As it is written, markup included: by this it is known again."""
    pieces: tuple[str | Sentence, ...]


def planned(text: str, form: TextForm, language: str) -> tuple[str | PlannedPassage, ...]:
    """What stays as it is, and the passages between, cut into sentences."""
    return tuple(
        part if isinstance(part, str) else PlannedPassage(part.written(), cut(part, language))
        for part in READERS[form](text).parts
    )


def written_text(
    plan: Sequence[str | TranslatedPassage | PlannedPassage],
    spoken: Mapping[str, Rendered | str],
    *,
    provenance: Provenance,
    source: str,
    target: str,
    glossary: Glossary | None,
) -> Translated:
    """The text in the other language; passages that were kept stand as they were."""
    pieces: list[str] = []
    passages: list[TranslatedPassage] = []
    for part in plan:
        if isinstance(part, str):
            pieces.append(part)
            continue
        passage = (
            part
            if isinstance(part, TranslatedPassage)
            else _passage(part, spoken, provenance, (source, target), glossary)
        )
        pieces.append(passage.target)
        passages.append(passage)
    return Translated(
        text="".join(pieces), source_language=source, target_language=target,
        segments=tuple(segment for passage in passages for segment in passage.segments),
        provenance=_whole(passages, provenance), passages=tuple(passages),
    )  # fmt: skip


def _passage(
    plan: PlannedPassage,
    spoken: Mapping[str, Rendered | str],
    provenance: Provenance,
    pair: tuple[str, str],
    glossary: Glossary | None,
) -> TranslatedPassage:
    pieces: list[str] = []
    segments: list[TranslatedSegment] = []
    speakers: list[ModelIdentity] = []
    for piece in plan.pieces:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        said = spoken[piece.text]
        if isinstance(said, Rendered) and said.candidate.spoken_by is not None:
            speakers.append(said.candidate.spoken_by)
        written, segment = _segment(piece.passage, said, *pair, glossary)
        pieces.append(written)
        segments.append(segment)
    return TranslatedPassage(
        source=plan.raw, target="".join(pieces), segments=tuple(segments),
        provenance=replace(_by(speakers, provenance), approved_by_human=_approved(segments)),
    )  # fmt: skip


def _approved(segments: Sequence[TranslatedSegment]) -> bool:
    return bool(segments) and all(segment.origin is Origin.HUMAN for segment in segments)


def _by(speakers: Sequence[ModelIdentity], provenance: Provenance) -> Provenance:
    """The models that spoke, where the engine tells it of each sentence."""
    distinct = list(dict.fromkeys(speakers))
    if not distinct:
        return provenance
    return replace(
        provenance,
        engine="+".join(dict.fromkeys(speaker.engine for speaker in distinct)),
        model="+".join(speaker.model for speaker in distinct),
        model_version="+".join(speaker.version for speaker in distinct),
        digest="+".join(speaker.digest for speaker in distinct if speaker.digest),
    )


def _whole(passages: Sequence[TranslatedPassage], provenance: Provenance) -> Provenance:
    """One record for the text: every model that had a part in it, and the latest time."""
    if not passages:
        return provenance
    makers = list(
        dict.fromkeys(
            replace(passage.provenance, at=provenance.at, approved_by_human=False)
            for passage in passages
        )
    )
    joined = {
        name: "+".join(dict.fromkeys(getattr(maker, name) for maker in makers))
        for name in ("engine", "model", "model_version", "digest", "terms")
    }
    segments = [segment for passage in passages for segment in passage.segments]
    return Provenance(
        **joined, at=max(passage.provenance.at for passage in passages),
        approved_by_human=_approved(segments),
    )  # fmt: skip


def _segment(
    passage: Passage, said: Rendered | str, source: str, target: str, glossary: Glossary | None
) -> tuple[str, TranslatedSegment]:
    if isinstance(said, str):
        segment = TranslatedSegment(
            source=passage.text, target=said, origin=Origin.HUMAN, quality=Quality(1.0)
        )
        return dressed(passage, said), segment
    piece, certain = put_back(passage, said)
    doubts = said.findings()
    if not certain:
        doubts += (Finding(Doubt.MARKUP, "the place of an inline element was guessed"),)
    if glossary is not None:
        doubts += glossary.findings(passage.text, said.text, source=source, target=target)
    expected = as_expected(passage.text, said.masked.parts) if said.masked.parts else passage.text
    quality = estimate(
        passage.text, said.text, expected=expected, source=source, target=target,
        confidence=said.candidate.confidence, more=doubts,
    )  # fmt: skip
    segment = TranslatedSegment(
        source=passage.text, target=said.text, origin=Origin.MACHINE, quality=quality
    )
    return piece, segment
