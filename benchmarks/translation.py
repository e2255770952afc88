"""A catalogue of descriptions into English: ours against the barest way to run the same model.

The model has the size of a real Argos model, and all sides search with the same beam and patience.
Stock argostranslate takes part when its environment exists (``.ci/run`` makes it).
"""

import atexit
import io
import itertools
import json
import os
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece

from benchmarks._argos_size import argos_size_package
from translations import Translator
from translations.demo_model import corpus, demo_package_path
from translations.engines.argos import ArgosEngine, Decoding
from translations.engines.batches import even_batches
from translations.ledger import Ledger
from translations.memory import Memory, Unit, UnitOrigin
from translations.runs import Order, run_catalogue

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DECODING = Decoding(patience=1.0)
TEXTS = 16
"""Descriptions of five sentences each, none repeated."""
STOCK = Path(os.environ.get("SDG_PEER_ARGOS_PYTHON", ".peers/argos/bin/python"))
SCRIPT = Path(__file__).parents[1] / "tests" / "interop" / "peers" / "stock_argos.py"
_ONE_THREAD = {"ARGOS_BEAM_SIZE": "4", "ARGOS_INTRA_THREADS": "1"}
SEGMENTS = int(os.environ.get("SDG_BENCH_SEGMENTS", "1000000"))


@cache
def _package() -> Path:
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return argos_size_package(demo_package_path(), Path(folder.name))


def _sentences() -> list[str]:
    return [s for s, _ in corpus.templated() if s.endswith(".")][: 5 * TEXTS]


def _catalogue() -> dict[str, str]:
    sentences = _sentences()
    return {str(n): " ".join(sentences[5 * n : 5 * n + 5]) for n in range(TEXTS)}


@cache
def _translator() -> Translator:
    return Translator(engine=ArgosEngine.load(_package(), decoding=DECODING))


def _ours() -> object:
    return _translator().translate_mapping(_catalogue(), source="lv", target="en", now=NOW)


@cache
def _bare() -> tuple[Any, Any]:
    files = {file.name: io.BytesIO(file.read_bytes()) for file in (_package() / "model").iterdir()}
    translator = ctranslate2.Translator(
        "bare", files=files, intra_threads=1, inter_threads=os.cpu_count() or 1
    )
    model = (_package() / "sentencepiece.model").read_bytes()
    return translator, sentencepiece.SentencePieceProcessor(model_proto=model)


def _floor() -> object:
    translator, processor = _bare()
    pieces = processor.encode(_sentences(), out_type=str)
    size = even_batches(
        map(len, pieces), most=DECODING.batch_pieces, processors=os.cpu_count() or 1
    )
    results = translator.translate_batch(
        pieces, beam_size=DECODING.beam_size,
        patience=DECODING.patience, length_penalty=DECODING.length_penalty,
        replace_unknowns=True, max_batch_size=size, batch_type="tokens",
        max_decoding_length=DECODING.max_length,
    )  # fmt: skip
    return [processor.decode_pieces(result.hypotheses[0]) for result in results]


def _stock(**settings: str) -> Callable[[], object]:
    """One call of stock argostranslate for each description, in a process that has loaded all."""

    @cache
    def process() -> subprocess.Popen[bytes]:
        home = tempfile.TemporaryDirectory()
        atexit.register(home.cleanup)
        archive = Path(home.name) / "package.argosmodel"
        subprocess.run(
            ["python3", "-m", "zipfile", "-c", archive, _package()], check=True
        )  # the standard library writes the package as a publisher would
        places = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
                               home.name)  # fmt: skip
        started = subprocess.Popen(
            [STOCK, SCRIPT, archive], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | places | _ONE_THREAD | settings,
        )  # fmt: skip
        atexit.register(started.kill)
        return started

    def call() -> object:
        running = process()
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(json.dumps(list(_catalogue().values())).encode() + b"\n")
        running.stdin.flush()
        return json.loads(running.stdout.readline())

    return call


@cache
def _kept() -> Ledger:
    ledger = Ledger()
    _run(ledger)
    return ledger


def _run(ledger: Ledger) -> object:
    orders = [Order(key=key, text=text) for key, text in _catalogue().items()]
    return run_catalogue(
        orders, translator=_translator(), ledger=ledger, source="lv", target="en",
        clock=lambda: NOW,
    )  # fmt: skip


@cache
def _memory() -> tuple[Memory, list[str]]:
    """A memory of many segments over words as frequent as words are, and sentences near to it."""
    chance = random.Random(1)  # noqa: S311  a benchmark wants the same words each time
    syllables = ("ma", "ks", "pa", "dip", "lom", "sta", "re", "ģis", "tra", "iz", "zi", "ņa", "ko")
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(40_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    drawn = chance.choices(words, weights, k=SEGMENTS * 10)
    memory = Memory()
    memory.remember(
        Unit(
            source="lv", target="en", original=" ".join(drawn[n * 10 : n * 10 + 10]),
            translated="x", origin=UnitOrigin.IMPORTED, at=NOW,
        )
        for n in range(SEGMENTS)
    )  # fmt: skip
    asked = []
    for number in range(0, SEGMENTS, max(SEGMENTS // 50, 1)):
        near = drawn[number * 10 : number * 10 + 10]
        near[chance.randrange(10)] = chance.choice(words)
        asked.append(" ".join(near))
    return memory, asked


@cache
def _turns() -> Iterator[str]:
    return itertools.cycle(_memory()[1])


def _lookup() -> object:
    """One sentence, another each time: the row's median is that of single lookups."""
    return _memory()[0].similar(next(_turns()), source="lv", target="en")


def _scan() -> object:
    """The best of 50,000 segments for one sentence, by trying them all."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  only this row needs it

    return process.extractOne(_memory()[1][0], _scanned(), scorer=fuzz.ratio)


@cache
def _scanned() -> list[str]:
    chance = random.Random(2)  # noqa: S311  as above
    asked = _memory()[1]
    return [" ".join(chance.sample(chance.choice(asked).split(), 10)) for _ in range(50_000)]


ROWS = [
    ("catalogue run, against bare CTranslate2", _ours, _floor, 1 / 0.9),
    ("second run over an unchanged catalogue, against the first", lambda: _run(_kept()),
     lambda: _run(Ledger()), 0.02),
    (f"one fuzzy lookup in {SEGMENTS:,} segments (20 ms allowed), against a scan of 50,000",
     _lookup, _scan, 3.0),
]  # fmt: skip
"""Name, ours, the floor, and how many times the floor's time we may take.

The medians are over single lookups, each of another sentence. A scan of 50,000 takes 5 to 7 ms, so
that three scans are 15 to 20 ms. No sentence of the catalogue repeats: what the engine saves by
translating equal sentences once is in none of these rows.
"""
if STOCK.exists():
    ROWS += [
        ("catalogue run, against stock Argos with one thread", _ours, _stock(), 1 / 4),
        ("catalogue run, against stock Argos tuned as far as it goes", _ours,
         _stock(ARGOS_BATCH_SIZE="1024", ARGOS_INTER_THREADS=str(os.cpu_count() or 1)), 1 / 1.9),
    ]  # fmt: skip
