"""Row of the benchmark: evidence from one encrypted store to another over AS4, in two processes.

The floor starts two processes that import the same, and seals, opens and digests the same octets
as often, through files, unchecked. Either side of ours must stay under 150 MB, or the row fails.
SDG_BIG_PAYLOAD gives another size in megabytes than 16, up to 1024.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.big_payload import Made, both_ways

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_MEGABYTES = int(os.environ.get("SDG_BIG_PAYLOAD", "16"))
_SIZE = _MEGABYTES * 1024**2
_MOST_KILOBYTES = 150 * 1024
_PASSES = 4
"""How often the octets are sealed and opened: in the sender's store, as a message, as that message
in the store, in the receiver's store."""


def _ours() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for side in both_ways(Path(folder), _SIZE):
            if side["peak"] > _MOST_KILOBYTES:
                raise SystemExit(f"{side['peak']} kB of memory for {_MEGABYTES} MB")


def _floor() -> None:
    for _ in range(2):
        statement = "import tests.support.big_payload"
        subprocess.run([sys.executable, "-c", statement], check=True)
    cipher = AESGCM(b"k" * 32)
    with tempfile.TemporaryDirectory() as folder:
        digest = hashlib.sha256()
        paths = [Path(folder) / f"{number}" for number in range(_PASSES)]
        with paths[0].open("wb") as first:
            for piece in Made(_SIZE).chunks():
                digest.update(piece)
                first.write(cipher.encrypt(b"\0" * 12, piece, None))
        for before, after in pairwise(paths):
            with before.open("rb") as source, after.open("wb") as target:
                while sealed := source.read(1024**2 + 16):
                    opened = cipher.decrypt(b"\0" * 12, sealed, None)
                    digest.update(opened)
                    target.write(cipher.encrypt(b"\0" * 12, opened, None))
                target.flush()
                os.fsync(target.fileno())


ROWS: list[Row] = [(f"AS4 {_MEGABYTES} MB, store to store, under 150 MB", _ours, _floor, 3.0)]
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
