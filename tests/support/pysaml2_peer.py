"""pysaml2 with the xmlsec1 of this machine: as the portal and as the node."""

import base64
import gc
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.utils import CryptographyDeprecationWarning

from tests.support.saml_peers import LEVEL, PeerRefused, xmlsec1
from tests.support.saml_world import ACS, IDP, SP, SSO, SamlWorld
from xmltrust import SignatureAlgorithm

_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_RSA_SHA256 = {
    "signing_algorithm": SignatureAlgorithm.RSA_SHA256.value,
    "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
}


def portal(world: SamlWorld, response: bytes, request_id: str) -> str:
    """pysaml2 as the portal, with the xmlsec1 of this machine."""
    from saml2.sigver import SigverError  # noqa: PLC0415  importing pysaml2 takes half a second

    encoded = base64.b64encode(response).decode()
    try:
        believed = _client(world.folder).parse_authn_request_response(
            encoded, _POST, {request_id: "/"}
        )
    except SigverError as error:
        raise PeerRefused(repr(error)) from error
    if believed is None or not believed.ava:
        raise PeerRefused("nothing was decrypted; pysaml2 gives an empty identity")
    return str(believed.ava["FamilyName"][0])


def request(world: SamlWorld, attributes: list[str]) -> str:
    """What pysaml2 asks our node, with the eIDAS words that it knows."""
    _, made = _client(world.folder).create_authn_request(
        SSO,
        binding=_POST,
        sign=True,
        force_authn="true",
        requested_attributes=[{"name": one, "required": True} for one in attributes],
        requested_authn_context={"authn_context_class_ref": [LEVEL], "comparison": "minimum"},
    )
    return str(made)


def read(world: SamlWorld, message: str) -> str:
    """Let pysaml2, as the node, verify a request; gives the request's ID."""
    from saml2 import SAMLError  # noqa: PLC0415

    try:
        found = _server(world.folder).parse_authn_request(message, _POST)
    except SAMLError as error:
        raise PeerRefused(repr(error)) from error
    return str(found.message.id)


def forget() -> None:
    """Let go of what pysaml2 holds; it leaves its temporary files to the collector."""
    _client.cache_clear()
    _server.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@cache
def _client(folder: Path) -> Any:
    from saml2.client import Saml2Client  # noqa: PLC0415
    from saml2.config import SPConfig  # noqa: PLC0415

    consumer = {"assertion_consumer_service": [(ACS, _POST)]}
    role = {
        "endpoints": consumer,
        "authn_requests_signed": True,
        "want_response_signed": True,
        "want_assertions_signed": False,
        **_RSA_SHA256,
    }
    given = _configuration(folder, SP, "portal", "node.xml") | {"service": {"sp": role}}
    return Saml2Client(config=SPConfig().load(given))


@cache
def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        # pysaml2 touches a cipher mode at import that cryptography has announced to move
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        from saml2.config import IdPConfig  # noqa: PLC0415
        from saml2.server import Server  # noqa: PLC0415

    role = {
        "endpoints": {"single_sign_on_service": [(SSO, _POST)]},
        "want_authn_requests_signed": True,
    }
    given = _configuration(folder, IDP, "rsa", "portal.xml") | {"service": {"idp": role}}
    return Server(config=IdPConfig().load(given))


def _configuration(folder: Path, entity: str, key: str, metadata: str) -> dict[str, object]:
    pair = {"key_file": str(folder / "encryption.key"), "cert_file": str(folder / "encryption.crt")}
    return {
        "xmlsec_binary": xmlsec1(),
        "entityid": entity,
        "key_file": str(folder / f"{key}.key"),
        "cert_file": str(folder / f"{key}.crt"),
        "encryption_keypairs": [pair],
        "metadata": {"local": [str(folder / metadata)]},
    }
