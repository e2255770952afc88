"""A node's cache in Ignite: Apache's own clients judge ours, and no wrong answer is believed."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eidas.errors import EidasError, EidasMisuse
from eidas.light_cache import LONGEST_MESSAGE, LightCacheName
from sdg_connector.adapters.light.cluster import LightCluster
from sdg_connector.adapters.light.ignite import IgniteCluster
from tests.support.light_servers import RunningCluster, cluster, taken_at_once
from tests.support.servers import free_port

REQUESTS = LightCacheName.CONNECTOR_REQUESTS
ROOT = Path(__file__).parents[3]
MESSAGE = "<light>Ģirts Ñandú 文 \U0001f600</light>"


def settings(port: int, *, host: str = "127.0.0.1", seconds: float = 5) -> LightCluster:
    """A cluster on this machine."""
    return LightCluster(addresses=((host, port),), timeout=timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def ignite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A cluster that behaves."""
    with cluster("ignite", tmp_path_factory.mktemp("ignite")) as running:
        yield running


def refused(
    port: int, *, seconds: float = 5, cache: str = REQUESTS, key: str = "a-token"
) -> EidasError:
    """Why nothing is taken out of a cluster's cache."""
    with (
        IgniteCluster(where=settings(port, seconds=seconds)) as asked,
        pytest.raises(EidasError) as refusal,
    ):
        asked.cache(cache).take(key)
    assert "Garcia" not in f"{refusal.value}{refusal.value.__cause__}{refusal.value.__context__}"
    return refusal.value


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("silent", "light.cache-away"),
        ("slow", "light.cache-away"),
        ("gone", "light.cache-away"),
        ("huge", "light.cache-size"),
        ("negative", "light.cache-size"),
        ("another", "light.cache-answer"),
        ("half", "light.cache-answer"),
        ("more", "light.cache-answer"),
        ("octets", "light.cache-value"),
        ("latin", "light.cache-value"),
        ("failing", "light.cache-status"),
    ],
)
def test_what_no_cluster_answers_is_refused(ignite: RunningCluster, key: str, rule: str) -> None:
    seconds = 0.5 if rule == "light.cache-away" else 10
    assert refused(ignite.port, seconds=seconds, key=key).rule == rule


def test_a_cluster_before_ignite_2_8_is_told(tmp_path: Path) -> None:
    with cluster("ignite", tmp_path, "--old") as running:
        assert refused(running.port).rule == "light.cache-version"


def test_a_cluster_that_is_away_is_told_and_another_machine_is_asked(
    ignite: RunningCluster,
) -> None:
    away = free_port()
    assert refused(away).rule == "light.cache-away"
    both = LightCluster(addresses=(("127.0.0.1", away), ("127.0.0.1", ignite.port)))
    with IgniteCluster(where=both) as asked:
        assert asked.cache(REQUESTS).take("nothing lies here") is None


def test_a_cache_that_the_node_has_not_made_is_told(ignite: RunningCluster) -> None:
    assert refused(ignite.port, cache="another").rule == "light.cache-unknown"


def test_the_text_that_was_put_is_taken_once(ignite: RunningCluster) -> None:
    with IgniteCluster(where=settings(ignite.port)) as asked:
        cache = asked.cache(REQUESTS)
        for message in (MESSAGE, "", "x" * LONGEST_MESSAGE, "文" * LONGEST_MESSAGE):
            cache.put("a-token", message)
            assert asked.cache(LightCacheName.CONNECTOR_RESPONSES).take("a-token") is None
            assert cache.take("a-token") == message
            assert cache.take("a-token") is None
        with pytest.raises(EidasMisuse):
            cache.put("a-token", "\ud800")


def test_an_entry_ends(ignite: RunningCluster) -> None:
    brief = IgniteCluster(where=settings(ignite.port), lifetime=timedelta(milliseconds=1))
    with brief as asked:
        asked.cache(REQUESTS).put("brief", MESSAGE)
        threading.Event().wait(0.05)
        assert asked.cache(REQUESTS).take("brief") is None


def test_of_many_who_take_at_the_same_instant_one_gets_it(ignite: RunningCluster) -> None:
    with IgniteCluster(where=settings(ignite.port)) as asked:
        cache = asked.cache(REQUESTS)
        cache.put("wanted", MESSAGE)
        got = taken_at_once(cache, "wanted", 12)
    assert sorted(filter(None, got)) == [MESSAGE]
    assert len(got) == 12


def test_a_connection_that_the_cluster_closed_meanwhile_is_not_used(tmp_path: Path) -> None:
    with cluster("ignite", tmp_path / "first") as first:
        port = first.port
        asked = IgniteCluster(where=settings(port))
        asked.cache(REQUESTS).put("a-token", MESSAGE)
    with cluster("ignite", tmp_path / "second", port=port), asked:
        asked.cache(REQUESTS).put("a-token", MESSAGE)
        assert asked.cache(REQUESTS).take("a-token") == MESSAGE


def test_only_who_knows_the_password_is_let_in(tmp_path: Path) -> None:
    with cluster("ignite", tmp_path, "--user", "Ilze", "--password", "pāroļe") as running:
        assert refused(running.port).rule == "light.cache-login"
        for password, let_in in (("wrong", False), ("pāroļe", True)):
            where = LightCluster(
                addresses=(("127.0.0.1", running.port),), username="Ilze", password=password
            )
            assert "pāroļe" not in repr(where)
            with IgniteCluster(where=where) as asked:
                if let_in:
                    asked.cache(REQUESTS).put("a-token", MESSAGE)
                    continue
                with pytest.raises(EidasError) as refusal:
                    asked.cache(REQUESTS).put("a-token", MESSAGE)
                assert refusal.value.rule == "light.cache-login"
                assert "Ilze" not in str(refusal.value)


@pytest.mark.peer
def test_apaches_python_client_says_the_same_octets(tmp_path: Path) -> None:
    pyignite = pytest.importorskip("pyignite")
    with cluster("ignite", tmp_path / "ours") as running:
        ours = running
        with IgniteCluster(where=settings(running.port)) as asked:
            asked.cache(REQUESTS).put("a-token", MESSAGE)
            assert asked.cache(REQUESTS).take("a-token") == MESSAGE
    with cluster("ignite", tmp_path / "theirs") as running:
        theirs = running
        client = pyignite.Client(partition_aware=False, timeout=5)
        with client.connect("127.0.0.1", running.port):
            cache = client.get_cache(REQUESTS.value)
            lives = pyignite.datatypes.ExpiryPolicy(
                create=timedelta(minutes=7), update=timedelta(minutes=7)
            )
            cache.with_expire_policy(lives).put("a-token", MESSAGE)
            assert cache.get_and_remove("a-token") == MESSAGE

    def without_id(request: bytes) -> bytes:
        return request[:2] + request[10:]

    assert [*map(without_id, ours.requests())] == [*map(without_id, theirs.requests())]


@pytest.mark.peer
def test_what_apaches_python_client_puts_is_taken_and_the_contrary(ignite: RunningCluster) -> None:
    pyignite = pytest.importorskip("pyignite")
    client = pyignite.Client(partition_aware=False, timeout=5)
    where = settings(ignite.port)
    with IgniteCluster(where=where) as asked, client.connect("127.0.0.1", ignite.port):
        theirs = client.get_cache(REQUESTS.value)
        theirs.put("from-them", MESSAGE)
        assert asked.cache(REQUESTS).take("from-them") == MESSAGE
        asked.cache(REQUESTS).put("from-us", MESSAGE)
        assert theirs.get_and_remove("from-us") == MESSAGE


def test_processes_that_fork_do_not_share_connections(ignite: RunningCluster) -> None:
    program = f"""
import os
from sdg_connector.adapters.light.cluster import LightCluster
from sdg_connector.adapters.light.ignite import IgniteCluster
asked = IgniteCluster(where=LightCluster(addresses=(("127.0.0.1", {ignite.port}),)))
cache = asked.cache({REQUESTS.value!r})
cache.put("before", "opened")
child = os.fork()
for number in range(50):
    key = f"{{bool(child)}}-{{number}}"
    cache.put(key, key)
    assert cache.take(key) == key
os._exit(0) if not child else None
assert os.waitpid(child, 0)[1] == 0
assert cache.take("before") == "opened"
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, timeout=30)
