"""A Java program beside the tests, compiled when needed: Apache Santuario as Debian has it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

_JARS = [
    Path("/usr/share/java") / f"{name}.jar" for name in ("xmlsec", "commons-codec", "slf4j-api")
]
_SOURCES = Path(__file__).parents[1] / "interop" / "java"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def compiled(name: str, classes: Path) -> Run:
    """Compile ``tests/interop/java/NAME.java``; gives what runs it with arguments.

    Skips the test, with the reason, on a machine that has no JDK or no Santuario.
    """
    if not all(jar.exists() for jar in _JARS) or not shutil.which("javac"):
        pytest.skip("Santuario needs Debian's default-jdk-headless and libxml-security-java")
    path = ":".join([*map(str, _JARS), str(classes)])
    source = _SOURCES / f"{name}.java"
    subprocess.run(["javac", "-d", classes, "-cp", path, source], check=True, timeout=120)

    def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
        options = ["-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", path]
        return subprocess.run(
            ["java", *options, name, *map(str, arguments)],
            capture_output=True,
            check=False,
            timeout=60,
        )

    return run
