"""A client of the links repository's import, by REST or by SOAP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from procedures.clients.answers import refusal, refusal_in_soap, within
from procedures.clients.places import checked_base
from procedures.errors import GatewayRefused, GatewaySilent, ProceduresMisuse
from procedures.links.link import Link
from procedures.links.rest import rest_body
from procedures.links.xml_forms import soap_body
from procedures.model import Country

PRODUCTION: Final = "https://webgate.ec.europa.eu/youreurope/sdg/public/dtx/import"
ACCEPTANCE: Final = "https://webgate.acceptance.ec.europa.eu/youreurope/sdg/public/dtx/import"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksClient:
    """Speaks to the import with one country's token; reaches the network through ``http``."""

    http: httpx.Client
    country: Country
    author: str
    """Who answers for the push, as the Commission knows them: an office, not a person."""
    token: str = field(repr=False)
    address: str = PRODUCTION
    soap: bool = False
    """Speak SOAP, not REST."""

    def __post_init__(self) -> None:
        """Refuse an address to which a token must not be sent, and an empty token."""
        checked_base(self.address)
        if not self.token:
            raise ProceduresMisuse("the links repository needs the country's token")

    def send(self, rows: Sequence[tuple[Link, bool]]) -> None:
        """Send links, each with whether it is deleted; raises `GatewayRefused`, `GatewaySilent`."""
        said = {"author": self.author, "token": self.token}
        if self.soap:
            content = soap_body(rows, country=self.country, **said)
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        else:
            content = json.dumps(
                rest_body(rows, country=self.country, **said), ensure_ascii=False
            ).encode()
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
        status, body = self._post(content, headers)
        taken = httpx.codes.is_success(status)
        read = refusal_in_soap if self.soap else refusal
        errors = read(body, listed_only=taken)
        # A SOAP 1.1 fault comes with status 500, and is an answer all the same.
        if status >= httpx.codes.INTERNAL_SERVER_ERROR and not (self.soap and errors):
            raise GatewaySilent(f"the links repository answered with HTTP status {status}")
        if not taken or errors:
            raise GatewayRefused(status=status, errors=errors)

    def _post(self, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        try:
            with self.http.stream(
                "POST", self.address, content=content, headers=headers, follow_redirects=False
            ) as answer:
                return answer.status_code, within(answer)
        except httpx.HTTPError as problem:
            raise GatewaySilent(
                f"the links repository could not be reached ({type(problem).__name__})"
            ) from None
