"""Row of the benchmark: what it costs to import ``eidas``, against what it stands on.

150 ms on a machine where lxml and cryptography take 50: three times the floor.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

Row = tuple[str, Callable[[], object], Callable[[], object], float]

_FLOOR = "import lxml.etree, cryptography.x509, cryptography.hazmat.primitives.asymmetric.padding"


def _run(statement: str) -> None:
    subprocess.run([sys.executable, "-c", statement], check=True)


ROWS: list[Row] = [("import eidas", partial(_run, "import eidas"), partial(_run, _FLOOR), 3.0)]
"""Name, our call, the floor's call, and the greatest ratio of the two that is allowed."""
