"""The two ends of a login, for every test of eidas."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from eidas_world import World, make_world

import eidas


@pytest.fixture(scope="session")
def shared_world() -> World:
    """Keys and metadata made once; replay memories are fresh in ``world``."""
    return make_world()


@pytest.fixture
def world(shared_world: World) -> World:
    """Both ends of a login, with nothing remembered."""
    return replace(
        shared_world, replay=eidas.MemoryReplayGuard(), node_replay=eidas.MemoryReplayGuard()
    )
