"""The cache in which messages wait between an eIDAS-Node and the national part beside it.

A message lies as text under the id of its ``LightToken``. Whoever it is for takes it out, once.
``sdg_connector.adapters.light`` has the clients of the caches that a node is built with.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

import threading
from enum import StrEnum
from typing import Final, Protocol

from eidas.errors import EidasMisuse, LightCacheRefused, RequestRefused, ResponseRefused

LONGEST_MESSAGE: Final = 65_535
"""Characters of a light message: what a node takes itself (``…max.number.characters``)."""
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide, light protocol"


class LightCacheName(StrEnum):
    """The four caches of a node, as it names them unless its configuration says otherwise."""

    CONNECTOR_REQUESTS = "specificNodeConnectorRequestCache"
    """From the national part to the node: who is this person?"""
    CONNECTOR_RESPONSES = "nodeSpecificConnectorResponseCache"
    """From the node to the national part: this one."""
    PROXY_SERVICE_REQUESTS = "nodeSpecificProxyserviceRequestCache"
    """From the node to the national part: another state asks who this person is."""
    PROXY_SERVICE_RESPONSES = "specificNodeProxyserviceResponseCache"
    """From the national part to the node: the answer for the other state."""


class LightCache(Protocol):
    """One cache that a node and its national part share.

    Both calls raise ``LightCacheAway`` when the cache gives no answer, and ``LightCacheRefused``
    when it gives a wrong one.
    """

    def put(self, key: str, message: str) -> None:
        """Leave a message under a key."""
        ...

    def take(self, key: str) -> str | None:
        """Take the message out, whoever comes first; ``None`` when there is none."""
        ...


class MemoryLightCache:
    """A cache within one process: both ends of the light protocol, without a node."""

    def __init__(self, *, most: int = 10_000) -> None:
        """Keep at most so many messages: the oldest is forgotten first."""
        self._messages: dict[str, str] = {}
        self._most = most
        self._lock = threading.Lock()

    def put(self, key: str, message: str) -> None:
        """Leave a message under a key."""
        with self._lock:
            self._messages[key] = message
            if len(self._messages) > self._most:
                del self._messages[next(iter(self._messages))]

    def take(self, key: str) -> str | None:
        """Take the message out, once."""
        with self._lock:
            return self._messages.pop(key, None)


def text_of(message: bytes) -> str:
    """A message as a cache keeps it; raises ``EidasMisuse`` for one that no node would take."""
    text = message.decode("utf-8")
    if _characters(text) > LONGEST_MESSAGE:
        raise EidasMisuse("light.message-size", expected=f"at most {LONGEST_MESSAGE} characters")
    return text


def octets_of(text: str | None, *, refusal: type[RequestRefused | ResponseRefused]) -> bytes:
    """What a cache gave, to be read as a message; raises ``refusal`` for nothing and for too much.

    A cache cannot say whether what is not there was taken, has ended, or never was.
    """
    if text is None:
        raise refusal(
            "light.message-missing",
            expected="a message under the token's id",
            found="none: it was taken before, or its time is over",
            clause=_CLAUSE,
        )
    if _characters(text) > LONGEST_MESSAGE:
        raise refusal(
            "light.message-size",
            expected=f"at most {LONGEST_MESSAGE} characters",
            found="more",
            clause=_CLAUSE,
        )
    return text.encode("utf-8", "surrogatepass")


def demand_text(value: object) -> str | None:
    """What a cache's client gave; raises ``LightCacheRefused`` when it is no text."""
    if value is None or isinstance(value, str):
        return value
    raise LightCacheRefused("light.cache-value", expected="a text", found="another kind of value")


def _characters(text: str) -> int:
    """The length as Java counts it."""
    return len(text) + sum(character > "\uffff" for character in text)
