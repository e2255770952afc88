"""A catalogue of descriptions into English: ours against the barest way to run the same model."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import ctranslate2
import sentencepiece

from translations import Translator
from translations.demo_model import PACKAGE_NAME, corpus, demo_package_path
from translations.engines.argos import ArgosEngine, Decoding

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _catalogue(size: int = 120) -> dict[str, str]:
    """Descriptions of five sentences each, none repeated."""
    sentences = [s for s, _ in corpus.templated() if s.endswith(".")]
    return {str(n): " ".join(sentences[5 * n : 5 * n + 5]) for n in range(size)}


def _sentences(size: int = 120) -> list[str]:
    return [s for s, _ in corpus.templated() if s.endswith(".")][: 5 * size]


def _ours() -> Callable[[], object]:
    translator = Translator(engine=ArgosEngine.load(demo_package_path()))
    texts = _catalogue()
    translator.translate("Kontakti", source="lv", target="en", now=NOW)
    return lambda: translator.translate_mapping(texts, source="lv", target="en", now=NOW)


def _floor() -> Callable[[], object]:
    with zipfile.ZipFile(demo_package_path()) as archive:
        inside = {
            name.removeprefix(f"{PACKAGE_NAME}/"): archive.read(name) for name in archive.namelist()
        }
    model = {
        name.removeprefix("model/"): io.BytesIO(data)
        for name, data in inside.items()
        if name.startswith("model/")
    }
    translator = ctranslate2.Translator(
        PACKAGE_NAME, files=model, intra_threads=1, inter_threads=os.cpu_count() or 1
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=inside["sentencepiece.model"])
    decoding, sentences = Decoding(), _sentences()

    def run() -> object:
        results = translator.translate_batch(
            processor.encode(sentences, out_type=str), beam_size=decoding.beam_size,
            patience=decoding.patience, length_penalty=decoding.length_penalty,
            replace_unknowns=True, max_batch_size=decoding.batch_pieces, batch_type="tokens",
            max_decoding_length=decoding.max_length,
        )  # fmt: skip
        return [processor.decode_pieces(result.hypotheses[0]) for result in results]

    return run


ROWS = [("catalogue run, 600 distinct sentences", _ours(), _floor(), 1 / 0.9)]
"""Name, ours, the floor, and how many times the floor's time we may take."""
