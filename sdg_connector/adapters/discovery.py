"""Look the Common Services up in the DNS, and remember for as long as the records last.

Needs the extra ``discovery`` (dnspython).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.resolver
from dns.rdtypes.IN.NAPTR import NAPTR

from sdg_connector.directory.discovery import (
    Environment,
    Naptr,
    Service,
    address_in,
    discovery_name,
)
from sdg_connector.errors import NobodyAnswered
from sdg_connector.vocabulary import CommonServicesLine


@dataclass(slots=True, kw_only=True)
class DnsDiscovery:
    """Where the services of one Member State are."""

    country: str
    """Of the state whose Common Services are asked: one's own."""
    environment: Environment
    resolver: dns.asyncresolver.Resolver = field(default_factory=dns.asyncresolver.Resolver)
    """The machine's own unless told otherwise."""
    require_dnssec: bool = False
    """Believe only what a validating resolver has authenticated."""
    seconds: float = 5.0
    """How long an answer is waited for."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _known: dict[str, tuple[datetime, str]] = field(default_factory=dict, init=False)

    async def address(self, service: Service, line: CommonServicesLine) -> str:
        """The base URL of a service; raises ``NobodyAnswered`` and ``DirectoryRefused``."""
        name = discovery_name(
            country=self.country, service=service, line=line, environment=self.environment
        )
        known = self._known.get(name)
        if known is not None and self.now() < known[0]:
            return known[1]
        answer = await self._ask(name)
        records = [_record(one) for one in answer if isinstance(one, NAPTR)]
        address = address_in(records, service=service)
        self._known[name] = (datetime.fromtimestamp(answer.expiration, UTC), address)
        return address

    async def _ask(self, name: str) -> dns.resolver.Answer:
        if self.require_dnssec:
            self.resolver.use_edns(0, dns.flags.DO, 1232)
        try:
            answer = await self.resolver.resolve(name, "NAPTR", lifetime=self.seconds, search=False)
        except dns.exception.DNSException as error:
            raise NobodyAnswered(
                f"the DNS names no service at {name} ({type(error).__name__})"
            ) from None
        if self.require_dnssec and not answer.response.flags & dns.flags.AD:
            raise NobodyAnswered(f"the DNS answer about {name} is not authenticated")
        return answer


def _record(found: NAPTR) -> Naptr:
    return Naptr(
        order=found.order,
        preference=found.preference,
        flags=found.flags.decode("ascii", "replace"),
        regexp=found.regexp.decode("utf-8", "replace"),
    )
