"""The commands an editor and an auditor use: tags, report, coverage, codes, export, import."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from procedures import catalogue, read_description, to_tree, write_yaml
from sdg_connector.cli.app import app

run = CliRunner()
STUDIES = catalogue.load("lv/pieteiksanas-studijam")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "studies.yaml"
    path.write_bytes(write_yaml(STUDIES))
    return path


def procedures(*arguments: str) -> tuple[int, str, str]:
    result = run.invoke(app, ["procedures", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_wrong_file_ends_every_command_with_its_mistakes(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("kind: procedure\ntitel: x\n")
    for command in ("tags", "report", "coverage", "export"):
        status, out, problems = procedures(command, str(wrong))
        assert status == 2
        assert out == ""
        assert "line 2: titel: there is no such field; did you mean title?" in problems


def test_tags_are_printed_for_the_head_of_a_page(file: Path) -> None:
    status, out, _ = procedures("tags", str(file), "--language", "en")
    assert status == 0
    assert '<meta name="policy-code" content="T2;E1">' in out
    status, out, _ = procedures("tags", str(file), "--format", "json")
    assert json.loads(out)["DC.Service"] == "procedure"


def test_a_report_that_finds_a_gap_exits_one(file: Path, tmp_path: Path) -> None:
    assert procedures("report", str(file), "--on", "2026-10-20")[0] == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("redress:")] + text[text.index("fees:") :], encoding="utf-8")
    status, out, _ = procedures("report", str(file), "--format", "json", "--on", "2026-10-20")
    assert status == 1
    (report,) = json.loads(out)
    assert "procedure.redress" in {one["rule"] for one in report["shortcomings"]}
    page = tmp_path / "report.html"
    arguments = ("report", str(file), "--format", "html", "--language", "lv", "--out", str(page))
    assert procedures(*arguments)[0] == 1
    assert "Nav norādīti tiesiskās aizsardzības" in page.read_text(encoding="utf-8")
    status, out, _ = procedures("report", str(file), "--format", "csv", "--on", "2026-10-20")
    assert "lv/pieteiksanas-studijam,procedure.redress,error,redress," in out


def test_without_files_the_shipped_catalogue_is_meant(tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    arguments = ("coverage", "--format", "html", "--out", str(page), "--on", "2026-10-20")
    assert procedures(*arguments)[0] == 0
    assert "Coverage of Annex II" in page.read_text(encoding="utf-8")
    _status, out, _ = procedures("coverage", "--format", "json", "--country", "ee")
    assert {one["standing"] for one in json.loads(out)} == {"missing"}


def test_a_wrong_country_day_or_file_is_a_usage_error(tmp_path: Path) -> None:
    assert procedures("coverage", "--country", "Latvia")[0] == 2
    assert procedures("coverage", "--on", "yesterday")[0] == 2
    assert procedures("coverage", "--declarations", str(tmp_path / "none.xml"))[0] == 2


def test_codes_are_found_by_code_name_and_output() -> None:
    status, out, _ = procedures("codes", "r1", "--format", "json", "--on", "2026-10-20")
    assert status == 0
    assert [one["code"] for one in json.loads(out)] == ["I/R1", "II/R1"]
    status, out, _ = procedures("codes", "dzimšanas apliecība", "--format", "json")
    assert [one["code"] for one in json.loads(out)] == ["II/R1"]
    assert procedures("codes", "unicorn")[0] == 1


def test_the_schema_accepts_what_is_shipped_and_refuses_the_rest() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    status, out, _ = procedures("schema")
    assert status == 0
    validator = jsonschema.Draft202012Validator(json.loads(out))
    validator.check_schema(validator.schema)
    for name in catalogue.names():
        tree = to_tree(catalogue.load(name))
        assert list(validator.iter_errors(tree)) == [], name
        assert list(validator.iter_errors({**tree, "titel": "x"}))
        assert list(validator.iter_errors({**tree, "country": "Latvia"}))


@pytest.mark.parametrize("form", ["turtle", "json-ld"])
def test_what_is_exported_is_imported_again(file: Path, tmp_path: Path, form: str) -> None:
    pytest.importorskip("rdflib")
    assert procedures("export", str(file), "--to", form, "--out", str(tmp_path / "out"))[0] == 0
    (written,) = [one for one in (tmp_path / "out").rglob("*") if one.is_file()]
    status, out, _ = procedures("import", str(written), "--out", str(tmp_path / "back"))
    assert status == 0
    path = tmp_path / "back" / "lv" / "pieteiksanas-studijam.yaml"
    assert str(path) in out.replace("\n", "")
    assert read_description(path.read_bytes()) == STUDIES


def test_other_forms_are_written(file: Path, tmp_path: Path) -> None:
    assert read_description(procedures("export", str(file), "--to", "json")[1].encode()) == STUDIES
    assert read_description(procedures("export", str(file), "--to", "yaml")[1].encode()) == STUDIES
    said = json.loads(procedures("export", str(file), "--to", "schema-org")[1])
    assert said["@type"] == "GovernmentService"
    index = tmp_path / "index.jsonld"
    assert procedures("export", "--to", "search-service", "--out", str(index))[0] == 0
    assert len(json.loads(index.read_text(encoding="utf-8"))["@graph"]) > 30


def test_a_foreign_identifier_cannot_leave_the_folder(tmp_path: Path) -> None:
    pytest.importorskip("rdflib")
    wicked = tmp_path / "wicked.ttl"
    wicked.write_text(
        "@prefix c: <http://purl.org/vocab/cpsv#> . @prefix d: <http://purl.org/dc/terms/> .\n"
        "@prefix v: <http://data.europa.eu/m8g/> .\n"
        "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:s> a c:PublicService ; d:identifier "../../etc/passwd" ; d:title "X"@en ;\n'
        ' d:description "Y"@en ; v:hasCompetentAuthority <urn:o> . <urn:o> s:prefLabel "O"@en .\n'
    )
    out = tmp_path / "a" / "b"
    status, printed, _ = procedures("import", str(wicked), "--out", str(out), "--country", "LV")
    assert status == 0, printed
    assert [one.relative_to(out) for one in out.rglob("*.yaml")] == [Path("etc/passwd.yaml")]
    status, _, problems = procedures("import", str(wicked), "--out", str(out))
    assert status == 2
    assert "country: this field is missing" in problems
