"""What the package costs in memory: little to import, nothing more for each login."""

import resource
import subprocess
import sys

import pytest
from eidas_world import NOW, World

import eidas

IMPORT = """
import resource
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import eidas
for name in eidas.__all__:
    getattr(eidas, name)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_all_that_is_offered_adds_less_than_forty_megabytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, check=True, text=True, timeout=60
    )
    assert int(done.stdout) < 40 * 1024


@pytest.mark.slow
def test_a_thousand_logins_leave_memory_as_it_was(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))

    def log_in(times: int) -> int:
        for _ in range(times):
            world.ask()
            world.accept(value, pending, replay=eidas.MemoryReplayGuard(), now=NOW)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = log_in(100)
    # The replay of one answer under fresh guards stands for a thousand people.
    assert log_in(1000) - before < 2 * 1024
