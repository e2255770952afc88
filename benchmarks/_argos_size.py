"""The demonstration model blown up to the size of a real Argos model, so that it costs as much.

Every dimension is tiled four times, which leaves the statistics of layer normalisation as they are;
layers whose output is nearly nothing are added, and the vocabulary is filled to 32,000. It
translates what the small model translates, with sentences of the same length.
"""

import json
import math
import struct
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from ctranslate2.specs import transformer_spec

from translations.demo_model import PACKAGE_NAME

_TIMES: Final = 4
_LAYERS: Final = 6
_VOCABULARY: Final = 32_000
_TYPES: Final = ("float32", "int8", "int16", "int32", "float16")


def argos_size_package(small: Path, folder: Path) -> Path:
    """An unpacked package under ``folder``, made from the small one."""
    home = folder / "translate-lv_en-9_0"
    (home / "model").mkdir(parents=True)
    with zipfile.ZipFile(small) as archive:
        read = {
            name: archive.read(f"{PACKAGE_NAME}/{name}")
            for name in ("metadata.json", "sentencepiece.model", "model/model.bin",
                         "model/shared_vocabulary.json")
        }  # fmt: skip
    (home / "metadata.json").write_bytes(read["metadata.json"])
    (home / "sentencepiece.model").write_bytes(read["sentencepiece.model"])
    _saved(_Weights(read["model/model.bin"]), read["model/shared_vocabulary.json"], home / "model")
    return home


class _Weights:
    """The variables of a CTranslate2 model file, int8 brought back to floats."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self._take("I")
        self._text()
        self._take("I")
        self._values: dict[str, Any] = {}
        for _ in range(self._take("I")):
            name = self._text()
            shape = [self._take("I") for _ in range(self._take("B"))]
            kind, size = _TYPES[self._take("B")], self._take("I")
            piece = data[self._at : self._at + size]
            self._values[name] = np.frombuffer(piece, kind).reshape(shape)
            self._at += size
        for _ in range(self._take("I")):
            alias, name = self._text(), self._text()
            self._values[alias] = self._values[name]
            if f"{name}_scale" in self._values:
                self._values.setdefault(f"{alias}_scale", self._values[f"{name}_scale"])
        self.layers = len({name.split("/")[1] for name in self._values if "encoder/layer_" in name
                           and not name.startswith("encoder/layer_norm")})  # fmt: skip

    def _take(self, form: str) -> int:
        value = struct.unpack_from(form, self._data, self._at)[0]
        self._at += struct.calcsize(form)
        return int(value)

    def _text(self) -> str:
        size = self._take("H")
        text = self._data[self._at : self._at + size - 1].decode()
        self._at += size
        return text

    def floats(self, name: str) -> Any:
        values = self._values[name].astype("float32")
        scale = self._values.get(f"{name}_scale")
        return values if scale is None else values / scale.reshape(-1, 1)

    def embeddings(self) -> str:
        names = (n for n in self._values if n.startswith("encoder/embeddings"))
        return next(name for name in names if name.endswith("weight"))


def _saved(weights: _Weights, vocabulary: bytes, folder: Path) -> None:
    spec = transformer_spec.TransformerSpec.from_config(
        (_LAYERS, _LAYERS), 4 * _TIMES, pre_norm=True
    )
    random = np.random.default_rng(1)
    for side, part in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        _norm(part.layer_norm, weights, f"{side}/layer_norm")
        for number, layer in enumerate(part.layer):
            added = number >= weights.layers
            place = f"{side}/layer_{number % weights.layers}"
            _attention(
                layer.self_attention, weights, f"{place}/self_attention", (3, 1), added, random
            )
            if side == "decoder":
                _attention(layer.attention, weights, f"{place}/attention", (1, 2, 1), added, random)
            _norm(layer.ffn.layer_norm, weights, f"{place}/ffn/layer_norm")
            _linear(layer.ffn.linear_0, weights, f"{place}/ffn/linear_0", 1, False, random)
            _linear(layer.ffn.linear_1, weights, f"{place}/ffn/linear_1", 1, added, random)
    embedded = weights.floats(weights.embeddings())
    known = len(embedded)
    filling = np.random.default_rng(0).normal(
        0, 0.01, (_VOCABULARY - known, embedded.shape[1] * _TIMES)
    )
    tiled = np.tile(embedded, (1, _TIMES))
    whole = np.concatenate([tiled / math.sqrt(_TIMES), filling]).astype("float32")
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = whole
    spec.decoder.projection.weight = np.concatenate(
        [tiled / _TIMES, np.full_like(filling, 1e-9)]
    ).astype("float32")
    spec.decoder.projection.bias = np.concatenate(
        [weights.floats("decoder/projection/bias"), np.full(_VOCABULARY - known, -1e4)]
    ).astype("float32")
    places = np.tile(weights.floats("encoder/position_encodings/encodings"), (1, _TIMES))
    spec.encoder.position_encodings.encodings = places.astype("float32")
    spec.decoder.position_encodings.encodings = places.astype("float32")
    pieces = [*json.loads(vocabulary), *(f"<filling{n}>" for n in range(_VOCABULARY - known))]
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.decoder_start_token = "<s>"  # noqa: S105  a piece of the vocabulary
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))


def _norm(spec: Any, weights: _Weights, place: str) -> None:
    spec.gamma = np.tile(weights.floats(f"{place}/gamma"), _TIMES).astype("float32")
    spec.beta = np.tile(weights.floats(f"{place}/beta"), _TIMES).astype("float32")


def _attention(  # noqa: PLR0917
    spec: Any, weights: _Weights, place: str, parts: tuple[int, ...], added: bool, random: Any
) -> None:
    _norm(spec.layer_norm, weights, f"{place}/layer_norm")
    for number, count in enumerate(parts):
        last = number == len(parts) - 1
        _linear(
            spec.linear[number], weights, f"{place}/linear_{number}", count, added and last, random
        )


def _linear(  # noqa: PLR0917
    spec: Any, weights: _Weights, place: str, parts: int, silent: bool, random: Any
) -> None:
    """Tile each of the joined matrices on its own; a silent layer gives nearly nothing."""
    matrices = np.split(weights.floats(f"{place}/weight"), parts, 0)
    tiled = [np.tile(matrix, (_TIMES, _TIMES)) / _TIMES for matrix in matrices]
    biases = np.split(weights.floats(f"{place}/bias"), parts)
    spec.weight = np.concatenate(tiled, 0).astype("float32")
    spec.bias = np.concatenate([np.tile(bias, _TIMES) for bias in biases]).astype("float32")
    if silent:
        spec.weight = (random.standard_normal(spec.weight.shape) * 1e-9).astype("float32")
        spec.bias = spec.bias * 0
