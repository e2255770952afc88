"""Two processes, from one encrypted store to the other over AS4, and what memory each of them took.

The sender stores a file, packs it, stores the message, sends it from the store. The receiver
stores what arrives before its receipt, and reads it back as a download does.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from sdg_connector.adapters.as4_endpoint import As4Endpoint
from sdg_connector.adapters.as4_sender import As4Sender
from sdg_connector.adapters.as4_transport import As4Inbox, As4Transport
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.as4 import OOTS_PARTY_TYPE, AccessPoint, Agreements, Keys, PartyId
from sdg_connector.content import arriving, sha256_of
from sdg_connector.ports import ArrivedMessage, Attachment, Corner, OutgoingDocument, Sent
from tests.support.as4_pair import loaded, rsa_pair

PIECE = 1024**2
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """Octets that gzip cannot shrink, made as they are read."""

    size: int

    def chunks(self) -> Iterator[bytes]:
        block = hashlib.shake_256(b"evidence").digest(PIECE)
        for number in range(-(-self.size // PIECE)):
            piece = number.to_bytes(8, "big") + block[8:]
            yield piece[: min(PIECE, self.size - number * PIECE)]


def memory() -> tuple[int, int]:
    """Kilobytes of this process: now, and at most."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]), int(lines["VmHWM"].split()[0])


def _agreements(folder: Path, us: str, endpoint: str = "http://nobody.example") -> Any:
    points, keys = {}, {}
    for name in ("lv", "es"):
        key, shown = ((folder / f"{name}.{part}").read_bytes() for part in ("key", "pem"))
        keys[name] = loaded(key, shown)
        points[name] = AccessPoint(
            name=name,
            identifiers=(PartyId(value=name, type=OOTS_PARTY_TYPE),),
            endpoint=endpoint,
            signing=keys[name].signing.certificates,
        )
    peers = [point for name, point in points.items() if name != us]
    return Agreements.oots(us=points[us], peers=peers), keys[us]


def _store(folder: Path, name: str) -> Store:
    url = f"sqlite:///{folder}/{name}.sqlite"
    return Store.open(url, keys={"k": b"k" * 32}, current_key="k", new_id=new_uuid)


@dataclass
class Taking:
    """Stores what arrives, and reads it back."""

    store: Store
    digest: str = ""

    async def take(self, message: ArrivedMessage) -> bytes | None:
        earlier, _ = await asyncio.to_thread(self.store.book.arrive, message, purge_at=LATER)
        found, _ = await asyncio.to_thread(
            self.store.book.arrived, message.sender, message.message_id
        )
        digest = hashlib.sha256()
        async for chunk in arriving(found.attachments[0].content):
            digest.update(chunk)
        self.digest = digest.hexdigest()
        return earlier


def receive(folder: Path) -> None:
    agreements, keys = _agreements(folder, "es")
    taking = Taking(_store(folder, "es"))
    endpoint = As4Endpoint(
        agreements=agreements,
        keys=keys,
        inbound=As4Inbox(taking, utc_now),  # type: ignore[arg-type]
        now=utc_now,
        new_id=new_uuid,
    )
    config = uvicorn.Config(
        endpoint, host="127.0.0.1", port=0, http=http_reader(), log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    before = memory()[0]
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    sys.stdin.readline()
    server.should_exit = True
    thread.join()
    _report(before, taking.digest)


def send(folder: Path, size: int, port: int) -> None:
    agreements, keys = _agreements(folder, "lv", f"http://127.0.0.1:{port}/as4")
    before = memory()[0]
    asyncio.run(_send(_store(folder, "lv"), agreements, keys, Made(size)))
    _report(before, sha256_of(Made(size)))


async def _send(store: Store, agreements: Agreements, keys: Keys, made: Made) -> None:
    held = store.payloads.content(store.payloads.put(made, purge_at=LATER))
    async with httpx.AsyncClient(timeout=300, transport=PeerConnections()) as client:
        sender = As4Sender(
            agreements=agreements, keys=keys, client=client, now=utc_now, new_id=new_uuid
        )
        transport = As4Transport(sender=sender, domain="lv.example")
        packed = transport.pack(
            OutgoingDocument(
                message_id=f"{new_uuid()}@lv.example",
                conversation_id=new_uuid(),
                action="ExecuteQueryResponse",
                receiver=Corner("es", OOTS_PARTY_TYPE),
                original_sender=Corner("C4", "urn:x"),
                final_recipient=Corner("C1", "urn:x"),
                document=b"<answer/>",
                attachments=(Attachment("evidence@lv.example", "application/pdf", held),),
                at=utc_now(),
            )
        )
        with store.database.writing() as connection:
            store.book.mailbox.post_in(
                connection, "x", 1, packed, at=utc_now(), purge_at=utc_now() + timedelta(days=1)
            )
        del packed
        posted = store.book.posted("x", 1)
        outcome = await transport.attempt(posted.packed)
        assert outcome.outcome is Sent.DELIVERED, outcome


def _report(before: int, digest: str) -> None:
    print(json.dumps({"before": before, "peak": memory()[1], "sha256": digest}), flush=True)


def both_ways(folder: Path, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the sender and the receiver report of one payload of ``size`` octets."""
    for name in ("lv", "es"):
        key, shown = rsa_pair(name, at=utc_now())
        (folder / f"{name}.key").write_bytes(key)
        (folder / f"{name}.pem").write_bytes(shown)
    command = [sys.executable, "-m", "tests.support.big_payload"]
    with subprocess.Popen(
        [*command, "receive", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as receiver:
        try:
            port = receiver.stdout.readline().strip()
            sent = subprocess.run(
                [*command, "send", str(folder), str(size), port],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        finally:
            received, _ = receiver.communicate("\n")
    return json.loads(sent.stdout), json.loads(received)


if __name__ == "__main__":
    role, place, *given = sys.argv[1:]
    if role == "receive":
        receive(Path(place))
    else:
        send(Path(place), int(given[0]), int(given[1]))
