"""Peers that are started once, and the keys of both ends of a login with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pysaml2_peer, saml_peers, shibboleth, simplesamlphp
from tests.support.java_peer import Ask, serving
from tests.support.saml_world import Party, SamlWorld
from xmltrust import SignatureAlgorithm

NODE_KEYS = ("rsa", "p256", "p521")


@pytest.fixture(scope="session")
def saml_parties() -> dict[str, Party]:
    """The portal's two keys, and one of the node's for each kind."""
    names = {"portal": "rsa", "encryption": "rsa", **{kind: kind for kind in NODE_KEYS}}
    return {name: Party.make(name, kind) for name, kind in names.items()}


@pytest.fixture(scope="session")
def saml_world(
    saml_parties: dict[str, Party], tmp_path_factory: pytest.TempPathFactory
) -> SamlWorld:
    """A portal and a node that signs with RSA and publishes curve keys too."""
    folder = tmp_path_factory.mktemp("world")
    world = SamlWorld(
        portal=saml_parties["portal"],
        encryption=saml_parties["encryption"],
        node=saml_parties["rsa"],
        others=(saml_parties["p256"], saml_parties["p521"]),
        algorithm=SignatureAlgorithm.RSA_SHA256,
        folder=folder,
    )
    # For peers that are configured once; the files of the node's key change from test to test.
    world.file("node.xml").write_bytes(world.node_metadata)
    world.file("portal.xml").write_bytes(world.portal_metadata)
    world.file("rsa.key").write_bytes(world.node.key)
    world.file("rsa.crt").write_bytes(world.node.shown)
    return world


@pytest.fixture(scope="module", autouse=True)
def _pysaml2_files() -> Iterator[None]:
    yield
    pysaml2_peer.forget()


@pytest.fixture(scope="session")
def node_js() -> Iterator[saml_peers.NodePeer]:
    """samlify and node-saml."""
    with saml_peers.node_peer() as ask:
        yield ask


@pytest.fixture(scope="session")
def santuario_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Apache Santuario and the JDK."""
    with serving("SantuarioPeer", tmp_path_factory.mktemp("classes")) as ask:
        yield ask


@pytest.fixture(scope="session")
def shibboleth_sp(
    saml_world: SamlWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[shibboleth.Shibboleth]:
    """Shibboleth as the portal."""
    folder = tmp_path_factory.mktemp("shibboleth") / "sp"
    with shibboleth.shibboleth(saml_world, folder) as peer:
        yield peer


@pytest.fixture(scope="session")
def simplesaml(
    saml_world: SamlWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[simplesamlphp.SimpleSamlPhp]:
    """SimpleSAMLphp as the portal and as the node."""
    folder: Path = tmp_path_factory.mktemp("simplesamlphp") / "php"
    with simplesamlphp.simplesamlphp(saml_world, folder) as peer:
        yield peer
