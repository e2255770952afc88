"""The Shibboleth service provider as Debian has it, in Apache: a portal for our node."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.saml_peers import Asked, PeerRefused, filled_in
from tests.support.saml_world import SamlWorld
from tests.support.servers import free_port

_MODULE = Path("/usr/lib/apache2/modules/mod_shib.so")
_PUBLIC = "https://portal.lv.example"
ENTITY = "https://portal.lv.example/shibboleth"
CONSUMER = f"{_PUBLIC}/Shibboleth.sso/SAML2/POST"
_FAMILY_NAME = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"

_CONFIG = f"""
<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="60">
  <OutOfProcess><Extensions/></OutOfProcess>
  <UnixListener address="{{folder}}/shibd.sock"/>
  <ApplicationDefaults entityID="{ENTITY}" REMOTE_USER="familyName" signing="true"
      signingAlg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256">
    <Sessions lifetime="600" timeout="600" checkAddress="false" handlerSSL="false"
        handlerURL="/Shibboleth.sso" cookieProps="; path=/; HttpOnly" relayState="ss:mem">
      <SSO entityID="{{node}}" forceAuthn="true">SAML2</SSO>
      <Handler type="Session" Location="/Session" showAttributeValues="true"/>
    </Sessions>
    <MetadataProvider type="XML" path="{{folder}}/node.xml"/>
    <AttributeExtractor type="XML" path="{{folder}}/attribute-map.xml"/>
    <CredentialResolver type="File" use="signing" key="{{folder}}/portal.key"
        certificate="{{folder}}/portal.crt"/>
    <CredentialResolver type="File" use="encryption" key="{{folder}}/encryption.key"
        certificate="{{folder}}/encryption.crt"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
"""
_ATTRIBUTES = f"""
<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">
  <Attribute name="{_FAMILY_NAME}" id="familyName"/>
</Attributes>
"""
_LOGGER = """
log4j.rootCategory=WARN, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName={folder}/shibd.log
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%d %p %c: %m%n
"""
_APACHE = f"""
ServerRoot {{folder}}
PidFile {{folder}}/apache.pid
DefaultRuntimeDir {{folder}}
Listen 127.0.0.1:{{port}}
ErrorLog {{folder}}/apache.log
ServerName {_PUBLIC}:443
UseCanonicalName On
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule mod_shib {_MODULE}
ShibConfig {{folder}}/shibboleth2.xml
DocumentRoot {{folder}}/www
<Location /Shibboleth.sso>
  SetHandler shib
  Require all granted
</Location>
"""


@dataclass(frozen=True)
class Shibboleth:
    """A running service provider."""

    base: str
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def ask(self) -> Asked:
        """Let it start a login."""
        self.browser.cookies.clear()
        answer = self.browser.get(f"{self.base}/Shibboleth.sso/Login", params={"target": _PUBLIC})
        return Asked.by_redirect(answer.headers["location"])

    def believe(self, response: str, relay_state: str) -> None:
        """Post an answer; raises ``PeerRefused`` unless a session begins."""
        answer = self.browser.post(
            self.base + CONSUMER.removeprefix(_PUBLIC),
            data={"SAMLResponse": response, "RelayState": relay_state},
        )
        if not any(name.startswith("_shibsession_") for name in self.browser.cookies):
            raise PeerRefused(re.sub(r"<[^>]*>|\s+", " ", answer.text)[:300])

    def name(self) -> str:
        """The family name of the session, as the service provider's own page shows it."""
        page = self.browser.get(f"{self.base}/Shibboleth.sso/Session").text
        found = re.search(r"familyName</strong>:\s*([^<\n]+)", page) or re.search(
            r"familyName: ([^<\n]+)", page
        )
        if found is None:
            raise PeerRefused(page[:300])
        return found[1].strip()


@contextmanager
def shibboleth(world: SamlWorld, folder: Path) -> Iterator[Shibboleth]:
    """Configure and start it; skips the test where Debian's packages are missing."""
    if not _MODULE.exists() or not shutil.which("shibd", path="/usr/sbin"):
        pytest.skip("Shibboleth is not installed (Debian: libapache2-mod-shib, apache2)")
    port = free_port()
    (folder / "www").mkdir(parents=True)
    for name in ("portal", "encryption"):
        for kind in ("key", "crt"):
            shutil.copy(world.file(f"{name}.{kind}"), folder)
    (folder / "node.xml").write_bytes(world.node_metadata)
    words = {"folder": str(folder), "port": str(port), "node": world.proxy.entity_id}
    for file, text in (
        ("shibboleth2.xml", _CONFIG),
        ("attribute-map.xml", _ATTRIBUTES),
        ("shibd.logger", _LOGGER),
        ("native.logger", _LOGGER),
        ("apache.conf", _APACHE),
    ):
        (folder / file).write_text(filled_in(text.lstrip(), words), "utf-8")
    peer = Shibboleth(f"http://127.0.0.1:{port}")
    shibd = ["/usr/sbin/shibd", "-F", "-f", "-c", folder / "shibboleth2.xml"]
    apache = ["/usr/sbin/apache2", "-X", "-f", folder / "apache.conf"]
    log = folder / "started.log"
    with (
        log.open("wb") as told,
        subprocess.Popen([*shibd, "-p", folder / "shibd.pid"], stdout=told, stderr=told) as one,
        subprocess.Popen(apache, stdout=told, stderr=told) as other,
    ):
        try:
            _wait(f"{peer.base}/Shibboleth.sso/Session", log)
            yield peer
        finally:
            other.terminate()
            one.terminate()
            peer.browser.close()


def _wait(url: str, log: Path) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            if httpx.get(url, timeout=10).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > limit:
            raise RuntimeError(log.read_text()[-500:])
        time.sleep(0.1)
