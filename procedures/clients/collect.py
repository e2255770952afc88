"""A client of the collect API: an id, statistics, feedback."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from procedures.clients.answers import refusal, within
from procedures.clients.places import checked_base
from procedures.collect.calls import KEY_HEADER, PRODUCTION, UNIQUE_ID_PATH, Call
from procedures.errors import GatewayRefused, GatewaySilent, ProceduresMisuse

_LONGEST_ID: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectClient:
    """Speaks to one environment with one provider's key; reaches the network through ``http``."""

    http: httpx.Client
    key: str | None = field(default=None, repr=False)
    """The provider's key; single answers of users are sent without one."""
    base: str = PRODUCTION

    def __post_init__(self) -> None:
        """Refuse an address to which a key must not be sent."""
        checked_base(self.base)

    def unique_id(self) -> str:
        """A fresh id for a period; raises `GatewayRefused` or `GatewaySilent`."""
        answer = self._ask("GET", UNIQUE_ID_PATH, headers=self._with_key())
        try:
            given = json.loads(answer)
        except ValueError:
            given = None
        if not isinstance(given, str) or not 0 < len(given.strip()) <= _LONGEST_ID:
            raise GatewaySilent("the collect API answered with something else than a unique id")
        return given.strip()

    def post(self, call: Call, body: Mapping[str, object]) -> None:
        """Send one body as it is; raises `GatewayRefused` or `GatewaySilent`.

        `procedures.collect.hand_over` is the way to send a period: it knows its id.
        """
        headers = {"Content-Type": "application/json"}
        if call.traits.for_a_period:
            headers |= self._with_key()
        content = json.dumps(body, ensure_ascii=False).encode()
        self._ask("POST", call.value, headers=headers, content=content)

    def _with_key(self) -> dict[str, str]:
        if not self.key:
            raise ProceduresMisuse("this call needs the provider's key of the collect API")
        return {KEY_HEADER: self.key}

    def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str], content: bytes | None = None
    ) -> bytes:
        url = f"{self.base.rstrip('/')}{path}"
        try:
            with self.http.stream(
                method,
                url,
                headers={"Accept": "application/json", **headers},
                content=content,
                follow_redirects=False,
            ) as answer:
                body = within(answer)
                status = answer.status_code
        except httpx.HTTPError as problem:
            raise GatewaySilent(
                f"the collect API could not be reached ({type(problem).__name__})"
            ) from None
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            raise GatewaySilent(f"the collect API answered with HTTP status {status}")
        if not httpx.codes.is_success(status):
            raise GatewayRefused(status=status, errors=refusal(body))
        return body
