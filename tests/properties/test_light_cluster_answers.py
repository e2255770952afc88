"""Whatever a cluster answers, a value comes out or an error of ours, at once."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from eidas.errors import LightCacheAway, LightCacheRefused
from sdg_connector.adapters.light.cluster import LightCluster
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from sdg_connector.adapters.light.ignite import IgniteCluster

IGNITE_WELCOME = struct.pack("<ib", 1, 1)
GREETING = struct.pack("<iqB", 0x101, 1, 0) + b"\0" * 18 + struct.pack("<bi", 1, 271) + b"\0" * 18
HAZELCAST_WELCOME = struct.pack("<iH", 6 + len(GREETING), 0xE000) + GREETING
REMOVED = struct.pack("<iH", 19, 0xC000) + struct.pack("<iqB", 0x10301, 2, 0)


@contextmanager
def answering(octets: bytes) -> Iterator[LightCluster]:
    """A machine that says these octets to whoever calls, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            # whoever has read enough hangs up before the end: a broken pipe here, a reset there,
            # and "not connected" (no ConnectionError of Python's) when it was quickest
            with client, suppress(OSError):
                client.sendall(octets)
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield LightCluster(addresses=(server.getsockname()[:2],), timeout=timedelta(seconds=2))
        thread.join()


def taken(cluster: IgniteCluster | HazelcastCluster) -> str | None:
    """What is taken, or nothing when it is refused."""
    with cluster:
        try:
            return cluster.cache("any").take("a-token")
        except (LightCacheRefused, LightCacheAway):
            return None


FRAMES = st.tuples(
    st.binary(max_size=30), st.sampled_from([0, 0x400, 0x800, 0x1000, 0x2000, 0x2400, 0xE000])
)


@settings(max_examples=40)
@given(octets=st.binary(max_size=60), welcome=st.booleans(), framed=st.booleans())
def test_any_octets_of_an_ignite_are_an_answer_or_refused(
    octets: bytes, welcome: bool, framed: bool
) -> None:
    said = struct.pack("<i", len(octets)) + octets if framed else octets
    with answering(IGNITE_WELCOME * welcome + said) as where:
        taken(IgniteCluster(where=where))


@settings(max_examples=40)
@given(octets=st.binary(max_size=60), frames=st.lists(FRAMES, max_size=4), welcome=st.booleans())
def test_any_octets_of_a_hazelcast_are_an_answer_or_refused(
    octets: bytes, frames: list[tuple[bytes, int]], welcome: bool
) -> None:
    said = b"".join(struct.pack("<iH", 6 + len(one), flags) + one for one, flags in frames)
    begun = HAZELCAST_WELCOME + REMOVED if welcome else b""
    with answering(begun + said + octets) as where:
        taken(HazelcastCluster(where=where))


@given(text=st.text(max_size=20))
@settings(max_examples=10)
def test_any_text_is_taken_as_it_was_written(text: str) -> None:
    encoded = text.encode("utf-8", "replace")
    value = struct.pack(">iii", 0, -11, len(encoded)) + encoded
    answer = REMOVED + struct.pack("<iH", 6 + len(value), 0x2000) + value
    with answering(HAZELCAST_WELCOME + answer) as where:
        assert taken(HazelcastCluster(where=where)) == encoded.decode()
