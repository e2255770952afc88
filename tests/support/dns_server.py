"""A real DNS server on loopback that holds the NAPTR records of a test."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass(slots=True)
class Zone(asyncio.DatagramProtocol):
    """Names to records in presentation format; counts what it was asked."""

    records: Mapping[str, Sequence[str]]
    ttl: int = 60
    authenticated: bool = False
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        if self.silent or self.transport is None:
            return
        response = dns.message.make_response(query, recursion_available=True)
        if name not in self.records:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif self.records[name]:
            response.answer.append(
                dns.rrset.from_text(f"{name}.", self.ttl, "IN", "NAPTR", *self.records[name])
            )
        if self.authenticated:
            response.flags |= dns.flags.AD
        self.transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def serving(zone: Zone) -> AsyncIterator[dns.asyncresolver.Resolver]:
    """Serve the zone; gives a resolver that asks it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: zone, local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    host, port = transport.get_extra_info("sockname")[:2]
    resolver.nameservers, resolver.port = [host], port
    resolver.timeout = resolver.lifetime = 0.5
    try:
        yield resolver
    finally:
        transport.close()
