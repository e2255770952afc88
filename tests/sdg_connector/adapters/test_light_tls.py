"""What crosses a cluster names people: only the right one hears it."""

from datetime import timedelta
from pathlib import Path

import pytest

from eidas.errors import EidasError
from eidas.light_cache import LightCacheName
from sdg_connector.adapters.light.cluster import ClusterTls, LightCluster
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from sdg_connector.adapters.light.ignite import IgniteCluster
from sdg_connector.errors import OwnMistake
from tests.support.light_servers import cluster
from tests.support.tls_files import tls_files

REQUESTS = LightCacheName.CONNECTOR_REQUESTS
MESSAGE = "<light/>"


@pytest.mark.parametrize(
    ("kind", "client"), [("ignite", IgniteCluster), ("hazelcast", HazelcastCluster)]
)
def test_only_the_cluster_that_the_authority_vouches_for_is_spoken_to(
    kind: str, client: type[IgniteCluster | HazelcastCluster], tmp_path: Path
) -> None:
    authority, localhost, caller, stranger = tls_files(tmp_path)
    pem = [Path(f"{one}.pem") for one in (authority, localhost, caller, stranger)]
    options = ("--tls", str(pem[1]), "--authority", str(pem[0]))
    us = ClusterTls(authority=pem[0], certificate=pem[2], key=pem[2].with_suffix(".key.pem"))
    with cluster(kind, tmp_path / kind, *options) as running:
        for host, tls, let_in in (
            ("localhost", us, True),
            ("127.0.0.1", us, False),  # the certificate names localhost
            ("localhost", ClusterTls(authority=pem[3]), False),
            ("localhost", ClusterTls(authority=pem[0]), False),  # we do not say who we are
            ("localhost", None, False),
        ):
            where = LightCluster(
                addresses=((host, running.port),),
                tls=tls,
                timeout=timedelta(seconds=10 if let_in else 1),
            )
            with client(where=where) as asked:
                if let_in:
                    asked.cache(REQUESTS).put("a-token", MESSAGE)
                    assert asked.cache(REQUESTS).take("a-token") == MESSAGE
                    continue
                with pytest.raises(EidasError) as refusal:
                    asked.cache(REQUESTS).take("a-token")
                assert refusal.value.rule == "light.cache-away"


def test_what_would_be_open_to_others_is_not_configured(tmp_path: Path) -> None:
    with pytest.raises(OwnMistake, match="TLS"):
        LightCluster(addresses=(("ignite.example", 10800),))
    LightCluster(addresses=(("ignite.example", 10800),), network_is_private=True)
    with pytest.raises(OwnMistake):
        LightCluster(addresses=())
    (tmp_path / "no.pem").write_text("nothing")
    with pytest.raises(OwnMistake):
        ClusterTls(authority=tmp_path / "no.pem").context()
