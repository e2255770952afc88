"""Ask the Common Services over HTTP, believe only what their key signed, remember answers."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import httpx
from cryptography import x509

from sdg_connector.adapters.http_freshness import kept_for
from sdg_connector.directory import (
    data_services_query,
    evidence_types_query,
    read_data_services,
    read_evidence_types,
    read_requirements,
    requirements_query,
)
from sdg_connector.directory.discovery import Service
from sdg_connector.directory.errors import DirectoryRefused
from sdg_connector.directory.judging import refuse_misshapen
from sdg_connector.directory.queries import Parameters
from sdg_connector.directory.signature import verify_answer
from sdg_connector.errors import NobodyAnswered
from sdg_connector.ports import Observer, Unobserved
from sdg_connector.vocabulary import (
    CommonServicesLine,
    DataServiceEvidenceType,
    EdmLine,
    Requirement,
)

MEDIA_TYPE = "application/x-ebrs+xml"
_MOST_OCTETS = 4 * 1024 * 1024
_log = logging.getLogger(__name__)


class Discovery(Protocol):
    """Finds the address of a service, as ``adapters.discovery.DnsDiscovery`` does."""

    async def address(self, service: Service, line: CommonServicesLine) -> str:
        """The base URL; raises ``NobodyAnswered`` or ``DirectoryRefused`` when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonServicesOptions:
    """Where the services are and what is believed."""

    addresses: Mapping[Service, str] = field(default_factory=dict)
    """Base URL of each, up to and without ``/rest/search``: used when discovery finds none."""
    roots: Sequence[x509.Certificate] = ()
    """Certificates that vouch for signed answers; none means that answers are not signed, which
    is for a sandbox on one machine only."""
    line: CommonServicesLine = CommonServicesLine.V2_0
    keep: timedelta = timedelta(minutes=10)
    """How long an answer is remembered that does not say so itself."""
    keep_at_most: timedelta = timedelta(hours=24)
    """How long any answer is remembered, whatever it says."""
    most_remembered: int = 256
    discovery: Discovery | None = None
    """None: the configured addresses only."""


@dataclass(slots=True, kw_only=True)
class CommonServices:
    """A client of the Evidence Broker and of the Data Service Directory."""

    client: httpx.AsyncClient
    options: CommonServicesOptions
    now: Callable[[], datetime]
    reach: Callable[[str], str] = str
    """Turns a public address into the one to open; the identity outside a sandbox."""
    observer: Observer = field(default_factory=Unobserved)
    _remembered: OrderedDict[tuple[Service, Parameters], tuple[datetime, bytes]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def requirements(
        self,
        *,
        procedure: str | None = None,
        country: str | None = None,
        region: str | None = None,
        locality: str | None = None,
        return_incomplete: bool | None = None,
    ) -> tuple[Requirement, ...]:
        """What a procedure asks for in a country; without parameters, the whole catalogue.

        Raises ``DirectoryFailure``, ``DirectoryRefused`` or ``NobodyAnswered``.
        """
        query = requirements_query(
            procedure=procedure,
            country=country,
            region=region,
            locality=locality,
            return_incomplete=return_incomplete,
            line=self.options.line,
        )
        return read_requirements(await self._ask(Service.EVIDENCE_BROKER, query))

    async def evidence_types(
        self,
        *,
        requirement: str | None = None,
        country: str | None = None,
        region: str | None = None,
        locality: str | None = None,
    ) -> tuple[Requirement, ...]:
        """Which evidence types prove a requirement; raises likewise."""
        query = evidence_types_query(
            requirement=requirement,
            country=country,
            region=region,
            locality=locality,
            line=self.options.line,
        )
        return read_evidence_types(await self._ask(Service.EVIDENCE_BROKER, query))

    async def data_services(
        self,
        *,
        classification: str,
        country: str,
        specification: EdmLine | None = None,
        evidence_type_id: str | None = None,
        jurisdiction_context: str | None = None,
        region: str | None = None,
        locality: str | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> tuple[DataServiceEvidenceType, ...]:
        """Who serves an evidence type; raises ``MoreNeeded`` besides for DSD:ERR:0005."""
        query = data_services_query(
            classification=classification,
            country=country,
            specification=specification,
            evidence_type_id=evidence_type_id,
            jurisdiction_context=jurisdiction_context,
            region=region,
            locality=locality,
            answers=answers,
            line=self.options.line,
        )
        return read_data_services(await self._ask(Service.DATA_SERVICE_DIRECTORY, query))

    async def _ask(self, service: Service, query: Parameters) -> bytes:
        key = (service, query)
        kept = self._remembered.get(key)
        if kept is not None and self.now() < kept[0]:
            self._remembered.move_to_end(key)
            return kept[1]
        with self.observer.during("directory.query", service=service) as seen:
            seen.outcome = "failed"
            body, headers = await self._get(service, query)
            seen.outcome = "answered"
        if self.options.roots:
            verify_answer(body, headers=headers, roots=self.options.roots, now=self.now())
        for broken in refuse_misshapen(body):
            _log.warning("an answer of the service %s breaks %s", service, broken)
        if b"ResponseStatusType:Success" in body:
            self._remember(key, body, headers)
        return body

    async def _address(self, service: Service) -> str:
        """TDD 3.4: what the DNS says; the configured address where it says nothing usable."""
        configured = self.options.addresses.get(service)
        if self.options.discovery is not None:
            try:
                return await self.options.discovery.address(service, self.options.line)
            except (NobodyAnswered, DirectoryRefused):
                if configured is None:
                    raise
        if configured is None:
            raise NobodyAnswered(f"no address of the service {service} is configured")
        return configured.rstrip("/")

    async def _get(self, service: Service, query: Parameters) -> tuple[bytes, httpx.Headers]:
        url = self.reach(f"{await self._address(service)}/rest/search")
        headers = {"Accept": MEDIA_TYPE, "Accept-Version": self.options.line}
        try:
            async with self.client.stream(
                "GET", url, params=query, headers=headers, follow_redirects=False
            ) as response:
                if not _is_answer(response):
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

    def _remember(
        self, key: tuple[Service, Parameters], body: bytes, headers: httpx.Headers
    ) -> None:
        now = self.now()
        lasts = kept_for(headers, now=now, unsaid=self.options.keep)
        self._remembered.pop(key, None)
        if lasts <= timedelta(0):
            return
        self._remembered[key] = (now + min(lasts, self.options.keep_at_most), body)
        while len(self._remembered) > self.options.most_remembered:
            self._remembered.popitem(last=False)


def _is_answer(response: httpx.Response) -> bool:
    """TDD 3.6.2: the body decides, whatever the status is; a page of a proxy is no answer."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return response.status_code == httpx.codes.OK or kind == MEDIA_TYPE


__all__ = [
    "MEDIA_TYPE",
    "CommonServices",
    "CommonServicesOptions",
    "Discovery",
    "Service",
]
