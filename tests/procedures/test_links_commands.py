"""``sdg-connector procedures links`` from an empty memory to a deletion, against the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.routing import Route
from typer.testing import CliRunner, Result

from procedures import catalogue, write_yaml
from procedures.errors import Mistake
from procedures.links import LinksRefused
from sdg_connector.cli.app import app
from sdg_connector.sandbox.gateway import REHEARSAL_TOKEN, LinksService
from tests.support.servers import free_port, running

NAMES = ("lv/pieteiksanas-studijam", "lv/diploma-atzisana")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "catalogue" / f"{name.rpartition('/')[2]}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(write_yaml(catalogue.load(name)))
    return path.parent


@pytest.fixture
def served() -> Iterator[tuple[LinksService, str]]:
    service = LinksService()
    port = free_port()
    app_ = Starlette(routes=[Route("/import", service.rest, methods=["POST"])])
    with running(app_, host="127.0.0.1", port=port):
        yield service, f"http://127.0.0.1:{port}/import"


def links(*arguments: object, token: str = REHEARSAL_TOKEN) -> Result:
    environment = {"SDG_LINKS_TOKEN": token}
    return CliRunner().invoke(app, ["procedures", "links", *map(str, arguments)], env=environment)


def test_a_push_sends_what_changed_and_then_nothing(
    folder: Path, served: tuple[LinksService, str], tmp_path: Path
) -> None:
    service, address = served
    memory = tmp_path / "links.json"
    common = [folder, "--country", "lv", "--author", "VDAA", "--memory", memory]
    common += ["--address", address]
    rehearsed = links("push", *common, "--dry-run")
    assert "4 new" in rehearsed.stdout
    assert "nothing was sent" in rehearsed.stdout
    assert not memory.exists()
    assert service.links == {}
    assert "4 sent" in links("push", *common).stdout
    assert len(service.links) == 4
    assert "4 unchanged" in links("push", *common).stdout
    next(iter(folder.iterdir())).unlink()
    shown = links("changes", folder, "--memory", memory)
    assert shown.stdout.count("gone ") == 2
    assert links("push", *common).exit_code == 0
    assert len(service.links) == 2


def test_a_wrong_token_is_a_sentence_and_is_never_shown(
    folder: Path, served: tuple[LinksService, str], tmp_path: Path
) -> None:
    common = [folder, "--country", "LV", "--author", "x", "--memory", tmp_path / "m.json"]
    refused = links("push", *common, "--address", served[1], token="guessed-token")
    assert refused.exit_code == 2
    assert "403" in refused.stderr
    assert "guessed-token" not in refused.output
    none = links("push", *common, "--address", served[1], token="")
    assert "token" in none.stderr


def test_a_wrong_description_is_named_before_anything_is_sent(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("kind: procedure\n", encoding="utf-8")
    refused = links("changes", folder)
    assert refused.exit_code == 2
    assert "wrong.yaml" in refused.stderr


def test_the_file_for_the_upload_is_written_and_judged(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "links.xlsx"
    assert "4 links" in links("write", folder, "--out", out).stdout
    assert load_workbook(out).worksheets[0].max_row == 5
    assert "none wrong" in links("check", out).stdout
    bad = tmp_path / "bad.csv"
    bad.write_text("title;url;type;categories\nx;https://a.example/;Information;I\n")
    judged = links("check", bad)
    assert judged.exit_code == 1
    assert "row 2" in judged.stdout
    assert "whole area" in judged.stdout


def test_a_mistake_without_a_row_says_the_file() -> None:
    mistake = Mistake(path="", line=None, message="expected rows, found none")
    assert str(LinksRefused((mistake,))) == "1 mistake: the file: expected rows, found none"
