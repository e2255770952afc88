"""``python -m benchmarks``: every row in interleaved rounds, a table to read and JSON to keep.

A row says how many times longer our call takes than the floor, which does the same work on the
same keys and octets with no check at all. Both run in turns, so a busy machine slows both; the
quicker side is called several times in its turn, so that neither always runs on cold caches.
"""

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

Row = tuple[str, Callable[[], object], Callable[[], object], float]
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""

FOLDER: Final = Path(__file__).parent
RESULTS: Final = FOLDER / "results"
_SECONDS: Final = 1.0
"""How long each side of a row is measured."""
_ROUNDS: Final = (5, 400)
"""The fewest and the most rounds."""
_CALLS: Final = 20
"""The most calls of the quicker side in one turn; one, where a turn takes longer than a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row after its rounds."""

    name: str
    milliseconds: float
    """Median of our call."""
    floor_milliseconds: float
    """Median of the floor."""
    ratio: float
    allowed: float
    """The greatest ratio that is allowed."""
    rounds: int

    @property
    def holds(self) -> bool:
        """Whether the row stays within what is allowed."""
        return self.ratio <= self.allowed


def measure(row: Row) -> Measured:
    """The medians of both sides, after one call each to warm up and one to know their length."""
    name, ours, floor, allowed = row
    _spent(ours), _spent(floor)
    lengths = _spent(ours), _spent(floor)
    longest = max(lengths)
    most_calls = _CALLS if longest < _SECONDS else 1
    calls = [min(round(longest / length) or 1, most_calls) for length in lengths]
    fewest, most = _ROUNDS
    rounds = int(min(max(_SECONDS / longest, fewest), most))
    pairs = [(_spent(ours, calls[0]), _spent(floor, calls[1])) for _ in range(rounds)]
    own = statistics.median(pair[0] for pair in pairs)
    bare = statistics.median(pair[1] for pair in pairs)
    return Measured(
        name=name,
        milliseconds=round(own * 1000, 4),
        floor_milliseconds=round(bare * 1000, 4),
        ratio=round(own / bare, 3),
        allowed=allowed,
        rounds=rounds,
    )


def modules(wanted: Sequence[str]) -> Iterator[ModuleType]:
    """The modules of this folder that have rows, all of them or the wanted ones."""
    names = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    for unknown in sorted(set(wanted) - set(names)):
        raise SystemExit(f"there is no benchmark {unknown}; there are {', '.join(names)}")
    for name in names:
        if not wanted or name in wanted:
            module = importlib.import_module(f"benchmarks.{name}")
            if hasattr(module, "ROWS"):
                yield module


def table_of(measured: Sequence[Measured]) -> Table:
    """What a person reads."""
    table = Table(title="Times longer than the floor, medians of one run")
    for heading in ("what", "ours, ms", "floor, ms", "ratio", "allowed", "rounds"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for one in measured:
        mark = "green" if one.holds else "red"
        table.add_row(
            one.name,
            f"{one.milliseconds:.3f}",
            f"{one.floor_milliseconds:.3f}",
            f"[{mark}]{one.ratio:.2f}[/{mark}]",
            f"{one.allowed:.2f}",
            str(one.rounds),
        )
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; gives 1 when a row takes longer than is allowed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run; all when none is named")
    parser.add_argument("--out", type=Path, help="JSON file to write; else in benchmarks/results")
    options = parser.parse_args(arguments)
    console = Console()
    found = list(modules(options.names))
    rows = [row for module in found for row in module.ROWS]
    measured = [measure(row) for row in track(rows, "Measuring", console=console, transient=True)]
    console.print(table_of(measured))
    figures = [line for module in found for line in _figures(module)]
    for line in figures:
        console.print(line)
    at = datetime.now(UTC)
    out = options.out or RESULTS / f"{at:%Y-%m-%dT%H%M%SZ}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "at": at.isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "figures": figures,
        "rows": [asdict(one) | {"holds": one.holds} for one in measured],
    }
    out.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    console.print(f"Written to {out}")
    return 0 if all(one.holds for one in measured) else 1


def _figures(module: ModuleType) -> Iterator[str]:
    """What a module measured beside its ratios, if anything."""
    yield from getattr(module, "figures", tuple)()


def _spent(call: Callable[[], object], times: int = 1) -> float:
    """Seconds of one call, in the mean of so many."""
    began = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - began) / times


if __name__ == "__main__":
    sys.exit(main())
