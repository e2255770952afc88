"""Inline elements put at the words of the translation that come from their words."""

import re
from collections.abc import Sequence

from translations.documents import Span
from translations.engines import Link

_WORD = re.compile(r"⟦\d+⟧|\w+(?:['’-]\w+)*|[^\w\s]")


def projected(
    spans: Sequence[Span], *, source: str, target: str, links: Sequence[Link]
) -> tuple[tuple[Span, ...], bool]:
    """The spans over the target, nested as over the source, and whether every place is known.

    Each span takes the run of target words that gains most when a word that comes from the span's
    words counts for it and any other against it. Without links it goes to the proportional place.
    """
    words = [(m.start(), m.end()) for m in _WORD.finditer(target)]
    origin = [_origin(word, links) for word in words]
    owner: list[int | None] = [None] * len(words)
    placed: list[Span] = []
    parents = _parents(spans)
    certain = True
    for number, span in enumerate(spans):
        around = parents[number]
        low, high, outer_edges = 0, len(target), (0, len(source))
        if around is not None:
            low, high = placed[around].start, placed[around].end
            outer_edges = (spans[around].start, spans[around].end)
        free = [
            w
            for w, (start, end) in enumerate(words)
            if start >= low and end <= high and owner[w] == around
        ]
        if (span.start, span.end) == outer_edges and span.start < span.end:
            start, end, known = low, high, True
        elif span.start == span.end or not free:
            start, known = (
                _empty_place(span, outer_edges, [words[w][0] for w in free], (low, high)),
                True,
            )
            end = start
        else:
            start, end, known = _run(span, source, words, origin, free)
        certain = certain and known
        for w in free:
            if words[w][0] >= start and words[w][1] <= end:
                owner[w] = number
        placed.append(Span(start=start, end=end, opening=span.opening, closing=span.closing))
    return tuple(placed), certain


def _origin(word: tuple[int, int], links: Sequence[Link]) -> tuple[tuple[int, int], ...]:
    """The places in the source that the pieces of a target word looked at."""
    return tuple(
        (link.source_start, link.source_end)
        for link in links
        if link.target_start < word[1] and link.target_end > word[0]
    )


def _parents(spans: Sequence[Span]) -> list[int | None]:
    """For each span the innermost earlier one around it; spans come outermost first."""
    parents: list[int | None] = []
    for number, span in enumerate(spans):
        around = [
            other
            for other in range(number)
            if spans[other].start <= span.start and span.end <= spans[other].end
            and spans[other].start < spans[other].end
        ]  # fmt: skip
        parents.append(around[-1] if around else None)
    return parents


def _empty_place(
    span: Span, outer: tuple[int, int], starts: Sequence[int], edges: tuple[int, int]
) -> int:
    """Where an element without words goes: the proportional place between two words."""
    length = outer[1] - outer[0]
    if not starts or length == 0 or span.start == outer[0]:
        return edges[0]
    if span.end == outer[1]:
        return edges[1]
    share = (span.start - outer[0]) / length
    return starts[min(len(starts) - 1, int(share * len(starts)))]


def _run(
    span: Span,
    source: str,
    words: Sequence[tuple[int, int]],
    origin: Sequence[tuple[tuple[int, int], ...]],
    free: Sequence[int],
) -> tuple[int, int, bool]:
    """The best run of free target words for a span, and whether links speak for it."""
    gains = {w: _gain(origin[w], span) for w in free}
    best, best_run, total, begun, last = 0.0, None, 0.0, free[0], None
    for w in free:
        if last is not None and w != last + 1:
            total = 0.0
        if total <= 0:
            total, begun = 0.0, w
        total += gains[w]
        if total > best:
            best, best_run = total, (begun, w)
        last = w
    if best_run is not None:
        return words[best_run[0]][0], words[best_run[1]][1], True
    first = min(len(free) - 1, int(span.start / max(len(source), 1) * len(free)))
    count = max(1, round((span.end - span.start) / max(len(source), 1) * len(free)))
    stop = first
    while stop + 1 < len(free) and stop + 1 < first + count and free[stop + 1] == free[stop] + 1:
        stop += 1
    return words[free[first]][0], words[free[stop]][1], False


def _gain(places: tuple[tuple[int, int], ...], span: Span) -> float:
    if not places:
        return -0.5
    inside = sum(start < span.end and end > span.start for start, end in places)
    return 2 * inside / len(places) - 1
