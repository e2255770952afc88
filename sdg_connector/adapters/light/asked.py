"""What the clusters of both kinds have in common: who asks, for how long, and in which texts."""

import itertools
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Self, TypeVar

from eidas.errors import EidasMisuse
from sdg_connector.adapters.light.cluster import LIFETIME, LightCluster
from sdg_connector.adapters.light.wire import Connection, Connections, Wire, refused

_C = TypeVar("_C", bound=Connection)


@dataclass(slots=True, kw_only=True)
class AskedCluster(ABC, Generic[_C]):
    """A cluster, which threads may share. Use it as a context, or close it."""

    where: LightCluster
    lifetime: timedelta = LIFETIME
    _connections: Connections[_C] = field(init=False)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1), init=False)

    def __post_init__(self) -> None:
        self._connections = Connections(self.where, self._greet)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def milliseconds(self) -> int:
        """How long a message is left there."""
        return int(self.lifetime.total_seconds() * 1000)

    def close(self) -> None:
        """Close every connection that nobody uses."""
        self._connections.close()

    @abstractmethod
    def _greet(self, wire: Wire) -> _C:
        """Make a wire a connection by the cluster's protocol."""


def written(text: str) -> bytes:
    """A text as octets; raises ``EidasMisuse`` for one that UTF-8 cannot write."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EidasMisuse("light.cache-value", expected="a text that UTF-8 can write") from None


def read(octets: bytes) -> str:
    """A text that a cluster gave; raises ``LightCacheRefused`` for other octets."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("light.cache-value", "a text in UTF-8", "other octets") from None
