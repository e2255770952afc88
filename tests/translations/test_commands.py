"""The commands: a file in, a file out, and what to check on the error stream."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from sdg_connector.cli.translations import app, translate
from translations.demo_model import PACKAGE_NAME, demo_package_path

whole = typer.Typer()
whole.command()(translate)
runner = CliRunner()


def test_a_package_is_installed_listed_used_and_removed(tmp_path: Path) -> None:
    folder = ["--packages", str(tmp_path / "packages")]
    assert runner.invoke(app, ["install", str(demo_package_path()), *folder]).exit_code == 0
    listed = runner.invoke(app, ["list", *folder])
    assert PACKAGE_NAME in listed.stdout
    assert "lv to en" in listed.stdout
    page = tmp_path / "page.html"
    page.write_text("<p>Pakalpojums ir bez maksas.</p>", encoding="utf-8")
    done = runner.invoke(whole, [str(page), "--out", str(tmp_path / "en.html"), *folder])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "en.html").read_text() == "<p>The service is free of charge.</p>"
    record = json.loads((tmp_path / "en.html.provenance.json").read_text())
    assert (record["engine"], record["model_version"]) == ("argos", "0.1")
    assert runner.invoke(app, ["remove", PACKAGE_NAME, *folder]).exit_code == 0
    assert runner.invoke(app, ["list", *folder]).stdout == ""


def test_a_folder_is_translated_file_by_file(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text("Kontakti\n", encoding="utf-8")
    done = runner.invoke(
        whole, [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--demo-model"]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "b.txt").read_text() == "Contacts\n"


def test_a_missing_package_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Kontakti")
    done = runner.invoke(whole, [str(text), "--packages", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert "translations install" in done.output
    assert "Traceback" not in done.output


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_bytes(b"\xff\xfe\x00")
    done = runner.invoke(whole, [str(text), "--demo-model"])
    assert done.exit_code == 2
    assert "UTF-8" in done.output
