"""Every command of the guides exists, with every option that it is given."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sdg_connector.cli.app import app

DOCS = Path(__file__).parents[2] / "docs"


def lines_of(guide: str) -> list[str]:
    """The commands that a guide shows."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    return re.findall(r"^sdg-connector (.*)$", text, re.MULTILINE)


LINES = lines_of("gateway.md")
OPERATING = lines_of("operating.md")


@pytest.mark.parametrize("line", LINES + OPERATING)
def test_a_command_of_a_guide_exists_with_its_options(line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
    assert not getattr(command, "commands", {}), "the line stops at a group of commands"
    known = {name for option in command.params for name in option.opts}
    given = {word for word in words if word.startswith("--")}
    assert given <= known
    missing = [
        option.name
        for option in command.params
        if option.required
        and option.param_type_name == "option"
        and not set(option.opts) & given
        and not getattr(option, "prompt", None)
    ]
    assert missing == []


def test_the_guide_shows_every_command_of_this_work() -> None:
    named = {" ".join(line.split()[:3]) for line in LINES}
    for group in ("links", "statistics", "feedback"):
        assert sum(line.startswith(f"procedures {group}") for line in named) >= 4


def test_whoever_follows_the_operators_guide_has_a_configuration_that_is_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    for line in OPERATING[: OPERATING.index("config check connector.toml")]:
        if ">" in line:
            command, _, file = line.partition(" > ")
            Path(file).write_text(run(app, command.split()).output, encoding="utf-8")
            continue
        done = run(app, shlex.split(line.replace("--csr", "")))
        assert done.exit_code == 0, done.output
    assert run(app, ["config", "check", "connector.toml"]).exit_code == 1
    for given in ("es-node", "es-as4", "common-services"):
        run(app, ["keys", "make", given, "--out", "trust"])
    checked = run(app, ["config", "check", "connector.toml"])
    assert checked.exit_code == 0, checked.output
