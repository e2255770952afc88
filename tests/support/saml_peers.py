"""Implementations of SAML that no one here wrote, each as a function of one message."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from lxml import etree

from eidas.bindings import read_redirect
from eidas.errors import RequestRefused
from eidas.node import Switches
from tests.support.java_peer import Ask
from tests.support.saml_world import ACS, DS, IDP, SAML, SP, SSO, XENC, SamlWorld
from xmltrust import KeyTransport, parse

_FAMILY_NAME = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"
_PEERS = Path(__file__).parents[1] / "interop" / "peers"
_NODE_MODULES = Path(__file__).parents[2] / ".peers" / "node" / "node_modules"
LEVEL = "http://eidas.europa.eu/LoA/substantial"


class PeerRefused(Exception):
    """The peer does not believe the message."""


@dataclass(frozen=True)
class Asked:
    """What a peer in the portal's place sent to our node by redirect."""

    query: str
    identifier: str
    relay_state: str

    @classmethod
    def by_redirect(cls, url: str) -> "Asked":
        """Take the address apart that the peer sends the browser to."""
        query = url.partition("?")[2]
        read = read_redirect(query, kind="SAMLRequest", refusal=RequestRefused)
        identifier = parse(read.message).get("ID", "")
        return cls(query, identifier, read.relay_state)


def filled_in(text: str, words: Mapping[str, str]) -> str:
    """A configuration with each ``{name}`` replaced; other braces stay."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), text)


NodePeer = Callable[..., dict[str, Any]]


@contextmanager
def node_peer() -> Iterator[NodePeer]:
    """Keep one Node.js with samlify and node-saml; gives what asks it and raises ``PeerRefused``.

    Skips the test, with the reason, on a machine that lacks them.
    """
    if not _NODE_MODULES.is_dir() or not shutil.which("node"):
        pytest.skip("npm install --prefix .peers/node samlify @node-saml/node-saml was not run")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["node", _PEERS / "saml_peer.js"],
        env={**os.environ, "NODE_PATH": str(_NODE_MODULES)},
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        requests, answers = program.stdin, program.stdout
        assert requests is not None
        assert answers is not None

        def ask(peer: str, **given: object) -> dict[str, Any]:
            requests.write(json.dumps({"peer": peer, **given}) + "\n")
            requests.flush()
            said: dict[str, Any] = json.loads(answers.readline())
            if "refused" in said:
                raise PeerRefused(said["refused"])
            return said

        yield ask
        requests.close()


def samlify_sp(world: SamlWorld, response: bytes, request_id: str, *, ask: NodePeer) -> str:
    """samlify as the portal; it does not compare InResponseTo."""
    del request_id
    said = ask(
        "samlify SP",
        node=world.node_metadata.decode(),
        portal=world.portal_metadata.decode(),
        key=world.encryption.key.decode(),
        response=base64.b64encode(response).decode(),
    )
    return str(said["name"])


def node_saml_sp(world: SamlWorld, response: bytes, request_id: str, *, ask: NodePeer) -> str:
    """node-saml as the portal."""
    del request_id
    said = ask("node-saml SP", response=base64.b64encode(response).decode(), **node_saml(world))
    return str(said["name"])


def node_saml(world: SamlWorld) -> dict[str, str]:
    """Say both ends of a world in node-saml's words."""
    return {
        "nodeCertificate": world.node.shown.decode(),
        "key": world.encryption.key.decode(),
        "entity": SP,
        "consumer": ACS,
        "address": SSO,
        "level": LEVEL,
    }


def xmlsec1() -> str:
    """Debian's program; skips the test without it."""
    found = shutil.which("xmlsec1")
    if found is None:
        pytest.skip("xmlsec1 is not installed (Debian: apt install xmlsec1)")
    return found


def xmlsec1_sp(world: SamlWorld, response: bytes, request_id: str) -> str:
    """xmlsec1 verifies the response and decrypts the assertion; it knows no SAML."""
    del request_id
    given, program = world.file("response.xml"), xmlsec1()
    given.write_bytes(response)
    _run(
        *[program, "--verify", "--pubkey-cert-pem", world.file("node.crt")],
        *["--enabled-key-data", "raw-x509-cert"],
        *["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response", given],
    )
    opened = _run(program, "--decrypt", "--privkey-pem", world.file("encryption.key"), given)
    return family_name(opened)


def binding_sp(world: SamlWorld, response: bytes, request_id: str) -> str:
    """The xmlsec binding, with its own newer library, does the same."""
    del request_id
    xmlsec = pytest.importorskip("xmlsec", reason="the xmlsec binding is not installed")
    root = etree.fromstring(response)
    try:
        signing = xmlsec.SignatureContext()
        signing.key = xmlsec.Key.from_file(str(world.file("node.crt")), xmlsec.KeyFormat.CERT_PEM)
        signing.register_id(root, "ID")
        signing.verify(root.find(f"{{{DS}}}Signature"))
        manager = xmlsec.KeysManager()
        key = xmlsec.Key.from_file(str(world.file("encryption.key")), xmlsec.KeyFormat.PEM)
        manager.add_key(key)
        xmlsec.EncryptionContext(manager).decrypt(next(root.iter(f"{{{XENC}}}EncryptedData")))
    except xmlsec.Error as error:
        raise PeerRefused(repr(error)) from error
    return family_name(etree.tostring(root))


def python3_saml_sp(world: SamlWorld, response: bytes, request_id: str) -> str:
    """python3-saml as the portal."""
    xmlsec = pytest.importorskip("xmlsec", reason="python3-saml needs the xmlsec binding")
    reason = "python3-saml is not installed"
    kind = pytest.importorskip("onelogin.saml2.response", reason=reason).OneLogin_Saml2_Response
    settings = pytest.importorskip("onelogin.saml2.settings", reason=reason).OneLogin_Saml2_Settings
    given = {
        "strict": True,
        "sp": {
            "entityId": SP,
            "assertionConsumerService": {"url": ACS},
            "x509cert": world.encryption.base64,
            "privateKey": world.encryption.key.decode(),
        },
        "idp": {
            "entityId": IDP,
            "singleSignOnService": {"url": SSO},
            "x509cert": world.node.base64,
        },
        "security": {"wantMessagesSigned": True, "wantAssertionsEncrypted": True},
    }
    try:
        judged = kind(settings(given), base64.b64encode(response).decode())
    except xmlsec.Error as error:
        raise PeerRefused(repr(error)) from error
    asked = {"https": "on", "http_host": "portal.lv.example", "script_name": "/eidas/acs"}
    if not judged.is_valid(asked, request_id):
        raise PeerRefused(judged.get_error())
    return str(judged.get_attributes()[_FAMILY_NAME][0])


def santuario_sp(world: SamlWorld, response: bytes, request_id: str, *, ask: Ask) -> str:
    """Santuario and the JDK verify the response and decrypt the assertion; they know no SAML."""
    del request_id
    sealed = next(etree.fromstring(response).iter(f"{{{XENC}}}EncryptedData"))
    _santuario(world, ask, "verify", "node", response)
    opened = _santuario(world, ask, "decrypt", "encryption", etree.tostring(sealed))
    return family_name(opened)


def santuario_node(world: SamlWorld, request_id: str, *, ask: Ask) -> bytes:
    """An answer whose assertion Santuario encrypted by RSA-OAEP, and which it then signed."""
    root = parse(world.answer(request_id, switches=Switches.of(["plain_assertion"])))
    assertion = root[-1]
    root.remove(root[1])
    sealed = _santuario(
        world,
        ask,
        "encrypt",
        "encryption",
        etree.tostring(assertion),
        by=KeyTransport.RSA_OAEP.value,
    )
    holder = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml2": SAML})
    holder.append(parse(sealed))
    root.replace(assertion, holder)
    return _santuario(world, ask, "sign", "node", etree.tostring(root))


def _santuario(
    world: SamlWorld, ask: Ask, verb: str, name: str, data: bytes, *, by: str = ""
) -> bytes:
    private = load_pem_private_key(getattr(world, name).key, None)
    key, given, made = (world.file(one) for one in (f"{name}.der", "given.xml", "made.xml"))
    key.write_bytes(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    given.write_bytes(data)
    said = ask(verb, by or world.algorithm.value, key, world.file(f"{name}.crt"), given, made)
    if said != "done":
        raise PeerRefused(said)
    return made.read_bytes()


def family_name(document: bytes) -> str:
    """What a peer that knows no SAML decrypted."""
    for attribute in etree.fromstring(document).iter(f"{{{SAML}}}Attribute"):
        if attribute.get("Name") == _FAMILY_NAME:
            return str(attribute[0].text)
    raise PeerRefused("no such attribute")


def _run(*command: object) -> bytes:
    done = subprocess.run([*map(str, command)], capture_output=True, check=False, timeout=30)
    if done.returncode:
        raise PeerRefused(done.stderr.decode()[:200])
    return done.stdout
