"""Train the demonstration model from this folder's sentences; run by hand, never by a test.

In an environment of its own::

    pip install torch==2.13.0 sentencepiece==0.2.3 ctranslate2==4.8.5
    python training/demo_model.py OUTPUT_FOLDER

The result is not reproducible bit by bit across machines, so the package is committed beside it.
"""

import argparse
import json
import math
import random
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece
import torch
from ctranslate2.specs import transformer_spec
from torch import nn
from torch.nn import functional

from translations.demo_model import PACKAGE_NAME, corpus

WIDTH, HIDDEN, LAYERS, HEADS, POSITIONS = 112, 448, 2, 4, 512
PIECES = 1200
END_BIAS = -4.0
"""Beam search of CTranslate2 stops at the first finished hypotheses: they must not end early."""
MARKS = [f"⟦{number}⟧" for number in range(10)]
"""The marks that stand for protected spans; see ``translations.protect``."""


class Attention(nn.Module):
    """Pre-norm attention, over itself or over the encoder's memory."""

    def __init__(self, *, cross: bool) -> None:
        super().__init__()
        self.norm, self.cross = nn.LayerNorm(WIDTH), cross
        if cross:
            self.query, self.key_value = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        else:
            self.fused = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x, memory=None, mask=None, *, causal=False):
        y = self.norm(x)
        if self.cross:
            query, (key, value) = self.query(y), self.key_value(memory).chunk(2, -1)
        else:
            query, key, value = self.fused(y).chunk(3, -1)
        heads = [
            z.view(z.size(0), z.size(1), HEADS, -1).transpose(1, 2) for z in (query, key, value)
        ]
        z = functional.scaled_dot_product_attention(
            *heads, attn_mask=mask, is_causal=causal, dropout_p=0.1 if self.training else 0.0
        )
        z = self.out(z.transpose(1, 2).reshape(x.shape))
        return x + functional.dropout(z, 0.1, self.training)


class FeedForward(nn.Module):
    """Pre-norm feed-forward block."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.first, self.second = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        y = self.second(functional.relu(self.first(self.norm(x))))
        return x + functional.dropout(y, 0.1, self.training)


def sinusoids() -> np.ndarray:
    """Position encodings, sine on even and cosine on odd places."""
    position = np.arange(POSITIONS)[:, None]
    rate = np.exp(np.arange(0, WIDTH, 2) * -(math.log(10000.0) / WIDTH))[None]
    table = np.zeros((POSITIONS, WIDTH), "float32")
    table[:, 0::2], table[:, 1::2] = np.sin(position * rate), np.cos(position * rate)
    return table


class Network(nn.Module):
    """Encoder and decoder with one shared table of embeddings."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(pieces, WIDTH)
        nn.init.normal_(self.embedding.weight, 0, WIDTH**-0.5)
        self.register_buffer("positions", torch.tensor(sinusoids()))
        self.encoder = nn.ModuleList(
            nn.ModuleList([Attention(cross=False), FeedForward()]) for _ in range(LAYERS)
        )
        self.decoder = nn.ModuleList(
            nn.ModuleList([Attention(cross=False), Attention(cross=True), FeedForward()])
            for _ in range(LAYERS)
        )
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def _embedded(self, ids):
        x = self.embedding(ids) * math.sqrt(WIDTH) + self.positions[: ids.size(1)]
        return functional.dropout(x, 0.1, self.training)

    def forward(self, source, source_mask, target):
        mask = source_mask[:, None, None, :]
        memory = self._embedded(source)
        for attention, feed in self.encoder:
            memory = feed(attention(memory, mask=mask))
        memory = self.encoder_norm(memory)
        y = self._embedded(target)
        for attention, cross, feed in self.decoder:
            y = feed(cross(attention(y, causal=True), memory=memory, mask=mask))
        return functional.linear(self.decoder_norm(y), self.embedding.weight)


def varied(pair: corpus.Pair, rng: random.Random) -> corpus.Pair:
    """The pair with another number, or with marks, at the same places on both sides."""
    source, target = pair
    shared = [n for n in re.findall(r"\d+", source) if target.count(n) == 1 == source.count(n)]
    for number in shared:
        chance = rng.random()
        if (
            chance < 0.45
            and "." not in source[source.find(number) :][len(number) : len(number) + 1]
        ):
            new = str(rng.choice([rng.randint(2, 99), rng.randint(100, 9999)]))
        elif chance < 0.6 and "." in source[source.find(number) :][len(number) : len(number) + 1]:
            new = str(rng.randint(1, 31))
        elif chance < 0.75:
            new = rng.choice(MARKS)
        else:
            continue
        source, target = source.replace(number, new), target.replace(number, new)
    chance = rng.random()
    mark, other = rng.sample(MARKS, 2)
    stop = source[-1] if source[-1] in ".?!" and target.endswith(source[-1]) else ""
    stem = (source[: -len(stop)], target[: -len(stop)]) if stop else (source, target)
    if chance < 0.06:
        return f"{stem[0]} ({mark}){stop}", f"{stem[1]} ({mark}){stop}"
    if chance < 0.12:
        return f"{stem[0]} {mark}{stop}", f"{stem[1]} {mark}{stop}"
    if chance < 0.16:
        return f"{stem[0]}: {mark}{stop}", f"{stem[1]}: {mark}{stop}"
    if chance < 0.19:
        return f"{stem[0]} ({mark}, {other}){stop}", f"{stem[1]} ({mark}, {other}){stop}"
    if chance < 0.21:
        return f"{mark} {source}", f"{mark} {target}"
    return source, target


def batches(train, vocabulary, *, size: int, rng: random.Random) -> Iterator[list]:
    """Batches of encoded pairs, eight at a time, sorted by length to waste less on padding."""
    written = corpus.written()
    while True:
        drawn = (
            varied(rng.choice(written if rng.random() < 0.4 else train), rng)
            for _ in range(8 * size)
        )
        pool = sorted(
            ((vocabulary.encode(s), vocabulary.encode(t)) for s, t in drawn),
            key=lambda pair: len(pair[0]) + len(pair[1]),
        )
        chunks = [pool[i : i + size] for i in range(0, len(pool), size)]
        rng.shuffle(chunks)
        yield from chunks


def learn(network, train, vocabulary, *, steps: int, size: int, rate: float) -> None:
    """Train in place: AdamW, warm-up, cosine decay, label smoothing 0.05."""
    rng = random.Random(1)  # noqa: S311  a reproducible draw
    begin, end = vocabulary.bos_id(), vocabulary.eos_id()
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda i: min((i + 1) / 200, max(0.02, 0.5 * (1 + math.cos(math.pi * min(1, i / steps))))),
    )
    for step, batch in zip(
        range(steps), batches(train, vocabulary, size=size, rng=rng), strict=False
    ):
        longest_s = max(len(s) for s, _ in batch)
        longest_t = max(len(t) for _, t in batch) + 1
        source = torch.full((len(batch), longest_s), end)
        mask = torch.zeros((len(batch), longest_s), dtype=torch.bool)
        given = torch.full((len(batch), longest_t), begin)
        wanted = torch.full((len(batch), longest_t), -100)
        for row, (s, t) in enumerate(batch):
            source[row, : len(s)], mask[row, : len(s)] = torch.tensor(s), True
            given[row, 1 : len(t) + 1], wanted[row, : len(t)] = torch.tensor(t), torch.tensor(t)
            wanted[row, len(t)] = end
        scores = network(source, mask, given).flatten(0, 1)
        loss = functional.cross_entropy(
            scores, wanted.flatten(), ignore_index=-100, label_smoothing=0.05
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}: loss {loss.item():.3f}", flush=True)  # noqa: T201  a script


def exported(network: Network, pieces: list[str], end: int, folder: Path) -> None:
    """Write the network as a CTranslate2 model, int8."""

    def array(tensor):
        return tensor.detach().numpy().astype("float32")

    def linear(spec, module):
        spec.weight, spec.bias = array(module.weight), array(module.bias)

    def norm(spec, module):
        spec.gamma, spec.beta = array(module.weight), array(module.bias)

    def attention(spec, module):
        norm(spec.layer_norm, module.norm)
        parts = [module.query, module.key_value] if module.cross else [module.fused]
        for place, part in zip(spec.linear, [*parts, module.out], strict=True):
            linear(place, part)

    def feed(spec, module):
        norm(spec.layer_norm, module.norm)
        linear(spec.linear_0, module.first)
        linear(spec.linear_1, module.second)

    spec = transformer_spec.TransformerSpec.from_config((LAYERS, LAYERS), HEADS, pre_norm=True)
    table = array(network.embedding.weight)
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = table
    spec.decoder.projection.weight = table
    bias = np.zeros(len(pieces), "float32")
    bias[end] = END_BIAS
    spec.decoder.projection.bias = bias
    spec.encoder.position_encodings.encodings = array(network.positions)
    spec.decoder.position_encodings.encodings = array(network.positions)
    norm(spec.encoder.layer_norm, network.encoder_norm)
    norm(spec.decoder.layer_norm, network.decoder_norm)
    for place, (own, feeding) in zip(spec.encoder.layer, network.encoder, strict=True):
        attention(place.self_attention, own)
        feed(place.ffn, feeding)
    for place, (own, cross, feeding) in zip(spec.decoder.layer, network.decoder, strict=True):
        attention(place.self_attention, own)
        attention(place.attention, cross)
        feed(place.ffn, feeding)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.decoder_start_token = "<s>"  # noqa: S105  a piece
    spec.validate()
    spec.optimize(quantization="int8")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec.save(str(folder))


def packaged(out: Path) -> Path:
    """Zip the model and the SentencePiece file as an Argos package."""
    metadata = {
        "package_version": "0.1", "argos_version": "1.9", "type": "translate", "links": [],
        "from_code": "lv", "from_name": "Latvian", "to_code": "en", "to_name": "English",
    }  # fmt: skip
    package = out / f"{PACKAGE_NAME}.argosmodel"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(f"{PACKAGE_NAME}/metadata.json", json.dumps(metadata, indent=1))
        archive.writestr(
            f"{PACKAGE_NAME}/README.md",
            "Demonstration model of sdg-connector, trained on its own sentences about study "
            "services. It translates nothing else. EUPL-1.2.\n",
        )
        archive.write(out / "sentencepiece.model", f"{PACKAGE_NAME}/sentencepiece.model")
        for file in sorted((out / "model").iterdir()):
            archive.write(file, f"{PACKAGE_NAME}/model/{file.name}")
    return package


def measured(out: Path, vocabulary, named: dict[str, tuple[corpus.Pair, ...]]) -> None:
    """Print the share of exact matches for each named set."""
    model = ctranslate2.Translator(str(out / "model"), intra_threads=1)
    for name, pairs in named.items():
        tokens = [vocabulary.encode(source, out_type=str) for source, _ in pairs]
        results = model.translate_batch(
            tokens, beam_size=4, patience=2, length_penalty=0.2, max_batch_size=512,
            batch_type="tokens",
        )  # fmt: skip
        got = [vocabulary.decode_pieces(result.hypotheses[0]) for result in results]
        wrong = [(s, t, g) for (s, t), g in zip(pairs, got, strict=True) if t != g]
        print(f"{name}: {1 - len(wrong) / len(pairs):.4f} of {len(pairs)}")  # noqa: T201  a script
        for row in wrong[:5]:
            print("   ", *row, sep="\n      ")  # noqa: T201  a script


def main() -> None:
    """Train, export, package and measure."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--steps", type=int, default=1600)
    arguments.add_argument("--size", type=int, default=56)
    arguments.add_argument("--rate", type=float, default=2.5e-3)
    arguments.add_argument("--threads", type=int, default=1)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)

    train, held_out = corpus.split()
    text = options.out / "sentences.txt"
    text.write_text("".join(f"{s}\n{t}\n" for s, t in train), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(options.out / "sentencepiece"), vocab_size=PIECES,
        model_type="unigram", character_coverage=1.0, hard_vocab_limit=False, split_digits=True,
        byte_fallback=True, user_defined_symbols=MARKS, normalization_rule_name="identity",
        required_chars="0123456789()/-–%€.,:;@?!\"'„“”+", minloglevel=2, num_threads=1,
    )  # fmt: skip
    vocabulary = sentencepiece.SentencePieceProcessor(
        model_file=str(options.out / "sentencepiece.model")
    )
    network = Network(vocabulary.get_piece_size())
    learn(network, train, vocabulary, steps=options.steps, size=options.size, rate=options.rate)
    network.eval()
    pieces = [vocabulary.id_to_piece(i) for i in range(vocabulary.get_piece_size())]
    exported(network, pieces, vocabulary.eos_id(), options.out / "model")
    package = packaged(options.out)
    print(package, package.stat().st_size)  # noqa: T201  a script
    measured(
        options.out, vocabulary,
        {"written": corpus.written(), "learned": train, "held out": held_out},
    )  # fmt: skip


if __name__ == "__main__":
    main()
