"""The national part beside a node's connector: it asks who a person is, and takes the answer.

The eIDAS-Node calls this part the specific connector. It asks in four steps: the request waits in
the shared cache, the browser carries its token to the node, another token back, and the answer is
taken out of the cache.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from eidas.bindings import LoginForm
from eidas.errors import EidasMisuse, ResponseRefused
from eidas.levels import NOTIFIED
from eidas.light import LightRequest, LightResponse
from eidas.light_cache import LightCache, octets_of, text_of
from eidas.light_token import LightToken, TokenAgreement, used_token
from eidas.outcomes import outcome_of
from eidas.replay import ReplayGuard

TOKEN_FIELD: Final = "token"  # noqa: S105  the name of a form field
"""The form field in which a browser carries a token, to a node and from it."""
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide, specific connector"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLightRequest:
    """A request that the node has not answered yet; keep it in the browser's session, once."""

    request_id: str
    relay_state: str
    levels: tuple[str, ...]
    expires_at: datetime

    def to_json(self) -> dict[str, object]:
        """Give a value that ``json`` can write; it holds nothing about a person."""
        return {
            "request_id": self.request_id,
            "relay_state": self.relay_state,
            "levels": list(self.levels),
            "expires_at": self.expires_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read what ``to_json`` gave; raises ``EidasMisuse`` for anything else."""
        try:
            request_id, relay_state, levels, expires_at = (
                data[name] for name in ("request_id", "relay_state", "levels", "expires_at")
            )
            if not (isinstance(request_id, str) and isinstance(relay_state, str)):
                raise TypeError
            if not (isinstance(levels, list) and all(isinstance(one, str) for one in levels)):
                raise TypeError
            ends = datetime.fromisoformat(str(expires_at))
            if ends.tzinfo is None:
                raise ValueError
        except (KeyError, TypeError, ValueError) as problem:
            raise EidasMisuse(
                "light.pending", expected="what PendingLightRequest.to_json gave"
            ) from problem
        return cls(
            request_id=request_id, relay_state=relay_state, levels=tuple(levels), expires_at=ends
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificConnector:
    """The end of the light protocol that asks."""

    node_url: str
    """Where the node takes tokens: ``…/EidasNodeConnector/SpecificConnectorRequest``."""
    requests: LightCache
    """``LightCacheName.CONNECTOR_REQUESTS``."""
    responses: LightCache
    """``LightCacheName.CONNECTOR_RESPONSES``."""
    request_tokens: TokenAgreement
    """The node's ``lightToken.connector.request``."""
    response_tokens: TokenAgreement
    """The node's ``lightToken.connector.response``."""
    replay: ReplayGuard
    lifetime: timedelta = timedelta(minutes=15)
    """How long a person may take to log in abroad."""

    def send(
        self, request: LightRequest, *, now: datetime, new_id: Callable[[], str]
    ) -> tuple[PendingLightRequest, LoginForm]:
        """Leave a request for the node; gives what to keep and the form for the browser.

        ``new_id`` must give what nobody guesses, such as a random UUID. Raises ``EidasMisuse``,
        ``LightCacheAway`` and ``LightCacheRefused``.
        """
        if not (request.id and request.levels):
            raise EidasMisuse("light.request", expected="an id and a level", clause=_CLAUSE)
        token = LightToken(issuer=self.request_tokens.issuer, id=new_id(), issued_at=now)
        written = self.request_tokens.write(token)
        self.requests.put(token.id, text_of(request.write()))
        pending = PendingLightRequest(
            request_id=request.id,
            relay_state=request.relay_state,
            levels=request.levels,
            expires_at=now + self.lifetime,
        )
        return pending, LoginForm(action=self.node_url, fields=((TOKEN_FIELD, written),))

    def take(self, token: str, *, pending: PendingLightRequest, now: datetime) -> LightResponse:
        """Take the answer that a browser's token stands for, once.

        Raises ``LoginNotCompleted`` when the node answers that there is no login,
        ``LightTokenRefused`` and ``ResponseRefused`` for what is not to be believed,
        ``LightCacheAway`` (the same token then serves again) and ``LightCacheRefused``.
        """
        # 1. the request is open, and the token is the node's and recent
        if now >= pending.expires_at:
            raise _refused("light.request-expired", "a request that is still open", "an older one")
        known = self.response_tokens.verify(token, now=now)
        # 2. the cache gives a message to one taker; one that is put back is not taken again
        message = octets_of(self.responses.take(known.id), refusal=ResponseRefused)
        ends = known.issued_at + self.response_tokens.longest_age
        if not self.replay.first_time(known.issuer, known.id, until=ends, now=now):
            raise used_token()
        # 3. it answers this request
        response = LightResponse.read(message)
        _demand_answer(response, pending)
        if response.failure:
            raise outcome_of(
                status=response.status, sub_status=response.sub_status, message=response.message
            )
        _demand_level(response.level, pending.levels)
        return response


def _demand_answer(response: LightResponse, pending: PendingLightRequest) -> None:
    if response.in_response_to != pending.request_id:
        raise _refused("light.in-response-to", "the id of this browser's request", "another")
    # a node may add a relay state of its own where the request has none
    if pending.relay_state and response.relay_state not in {"", pending.relay_state}:
        raise _refused("light.relay-state", "the relay state of the request", "another")


def _demand_level(level: str, asked: tuple[str, ...]) -> None:
    """A notified level asks for itself or better, any other for exactly itself."""
    order = [one.value for one in NOTIFIED]
    notified = [one for one in asked if one in order]
    enough = order[min(map(order.index, notified)) :] if notified else []
    if level not in {*asked, *enough}:
        raise _refused("light.level", "a level of assurance that was asked for", "another")


def _refused(rule: str, expected: str, found: str) -> ResponseRefused:
    return ResponseRefused(rule, expected=expected, found=found, clause=_CLAUSE)
