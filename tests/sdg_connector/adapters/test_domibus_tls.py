"""Domibus that knows us by our TLS certificate: who shows none, or another, gets no answer."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sdg_connector.adapters.configuration import read_configuration
from sdg_connector.adapters.configured_exchanges import access_of, client_of
from sdg_connector.adapters.domibus import DomibusUnreachable
from sdg_connector.adapters.domibus_transport import DomibusAccess, DomibusTransport
from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.as4 import OOTS_PARTY_TYPE
from sdg_connector.ports import Corner, OutgoingDocument, Sent
from tests.support.fake_domibus import FakeDomibus, Schemas
from tests.support.installation import installation
from tests.support.servers import free_port, running
from tests.support.tls_files import tls_files

pytestmark = pytest.mark.artefacts


def over_tls(fake: FakeDomibus) -> Starlette:
    """The strict Domibus behind a real server."""

    async def answer(request: Request) -> Response:
        asked = httpx.Request(
            "POST", str(request.url), headers=request.headers.raw, content=await request.body()
        )
        given = fake.handle(asked)
        return Response(given.content, given.status_code, headers=dict(given.headers))

    return Starlette(routes=[Route("/services/wsplugin", answer, methods=["POST"])])


@pytest.fixture(scope="module")
def domibus(artefacts, tmp_path_factory) -> Iterator[tuple[Path, int, FakeDomibus]]:
    """A Domibus without plugin users: the certificate says who asks."""
    folder = tmp_path_factory.mktemp("tls")
    authority, server, _, _ = tls_files(folder)
    schemas = Schemas(artefacts / "as4" / "domibus-wsplugin" / "new")
    fake = FakeDomibus(schemas, "AP_LV")
    FakeDomibus(schemas, "AP_ES", wire=fake.wire)
    port = free_port()
    demanded = {
        "ssl_certfile": f"{server}.pem",
        "ssl_keyfile": f"{server}.key.pem",
        "ssl_ca_certs": f"{authority}.pem",
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    with running(over_tls(fake), host="127.0.0.1", port=port, **demanded):
        yield folder, port, fake


def access(tmp_path: Path, folder: Path, port: int, *, shown: str, believed: str) -> DomibusAccess:
    """As the configuration file says."""
    file = installation(tmp_path, now=utc_now())
    client = ""
    if shown:
        pair = f"{folder}/{shown}"
        client = f'client = {{ key = "{pair}.key.pem", certificate = "{pair}.pem" }}\n'
    behind = (
        f'kind = "domibus"\nurl = "https://localhost:{port}/services/wsplugin"\n'
        f'{client}authorities = "{folder}/{believed}.pem"'
    )
    text = file.read_text()
    assert 'kind = "embedded"' in text
    file.write_text(text.replace('kind = "embedded"', behind))
    configuration = read_configuration(file, environment={})
    found = access_of(configuration, client_of(configuration))
    assert isinstance(found, DomibusAccess)
    return found


@pytest.mark.parametrize(
    ("shown", "believed"),
    [("", "authority"), ("stranger", "authority"), ("caller", "stranger")],
    ids=["no certificate", "a certificate of nobody", "a server that we do not know"],
)
def test_without_the_right_certificate_nothing_is_handed_over(domibus, tmp_path, shown, believed):
    folder, port, fake = domibus
    before = list(fake.seen)
    found = access(tmp_path, folder, port, shown=shown, believed=believed)
    with pytest.raises(DomibusUnreachable):
        asyncio.run(found.domibus.list_pending())
    assert fake.seen == before


def test_our_certificate_lets_us_in_without_a_password(domibus, tmp_path):
    folder, port, fake = domibus
    found = access(tmp_path, folder, port, shown="caller", believed="authority")
    assert found.domibus.credentials is None
    transport = DomibusTransport(domibus=found.domibus, us=found.us, domain="lv.example")
    packed = transport.pack(
        OutgoingDocument(
            message_id=f"{new_uuid()}@lv.example",
            conversation_id=new_uuid(),
            action="ExecuteQueryRequest",
            receiver=Corner("AP_ES", OOTS_PARTY_TYPE),
            original_sender=Corner("C1", "urn:x"),
            final_recipient=Corner("C4", "urn:x"),
            document=b"<query/>",
            properties=(("ExchangeId", new_uuid()), ("SpecificationId", "oots-edm:v2.0")),
            at=utc_now(),
        )
    )

    async def attempts() -> list[Sent]:
        async with found.domibus:
            return [(await transport.attempt(packed)).outcome for _ in range(3)]

    assert asyncio.run(attempts())[-1] is Sent.DELIVERED
    assert fake.seen.count("submitRequest") == 1
