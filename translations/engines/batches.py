"""How big the batches of one call should be, so that no processor waits for another."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

_MANY = 16
"""With so many batches for each processor, one more or less changes nothing."""


def even_batches(lengths: Iterable[int], *, most: int, processors: int) -> int:
    """The pieces in a batch, at most ``most``, that give every processor as many batches.

    CTranslate2 sorts the sentences by length and fills batch after batch: three batches on two
    processors would leave one of them idle while the other does the third.
    """
    ordered = sorted(lengths, reverse=True)
    needed = _batches(ordered, most)
    if needed > _MANY * processors:
        return most
    wanted = -(-needed // processors) * processors
    sizes = range(min(ordered[0], most), most + 1)
    return sizes[bisect_left(sizes, True, key=lambda size: _batches(ordered, size) <= wanted)]


def _batches(ordered: Sequence[int], size: int) -> int:
    """How many batches there are of ``size`` pieces, each sentence as long as its batch's first."""
    count = filled = longest = 0
    for length in ordered:
        if not count or (filled + 1) * longest > size:
            count, filled, longest = count + 1, 0, length
        filled += 1
    return count
