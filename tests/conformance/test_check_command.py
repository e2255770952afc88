"""The testers' command: verdicts, exit statuses and forms of its report, word by word."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sdg_connector.cli.app import app
from sdg_connector.conformance import Kind, Source, guess_kind, judge, open_sources
from sdg_connector.conformance.sources import CannotOpen
from tests.support.clock import NOON

run = CliRunner()
KEYS = {"rule", "severity", "where", "message", "clause", "fix"}


def refused(folder: Path) -> Path:
    path = folder / "broken.xml"
    path.write_bytes(b"<AuthnRequest xmlns='urn:oasis:names:tc:SAML:2.0:protocol'/>")
    return path


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "edm", str(tmp_path / "nothing.xml")])
    assert result.exit_code == 2
    assert "cannot be opened" in result.stderr


def test_a_context_that_is_no_object_is_a_usage_error(tmp_path: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text("[]")
    result = run.invoke(app, ["check", "edm", str(refused(tmp_path)), "--context", str(context)])
    assert result.exit_code == 2


def test_a_clock_that_is_no_moment_is_a_usage_error(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "edm", str(refused(tmp_path)), "--now", "noon"])
    assert result.exit_code == 2


def test_a_refused_file_exits_one_and_names_its_rules(tmp_path: Path) -> None:
    path = refused(tmp_path)
    result = run.invoke(app, ["check", "saml-request", str(path), "--format", "json"])
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)
    assert report["file"] == str(path)
    assert report["kind"] == "saml-request"
    assert report["verdict"] == "refused"
    assert "value" not in report
    assert report["findings"]
    assert all(set(one) == KEYS for one in report["findings"])


def test_auto_says_what_it_guessed(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "auto", str(refused(tmp_path))])
    assert "saml-request (guessed)" in result.stdout


def test_auto_refuses_what_looks_like_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing that can be judged")
    result = run.invoke(app, ["check", "auto", str(path)])
    assert result.exit_code == 1
    assert "check.kind" in result.stdout


def test_standard_input_is_a_file_too() -> None:
    result = run.invoke(app, ["check", "edm", "-", "--format", "json"], input="<a/>")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["file"] == "-"


def test_a_folder_is_walked_and_an_empty_one_refused(tmp_path: Path) -> None:
    refused(tmp_path)
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "two.xml").write_bytes(b"<b/>")
    assert len(list(open_sources([str(tmp_path)]))) == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotOpen, match="holds no file"):
        list(open_sources([str(tmp_path / "empty")]))


def test_the_junit_form_counts_the_refused_and_survives_odd_names(tmp_path: Path) -> None:
    path = tmp_path / "odd\x07name.xml"
    path.write_bytes(b"<a/>")
    result = run.invoke(app, ["check", "edm", str(path), "--format", "junit"])
    suite = ET.fromstring(result.stdout)  # noqa: S314  our own output
    assert suite.attrib["failures"] == "1"
    assert suite[0][0].tag == "failure"


def test_the_sarif_form_names_the_rule_of_each_result(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "edm", str(refused(tmp_path)), "--format", "sarif"])
    (only,) = json.loads(result.stdout)["runs"]
    ids = {one["id"] for one in only["tool"]["driver"]["rules"]}
    assert only["results"]
    assert {one["ruleId"] for one in only["results"]} <= ids


def test_the_html_form_escapes_what_a_file_says(tmp_path: Path) -> None:
    path = tmp_path / "<script>.xml"
    path.write_bytes(b"<a/>")
    out = tmp_path / "report.html"
    result = run.invoke(app, ["check", "edm", str(path), "--format", "html", "--out", str(out)])
    assert result.exit_code == 1
    assert "<script>" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [one for one in Kind if one is not Kind.AUTO])
@given(data=st.binary(max_size=200))
@settings(max_examples=15, deadline=None)
def test_any_bytes_give_a_verdict(kind: Kind, data: bytes) -> None:
    report = judge(
        Source(name="any", data=data), kind=kind, context={}, now=NOON, show_values=False
    )
    assert report.verdict == "refused"
    assert report.findings


@pytest.mark.artefacts
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("oots/edm-2.0-france/fixtures/reference/messages/requete.xml", Kind.EDM),
        ("oots/edm-2.0-france/fixtures/reference/messages/reponse.xml", Kind.EDM),
        (
            "oots/edm-2.0-france/fixtures/common_services/eb_requirements_catalogue.xml",
            Kind.COMMON_SERVICES,
        ),
        ("as4/python-vectors-1.15/msg.mime", Kind.AS4),
        ("eidas/production-metadata-2023/eu-metadata-idps.xml", Kind.SAML_METADATA),
    ],
)
def test_official_files_are_taken_for_what_they_are(artefacts: Path, path: str, kind: Kind) -> None:
    assert guess_kind((artefacts / path).read_bytes()) is kind


@pytest.mark.artefacts
def test_a_real_request_is_accepted_and_its_person_hidden(artefacts: Path) -> None:
    path = artefacts / "oots/edm-2.0-france/fixtures/reference/messages/requete.xml"
    arguments = ["check", "edm", str(path), "--format", "json", "--now", "2026-11-24T12:00:00Z"]
    hidden = run.invoke(app, arguments)
    assert hidden.exit_code == 0, hidden.stdout
    assert json.loads(hidden.stdout)[0]["verdict"] == "accepted"
    assert "FR/DE/123123123" not in hidden.stdout
    assert "FR/DE/123123123" in run.invoke(app, [*arguments, "--show-values"]).stdout
