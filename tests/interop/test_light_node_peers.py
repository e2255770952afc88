"""A national part in Node.js, with Apache's and Hazelcast's own clients, beside one in Python."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from eidas.light_cache import LightCacheName
from sdg_connector.adapters.light.cluster import LightCluster
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from sdg_connector.adapters.light.ignite import IgniteCluster
from tests.support.light_servers import cluster

pytestmark = pytest.mark.peer
NODE_MODULES = Path(__file__).parents[2] / ".peers" / "node" / "node_modules"
PEER = Path(__file__).parent / "peers" / "light_peer.js"
MESSAGE = "<light>Ģirts Ñandú 文 \U0001f600</light>"
CACHE = LightCacheName.CONNECTOR_RESPONSES


@pytest.mark.parametrize(
    ("kind", "library", "client"),
    [
        ("ignite", "apache-ignite-client", IgniteCluster),
        ("hazelcast", "hazelcast-client", HazelcastCluster),
    ],
)
def test_a_part_in_node_js_takes_what_ours_puts_and_the_contrary(
    kind: str, library: str, client: type[IgniteCluster | HazelcastCluster], tmp_path: Path
) -> None:
    if not (NODE_MODULES / library).is_dir() or not shutil.which("node"):
        pytest.skip(f"npm install --prefix .peers/node {library} was not run")
    with cluster(kind, tmp_path) as running:
        where = LightCluster(
            addresses=(("127.0.0.1", running.port),), timeout=timedelta(seconds=10)
        )
        with (
            client(where=where) as asked,
            subprocess.Popen(
                ["node", PEER, kind, str(running.port), CACHE.value],
                env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as program,
        ):
            requests, answers = program.stdin, program.stdout
            assert requests is not None
            assert answers is not None

            def ask(**request: str) -> str | None:
                requests.write(json.dumps(request) + "\n")
                requests.flush()
                said: dict[str, str | None] = json.loads(answers.readline())
                return said["message"]

            try:
                ours = asked.cache(CACHE)
                ask(key="from-them", message=MESSAGE)
                assert ours.take("from-them") == MESSAGE
                ours.put("from-us", MESSAGE)
                assert ask(key="from-us") == MESSAGE
                assert ask(key="from-us") is None
                assert ours.take("from-us") is None
                requests.close()
                assert program.wait(10) == 0
            finally:
                program.kill()
