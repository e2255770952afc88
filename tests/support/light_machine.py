"""One machine of a cluster for the light protocol: a server on a free port of loopback."""

import argparse
import itertools
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class _Machine(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    context: ssl.SSLContext | None = None

    def get_request(self) -> Any:
        """The next client, over TLS where that was asked for; a bad handshake is the client's."""
        client, address = super().get_request()
        if self.context is not None:
            client = self.context.wrap_socket(
                client, server_side=True, do_handshake_on_connect=False
            )
        return client, address


@dataclass
class KeptRequests:
    """What the machines of a cluster share: a lock, and what they were asked."""

    folder: Path
    lock: threading.Lock = field(default_factory=threading.Lock, kw_only=True)
    requests: "itertools.count[int]" = field(default_factory=itertools.count, kw_only=True)

    def keep(self, request: bytes) -> None:
        """Write a request down, for the test."""
        number = next(self.requests)
        (self.folder / f"{number:03}.part").write_bytes(request)
        (self.folder / f"{number:03}.part").rename(self.folder / f"{number:03}.request")


def arguments() -> argparse.ArgumentParser:
    """What every kind of machine may be told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="where each request is written down")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", type=Path, help="the certificate; its key lies beside it")
    parser.add_argument("--authority", type=Path, help="of clients, who must then show theirs")
    return parser


def serve(chosen: argparse.Namespace, handler: type[socketserver.BaseRequestHandler]) -> None:
    """Serve until the process ends; the port is told on the standard output."""
    with _Machine(("127.0.0.1", chosen.port), handler) as machine:
        if chosen.tls:
            machine.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            machine.context.load_cert_chain(chosen.tls, chosen.tls.with_suffix(".key.pem"))
        if chosen.tls and chosen.authority:
            machine.context.load_verify_locations(chosen.authority)
            machine.context.verify_mode = ssl.CERT_REQUIRED
        print(machine.server_address[1], flush=True)
        machine.serve_forever()
