"""A national part as its configuration describes it: which cluster, which node, which secrets.

``national_part.toml`` beside this file is an example of one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eidas import EidasMisuse, ReplayGuard
from eidas.light_cache import LightCache, LightCacheName
from eidas.light_token import TokenAgreement
from eidas.specific_connector import SpecificConnector
from eidas.specific_proxy_service import SpecificProxyService
from sdg_connector.adapters.configuration import ConfigurationRefused, Secret, secret_of
from sdg_connector.adapters.configuration.errors import Mistake
from sdg_connector.adapters.configuration.reading import read_toml
from sdg_connector.adapters.configuration.table import Table
from sdg_connector.adapters.light.cluster import ClusterTls, LightCluster
from sdg_connector.adapters.light.hazelcast import HazelcastCluster
from sdg_connector.adapters.light.ignite import IgniteCluster
from sdg_connector.errors import OwnMistake

_DEFAULT_NAME: Final = "specificCommunication"
_SECONDS: Final = timedelta(seconds=5)
_AGE: Final = timedelta(minutes=7)
_Part = TypeVar("_Part", SpecificConnector, SpecificProxyService)


class _Kind(StrEnum):
    IGNITE = "ignite"
    HAZELCAST = "hazelcast"


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalPart:
    """Both ends of the light protocol, as far as they are configured. Use it as a context."""

    cluster: IgniteCluster | HazelcastCluster
    connector: SpecificConnector | None
    """The part beside the node's connector, from ``[connector]``."""
    proxy_service: SpecificProxyService | None
    """The part beside the node's proxy-service, from ``[proxy_service]``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cluster.close()


@dataclass(frozen=True, slots=True)
class _End:
    """One end's settings: where tokens go, and what is agreed for either direction."""

    node_url: str
    requests: str
    responses: str
    request_tokens: "_Tokens"
    response_tokens: "_Tokens"


@dataclass(frozen=True, slots=True)
class _Tokens:
    issuer: str
    secret: Secret
    digest: str
    zone: tzinfo
    longest_age: timedelta

    def agreement(self) -> TokenAgreement:
        return TokenAgreement(
            issuer=self.issuer,
            secret=_text_of(self.secret),
            digest=self.digest,
            zone=self.zone,
            longest_age=self.longest_age,
        )


def read_national_part(path: Path, *, replay: ReplayGuard) -> NationalPart:
    """Read a file and the secrets that it names; connects to nothing yet.

    ``replay`` may be of this process alone: that a message is taken once, the cluster sees to for
    all. Raises ``ConfigurationRefused`` with every mistake at once, and ``OwnMistake``.
    """
    mistakes: list[Mistake] = []
    table = Table(read_toml(path), mistakes, path.resolve().parent)
    make_cluster = table.table("cluster", _cluster)
    connector = table.table_or_none(
        "connector",
        lambda inner: _end(
            inner, LightCacheName.CONNECTOR_REQUESTS, LightCacheName.CONNECTOR_RESPONSES
        ),
    )
    proxy_service = table.table_or_none(
        "proxy_service",
        lambda inner: _end(
            inner, LightCacheName.PROXY_SERVICE_REQUESTS, LightCacheName.PROXY_SERVICE_RESPONSES
        ),
    )
    table.finish()
    if connector is None and proxy_service is None:
        table.wrong("connector", "expected a table [connector] or [proxy_service]")
    if mistakes:
        raise ConfigurationRefused(mistakes)
    try:
        cluster = make_cluster()
        return NationalPart(
            cluster=cluster,
            connector=None
            if connector is None
            else _made(SpecificConnector, connector, cluster.cache, replay),
            proxy_service=None
            if proxy_service is None
            else _made(SpecificProxyService, proxy_service, cluster.cache, replay),
        )
    except EidasMisuse as problem:
        raise OwnMistake(f"{path}: {problem}") from problem


def _made(
    kind: type[_Part], end: _End, cache: Callable[[str], LightCache], replay: ReplayGuard
) -> _Part:
    return kind(
        node_url=end.node_url,
        requests=cache(end.requests),
        responses=cache(end.responses),
        request_tokens=end.request_tokens.agreement(),
        response_tokens=end.response_tokens.agreement(),
        replay=replay,
    )


def _cluster(table: Table) -> Callable[[], IgniteCluster | HazelcastCluster]:
    kind = table.choice("kind", _Kind)
    addresses = tuple(_address(table, one) for one in table.list_of_texts("addresses"))
    tls = table.table_or_none("tls", _tls)
    is_private = table.flag("network_is_private", default=False)
    username = table.text("username", default="")
    password = table.secret_or_none("password")
    timeout = table.length("timeout", default=_SECONDS)
    name = table.text("name", default=_DEFAULT_NAME)

    def cluster() -> IgniteCluster | HazelcastCluster:
        where = LightCluster(
            addresses=addresses,
            tls=tls and tls(),
            network_is_private=is_private,
            username=username,
            password=_text_of(password) if password else "",
            timeout=timeout,
        )
        if kind is _Kind.IGNITE:
            return IgniteCluster(where=where)
        return HazelcastCluster(where=where, name=name)

    return cluster


def _tls(table: Table) -> Callable[[], ClusterTls]:
    files = ClusterTls(
        authority=table.file("authority"),
        certificate=table.file_or_none("certificate"),
        key=table.file_or_none("key"),
    )
    password = table.secret_or_none("password")

    def tls() -> ClusterTls:
        whole = replace(files, key_password=_text_of(password) if password else None)
        whole.context()
        return whole

    return tls


def _end(table: Table, requests: LightCacheName, responses: LightCacheName) -> _End:
    zone = _zone(table)
    longest_age = table.length("longest_age", default=_AGE)

    def tokens(inner: Table) -> _Tokens:
        return _Tokens(
            inner.text("issuer"),
            inner.secret("secret"),
            inner.text("algorithm", default="SHA-256"),
            zone,
            longest_age,
        )

    return _End(
        node_url=table.address("node_url"),
        requests=table.text("request_cache", default=requests.value),
        responses=table.text("response_cache", default=responses.value),
        request_tokens=table.table("request_tokens", tokens),
        response_tokens=table.table("response_tokens", tokens),
    )


def _zone(table: Table) -> tzinfo:
    name = table.text("zone", default="UTC")
    try:
        return UTC if name in {"UTC", ""} else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.wrong("zone", 'expected a time zone that this machine knows, such as "Europe/Riga"')
        return UTC


def _address(table: Table, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if host and port.isascii() and port.isdigit() and 0 < int(port) <= 0xFFFF:
        return host.removeprefix("[").removesuffix("]"), int(port)
    table.wrong("addresses", f'expected a host and a port, such as "cache.internal:10800": {text}')
    return "localhost", 1


def _text_of(secret: Secret) -> str:
    try:
        return secret_of(secret).decode()
    except UnicodeDecodeError:
        raise OwnMistake(f"{secret.shown}: expected a text in UTF-8") from None
