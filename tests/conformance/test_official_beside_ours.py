"""``check --official`` sets the published files beside our rules and reports what they say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sdg_connector.cli.app import app
from sdg_connector.conformance import Kind, Report, Source, judge
from sdg_connector.conformance.official import Official
from sdg_connector.evidence import write_evidence_request
from sdg_connector.vocabulary import EdmLine
from tests.support.full_messages import PERSON, full_request

NOW = datetime(2026, 9, 1, tzinfo=UTC)
DATA = write_evidence_request(full_request(EdmLine.V1_0, PERSON))


def reported(folder: Path, data: bytes, kind: Kind = Kind.EDM) -> Report:
    source = Source(name="message.xml", data=data)
    ours = judge(source, kind=kind, context={}, now=NOW, show_values=False)
    return Official(folder).beside(ours, source)


def said(report: Report, rule: str) -> list[str]:
    return [one.message for one in report.findings if one.rule == rule]


@pytest.mark.artefacts
def test_a_rule_on_which_we_deviate_is_named_with_the_reason(artefacts: Path) -> None:
    report = reported(artefacts / "oots/tdd-1.0", DATA)
    assert report.verdict == "accepted"
    (deviation,) = [one for one in said(report, "official.deviation") if "C027" in one]
    assert "both hosts of the semantic repository" in deviation
    assert said(report, "official.disagreement") == []
    assert "agree on" in said(report, "official.agreement")[0]


@pytest.mark.artefacts
def test_the_official_schema_refuses_and_shows_no_person(artefacts: Path) -> None:
    data = DATA.replace(b"<sdg:DateOfBirth>2001-02-03<", b"<sdg:DateOfBirth>2001-02-31<")
    assert data != DATA
    report = reported(artefacts / "oots/tdd-1.0", data)
    assert report.verdict == "refused"
    assert said(report, "official.xsd")
    assert "2001-02-31" not in str(report.findings)


@pytest.mark.artefacts
def test_answers_of_the_common_services_are_compared_too(artefacts: Path) -> None:
    folder = artefacts / "oots/tdd-1.0"
    (sample,) = folder.rglob("4.3. Query Response of the DSD - Secondary Education.xml")
    report = reported(folder, sample.read_bytes(), Kind.COMMON_SERVICES)
    assert said(report, "official.disagreement") == []
    assert "DSD-RESP-S, DSD-RESP-C" in said(report, "official.agreement")[0]


@pytest.mark.artefacts
def test_files_of_another_line_are_not_compared(artefacts: Path) -> None:
    data = write_evidence_request(full_request(EdmLine.V2_0, PERSON))
    report = reported(artefacts / "oots/tdd-1.0", data)
    assert "not compared" in said(report, "official.line")[0]
    assert report.verdict == "accepted"


SCHEMATRON = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
<ns prefix="query" uri="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"/>
<pattern><rule context="query:QueryRequest">
<assert id="R-EDM-REQ-C001" test="@id = 'oots-edm:v1.0'">never</assert>
</rule></pattern></schema>"""


def test_a_disagreement_without_a_known_reason_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("saxonche", reason="the extra conformance has Saxon")
    (tmp_path / "EDM-REQ-C.sch").write_text(SCHEMATRON, "utf-8")
    report = reported(tmp_path, DATA)
    assert said(report, "official.disagreement") == [
        "EDM-REQ-C R-EDM-REQ-C001: the official rule does not hold, ours does"
    ]
    assert report.verdict == "refused"
    assert said(report, "official.xsd") == ["the folder holds no XML schema"]


def test_a_folder_without_official_files_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "message.xml"
    file.write_bytes(DATA)
    result = CliRunner().invoke(app, ["check", "edm", str(file), "--official", str(tmp_path)])
    assert result.exit_code == 2
    assert "no Schematron file" in result.output
