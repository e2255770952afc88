"""SimpleSAMLphp as Debian has it, served by PHP: a portal, and a node."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.support.saml_peers import Asked, PeerRefused, filled_in
from tests.support.saml_world import SamlWorld
from tests.support.servers import free_port

_HOME = Path("/usr/share/simplesamlphp")
_PUBLIC = "https://peer.example/simplesaml/"
ENTITY = "https://peer.example/simplesaml"
CONSUMER = f"{_PUBLIC}module.php/saml/sp/saml2-acs.php/portal"
SIGN_ON = f"{_PUBLIC}saml2/idp/SSOService.php"

_CONFIG = """<?php
require '/etc/simplesamlphp/config.php';
$config = array_merge($config, [
    'baseurlpath' => '{public}', 'certdir' => '{folder}/', 'metadatadir' => '{folder}/metadata',
    'loggingdir' => '{folder}/', 'datadir' => '{folder}/', 'tempdir' => '{folder}/tmp',
    'secretsalt' => 'a salt for tests', 'auth.adminpassword' => 'for tests only',
    'enable.saml20-idp' => true, 'session.cookie.secure' => false, 'timezone' => 'UTC',
    'session.phpsession.savepath' => '{folder}/tmp', 'logging.handler' => 'file',
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
]);
"""
_SOURCES = """<?php
$config = [
    'portal' => ['saml:SP', 'entityID' => '{entity}', 'idp' => '{node}',
        'privatekey' => 'encryption.key', 'certificate' => 'encryption.crt',
        'sign.authnrequest' => true, 'ForceAuthn' => true, 'AuthnContextComparison' => 'minimum',
        'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'AuthnContextClassRef' => 'http://eidas.europa.eu/LoA/substantial'],
    'citizen' => ['exampleauth:StaticSource', 'uid' => ['ana'],
        'http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName' => ['García Núñez']],
];
"""
_NODE_REMOTE = """<?php
$metadata['{node}'] = ['SingleSignOnService' => [['Location' => '{sso}',
    'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect']], 'keys' => [{keys}]];
"""
_NODE_HOSTED = """<?php
$metadata['{entity}'] = ['host' => '__DEFAULT__', 'privatekey' => 'node.key',
    'certificate' => 'node.crt', 'auth' => 'citizen', 'saml20.sign.response' => true,
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'];
"""
_PORTAL_REMOTE = """<?php
$metadata['{portal}'] = ['AssertionConsumerService' => [['index' => 0, 'isDefault' => true,
    'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', 'Location' => '{acs}']],
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
    'validate.authnrequest' => true, 'assertion.encryption' => true, 'keys' => [{keys}]];
"""
_KEY = (
    "['encryption' => {encryption}, 'signing' => {signing}, 'type' => 'X509Certificate',"
    " 'X509Certificate' => '{shown}']"
)


@dataclass(frozen=True)
class SimpleSamlPhp:
    """A running SimpleSAMLphp."""

    base: str
    """Where it really listens; it believes itself to be ``https://peer.example``."""
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def ask(self) -> Asked:
        """Let it start a login."""
        self.browser.cookies.clear()
        page = f"{self.base}module.php/core/authenticate.php"
        return Asked.by_redirect(
            self.browser.get(page, params={"as": "portal"}).headers["location"]
        )

    def believe(self, response: str, relay_state: str) -> str:
        """Post an answer; gives the family name that it shows, or raises ``PeerRefused``."""
        given = {"SAMLResponse": response, "RelayState": relay_state}
        answer = self.browser.post(self._real(CONSUMER), data=given)
        if not answer.is_redirect:
            raise PeerRefused(_told(answer.text))
        page = self.browser.get(self._real(answer.headers["location"]))
        found = re.search(r"Garc\S+ N\S+ez", unescape(page.text))
        if found is None:
            raise PeerRefused(_told(page.text))
        return found[0]

    def answer(self, request: str, relay_state: str) -> str:
        """Post a request; gives the response that it makes, or raises ``PeerRefused``."""
        self.browser.cookies.clear()
        page = self.browser.post(
            self._real(SIGN_ON), data={"SAMLRequest": request, "RelayState": relay_state}
        )
        found = re.search(r'name="SAMLResponse" value="([^"]+)"', page.text)
        if found is None:
            raise PeerRefused(_told(page.text))
        return unescape(found[1])

    def _real(self, url: str) -> str:
        return url.replace(_PUBLIC, self.base)


@contextmanager
def simplesamlphp(world: SamlWorld, folder: Path) -> Iterator[SimpleSamlPhp]:
    """Configure and serve it; skips the test where Debian's package is missing."""
    if not _HOME.is_dir() or not shutil.which("php"):
        pytest.skip("SimpleSAMLphp is not installed (Debian: simplesamlphp, php-cli)")
    _configure(world, folder)
    port = free_port()
    with subprocess.Popen(
        ["php", "-S", f"127.0.0.1:{port}", "-t", _HOME / "www"],
        env={"SIMPLESAMLPHP_CONFIG_DIR": str(folder), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        peer = SimpleSamlPhp(f"http://127.0.0.1:{port}/")
        try:
            _wait(peer.base)
            yield peer
        finally:
            server.terminate()
            peer.browser.close()


def _configure(world: SamlWorld, folder: Path) -> None:
    (folder / "metadata").mkdir(parents=True)
    (folder / "tmp").mkdir()
    for name in ("node", "encryption"):
        for kind in ("key", "crt"):
            shutil.copy(world.file(f"{name}.{kind}"), folder)
    node_keys = ", ".join(_key(one.base64, signing=True) for one in world.node_parties)
    portal_keys = ", ".join(
        (_key(world.portal.base64, signing=True), _key(world.encryption.base64, signing=False))
    )
    words = {
        "public": _PUBLIC,
        "folder": str(folder),
        "entity": ENTITY,
        "node": world.proxy.entity_id,
        "sso": world.proxy.single_sign_on_url,
        "portal": world.provider.entity_id,
        "acs": world.provider.assertion_consumer_url,
    }
    for file, text, keys in (
        ("config.php", _CONFIG, ""),
        ("authsources.php", _SOURCES, ""),
        ("metadata/saml20-idp-remote.php", _NODE_REMOTE, node_keys),
        ("metadata/saml20-idp-hosted.php", _NODE_HOSTED, ""),
        ("metadata/saml20-sp-remote.php", _PORTAL_REMOTE, portal_keys),
    ):
        filled = filled_in(text, {**words, "keys": keys})
        (folder / file).write_text(filled, "utf-8")


def _key(shown: str, *, signing: bool) -> str:
    return _KEY.format(
        encryption=str(not signing).lower(), signing=str(signing).lower(), shown=shown
    )


def _wait(url: str) -> None:
    limit = time.monotonic() + 15
    while True:
        try:
            httpx.get(url, timeout=10)
        except httpx.TransportError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)
        else:
            return


def _told(page: str) -> str:
    text = re.sub(r"<[^>]*>|\s+", " ", page)
    return text[text.find("Debug information") :][:300]
