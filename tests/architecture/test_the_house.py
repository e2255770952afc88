"""The tree says what the product is: its layers, its names, its words, its licence."""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("xmltrust", "eidas", "procedures", "translations", "sdg_connector")


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    names = {part for path in modules() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not names & {"utils", "util", "common", "helpers", "misc"}


def test_the_median_module_fits_a_readers_mind() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in modules())
    assert lengths[len(lengths) // 2] < 200


def test_only_what_lay_in_our_sealed_store_is_read_without_asking_the_rules() -> None:
    """An order and a preview are ours; all else that reads a request asks every rule."""
    unsafe = "read_stored_request_unsafe"
    users = {
        f"{path.relative_to(ROOT)}:{function.name}"
        for path in modules()
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(isinstance(one, ast.Name) and one.id == unsafe for one in ast.walk(function))
    }
    assert users == {
        "sdg_connector/connector/orders.py:request",
        "sdg_connector/connector/shelf.py:read_preview",
    }
    named = {path for path in modules() if unsafe in path.read_text(encoding="utf-8")}
    assert {path.name for path in named} == {"request_reading.py", "orders.py", "shelf.py"}


def test_every_server_reads_http_within_limits() -> None:
    """uvicorn by itself takes whatever reader is installed, and one of them has no limits."""
    servers = {
        f"{path.relative_to(ROOT)}:{call.lineno}": {one.arg: one.value for one in call.keywords}
        for path in modules()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"uvicorn.run", "uvicorn.Config"}
    }
    assert len(servers) > 5
    for where, named in servers.items():
        assert "http" in named, where
        assert ast.unparse(named["http"]) == "http_reader()", where


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_typed_and_has_a_shop_window(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
    window = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(window)


def test_the_core_installs_no_heavy_engine() -> None:
    configuration = configparser.ConfigParser()
    configuration.read(ROOT / "setup.cfg")
    core = configuration["options"]["install_requires"]
    for heavy in ("torch", "ctranslate2", "argostranslate", "dbos", "starlette", "saxonche"):
        assert heavy not in core
    demo = configuration["options.extras_require"]["demo"]
    assert "torch" not in demo
    assert "argos\n" not in demo


@pytest.mark.parametrize(
    ("package", "uninvited"),
    [
        ("eidas", {"saml2", "httpx", "starlette", "xmlschema"}),
        ("translations", {"torch", "ctranslate2", "argostranslate", "spacy", "stanza"}),
        ("sdg_connector", {"dbos", "starlette", "saxonche"}),
    ],
)
def test_importing_a_package_stays_light(package: str, uninvited: set[str]) -> None:
    probe = f"import sys, {package}; print(' '.join(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not uninvited & set(loaded)


_WITHOUT_EXTRAS = """
import sys
from importlib.abc import MetaPathFinder

EXTRAS = {"dbos", "sqlalchemy", "starlette", "uvicorn", "jinja2", "ctranslate2", "rdflib"}


class Bare(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in EXTRAS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Bare())
from sdg_connector.cli import main

sys.argv = ["sdg-connector", *sys.argv[1:]]
main()
"""


def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The console command where only the core is installed."""
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_EXTRAS, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_the_core_alone_has_its_commands_and_names_the_extra_that_others_need(
    tmp_path: Path,
) -> None:
    assert bare("--help").returncode == 0
    message = tmp_path / "message.xml"
    message.write_text("<a/>")
    judged = bare("check", "edm", str(message))
    assert (judged.returncode, judged.stderr) == (1, "")
    missing = bare("sandbox")
    assert missing.returncode == 1
    assert missing.stderr.startswith("this command needs the extra 'web'")
