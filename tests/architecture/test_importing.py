"""What a program gets in memory when it imports a package, and that each offered name is there."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ["eidas", "procedures", "translations"]
LOGIN = "import eidas; [getattr(eidas, name) for name in eidas.__all__]"
HEAVY = {"saml2", "signxml", "xmlschema", "httpx", "starlette", "babel", "dbos", "asyncio"}
CASES = [
    ("import eidas", {"lxml", "cryptography", "xmltrust", "logging"} | HEAVY),
    (LOGIN, {"cryptography.x509", "cryptography.hazmat.primitives.serialization"} | HEAVY),
    ("import procedures", {"lxml", "yaml", "jsonschema", "xmltrust"} | HEAVY),
    ("import translations", {"lxml", "ctranslate2", "sqlite3", "torch", "argostranslate"} | HEAVY),
    ("import sdg_connector.cli.app", {"cryptography", "eidas", "procedures", "pydantic"} | HEAVY),
]


@pytest.mark.parametrize(("statement", "unwanted"), CASES, ids=[case[0][:28] for case in CASES])
def test_nothing_is_imported_before_it_is_needed(statement: str, unwanted: set[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60
    )
    assert not unwanted & set(done.stdout.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_offered_name_is_found_where_the_types_say(package: str) -> None:
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    typed = {
        name.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}.")
        for name in node.names
    }
    assert sorted(typed) == sorted(module.__all__) == sorted(dir(module))
    for name, home in typed.items():
        found = getattr(module, name)
        assert found is getattr(importlib.import_module(str(home)), name)


@pytest.mark.parametrize("package", PACKAGES)
def test_another_name_is_an_attribute_error(package: str) -> None:
    module = importlib.import_module(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018  looking is what is tested
