"""Batches of one call: as many for each processor, as even as they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.engines.batches import even_batches

LENGTHS = st.lists(st.integers(1, 180), min_size=1, max_size=60)


def batches(lengths: list[int], size: int) -> list[list[int]]:
    """What CTranslate2 makes of ``lengths``: sorted, each as long as the first of its batch."""
    made: list[list[int]] = []
    for length in sorted(lengths, reverse=True):
        if not made or (len(made[-1]) + 1) * made[-1][0] > size:
            made.append([])
        made[-1].append(length)
    return made


def test_three_batches_on_two_processors_become_four_even_ones() -> None:
    lengths = [17] * 30 + [14] * 36 + [12] * 14
    assert [len(one) for one in batches(lengths, 512)] == [30, 36, 14]
    size = even_batches(lengths, most=512, processors=2)
    work = [one[0] * len(one) for one in batches(lengths, size)]
    assert len(work) == 4
    assert max(work) < 1.2 * min(work)


@given(LENGTHS, st.integers(1, 8))
def test_a_batch_is_never_larger_and_no_processor_has_a_round_more(
    lengths: list[int], processors: int
) -> None:
    size = even_batches(lengths, most=512, processors=processors)
    assert max(lengths) <= size <= 512
    rounds = -(-len(batches(lengths, 512)) // processors)
    assert len(batches(lengths, size)) <= rounds * processors


@pytest.mark.parametrize("processors", [1, 2, 64])
def test_one_sentence_is_one_batch(processors: int) -> None:
    assert even_batches([7], most=512, processors=processors) == 7


def test_thousands_of_sentences_keep_the_largest_batches() -> None:
    assert even_batches([15] * 5000, most=512, processors=2) == 512
