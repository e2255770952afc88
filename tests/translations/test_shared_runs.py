"""A catalogue over machines: every text once, and the others do what a dead machine held."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdg_connector.adapters.translation_runs import SharedRun
from translations.demo_model import corpus
from translations.ledger import Ledger
from translations.runs import Order
from translations.workshop import Workshop

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def catalogue(size: int) -> list[Order]:
    sentences = [lv for lv, _ in corpus.templated() if lv.endswith(".")]
    return [Order(key=f"{n:04}", text=" ".join(sentences[n : n + 3])) for n in range(size)]


def shared(database: str, ledger: str, worker: str) -> SharedRun:
    return SharedRun(
        database=database, ledger=ledger, workshop=Workshop(demo_model=True, threads=1),
        worker=worker, clock=lambda: NOW, patience_seconds=4, source="lv", target="en",
    )  # fmt: skip


def test_one_machine_runs_a_catalogue_over_the_durable_engine(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'engine.sqlite'}"
    ledger = str(tmp_path / "ledger.sqlite")
    seen: list[int] = []
    report = shared(database, ledger, "one").run(catalogue(70), seen.append)
    assert (report.translated, report.unchanged, report.failed) == (70, 0, ())
    assert sum(seen) <= 70
    again = shared(database, ledger, "one").run(catalogue(70))
    assert (again.translated, again.unchanged) == (0, 70)
    changed = [*catalogue(69), Order(key="0069", text="Kontakti")]
    assert shared(database, ledger, "one").run(changed).translated == 1


MACHINE = """
import sys
from tests.translations.test_shared_runs import catalogue, shared
print(shared(*sys.argv[1:4]).run(catalogue(int(sys.argv[4]))).translated, flush=True)
"""


def machine(postgres: str, worker: str, size: int) -> subprocess.Popen[bytes]:
    address = postgres.replace("postgresql://", "postgresql+psycopg://", 1)
    return subprocess.Popen(
        [sys.executable, "-c", MACHINE, address, postgres, worker, str(size)],
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


@pytest.mark.slow
def test_what_a_killed_machine_held_is_done_by_the_others(postgres: str) -> None:
    size = 192
    killed, other = machine(postgres, "a", size), machine(postgres, "b", size)
    ledger = Ledger(postgres)
    give_up = time.monotonic() + 120
    while not ledger.digests(source="lv", target="en") and time.monotonic() < give_up:
        time.sleep(0.1)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    out, _ = other.communicate(timeout=150)
    assert other.returncode == 0
    assert int(out) > 0
    assert len(ledger.digests(source="lv", target="en")) == size
    ledger.close()
