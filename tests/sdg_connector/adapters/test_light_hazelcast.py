"""A node's cache in Hazelcast: its own client judges ours, and no wrong answer is believed."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from eidas.errors import EidasError, EidasMisuse
from eidas.light_cache import LONGEST_MESSAGE, LightCacheName
from sdg_connector.adapters.light.cluster import LightCluster
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from tests.support.light_servers import RunningCluster, cluster, taken_at_once
from tests.support.servers import free_port

RESPONSES = LightCacheName.PROXY_SERVICE_RESPONSES
MESSAGE = "<light>Ģirts Ñandú 文 \U0001f600</light>"


def hazelcast_at(port: int, *, seconds: float = 5, **who: Any) -> HazelcastCluster:
    """A cluster on this machine."""
    name = who.pop("name", "specificCommunication")
    where = LightCluster(
        addresses=(("127.0.0.1", port),), timeout=timedelta(seconds=seconds), **who
    )
    return HazelcastCluster(where=where, name=name)


@pytest.fixture(scope="module")
def hazelcast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A cluster that behaves."""
    with cluster("hazelcast", tmp_path_factory.mktemp("hazelcast")) as running:
        yield running


def refused(asked: HazelcastCluster, key: str = "a-token") -> str:
    """The rule by which nothing is taken out of a cluster's map."""
    with asked, pytest.raises(EidasError) as refusal:
        asked.cache(RESPONSES).take(key)
    assert "Garcia" not in f"{refusal.value}{refusal.value.__cause__}{refusal.value.__context__}"
    return refusal.value.rule


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("silent", "light.cache-away"),
        ("gone", "light.cache-away"),
        ("huge", "light.cache-size"),
        ("endless", "light.cache-size"),
        ("negative", "light.cache-size"),
        ("another", "light.cache-answer"),
        ("half", "light.cache-answer"),
        ("more", "light.cache-answer"),
        ("octets", "light.cache-value"),
        ("pickle", "light.cache-value"),
        ("latin", "light.cache-value"),
        ("failing", "light.cache-status"),
    ],
)
def test_what_no_member_answers_is_refused(hazelcast: RunningCluster, key: str, rule: str) -> None:
    seconds = 0.5 if rule == "light.cache-away" else 10
    assert refused(hazelcast_at(hazelcast.port, seconds=seconds), key) == rule


def test_a_cluster_that_is_away_is_told() -> None:
    assert refused(hazelcast_at(free_port())) == "light.cache-away"


def test_another_cluster_lets_nobody_in(hazelcast: RunningCluster) -> None:
    assert refused(hazelcast_at(hazelcast.port, name="dev")) == "light.cache-login"


def test_only_who_knows_the_password_is_let_in(tmp_path: Path) -> None:
    with cluster("hazelcast", tmp_path, "--user", "Ilze", "--password", "pāroļe") as running:
        assert refused(hazelcast_at(running.port)) == "light.cache-login"
        wrong = hazelcast_at(running.port, username="Ilze", password="wrong")
        assert refused(wrong) == "light.cache-login"
        with hazelcast_at(running.port, username="Ilze", password="pāroļe") as asked:
            asked.cache(RESPONSES).put("a-token", MESSAGE)
            assert asked.cache(RESPONSES).take("a-token") == MESSAGE


def test_a_member_of_another_version_is_told(tmp_path: Path) -> None:
    with cluster("hazelcast", tmp_path, "--status", "2") as running:
        assert refused(hazelcast_at(running.port)) == "light.cache-version"


def test_the_text_that_was_put_is_taken_once(hazelcast: RunningCluster) -> None:
    with hazelcast_at(hazelcast.port) as asked:
        cache = asked.cache(RESPONSES)
        for message in (MESSAGE, "", "x" * LONGEST_MESSAGE, "文" * LONGEST_MESSAGE):
            cache.put("a-token", message)
            assert asked.cache(LightCacheName.PROXY_SERVICE_REQUESTS).take("a-token") is None
            assert cache.take("a-token") == message
            assert cache.take("a-token") is None
        with pytest.raises(EidasMisuse):
            cache.put("a-token", "\ud800")


def test_an_entry_ends(hazelcast: RunningCluster) -> None:
    asked = hazelcast_at(hazelcast.port)
    asked.lifetime = timedelta(milliseconds=1)
    with asked:
        asked.cache(RESPONSES).put("brief", MESSAGE)
        threading.Event().wait(0.05)
        assert asked.cache(RESPONSES).take("brief") is None


def test_of_many_who_take_at_the_same_instant_one_gets_it(hazelcast: RunningCluster) -> None:
    with hazelcast_at(hazelcast.port) as asked:
        cache = asked.cache(RESPONSES)
        cache.put("wanted", MESSAGE)
        got = taken_at_once(cache, "wanted", 12)
    assert [one for one in got if one is not None] == [MESSAGE]
    assert len(got) == 12


@pytest.mark.peer
def test_hazelcasts_python_client_says_the_same_octets(tmp_path: Path) -> None:
    library = pytest.importorskip("hazelcast")
    keys = [f"key-{number}" for number in range(20)]
    with cluster("hazelcast", tmp_path / "ours") as ours, hazelcast_at(ours.port) as asked:
        for key in keys:
            asked.cache(RESPONSES).put(key, MESSAGE)
            assert asked.cache(RESPONSES).take(key) == MESSAGE
    with cluster("hazelcast", tmp_path / "theirs") as theirs:
        client = library.HazelcastClient(
            cluster_name="specificCommunication",
            cluster_members=[f"127.0.0.1:{theirs.port}"],
            smart_routing=False,
        )
        try:
            shared = client.get_map(RESPONSES.value).blocking()
            for key in keys:
                shared.set(key, MESSAGE, ttl=420)
                assert shared.remove(key) == MESSAGE
        finally:
            client.shutdown()

    def bare(request: bytes) -> bytes:
        # without the number of the request and that of the client's thread
        return request[:10] + request[18:22] + request[30:]

    assert [*map(bare, ours.requests())] == [*map(bare, theirs.requests())]


@pytest.mark.peer
def test_what_hazelcasts_python_client_puts_is_taken_and_the_contrary(
    hazelcast: RunningCluster,
) -> None:
    library = pytest.importorskip("hazelcast")
    client = library.HazelcastClient(
        cluster_name="specificCommunication", cluster_members=[f"127.0.0.1:{hazelcast.port}"]
    )
    try:
        shared = client.get_map(RESPONSES.value).blocking()
        with hazelcast_at(hazelcast.port) as asked:
            shared.put("from-them", MESSAGE)
            assert asked.cache(RESPONSES).take("from-them") == MESSAGE
            asked.cache(RESPONSES).put("from-us", MESSAGE)
            assert shared.remove("from-us") == MESSAGE
    finally:
        client.shutdown()
