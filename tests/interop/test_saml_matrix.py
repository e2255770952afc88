"""Which implementation believes the answers of our node, by signature and encryption.

Each cell is a whole login under real keys. ``yes``: the peer gives the family name out of the
answer. ``no``: it refuses, because it does not know the algorithm; that is expected, and tested
too. python3-saml knows no eIDAS attribute types and refuses them all.
"""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support import pysaml2_peer, shibboleth, simplesamlphp
from tests.support import saml_peers as peers
from tests.support.saml_peers import PeerRefused
from tests.support.saml_world import SamlWorld
from xmltrust import SignatureAlgorithm

pytestmark = [
    pytest.mark.peer,
    # pysaml2 leaves the temporary files that it makes for each check to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

COLUMNS = {
    # signature of the node's key, and how the content key is encrypted
    "rsa-sha256": ("rsa", SignatureAlgorithm.RSA_SHA256, "mgf1p"),
    "pss-256": ("rsa", SignatureAlgorithm.RSA_PSS_SHA256, "mgf1p"),
    "pss-512": ("rsa", SignatureAlgorithm.RSA_PSS_SHA512, "mgf1p"),
    "ecdsa-256": ("p256", SignatureAlgorithm.ECDSA_SHA256, "mgf1p"),
    "ecdsa-512": ("p521", SignatureAlgorithm.ECDSA_SHA512, "mgf1p"),
    "oaep-1.1": ("rsa", SignatureAlgorithm.RSA_SHA256, "oaep"),
}
TABLE = """
              rsa-sha256  pss-256  pss-512  ecdsa-256  ecdsa-512  oaep-1.1
Shibboleth    yes         no       no       yes        yes        yes
SimpleSAMLphp yes         no       no       no         no         no
pysaml2       yes         no       no       yes        yes        no
python3-saml  no          no       no       no         no         no
samlify       yes         yes      no       no         no         no
node-saml     yes         yes      no       no         no         no
xmlsec1       yes         no       no       yes        yes        no
binding       yes         yes      yes      yes        yes        yes
Santuario     yes         yes      yes      yes        yes        yes
"""
_HEAD, *_ROWS = (line.split() for line in TABLE.strip().splitlines())
CELLS = [
    pytest.param(row[0], column, expected == "yes", id=f"{row[0]}-{column}")
    for row in _ROWS
    for column, expected in zip(_HEAD, row[1:], strict=True)
]
Believe = Callable[[SamlWorld, Callable[[SamlWorld, str], bytes]], str]


def _by_function(peer: Callable[..., str], **more: object) -> Believe:
    def believe(world: SamlWorld, answer: Callable[[SamlWorld, str], bytes]) -> str:
        request_id = world.new_id()
        return peer(world, answer(world, request_id), request_id, **more)

    return believe


def _shibboleth(request: pytest.FixtureRequest) -> Believe:
    peer: shibboleth.Shibboleth = request.getfixturevalue("shibboleth_sp")

    def believe(world: SamlWorld, answer: Callable[[SamlWorld, str], bytes]) -> str:
        there = replace(world, entity=shibboleth.ENTITY, consumer=shibboleth.CONSUMER)
        asked = peer.ask()
        peer.believe(base64.b64encode(answer(there, asked.identifier)).decode(), asked.relay_state)
        return peer.name()

    return believe


def _simplesamlphp(request: pytest.FixtureRequest) -> Believe:
    peer: simplesamlphp.SimpleSamlPhp = request.getfixturevalue("simplesaml")

    def believe(world: SamlWorld, answer: Callable[[SamlWorld, str], bytes]) -> str:
        there = replace(world, entity=simplesamlphp.ENTITY, consumer=simplesamlphp.CONSUMER)
        asked = peer.ask()
        response = base64.b64encode(answer(there, asked.identifier)).decode()
        return peer.believe(response, asked.relay_state)

    return believe


PORTALS: dict[str, Callable[[pytest.FixtureRequest], Believe]] = {
    "Shibboleth": _shibboleth,
    "SimpleSAMLphp": _simplesamlphp,
    "pysaml2": lambda _: _by_function(pysaml2_peer.portal),
    "python3-saml": lambda _: _by_function(peers.python3_saml_sp),
    "samlify": lambda request: _by_function(
        peers.samlify_sp, ask=request.getfixturevalue("node_js")
    ),
    "node-saml": lambda request: _by_function(
        peers.node_saml_sp, ask=request.getfixturevalue("node_js")
    ),
    "xmlsec1": lambda _: _by_function(peers.xmlsec1_sp),
    "binding": lambda _: _by_function(peers.binding_sp),
    "Santuario": lambda request: _by_function(
        peers.santuario_sp, ask=request.getfixturevalue("santuario_program")
    ),
}


@pytest.fixture
def world_of(saml_world: SamlWorld) -> Callable[[str], SamlWorld]:
    """The world in which the node signs as a column says."""

    def made(column: str) -> SamlWorld:
        kind, algorithm, _ = COLUMNS[column]
        keys = dict(zip(("rsa", "p256", "p521"), saml_world.node_parties, strict=True))
        others = tuple(party for name, party in keys.items() if name != kind)
        return replace(saml_world, node=keys[kind], others=others, algorithm=algorithm)

    return made


def _answer(column: str) -> Callable[[SamlWorld, str], bytes]:
    if COLUMNS[column][2] == "mgf1p":
        return lambda world, request_id: world.older_answer(request_id)
    return lambda world, request_id: world.answer(request_id)


@pytest.mark.parametrize(("peer", "column", "expected"), CELLS)
def test_a_peer_believes_our_answer_where_it_knows_the_algorithms(
    request: pytest.FixtureRequest,
    world_of: Callable[[str], SamlWorld],
    peer: str,
    column: str,
    expected: bool,
) -> None:
    believe = PORTALS[peer](request)
    if expected:
        assert believe(world_of(column), _answer(column)) == "García Núñez"
    else:
        with pytest.raises(PeerRefused):
            believe(world_of(column), _answer(column))


@pytest.mark.parametrize("peer", [name for name in PORTALS if name != "python3-saml"])
def test_a_peer_refuses_our_answer_once_it_was_altered(
    request: pytest.FixtureRequest, world_of: Callable[[str], SamlWorld], peer: str
) -> None:
    def altered(world: SamlWorld, request_id: str) -> bytes:
        message = world.older_answer(request_id)
        return message.replace(b"status:Success", b"status:Succes5", 1)

    with pytest.raises(PeerRefused):
        PORTALS[peer](request)(world_of("rsa-sha256"), altered)
