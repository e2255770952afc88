"""Run an installation: the portal on its port, operations on theirs, until a signal says stop."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from sdg_connector.adapters.configuration import (
    Configuration,
    ConfigurationRefused,
    KeyPair,
    WatchedCertificate,
    expiring,
    look_over,
    secret_of,
)
from sdg_connector.adapters.operations import Health, WatchedRequests, operations_app, write_logs
from sdg_connector.adapters.serving import event_loop, http_reader
from sdg_connector.adapters.system import take_longer_turns, utc_now
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Observer, Unobserved
from sdg_connector.web.assembling import Portal, assemble
from sdg_connector.web.configured import parts_of

_log = logging.getLogger(__name__)
_GRACE: Final = 10
"""Seconds that open requests have to end after the signal to stop."""
_A_DAY: Final = 86_400.0


def serve_configured(configuration: Configuration) -> None:
    """Serve until SIGTERM or SIGINT; raises ``OwnMistake`` when it cannot start.

    What was under way is taken up again by the next start.
    """
    write_logs(as_json=configuration.log.form == "json", level=configuration.log.level)
    found = look_over(configuration, now=utc_now())
    if found.mistakes:
        raise ConfigurationRefused(found.mistakes)
    watching = _Watching(configuration, found.certificates)
    portal = assemble(parts_of(configuration, observer=watching.observer), now=utc_now)
    take_longer_turns()
    try:
        with asyncio.Runner(loop_factory=event_loop()) as runner:
            runner.run(_serve(configuration, portal, watching))
    finally:
        watching.close()


class _Watching:
    """Metrics and traces as far as they are wanted, and the certificates."""

    def __init__(
        self, configuration: Configuration, certificates: tuple[WatchedCertificate, ...]
    ) -> None:
        self.certificates = certificates
        self.observer: Observer = Unobserved()
        self.metrics: Any = None
        self._traces: Any = None
        observe = configuration.observe
        if not observe.metrics and not observe.traces:
            return
        try:
            from sdg_connector.adapters.operations import watching  # noqa: PLC0415  an extra
        except ModuleNotFoundError as missing:
            raise OwnMistake(f"[observe] needs the extra observe ({missing.name})") from missing
        self.metrics = watching.Metrics() if observe.metrics else None
        if observe.traces:
            self._traces = watching.Traces.to(observe.traces, worker=configuration.store.worker)
        self.observer = watching.Everyone(
            tuple(one for one in (self.metrics, self._traces) if one is not None)
        )

    def look_at(self, health: Health) -> None:
        """Give the figures that are looked up to the metrics."""
        if self.metrics is not None:
            self.metrics.look_up("sdg_exchanges_open", "state", health.open_exchanges)
            self.metrics.look_up("sdg_certificate_days", "setting", health.certificate_days)

    def close(self) -> None:
        """Send what is left."""
        if self._traces is not None:
            self._traces.close()


class _Beside(uvicorn.Server):
    """A server that leaves the signals to the main one."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(configuration: Configuration, portal: Portal, watching: _Watching) -> None:
    service = configuration.service
    health = Health(runtime=portal.runtime, certificates=lambda: watching.certificates, now=utc_now)
    watching.look_at(health)
    pages = WatchedRequests(portal.app, watching.observer)
    main = uvicorn.Server(_config(pages, service.host, service.port, tls=service.tls))
    beside: list[_Beside] = []
    point = configuration.access_point
    if point.port is not None:
        alone = Starlette(routes=[Route("/as4", portal.runtime.endpoint)])
        beside.append(
            _Beside(
                _config(
                    alone,
                    service.host,
                    point.port,
                    tls=point.tls,
                    client_authorities=point.client_authorities,
                )
            )
        )
    if service.operations_port is not None:
        page = None if watching.metrics is None else watching.metrics.page
        app = operations_app(health, metrics=page)
        beside.append(_Beside(_config(app, "127.0.0.1", service.operations_port)))
    tasks = [asyncio.create_task(server.serve()) for server in beside]
    tasks.append(asyncio.create_task(_warn(configuration, watching)))
    try:
        await main.serve()
    finally:
        for server in beside:
            server.should_exit = True
        tasks[-1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _warn(configuration: Configuration, watching: _Watching) -> None:
    """Say each day which certificates end soon."""
    while True:
        within = configuration.observe.certificate_warning
        for warning in expiring(list(watching.certificates), now=utc_now(), within=within):
            _log.warning("setting=%s %s", warning.where, warning.message)
        await asyncio.sleep(_A_DAY)


def _config(
    app: Any,
    host: str,
    port: int,
    *,
    tls: KeyPair | None = None,
    client_authorities: Path | None = None,
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=http_reader(),
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
        ssl_context_factory=None if tls is None else _tls(tls, client_authorities),
    )


def _tls(
    pair: KeyPair, client_authorities: Path | None
) -> Callable[[uvicorn.Config, Callable[[], ssl.SSLContext]], ssl.SSLContext]:
    """TLS 1.2 and 1.3 with forward secrecy only (eDelivery AS4 1.15, 3.2.6.1)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    password = None if pair.password is None else secret_of(pair.password)
    context.load_cert_chain(pair.certificate, pair.key, password)
    if client_authorities is not None:
        context.load_verify_locations(client_authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return lambda config, usual: context
