"""The commands: a file in, a file out, and what to check on the error stream."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from procedures import read_description, translatable, write_yaml
from procedures.catalogue import load, names
from procedures.model import Language
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
    done = runner.invoke(
        whole, [str(page), "--out", str(tmp_path / "en.html"), "--no-notice", *folder]
    )
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


def read(*arguments: str) -> tuple[int, str]:
    done = runner.invoke(app, list(arguments))
    return done.exit_code, done.output


def test_a_published_page_says_that_a_machine_translated_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><p>Kontakti</p></body></html>", encoding="utf-8")
    done = runner.invoke(whole, [str(page), "--out", str(tmp_path / "en.html"), "--demo-model"])
    assert done.exit_code == 0, done.output
    made = (tmp_path / "en.html").read_text(encoding="utf-8")
    assert made.startswith("<html><body><aside ")
    assert "data-machine-translation" in made
    assert "The original text prevails" in made
    assert "latviešu" in made


def test_a_catalogue_runs_once_exports_its_doubts_and_takes_the_corrections(
    tmp_path: Path,
) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.md").write_text("# Kontakti\n\nPakalpojums ir bez maksas.\n", "utf-8")
    (tmp_path / "in" / "deep" / "b.txt").write_text("Zvejas kuģa kapteinis ziņo ostai.\n", "utf-8")
    ledger, memory = str(tmp_path / "ledger.sqlite"), str(tmp_path / "memory.sqlite")
    arguments = [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--demo-model", "--ledger",
                 ledger, "--memory", memory]  # fmt: skip
    first = runner.invoke(whole, arguments)
    assert "2 translated, 0 unchanged, 1 to check, 0 failed" in first.output
    assert "translations review --ledger" in first.output
    assert "Machine translation" in (tmp_path / "out" / "a.md").read_text("utf-8")
    second = runner.invoke(whole, arguments)
    assert "0 translated, 2 unchanged" in second.output

    po = tmp_path / "doubts.po"
    assert read("export", str(po), "--doubted", "--ledger", ledger)[0] == 0
    text = po.read_text("utf-8")
    before, machine = text.replace("#, fuzzy\n", "").rsplit('msgstr "', 1)
    corrected = 'msgstr "The captain reports."' + machine[machine.index('"') + 1 :]
    po.write_text(before + corrected, "utf-8")
    assert read("import", str(po), "--memory", memory) == (0, "1 corrections\n")
    assert read("memory", "--memory", memory) == (0, "lv to en\t1\n")
    code, found = read("memory", "--find", "Zvejas kuģa kapteine ziņo ostai.", "--memory", memory)
    assert code == 0
    assert "[-kapteinis-]{+kapteine+}" in found

    third = runner.invoke(whole, arguments)
    assert third.exit_code == 0, third.output
    assert (tmp_path / "out" / "deep" / "b.txt").read_text("utf-8") == "The captain reports.\n"
    tmx = tmp_path / "memory.tmx"
    assert read("export", str(tmx), "--memory", memory) == (0, "1 units\n")
    other = str(tmp_path / "other.sqlite")
    assert read("import", str(tmx), "--memory", other) == (0, "1 corrections\n")
    assert read("memory", "--forget", "none", "--memory", other)[0] == 2


def test_terms_are_listed_found_and_converted(tmp_path: Path) -> None:
    code, listed = read("terms", "--find", "Pierādījumu sniedzējs")
    assert code == 0
    assert listed.startswith("pierādījumu sniedzējs\tevidence provider\t")
    tbx = tmp_path / "terms.tbx"
    assert read("terms", "--out", str(tbx))[0] == 0
    assert read("terms", str(tbx), "--find", "dalībvalsts")[1].startswith("dalībvalsts")
    assert read("terms", str(tmp_path / "missing.csv"))[0] == 2


def test_descriptions_come_back_in_english_with_their_provenance(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "service.yaml").write_bytes(write_yaml(load(names()[0])))
    arguments = [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--demo-model"]
    first = runner.invoke(whole, arguments)
    assert first.exit_code == 0, first.output
    made = read_description((tmp_path / "out" / "service.yaml").read_bytes())
    assert translatable(made, into="en") == ()
    phrase = made.title.of(Language("en"))
    assert phrase is not None
    assert phrase.machine_made
    assert phrase.origin is not None
    assert phrase.origin.version == "translate-lv_en-0_1 0.1"
    second = runner.invoke(whole, arguments)
    assert " 0 translated" in " " + second.output.splitlines()[-1]
    single = runner.invoke(
        whole,
        [
            str(tmp_path / "in" / "service.yaml"),
            "--out",
            str(tmp_path / "one.json"),
            "--demo-model",
        ],
    )
    assert single.exit_code == 0, single.output
    again = read_description((tmp_path / "one.json").read_bytes())
    assert again.title.of(Language("en")).text == phrase.text  # type: ignore[union-attr]


def test_engines_are_read_from_a_file_and_mistakes_are_named(tmp_path: Path) -> None:
    text, engines = tmp_path / "a.txt", tmp_path / "engines.toml"
    text.write_text("Kontakti\n")
    for content, said in (
        ("x", "TOML"),
        ("[[engine]]\nkind='tilda'", "'tilda'"),
        ("[[engine]]\nkind='tilde'\nkey='x'", "'key'"),
        ("[[engine]]\nkind='tilde'", "secret_file"),
        ("[[engine]]\nkind='tilde'\nsecret_file='/none'", "cannot be read"),
        ("[[engine]]\nkind='libretranslate'\nurl='http://mt.example'", "https"),
    ):
        engines.write_text(content)
        done = runner.invoke(whole, [str(text), "--engines", str(engines)])
        assert done.exit_code == 2
        assert said in done.output, content
    engines.write_text("[[engine]]\nkind='libretranslate'\nurl='http://127.0.0.1:1'")
    done = runner.invoke(whole, [str(text), "--engines", str(engines), "--demo-model"])
    assert (done.exit_code, done.stdout) == (0, "Contacts\n"), "the chain goes on with Argos"


def test_machines_that_share_a_run_must_share_its_ledger(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Kontakti\n")
    done = runner.invoke(
        whole, [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--demo-model", "--share",
                "postgresql://db/engine"],
    )  # fmt: skip
    assert done.exit_code == 2
    assert "--ledger postgresql" in done.output
