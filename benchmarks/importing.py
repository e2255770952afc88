"""Rows of the benchmark: what it costs to import a package, against what it stands on.

Each row's name says what the import adds to a Python that runs already: CPU milliseconds and
megabytes, medians of five processes with compiled modules, as in an installed package. For eidas
150 ms and 40 MB are allowed, for translations 100 ms and 30 MB. The ratio counts the start of the
interpreter on both sides.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_COMPILED = tempfile.TemporaryDirectory()
_MEASURED = """
import os, time
def now():
    with open("/proc/self/statm") as pages:  # a peak would be the parent's, before it is ours
        resident = int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return time.process_time(), resident
began, held = now()
{statement}
ended, holds = now()
print((ended - began) * 1000, (holds - held) / 1024**2)
"""
_LOGIN = (
    "from eidas import NodeMetadata, Organisation, Contact, PendingLogin, ServiceProvider, "
    "MemoryReplayGuard, LoginNotCompleted, request_login, accept_response; "
    "from xmltrust import DecryptionKey, SigningKey"
)
_XML = (
    "import lxml.etree, logging, dataclasses; "
    "from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils, x25519"
)
_TRANSLATOR = "from translations import TextForm, Translator, catalogue"
_WORDS = "import babel.messages.pofile, babel.numbers, html.parser, importlib.resources, hashlib"


def _run(statement: str) -> str:
    environment = {name: value for name, value in os.environ.items() if "BYTECODE" not in name}
    return subprocess.run(
        [sys.executable, "-c", statement],
        check=True,
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPYCACHEPREFIX": _COMPILED.name},
    ).stdout


def _row(what: str, statement: str, floor: str, allowed: float) -> Row:
    costs = [_run(_MEASURED.format(statement=statement)).split() for _ in range(6)][1:]
    milliseconds, megabytes = (
        statistics.median(float(cost) for cost in side) for side in zip(*costs, strict=True)
    )
    name = f"{what}: adds {milliseconds:.0f} ms, {megabytes:.0f} MB"
    return name, partial(_run, statement), partial(_run, floor), allowed


ROWS: list[Row] = [
    _row("import eidas", "import eidas", _XML, 1.0),
    _row("import all that a login names", _LOGIN, _XML, 2.0),
    _row("import translations", "import translations", _WORDS, 1.0),
    _row("import a translator and the words", _TRANSLATOR, _WORDS, 2.5),
    _row("import procedures", "import procedures", "import yaml, lxml.etree, dataclasses", 1.0),
]
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
