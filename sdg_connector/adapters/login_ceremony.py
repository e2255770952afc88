"""The steps of a login that every web framework takes in the same way.

The node's answer is posted from another site, so the browser sends it without a ``SameSite=Lax``
cookie. It is put aside unjudged under a ticket, and judged on the redirect after it, which does
carry the cookie: only the browser that started a login can end it.
"""

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Generic, Protocol, TypeVar

from eidas import (
    Binding,
    EidasMisuse,
    Identity,
    LevelOfAssurance,
    LoginForm,
    LoginRedirect,
    NodeMetadata,
    PendingLogin,
    PersonKind,
    Policy,
    ReplayGuard,
    RequestedLevels,
    ResponseRefused,
    ServiceProvider,
    accept_response,
    request_login,
)

COOKIE: Final = "__Host-eidas-login"
"""Name of the cookie with the browser's session value: HTTPS, this host, whole site."""
_TICKET_LIFE: Final = timedelta(minutes=2)
_MOST: Final = 10_000
Kept = TypeVar("Kept")


class OneTimeStore(Protocol[Kept]):
    """Keeps values until they are taken, once; shared by all processes of a site."""

    def put(self, key: str, value: Kept, *, until: datetime) -> None:
        """Keep a value under an unguessable key."""

    def take(self, key: str, *, now: datetime) -> Kept | None:
        """Give a value and forget it, atomically; ``None`` when there is none or it has ended."""


class MemoryStore(Generic[Kept]):
    """A one-time store for one process, with a cap so that nobody can fill the memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: dict[str, tuple[Kept, datetime]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, value: Kept, *, until: datetime) -> None:
        """Keep a value; the oldest goes when there are too many."""
        with self._lock:
            while len(self._kept) >= _MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (value, until)

    def take(self, key: str, *, now: datetime) -> Kept | None:
        """Give a value once."""
        with self._lock:
            value, until = self._kept.pop(key, (None, now))
        return value if until > now else None


def _strict(_entity_id: str) -> Policy:
    """Profile 1.4 for every node."""
    return Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginCeremony:
    """Everything a login needs besides the web framework."""

    provider: ServiceProvider
    node: Callable[[str], NodeMetadata]
    """Verified metadata of a country's node; raises ``LookupError`` for a country without one."""
    replay: ReplayGuard
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    """Unguessable names that start with a letter or underscore."""
    pending: OneTimeStore[PendingLogin] = field(default_factory=MemoryStore[PendingLogin])
    answers: OneTimeStore[tuple[str, str]] = field(default_factory=MemoryStore[tuple[str, str]])
    level: LevelOfAssurance | RequestedLevels = LevelOfAssurance.SUBSTANTIAL
    person: PersonKind = PersonKind.NATURAL
    optional_attributes: tuple[str, ...] = ()
    binding: Binding = Binding.POST
    requester_id: str | None = None
    allow_representation: bool = False
    policy: Callable[[str], Policy] = _strict
    """How strict to be with each node, by entity id: ``TrustedEntities.policy`` is one."""

    def csrf_token(self, session: str) -> str:
        """Give the token that a start form of this browser must carry."""
        return sha256(b"csrf:" + session.encode()).hexdigest()

    def start(self, *, session: str, csrf_token: str, country: str) -> LoginForm | LoginRedirect:
        """Ask a country's node; raises ``EidasMisuse`` for a forged form or an unknown country."""
        expected = self.csrf_token(session)
        if not session or not hmac.compare_digest(expected.encode(), csrf_token.encode()):
            raise EidasMisuse("login.csrf", expected="the form that this browser was given")
        try:
            node = self.node(country)
        except LookupError as problem:
            raise EidasMisuse("login.country", expected="a country with a node") from problem
        pending, form = request_login(
            self.provider,
            node=node,
            level=self.level,
            person=self.person,
            optional_attributes=self.optional_attributes,
            binding=self.binding,
            requester_id=self.requester_id,
            allow_representation=self.allow_representation,
            browser_session=session,
            now=self.now(),
            new_id=self.new_id,
        )
        self.pending.put(pending.relay_state, pending, until=pending.expires_at)
        return form

    def put_aside(self, *, saml_response: str, relay_state: str) -> str:
        """Keep a posted answer unjudged and give the ticket for it."""
        ticket = self.new_id()
        self.answers.put(ticket, (saml_response, relay_state), until=self.now() + _TICKET_LIFE)
        return ticket

    def finish(self, *, session: str, ticket: str) -> Identity:
        """Judge the answer behind a ticket; raises as ``eidas.accept_response``."""
        now = self.now()
        answer = self.answers.take(ticket, now=now)
        pending = self.pending.take(answer[1], now=now) if answer else None
        if answer is None or pending is None or not session:
            raise ResponseRefused(
                "login.unknown",
                expected="an answer to a login of this browser that is still open",
                found="none",
                clause="eIDAS Interoperability Architecture 1.4, 4.3",
            )
        node = self.node(pending.country)
        return accept_response(
            answer[0],
            pending=pending,
            service_provider=self.provider,
            node=node,
            browser_session=session,
            now=now,
            replay=self.replay,
            policy=self.policy(node.entity_id),
        )
