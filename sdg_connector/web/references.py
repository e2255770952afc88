"""Reference numbers that people read out on the telephone; they say nothing about anybody."""

import hashlib
import secrets
from typing import Final

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O; 32 characters of five bits each."""


def new_reference(prefix: str, *, groups: int) -> str:
    """A fresh one: ``SDG-7F3K-9Q2M``."""
    return _grouped(prefix, secrets.randbits(20 * groups), groups)


def reference_for(prefix: str, seed: str, *, groups: int) -> str:
    """Always the same one for a seed that nobody can guess."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    return _grouped(prefix, number, groups)


def _grouped(prefix: str, number: int, groups: int) -> str:
    letters = [_ALPHABET[number >> 5 * place & 31] for place in range(4 * groups)]
    parts = ["".join(letters[at : at + 4]) for at in range(0, len(letters), 4)]
    return "-".join((prefix, *parts))
