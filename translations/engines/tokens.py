"""The two ways in which Argos packages cut sentences into pieces."""

import itertools
import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

from translations.errors import Misuse, PackageRefused

BEGINS_WORD = "▁"
"""SentencePiece writes the space before a word as this character."""
_BYTE = re.compile(r"<0x[0-9A-F]{2}>\Z")
"""A piece that stands for one byte of a character outside the vocabulary."""
_NORMALISED_AWAY = 8
"""Characters that a normalising model may have dropped between two pieces."""


class Tokenizer(Protocol):
    """Sentences to pieces and back."""

    def pieces(self, sentence: str) -> list[str]:
        """The sentence as pieces of the model's vocabulary."""
        ...

    def joined(self, pieces: Sequence[str]) -> str:
        """Pieces of the model back to a sentence."""
        ...

    def places(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Where in the sentence each piece stands, in characters; empty when it is not known."""
        ...


class SentencePiece:
    """A ``sentencepiece.model``."""

    def __init__(self, model: bytes) -> None:
        """Load the model; raises `PackageRefused` for bytes that are none."""
        try:
            from sentencepiece import SentencePieceProcessor  # noqa: PLC0415  at the first sentence
        except ImportError:
            raise Misuse(
                "Argos packages need sentencepiece: pip install sdg-connector[translate]"
            ) from None
        self._processor: Any = SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(model)
        except (RuntimeError, OSError):
            raise PackageRefused(
                "argos package: sentencepiece.model", "a SentencePiece model", "something else"
            ) from None

    def pieces(self, sentence: str) -> list[str]:
        """The sentence as pieces."""
        found: list[str] = self._processor.encode(sentence, out_type=str)
        return found

    def joined(self, pieces: Sequence[str]) -> str:
        """Pieces back to a sentence; underscores stay underscores."""
        text: str = self._processor.decode_pieces(list(pieces))
        return text

    def places(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Where each piece stands, without the space that it may begin with."""
        found, at, owed = [], 0, 0
        for piece in self.pieces(sentence):
            while at < len(sentence) and sentence[at].isspace():
                at += 1
            core = piece.replace(BEGINS_WORD, " ").strip()
            if _BYTE.match(core) and at < len(sentence):
                owed += 1
                place = (at, at + 1)
                if owed == len(sentence[at].encode()):
                    at, owed = at + 1, 0
            else:
                start = sentence.find(core, at, at + len(core) + _NORMALISED_AWAY)
                place = (at, at) if start < 0 else (start, start + len(core))
                at = place[1]
            found.append(place)
        return tuple(found)


class BytePairs:
    """A ``bpe.model`` over words cut as Moses cuts them; the OPUS packages have it."""

    def __init__(self, model: bytes, *, source: str, target: str) -> None:
        """Read the merges; raises `PackageRefused` for bytes that are none."""
        try:
            moses = import_module("sacremoses")
        except ImportError:
            raise Misuse(
                "packages with bpe.model need sacremoses: pip install sacremoses"
            ) from None
        try:
            lines = model.decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise PackageRefused("argos package: bpe.model", "UTF-8", "other bytes") from None
        merges = [tuple(line.split()) for line in lines if line and not line.startswith("#")]
        if not merges or any(len(merge) != 2 for merge in merges):
            raise PackageRefused("argos package: bpe.model", "pairs of pieces", "something else")
        self._ranks = {merge: rank for rank, merge in reversed(list(enumerate(merges)))}
        self._normal: Any = moses.MosesPunctNormalizer(source)
        self._cut: Any = moses.MosesTokenizer(source)
        self._join: Any = moses.MosesDetokenizer(target)

    def pieces(self, sentence: str) -> list[str]:
        """Words as pieces; ``@@`` marks that a word goes on."""
        words = self._cut.tokenize(self._normal.normalize(sentence), escape=True)
        return [piece for word in words for piece in self._word(word)]

    def joined(self, pieces: Sequence[str]) -> str:
        """Pieces back to a sentence."""
        words = " ".join(pieces).replace("@@ ", "").split()
        text: str = self._join.detokenize(words, unescape=True)
        return text

    def places(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Unknown: Moses rewrites the sentence before it cuts."""
        del sentence
        return ()

    def _word(self, word: str) -> list[str]:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            ranked = [
                (self._ranks.get(pair, len(self._ranks)), place)
                for place, pair in enumerate(itertools.pairwise(parts))
            ]
            rank, place = min(ranked)
            if rank == len(self._ranks):
                break
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        parts[-1] = parts[-1].removesuffix("</w>")
        return [f"{part}@@" for part in parts[:-1]] + parts[-1:]
