"""A strict collect API in memory: it takes what the Commission's would, and nothing else.

It refuses what the published OpenAPI descriptions refuse, and besides what the Implementing
Regulation forbids although the descriptions allow it (free text, a count that is wrong, a zone
other than UTC, an id that was never given out or is another period's).
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from procedures.collect import Call, findings
from procedures.findings import Finding, Severity
from sdg_connector.sandbox.gateway.bodies import media_type, read_body, too_large

REHEARSAL_KEY: Final = "rehearsal-key"
"""What `sdg-connector sandbox` takes as ``x-api-key``; it opens nothing outside the sandbox."""
_KEPT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One body that was taken."""

    at: datetime
    call: Call
    body: Mapping[str, Any]
    correction: bool
    """Whether it replaced an earlier body under the same id."""


@dataclass(slots=True, kw_only=True)
class CollectService:
    """The service: ids that were given out, and what came under them."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    key: str = field(default=REHEARSAL_KEY, repr=False)
    received: list[Received] = field(default_factory=list)
    """The last bodies that were taken, oldest first."""
    _given: dict[str, tuple[Call, str] | None] = field(default_factory=dict, repr=False)
    """Each id with the call and the period that it was first used for."""

    async def unique_id(self, request: Request) -> Response:
        """GET /unique-id."""
        if not self._has_key(request):
            return _forbidden()
        fresh = self.new_id()
        self._given[fresh] = None
        return JSONResponse(fresh)

    async def take(self, request: Request) -> Response:
        """POST to any of the calls."""
        call = Call(request.url.path[request.url.path.rindex("/v1") + 3 :])
        if call.traits.for_a_period and not self._has_key(request):
            return _forbidden()
        if media_type(request) != "application/json":
            return JSONResponse({"message": "expected application/json"}, status_code=415)
        data = await read_body(request)
        if data is None:
            return too_large()
        try:
            body = json.loads(data)
        except (ValueError, RecursionError):
            return JSONResponse({"message": "expected JSON"}, status_code=400)
        return self._judged(call, body)

    def _judged(self, call: Call, body: Any) -> Response:
        wrong = [
            one for one in findings(body, call, now=self.now()) if one.severity is Severity.ERROR
        ]
        if wrong:
            return _refused(wrong)
        correction = False
        if call.traits.for_a_period:
            use = (call, json.dumps(body["referencePeriod"], sort_keys=True))
            unique_id = body["uniqueId"]
            if unique_id not in self._given:
                return _refused_id("expected an id that this service gave out")
            correction = self._given[unique_id] is not None
            if correction and self._given[unique_id] != use:
                return _refused_id("this id belongs to another call or another period")
            self._given[unique_id] = use
        self.received.append(Received(at=self.now(), call=call, body=body, correction=correction))
        del self.received[:-_KEPT]
        return Response(status_code=200)

    def _has_key(self, request: Request) -> bool:
        given = request.headers.get("x-api-key", "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.key.encode())


def _forbidden() -> JSONResponse:
    return JSONResponse({"message": "Forbidden"}, status_code=403)


def _refused(wrong: list[Finding]) -> JSONResponse:
    errors = [{"field": one.where, "message": one.message, "rule": one.rule} for one in wrong]
    return JSONResponse({"message": "Bad Request", "errors": errors}, status_code=400)


def _refused_id(message: str) -> JSONResponse:
    errors = [{"field": "/uniqueId", "message": message, "rule": "collect.unique-id"}]
    return JSONResponse({"message": "Bad Request", "errors": errors}, status_code=400)
