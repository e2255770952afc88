"""The national part beside a node's proxy-service: it takes a request and leaves the answer.

The eIDAS-Node calls this part the specific proxy-service. Between the two calls it lets the person
log in with the state's own means.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from eidas.bindings import LoginForm
from eidas.errors import EidasMisuse, RequestRefused
from eidas.light import LightRequest, LightResponse
from eidas.light_cache import LightCache, octets_of, text_of
from eidas.light_token import LightToken, TokenAgreement, used_token
from eidas.replay import ReplayGuard
from eidas.specific_connector import TOKEN_FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificProxyService:
    """The end of the light protocol that answers."""

    node_url: str
    """Where the node takes tokens: ``…/EidasNodeProxy/SpecificProxyServiceResponse``."""
    requests: LightCache
    """``LightCacheName.PROXY_SERVICE_REQUESTS``."""
    responses: LightCache
    """``LightCacheName.PROXY_SERVICE_RESPONSES``."""
    request_tokens: TokenAgreement
    """The node's ``lightToken.proxyservice.request``."""
    response_tokens: TokenAgreement
    """The node's ``lightToken.proxyservice.response``."""
    replay: ReplayGuard

    def take(self, token: str, *, now: datetime) -> LightRequest:
        """Take the request that a browser's token stands for, once.

        Raises ``LightTokenRefused`` and ``RequestRefused`` for what is not to be believed,
        ``LightCacheAway`` (the same token then serves again) and ``LightCacheRefused``.
        """
        known = self.request_tokens.verify(token, now=now)
        message = octets_of(self.requests.take(known.id), refusal=RequestRefused)
        ends = known.issued_at + self.request_tokens.longest_age
        if not self.replay.first_time(known.issuer, known.id, until=ends, now=now):
            raise used_token()
        request = LightRequest.read(message)
        if not request.id:
            raise RequestRefused("light.request", expected="a request with an id", found="none")
        return request

    def send(
        self,
        response: LightResponse,
        *,
        request: LightRequest,
        now: datetime,
        new_id: Callable[[], str],
    ) -> LoginForm:
        """Leave the answer to ``request`` for the node; gives the form for the browser.

        ``new_id`` must give what nobody guesses, such as a random UUID. Raises ``EidasMisuse`` for
        an answer to another request or half of one, ``LightCacheAway`` and ``LightCacheRefused``.
        """
        if response.in_response_to != request.id:
            raise EidasMisuse("light.in-response-to", expected="the id of the request")
        if response.relay_state not in {"", request.relay_state}:
            raise EidasMisuse("light.relay-state", expected="the relay state of the request")
        token = LightToken(issuer=self.response_tokens.issuer, id=new_id(), issued_at=now)
        written = self.response_tokens.write(token)
        self.responses.put(token.id, text_of(response.write()))
        return LoginForm(action=self.node_url, fields=((TOKEN_FIELD, written),))
