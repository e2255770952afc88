"""Every command of the guide exists, with every option that it is given."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from sdg_connector.cli.app import app

GUIDE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text(encoding="utf-8")
LINES = re.findall(r"^sdg-connector (.*)$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_guide_exists_with_its_options(line: str) -> None:
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
        if option.required and not set(option.opts) & given and option.param_type_name == "option"
    ]
    assert missing == []


def test_the_guide_shows_every_command_of_this_work() -> None:
    named = {" ".join(line.split()[:3]) for line in LINES}
    for group in ("links", "statistics", "feedback"):
        assert sum(line.startswith(f"procedures {group}") for line in named) >= 4
