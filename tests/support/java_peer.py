"""A Java program beside the tests, compiled when needed: Apache Santuario as Debian has it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_JARS = [
    Path("/usr/share/java") / f"{name}.jar" for name in ("xmlsec", "commons-codec", "slf4j-api")
]
_SOURCES = Path(__file__).parents[1] / "interop" / "java"

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Ask = Callable[..., str]


def compiled(name: str, classes: Path) -> Run:
    """Compile ``tests/interop/java/NAME.java``; gives what runs it with arguments.

    Skips the test, with the reason, on a machine that has no JDK or no Santuario.
    """
    command = _command(name, classes)

    def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *map(str, arguments)], capture_output=True, check=False, timeout=60
        )

    return run


@contextmanager
def serving(name: str, classes: Path) -> Iterator[Ask]:
    """Compile a program that answers lines and keep it running; gives what asks it one line.

    Skips the test as ``compiled`` does.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(_command(name, classes), stdin=pipe, stdout=pipe, text=True) as program:
        requests, answers = program.stdin, program.stdout
        assert requests is not None
        assert answers is not None

        def ask(*arguments: object) -> str:
            requests.write("\t".join(map(str, arguments)) + "\n")
            requests.flush()
            return answers.readline().strip()

        yield ask
        requests.close()


def _command(name: str, classes: Path) -> list[str]:
    if not all(jar.exists() for jar in _JARS) or not shutil.which("javac"):
        pytest.skip("Santuario needs Debian's default-jdk-headless and libxml-security-java")
    path = ":".join([*map(str, _JARS), str(classes)])
    source = _SOURCES / f"{name}.java"
    subprocess.run(
        ["javac", "-d", classes, "-cp", path, "-sourcepath", _SOURCES, source],
        check=True,
        timeout=120,
    )
    options = ["-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", path]
    return ["java", *options, name]
