"""Requests and answers that other implementations wrote, and ours as they read them."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

import eidas
from eidas import node as proxy_side
from eidas.attributes import minimum_data_set
from eidas.vocabulary import NAME_FORMAT_URI, Namespace
from tests.support import pysaml2_peer, shibboleth, simplesamlphp
from tests.support import saml_peers as peers
from tests.support.java_peer import Ask
from tests.support.saml_peers import NodePeer, PeerRefused
from tests.support.saml_world import SESSION, SamlWorld
from xmltrust import SignatureAlgorithm, parse

pytestmark = [
    pytest.mark.peer,
    # pysaml2 leaves the temporary files that it makes for each check to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OLDEST, OLDER, STRICT = (eidas.Policy.for_profile(one) for one in ("1.1", "1.2", "1.4"))
GCM = "http://www.w3.org/2009/xmlenc11#aes{}-gcm"
NATURAL = minimum_data_set(eidas.PersonKind.NATURAL)


def _read(
    world: SamlWorld,
    value: str,
    *,
    policy: eidas.Policy,
    binding: eidas.Binding = eidas.Binding.POST,
) -> proxy_side.LoginRequest:
    return proxy_side.accept_request(
        value,
        proxy=world.proxy,
        connector=world.connector,
        now=datetime.now(UTC),
        replay=eidas.MemoryReplayGuard(),
        binding=binding,
        policy=policy,
    )


def _rule(read: Callable[[], object]) -> str:
    with pytest.raises(eidas.EidasError) as refusal:
        read()
    return refusal.value.rule


# Requests of peers, read by our node.


def _node_saml_request(world: SamlWorld, ask: NodePeer) -> str:
    attributes = [
        {"@Name": one.name, "@NameFormat": NAME_FORMAT_URI, "@isRequired": "true"}
        for one in NATURAL
    ]
    extensions = {
        "eidas:RequestedAttributes": {
            "@xmlns:eidas": Namespace.EIDAS.value,
            "eidas:RequestedAttribute": attributes,
        }
    }
    ends = {**peers.node_saml(world), "key": world.portal.key.decode()}
    return str(ask("node-saml request", extensions=extensions, **ends)["request"])


def test_a_request_of_node_saml_is_read_where_the_policy_takes_its_signature(
    saml_world: SamlWorld, node_js: NodePeer
) -> None:
    value = _node_saml_request(saml_world, node_js)
    request = _read(saml_world, value, policy=OLDEST)
    assert request.attributes == NATURAL
    assert request.levels == (eidas.LevelOfAssurance.SUBSTANTIAL,)
    assert _rule(lambda: _read(saml_world, value, policy=STRICT)) == "dsig/algorithm"


def test_a_request_of_pysaml2_is_read_where_the_policy_takes_its_signature(
    saml_world: SamlWorld,
) -> None:
    message = pysaml2_peer.request(saml_world, [one.name for one in NATURAL])
    value = base64.b64encode(message.encode()).decode()
    assert _read(saml_world, value, policy=OLDEST).attributes == NATURAL
    altered = base64.b64encode(message.replace("natural", "natura1", 1).encode()).decode()
    assert _rule(lambda: _read(saml_world, altered, policy=OLDEST)) == "dsig/digest"


@pytest.mark.parametrize(
    ("fixture", "module", "first_fault"),
    [
        ("shibboleth_sp", shibboleth, "request.level"),
        ("simplesaml", simplesamlphp, "request.extensions"),
    ],
)
def test_a_redirect_of_a_peer_is_believed_and_lacks_what_eidas_adds(
    request: pytest.FixtureRequest,
    saml_world: SamlWorld,
    fixture: str,
    module: Any,
    first_fault: str,
) -> None:
    asked = request.getfixturevalue(fixture).ask()
    key = saml_world.encryption if module is simplesamlphp else saml_world.portal
    world = replace(saml_world, portal=key, entity=module.ENTITY, consumer=module.CONSUMER)
    redirect = eidas.Binding.REDIRECT
    read = _read
    assert _rule(lambda: read(world, asked.query, policy=OLDEST, binding=redirect)) == first_fault
    moved = asked.query.replace("RelayState=", "RelayState=x", 1)
    rule = _rule(lambda: read(world, moved, policy=OLDEST, binding=redirect))
    assert rule == "redirect.signature"


# Our requests, read by peers.


def _request_for(
    world: SamlWorld, node: eidas.NodeMetadata
) -> tuple[eidas.PendingLogin, dict[str, str]]:
    pending, form = eidas.request_login(
        world.provider,
        node=node,
        level=eidas.LevelOfAssurance.SUBSTANTIAL,
        browser_session=SESSION,
        now=datetime.now(UTC),
        new_id=world.new_id,
    )
    assert isinstance(form, eidas.LoginForm)
    return pending, dict(form.fields)


def _altered(value: str) -> str:
    message = base64.b64decode(value)
    return base64.b64encode(message.replace(b"substantial", b"substantia1", 1)).decode()


def test_simplesamlphp_answers_our_request_and_we_refuse_its_unauthenticated_encryption(
    saml_world: SamlWorld, simplesaml: simplesamlphp.SimpleSamlPhp
) -> None:
    world = replace(saml_world, asking=SignatureAlgorithm.RSA_SHA256)
    node = replace(world.known_node, entity_id=simplesamlphp.ENTITY)
    pending, fields = _request_for(world, node)
    response = simplesaml.answer(fields["SAMLRequest"], fields["RelayState"])
    # The signature holds and the answer is to our request; AES-CBC is what stops it.
    assert _rule(lambda: world.accept(response, pending, OLDEST, node=node)) == "xenc/decryption"
    with pytest.raises(PeerRefused):
        simplesaml.answer(_altered(fields["SAMLRequest"]), fields["RelayState"])


def test_pysaml2_reads_our_request_and_refuses_it_altered(saml_world: SamlWorld) -> None:
    world = replace(saml_world, asking=SignatureAlgorithm.RSA_SHA256)
    pending, fields = _request_for(world, world.known_node)
    assert pysaml2_peer.read(world, fields["SAMLRequest"]) == pending.request_id
    with pytest.raises(PeerRefused):
        pysaml2_peer.read(world, _altered(fields["SAMLRequest"]))


# Answers of peers, read by our portal.


def _samlify_answer(
    world: SamlWorld, ask: NodePeer, *, bits: int, alter: Callable[[str], str] = str
) -> tuple[eidas.PendingLogin, str]:
    pending, form = world.ask()
    plain = world.answer(pending.request_id, switches=proxy_side.Switches.of(["plain_assertion"]))
    template = parse(plain)
    template.remove(template[1])
    said = ask(
        "samlify IdP",
        node=world.node_metadata.decode(),
        portal=world.portal_metadata.decode(),
        key=world.node.key.decode(),
        signature=SignatureAlgorithm.RSA_PSS_SHA256.value,
        content=GCM.format(bits),
        template=etree.tostring(template).decode(),
        request=alter(dict(form.fields)["SAMLRequest"]),
        responseId=template.get("ID"),
    )
    assert said["asked"] == pending.request_id
    return pending, str(said["response"])


@pytest.mark.parametrize("bits", [128, 256])
def test_samlify_reads_our_pss_request_and_its_answer_is_believed_for_profile_1_2(
    saml_world: SamlWorld, node_js: NodePeer, bits: int
) -> None:
    world = replace(saml_world, others=())
    pending, response = _samlify_answer(world, node_js, bits=bits)
    identity = world.accept(response, pending, OLDER)
    assert identity.natural_person is not None
    assert identity.natural_person.family_name.latin == "García Núñez"
    assert "rsa-oaep-mgf1p" in identity.warnings[0]
    assert _rule(lambda: world.accept(response, pending, STRICT)) == "xenc/decryption"


def test_samlify_refuses_our_request_once_it_was_altered(
    saml_world: SamlWorld, node_js: NodePeer
) -> None:
    with pytest.raises(PeerRefused):
        _samlify_answer(replace(saml_world, others=()), node_js, bits=256, alter=_altered)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [(0, SignatureAlgorithm.RSA_PSS_SHA256), (1, SignatureAlgorithm.ECDSA_SHA256)],
)
def test_an_answer_that_santuario_encrypted_and_signed_is_believed_under_profile_1_4(
    saml_world: SamlWorld, santuario_program: Ask, kind: int, algorithm: SignatureAlgorithm
) -> None:
    keys = saml_world.node_parties
    others = tuple(one for one in keys if one is not keys[kind])
    world = replace(saml_world, node=keys[kind], others=others, algorithm=algorithm)
    pending, _ = world.ask()
    message = peers.santuario_node(world, pending.request_id, ask=santuario_program)
    identity = world.accept(base64.b64encode(message).decode(), pending, STRICT)
    assert identity.natural_person is not None
    assert identity.natural_person.family_name.latin == "García Núñez"
    assert identity.warnings == ()
    altered = base64.b64encode(message.replace(b"status:Success", b"status:Succes5", 1)).decode()
    assert _rule(lambda: world.accept(altered, pending, STRICT)) == "dsig/digest"


def test_what_an_older_node_encrypts_is_believed_only_where_the_policy_says_so(
    saml_world: SamlWorld,
) -> None:
    world = replace(saml_world, algorithm=SignatureAlgorithm.RSA_PSS_SHA256)
    pending, _ = world.ask()
    response = base64.b64encode(world.older_answer(pending.request_id)).decode()
    assert world.accept(response, pending, OLDER).natural_person is not None
    assert _rule(lambda: world.accept(response, pending, STRICT)) == "xenc/decryption"
