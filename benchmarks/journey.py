"""Row of the benchmark: the whole journey between real processes, against its bare requests.

The floor sends the same requests of the browser, as large and one after the other, to a bare server
in a process of its own, and does the key operations of the journey: ten signatures made and
verified (a request and a response of SAML, four messages of AS4 and their receipts) and five
content keys unwrapped. It keeps nothing: a lower bound of a journey that is lost with its process.
"""

import atexit
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks._serving import bare_server
from sdg_connector.cli.demo.journey import Walk, steps
from sdg_connector.cli.demo.sides import Sides

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_SIGNATURES, _UNWRAPPED = 10, 5
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_open = ExitStack()
atexit.register(_open.close)


def _walk(portal: str, seen: list[tuple[int, int]] | None = None) -> str:
    walk = Walk(portal)

    def note(response: httpx.Response) -> None:
        if seen is not None:
            sent = int(response.request.headers.get("content-length", 0))
            seen.append((sent, len(response.read())))

    walk.browser.client.event_hooks["response"] = [note]
    for step in steps(walk):
        step.take()
    walk.browser.close()
    return walk.reference


def _rows() -> list[Row]:
    folder = Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="sdg-bench-")))
    sides = Sides.at(folder)
    _open.enter_context(sides.running())
    seen: list[tuple[int, int]] = []
    _walk(sides.portal.url, seen)
    bare, key = bare_server(_open), rsa.generate_private_key(65537, 3072)
    public = key.public_key()
    wrapped = public.encrypt(b"k" * 32, _OAEP)

    def floor() -> None:
        with httpx.Client() as client:
            for sent, came in seen:
                client.post(f"{bare}/{came}", content=b"x" * sent)
        for _ in range(_SIGNATURES):
            signature = key.sign(b"octets", _PSS, hashes.SHA256())
            public.verify(signature, b"octets", _PSS, hashes.SHA256())
        for _ in range(_UNWRAPPED):
            key.decrypt(wrapped, _OAEP)

    return [("whole journey", lambda: _walk(sides.portal.url), floor, 6.0)]


ROWS: list[Row] = _rows()
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
