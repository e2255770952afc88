"""Offline translation: Argos packages read directly through CTranslate2."""

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from translations.engines import Candidate, Link, ModelIdentity
from translations.engines.batches import even_batches
from translations.engines.packages import ArgosPackage, PackageStore, read_package
from translations.engines.tokens import BytePairs, SentencePiece, Tokenizer
from translations.errors import EngineRefused, Misuse, PackageRefused, PairNotInstalled
from translations.languages import read_code

PIECES_PER_CALL = 180
"""Longer inputs are cut between words: models are trained on sentences, and some end at 512."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How the search runs; the defaults are Argos' own, with a patience that lets beams finish."""

    beam_size: int = 4
    patience: float = 2.0
    """With 1, CTranslate2 stops at the first finished hypotheses, and a better open one is lost."""
    length_penalty: float = 0.2
    batch_pieces: int = 512
    """Pieces in one batch at most; on a processor, more is slower."""
    max_length: int = 400
    """Pieces of one translated sentence at most."""


class _Model:
    """One package with its CTranslate2 model, loaded at the first sentence, once."""

    def __init__(self, package: ArgosPackage, threads: int) -> None:
        self.package = package
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Tokenizer] | None = None

    def loaded(self) -> tuple[Any, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = (self._translator(), self._tokenizer())
            return self._loaded

    def _translator(self) -> Any:
        try:
            import ctranslate2  # noqa: PLC0415  loaded at the first sentence, not at import
        except ImportError:
            raise Misuse(
                "Argos packages need ctranslate2: pip install sdg-connector[translate]"
            ) from None
        try:
            return ctranslate2.Translator(
                self.package.name, device="cpu", compute_type="auto", intra_threads=1,
                inter_threads=self._threads, files=self.package.model_files(),
            )  # fmt: skip
        except (RuntimeError, ValueError, OSError) as error:
            raise PackageRefused(
                "argos package: model", "a model that CTranslate2 loads", type(error).__name__
            ) from None

    def _tokenizer(self) -> Tokenizer:
        package = self.package
        if package.tokenizer_kind == "sentencepiece":
            return SentencePiece(package.read("sentencepiece.model"))
        return BytePairs(package.read("bpe.model"), source=package.source, target=package.target)

    def translate(
        self, sentences: Sequence[str], decoding: Decoding, *, linked: bool
    ) -> tuple[Candidate, ...]:
        """Translate distinct, non-empty sentences in one call."""
        translator, tokenizer = self.loaded()
        cut = [_chunks(tokenizer.pieces(sentence)) for sentence in sentences]
        chunks = [chunk for chunks in cut for chunk in chunks]
        prefix = self.package.target_prefix
        try:
            results = translator.translate_batch(
                chunks, target_prefix=[[prefix]] * len(chunks) if prefix else None,
                beam_size=decoding.beam_size, patience=decoding.patience,
                length_penalty=decoding.length_penalty, replace_unknowns=True,
                return_scores=True, return_attention=linked,
                max_decoding_length=decoding.max_length,
                max_batch_size=self._batch_pieces(chunks, decoding.batch_pieces),
                batch_type="tokens",
            )  # fmt: skip
        except (RuntimeError, ValueError) as error:
            reason = f"CTranslate2 gave up with {type(error).__name__}"
            raise EngineRefused("argos", reason) from None
        found, at = [], 0
        for sentence, chunks in zip(sentences, cut, strict=True):
            found.append(self._candidate(tokenizer, sentence, results[at : at + len(chunks)]))
            at += len(chunks)
        return tuple(found)

    def _batch_pieces(self, chunks: Sequence[Sequence[str]], most: int) -> int:
        return even_batches(map(len, chunks), most=most, processors=self._threads)

    def _candidate(self, tokenizer: Tokenizer, sentence: str, results: Sequence[Any]) -> Candidate:
        hypotheses = [
            _without(result.hypotheses[0], self.package.target_prefix) for result in results
        ]
        text = " ".join(tokenizer.joined(pieces) for pieces in hypotheses)
        pieces = sum(len(hypothesis) + 1 for hypothesis in hypotheses)
        confidence = sum(result.scores[0] for result in results) / max(pieces, 1)
        links: tuple[Link, ...] = ()
        if len(results) == 1 and results[0].attention:
            skipped = len(results[0].hypotheses[0]) - len(hypotheses[0])
            attention = results[0].attention[0][skipped:]
            links = _links(tokenizer, sentence, hypotheses[0], attention)
        return Candidate(text=text, confidence=confidence, links=links)


@dataclass(frozen=True, slots=True)
class ArgosEngine:
    """Argos packages behind the `Engine` protocol; the newest package of a pair speaks."""

    models: tuple[_Model, ...]
    decoding: Decoding = Decoding()
    pivot: str | None = None
    """The language to go through when no package translates a pair directly; none by default."""

    @classmethod
    def load(
        cls,
        *paths: Path,
        decoding: Decoding | None = None,
        pivot: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """An engine over packages, each a zip file or a folder; raises `PackageRefused`."""
        packages = (read_package(path) for path in paths)
        return cls.over(packages, decoding=decoding, pivot=pivot, threads=threads)

    @classmethod
    def installed(
        cls,
        store: PackageStore,
        *,
        decoding: Decoding | None = None,
        pivot: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """An engine over every package installed in a store."""
        return cls.over(store.packages(), decoding=decoding, pivot=pivot, threads=threads)

    @classmethod
    def over(
        cls,
        packages: Iterable[ArgosPackage],
        *,
        decoding: Decoding | None = None,
        pivot: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """An engine over packages that have been read, on so many processors; all by default."""
        newest = sorted(packages, key=lambda package: package.version, reverse=True)
        models = tuple(_Model(package, threads or os.cpu_count() or 1) for package in newest)
        return cls(models, decoding or Decoding(), read_code(pivot) if pivot else None)

    @property
    def name(self) -> str:
        """``argos``."""
        return "argos"

    @property
    def is_local(self) -> bool:
        """Always: no text leaves the machine."""
        return True

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs that a package translates directly."""
        return tuple(sorted({(m.package.source, m.package.target) for m in self.models}))

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The package that speaks, or both packages of a pivot, joined by ``+``."""
        packages = [model.package for model in self._route(source, target)]
        return ModelIdentity(
            engine=self.name,
            model="+".join(package.name for package in packages),
            version="+".join(package.version_text for package in packages),
            digest="+".join(package.digest for package in packages),
        )

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence; equal sentences are translated once.

        Through a pivot no links are told. Raises `PairNotInstalled`, `EngineRefused`, and
        `PackageRefused` when a model does not load.
        """
        route = self._route(source, target)
        candidates = {sentence: Candidate(text=sentence) for sentence in sentences}
        distinct = [sentence for sentence in candidates if sentence.strip()]
        if distinct:
            found = route[0].translate(distinct, self.decoding, linked=linked and len(route) == 1)
            for model in route[1:]:
                texts = [candidate.text or " " for candidate in found]
                found = model.translate(texts, self.decoding, linked=False)
            candidates.update(zip(distinct, found, strict=True))
        return tuple(candidates[sentence] for sentence in sentences)

    def _route(self, source: str, target: str) -> tuple[_Model, ...]:
        source, target = read_code(source), read_code(target)
        direct = self._direct(source, target)
        if direct is not None:
            return (direct,)
        if self.pivot is not None:
            first, second = self._direct(source, self.pivot), self._direct(self.pivot, target)
            if first is not None and second is not None:
                return (first, second)
        installed = ", ".join(f"{s} to {t}" for s, t in self.pairs()) or "none"
        raise PairNotInstalled(
            f"no Argos package translates {source} to {target} (installed: {installed}); install "
            f"one with: sdg-connector translations install translate-{source}_{target}.argosmodel"
        )

    def _direct(self, source: str, target: str) -> _Model | None:
        for model in self.models:
            if (model.package.source, model.package.target) == (source, target):
                return model
        return None


def _chunks(pieces: list[str]) -> list[list[str]]:
    """Pieces in portions that a model can take, cut before a word where there is one."""
    chunks = []
    while len(pieces) > PIECES_PER_CALL:
        cut = next(
            (at for at in range(PIECES_PER_CALL, 1, -1) if pieces[at].startswith("▁")),
            PIECES_PER_CALL,
        )
        chunks.append(pieces[:cut])
        pieces = pieces[cut:]
    return [*chunks, pieces]


def _without(pieces: list[str], prefix: str) -> list[str]:
    return pieces[1:] if prefix and pieces[:1] == [prefix] else pieces


def _links(
    tokenizer: Tokenizer, sentence: str, pieces: list[str], attention: Sequence[Sequence[float]]
) -> tuple[Link, ...]:
    places = tokenizer.places(sentence)
    links, end = [], 0
    for number, weights in enumerate(attention[: len(pieces)]):
        start, end = end, len(tokenizer.joined(pieces[: number + 1]))
        best = max(range(len(weights)), key=weights.__getitem__) if weights else len(places)
        if best < len(places):
            source_start, source_end = places[best]
            links.append(
                Link(
                    target_start=start,
                    target_end=end,
                    source_start=source_start,
                    source_end=source_end,
                )
            )
    return tuple(links)
