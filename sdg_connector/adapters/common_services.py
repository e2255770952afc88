"""Ask the Common Services over HTTP, believe only what their key signed, remember answers."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import httpx
from cryptography import x509

from sdg_connector.directory import (
    data_services_query,
    evidence_types_query,
    read_data_services,
    read_evidence_types,
    read_requirements,
    requirements_query,
)
from sdg_connector.directory.queries import Parameters
from sdg_connector.directory.signature import verify_answer
from sdg_connector.errors import NobodyAnswered
from sdg_connector.vocabulary import (
    CommonServicesLine,
    DataServiceEvidenceType,
    EdmLine,
    Requirement,
)

MEDIA_TYPE = "application/x-ebrs+xml"
_MOST_OCTETS = 4 * 1024 * 1024


class Service(StrEnum):
    """The two services, by the path that they stand under (TDD 3.6)."""

    EVIDENCE_BROKER = "eb"
    DATA_SERVICE_DIRECTORY = "dsd"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonServicesOptions:
    """Where the services are and what is believed."""

    addresses: Mapping[Service, str]
    """Base URL of each, up to and without ``/rest/search``."""
    roots: Sequence[x509.Certificate] = ()
    """Certificates that vouch for signed answers; none means that answers are not signed, which
    is for a sandbox on one machine only."""
    line: CommonServicesLine = CommonServicesLine.V2_0
    keep: timedelta = timedelta(minutes=10)
    """How long an answer is remembered."""
    most_remembered: int = 256


@dataclass(slots=True, kw_only=True)
class CommonServices:
    """A client of the Evidence Broker and of the Data Service Directory."""

    client: httpx.AsyncClient
    options: CommonServicesOptions
    now: Callable[[], datetime]
    reach: Callable[[str], str] = str
    """Turns a public address into the one to open; the identity outside a sandbox."""
    _remembered: OrderedDict[tuple[Service, Parameters], tuple[datetime, bytes]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def requirements(
        self, *, procedure: str | None = None, country: str | None = None
    ) -> tuple[Requirement, ...]:
        """What a procedure asks for in a country.

        Raises ``DirectoryFailure``, ``DirectoryRefused`` or ``NobodyAnswered``.
        """
        query = requirements_query(procedure=procedure, country=country, line=self.options.line)
        return read_requirements(await self._ask(Service.EVIDENCE_BROKER, query))

    async def evidence_types(
        self, *, requirement: str, country: str | None = None
    ) -> tuple[Requirement, ...]:
        """Which evidence types prove a requirement; raises likewise."""
        query = evidence_types_query(
            requirement=requirement, country=country, line=self.options.line
        )
        return read_evidence_types(await self._ask(Service.EVIDENCE_BROKER, query))

    async def data_services(
        self,
        *,
        classification: str,
        country: str,
        specification: EdmLine | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> tuple[DataServiceEvidenceType, ...]:
        """Who serves an evidence type; raises ``MoreNeeded`` besides for DSD:ERR:0005."""
        query = data_services_query(
            classification=classification,
            country=country,
            specification=specification,
            answers=answers,
            line=self.options.line,
        )
        return read_data_services(await self._ask(Service.DATA_SERVICE_DIRECTORY, query))

    async def _ask(self, service: Service, query: Parameters) -> bytes:
        key = (service, query)
        kept = self._remembered.get(key)
        if kept is not None and self.now() < kept[0]:
            return kept[1]
        body, headers = await self._get(service, query)
        if self.options.roots:
            verify_answer(body, headers=headers, roots=self.options.roots, now=self.now())
        if b"ResponseStatusType:Success" in body:
            self._remember(key, body)
        return body

    async def _get(self, service: Service, query: Parameters) -> tuple[bytes, httpx.Headers]:
        address = self.options.addresses[service].rstrip("/")
        url = self.reach(f"{address}/rest/search")
        headers = {"Accept": MEDIA_TYPE, "Accept-Version": self.options.line}
        try:
            async with self.client.stream(
                "GET", url, params=query, headers=headers, follow_redirects=False
            ) as response:
                if response.status_code != httpx.codes.OK:
                    raise NobodyAnswered(
                        f"the service {service} answered with HTTP status {response.status_code}"
                    )
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > _MOST_OCTETS:
                        raise NobodyAnswered(f"the service {service} did not stop answering")
                return bytes(body), response.headers
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NobodyAnswered(
                f"the service {service} could not be reached ({type(error).__name__})"
            ) from None

    def _remember(self, key: tuple[Service, Parameters], body: bytes) -> None:
        self._remembered[key] = (self.now() + self.options.keep, body)
        while len(self._remembered) > self.options.most_remembered:
            self._remembered.popitem(last=False)


__all__ = [
    "MEDIA_TYPE",
    "CommonServices",
    "CommonServicesOptions",
    "Service",
]
