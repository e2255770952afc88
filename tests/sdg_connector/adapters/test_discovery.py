"""The Common Services are found in the DNS, by a real server on loopback."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from sdg_connector.adapters.common_services import CommonServices, CommonServicesOptions
from sdg_connector.adapters.discovery import DnsDiscovery
from sdg_connector.directory import DirectoryMisuse, DirectoryRefused, write_requirements
from sdg_connector.directory.discovery import (
    Environment,
    Naptr,
    Service,
    address_in,
    discovery_name,
)
from sdg_connector.errors import NobodyAnswered
from sdg_connector.sandbox.catalogue import requirements
from sdg_connector.vocabulary import CommonServicesLine
from tests.support.dns_server import Zone, serving

NAME = "lv.eb.v2.cs.acc.oots.tech.ec.europa.eu"
URL = "https://query.cs.example/eb"
RECORD = f'100 10 "U" "" "!.*!{URL}/!" .'
LATER = RECORD.replace("100", "200").replace("query", "late")
NEXT = RECORD.replace(" 10 ", " 20 ").replace("query", "next")
OTHER = RECORD.replace('"U"', '"S"').replace("100", "1")


def ask(zone: Zone, do: Callable[[DnsDiscovery], Awaitable[str]], *, secure: bool = False) -> str:
    async def run() -> str:
        async with serving(zone) as resolver:
            discovery = DnsDiscovery(
                country="LV",
                environment=Environment.ACCEPTANCE,
                resolver=resolver,
                require_dnssec=secure,
            )
            return await do(discovery)

    return asyncio.run(run())


async def broker(discovery: DnsDiscovery) -> str:
    return await discovery.address(Service.EVIDENCE_BROKER, CommonServicesLine.V2_0)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({}, "NXDOMAIN"),
        ({NAME: []}, "NoAnswer"),
    ],
)
def test_a_name_without_records_is_no_answer(records: dict[str, list[str]], message: str) -> None:
    with pytest.raises(NobodyAnswered, match=message):
        ask(Zone(records), broker)


@pytest.mark.parametrize(
    "regexp",
    [
        "",
        "nothing",
        "!.*!http://query.cs.example/!",
        "!.*!javascript:alert(1)!",
        "!.*!https://user@query.cs.example/!",
        "!.*!https://query.cs.example/?a=b!",
        r"!(.*)!https://\1/!",
        "!a!https://query.cs.example/!b!c!",
    ],
)
def test_a_record_that_gives_no_https_address_is_refused(regexp: str) -> None:
    with pytest.raises(DirectoryRefused, match=r"TDD 3\.4"):
        address_in(
            [Naptr(order=1, preference=1, flags="U", regexp=regexp)],
            service=Service.EVIDENCE_BROKER,
        )


def test_a_record_that_is_not_terminal_is_not_followed() -> None:
    with pytest.raises(DirectoryRefused, match="flag U"):
        ask(Zone({NAME: [OTHER]}), broker)


def test_the_first_terminal_record_by_order_and_preference_gives_the_address() -> None:
    assert ask(Zone({NAME: [LATER, NEXT, OTHER, RECORD]}), broker) == URL


def test_a_record_of_the_host_alone_means_the_path_of_the_service() -> None:
    record = '1 1 "u" "" "!^.*$!https://query.cs.example/!" .'
    name = NAME.replace(".eb.", ".dsd.")

    async def directory(discovery: DnsDiscovery) -> str:
        return await discovery.address(Service.DATA_SERVICE_DIRECTORY, CommonServicesLine.V2_0)

    assert ask(Zone({name: [record]}), directory) == "https://query.cs.example/dsd"


def test_an_answer_is_remembered_as_long_as_its_record_lasts() -> None:
    async def twice(discovery: DnsDiscovery) -> str:
        await broker(discovery)
        await broker(discovery)
        ahead = datetime.now(UTC) + timedelta(seconds=61)
        discovery.now = lambda: ahead
        return await broker(discovery)

    zone = Zone({NAME: [RECORD]})
    assert ask(zone, twice) == URL
    assert zone.asked == [NAME, NAME]


def test_an_answer_that_no_resolver_authenticated_is_refused_where_dnssec_is_wanted() -> None:
    with pytest.raises(NobodyAnswered, match="not authenticated"):
        ask(Zone({NAME: [RECORD]}), broker, secure=True)
    assert ask(Zone({NAME: [RECORD]}, authenticated=True), broker, secure=True) == URL


@pytest.mark.parametrize("country", ["LVA", "", "1V", "ЛВ"])
def test_a_country_that_is_no_code_is_not_looked_up(country: str) -> None:
    with pytest.raises(DirectoryMisuse):
        discovery_name(
            country=country,
            service=Service.EVIDENCE_BROKER,
            line=CommonServicesLine.V2_0,
            environment=Environment.PRODUCTION,
        )


def test_the_client_asks_where_the_dns_says_and_where_it_is_told_otherwise() -> None:
    body = write_requirements(requirements("T3", "LV"), new_id=lambda: f"urn:uuid:{uuid4()}")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, content=body)

    async def find(zone: Zone) -> None:
        async with (
            serving(zone) as resolver,
            httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client,
        ):
            services = CommonServices(
                client=client,
                options=CommonServicesOptions(
                    addresses={Service.EVIDENCE_BROKER: "https://configured.example/eb"},
                    discovery=DnsDiscovery(
                        country="LV", environment=Environment.ACCEPTANCE, resolver=resolver
                    ),
                ),
                now=lambda: datetime.now(UTC),
            )
            assert await services.requirements(procedure="T3") == tuple(requirements("T3", "LV"))

    asyncio.run(find(Zone({NAME: [RECORD]})))
    asyncio.run(find(Zone({})))
    asyncio.run(find(Zone({NAME: [OTHER]})))
    assert asked == ["query.cs.example", "configured.example", "configured.example"]


def test_a_server_that_keeps_silent_is_no_answer() -> None:
    async def impatient(discovery: DnsDiscovery) -> str:
        discovery.seconds = 0.2
        return await broker(discovery)

    with pytest.raises(NobodyAnswered, match="Timeout"):
        ask(Zone({NAME: [RECORD]}, silent=True), impatient)
