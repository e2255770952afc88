"""Look a configuration over before it is used: keys, certificates, databases, all at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sdg_connector.adapters.configuration.access_point import access_point_trials
from sdg_connector.adapters.configuration.errors import Mistake
from sdg_connector.adapters.configuration.material import (
    certificate,
    certificates,
    decryption_key,
    sealing_key,
    secret_of,
    signing_key,
)
from sdg_connector.adapters.configuration.model import (
    Configuration,
    KeyPair,
    OwnKey,
)
from sdg_connector.errors import OwnMistake

_CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class WatchedCertificate:
    """A certificate whose end matters."""

    setting: str
    not_before: datetime
    not_after: datetime
    ours: bool
    """Whether we must replace it; a peer's is replaced by the peer."""


@dataclass(frozen=True, slots=True)
class LookedOver:
    """What was found: mistakes keep the service from working, warnings do not yet."""

    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...]
    certificates: tuple[WatchedCertificate, ...]


def look_over(configuration: Configuration, *, now: datetime) -> LookedOver:
    """Open everything that the configuration points to, and say all that is wrong."""
    mistakes: list[Mistake] = []

    def attempt(where: str, work: Callable[[], object]) -> None:
        try:
            work()
        except OwnMistake as problem:
            mistakes.append(Mistake(where, str(problem)))

    for where, work in _trials(configuration, now):
        attempt(where, work)
    watched: list[WatchedCertificate] = []
    attempt("certificates", lambda: watched.extend(watched_certificates(configuration)))
    warnings = tuple(expiring(watched, now=now, within=configuration.observe.certificate_warning))
    return LookedOver(tuple(mistakes), warnings, tuple(watched))


def watched_certificates(configuration: Configuration) -> Iterator[WatchedCertificate]:
    """Every certificate of the configuration; raises ``OwnMistake`` for an unreadable one."""
    for setting, path, ours in _certificate_files(configuration):
        found = certificate(path)
        yield WatchedCertificate(setting, found.not_before, found.not_after, ours)
    if configuration.directory.roots is not None:
        for root in certificates(configuration.directory.roots):
            yield WatchedCertificate(
                "directory.roots", root.not_valid_before_utc, root.not_valid_after_utc, ours=False
            )


def expiring(
    watched: list[WatchedCertificate], *, now: datetime, within: timedelta
) -> Iterator[Mistake]:
    """A sentence for each certificate that is not valid now, or soon no more."""
    for one in watched:
        whose = "replace it" if one.ours else "ask its owner for the next one"
        if now < one.not_before:
            yield Mistake(one.setting, f"the certificate holds only from {one.not_before:%Y-%m-%d}")
        elif now > one.not_after:
            yield Mistake(
                one.setting, f"the certificate ended on {one.not_after:%Y-%m-%d}: {whose}"
            )
        elif one.not_after - now < within:
            days = (one.not_after - now).days
            yield Mistake(
                one.setting,
                f"the certificate ends on {one.not_after:%Y-%m-%d}, in {days} days: {whose}",
            )


def _trials(
    configuration: Configuration, now: datetime
) -> Iterator[tuple[str, Callable[[], object]]]:
    login, point, store = configuration.login, configuration.access_point, configuration.store
    yield "login.signing", partial(signing_key, login.signing)
    yield "login.encryption", partial(decryption_key, login.encryption)
    if login.previous_encryption is not None:
        yield "login.previous_encryption", partial(decryption_key, login.previous_encryption)
    yield from access_point_trials(point, now)
    for setting, pair in _tls_pairs(configuration):
        yield setting, partial(signing_key, pair)
    for setting, path in (
        ("access_point.client_authorities", point.client_authorities),
        ("access_point.authorities", point.authorities),
    ):
        if path is not None:
            yield setting, partial(certificates, path)
    if point.password is not None:
        yield "access_point.password", partial(secret_of, point.password)
    for name, secret in store.keys.items():
        yield f"store.keys.{name}", partial(sealing_key, secret)
    yield "service.data", partial(_writable, configuration.service.data)
    yield "store.url", partial(_connects, store.url, configuration)
    yield "store.engine_url", partial(_connects, store.engine_url, configuration)


def _tls_pairs(configuration: Configuration) -> Iterator[tuple[str, KeyPair]]:
    point = configuration.access_point
    for setting, pair in (
        ("service.tls", configuration.service.tls),
        ("access_point.tls", point.tls),
        ("access_point.client", point.client),
    ):
        if pair is not None:
            yield setting, pair


def _certificate_files(configuration: Configuration) -> Iterator[tuple[str, Path, bool]]:
    login, point = configuration.login, configuration.access_point
    keys: list[tuple[str, OwnKey]] = [
        ("login.signing", login.signing),
        ("login.encryption", login.encryption),
        *_tls_pairs(configuration),
    ]
    for setting, key in (
        ("access_point.keys", point.keys),
        ("access_point.decryption", point.decryption),
    ):
        if key is not None:
            keys.append((setting, key))
    for setting, key in keys:
        yield f"{setting}.certificate", key.certificate, True
    if login.next_signing is not None:
        yield "login.next_signing", login.next_signing, True
    for number, node in enumerate(login.nodes):
        yield f"login.nodes[{number}].certificate", node.certificate, False
    for number, peer in enumerate(point.peers):
        setting, vouched = f"access_point.peers[{number}]", peer.vouched_for
        for name, path in (
            ("certificate", peer.certificate),
            ("next_certificate", peer.next_certificate),
            ("encryption_certificate", peer.encryption_certificate),
            ("vouched_for.authorities", None if vouched is None else vouched.authorities),
            ("vouched_for.intermediates", None if vouched is None else vouched.intermediates),
        ):
            if path is not None:
                yield f"{setting}.{name}", path, False


def _writable(folder: Path) -> None:
    probe = folder / ".written-by-config-check"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        raise OwnMistake(f"{folder} cannot be written to ({problem.strerror})") from problem


def _connects(url: str, configuration: Configuration) -> None:
    import sqlalchemy as sa  # noqa: PLC0415  reading a configuration needs no extra

    engine = sa.create_engine(database_url(url, configuration), connect_args=_patience(url))
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except (sa.exc.SQLAlchemyError, OSError) as problem:
        # The driver's own sentence may repeat the address with its user.
        raise OwnMistake(f"the database does not answer ({type(problem).__name__})") from None
    finally:
        engine.dispose()


def _patience(url: str) -> dict[str, int]:
    return {} if url.startswith("sqlite") else {"connect_timeout": _CONNECT_SECONDS}


def database_url(url: str, configuration: Configuration) -> str:
    """The URL with the driver that we install and the password from its secret place."""
    import sqlalchemy as sa  # noqa: PLC0415  reading a configuration needs no extra

    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if configuration.store.password is not None:
        parsed = parsed.set(password=secret_of(configuration.store.password).decode())
    return parsed.render_as_string(hide_password=False)
