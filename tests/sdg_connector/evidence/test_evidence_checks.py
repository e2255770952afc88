"""The testers' command judges EDM messages and Common Services answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdg_connector.directory.checks import check as check_directory
from sdg_connector.evidence.checks import check
from sdg_connector.vocabulary.findings import FindingSeverity

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("data", [b"", b"<", b"<a/>", b"\xff", b"<!DOCTYPE a><a/>"])
def test_any_bytes_get_a_verdict(data: bytes) -> None:
    for judge in (check, check_directory):
        judgement = judge(data, context={}, now=NOW, show_values=False)
        assert judgement.verdict == "refused"
        assert judgement.value is None
        assert all(one.rule and one.clause and one.fix for one in judgement.findings)


def reference(artefacts: Path, name: str) -> bytes:
    folder = artefacts / "oots/edm-2.0-france/fixtures/reference/messages"
    return (folder / name).read_bytes().strip()


@pytest.mark.artefacts
def test_a_real_request_is_accepted_and_shows_no_person(artefacts: Path) -> None:
    judgement = check(
        reference(artefacts, "requete.xml"), context={"line": "2.0"}, now=NOW, show_values=False
    )
    assert judgement.verdict == "accepted"
    assert {one.severity for one in judgement.findings} <= {FindingSeverity.INFO}
    assert "123123123" not in str(judgement.value)


@pytest.mark.artefacts
@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b">T3<", b">T99<", "R-EDM-REQ-C003"),
        (b"/requirements/", b"/needs/", "R-EDM-REQ-C008"),
        (b"EAS:9930", b"EAS:9999", "R-EDM-REQ-C018"),
        (b">FR</sdg:Admin", b">GR</sdg:Admin", "R-EDM-REQ-C015"),
        (b">41170824-15d9-4c16-984e-63b75b937b8c<", b"><", "R-EDM-REQ-C106"),
        (b"/evidencetypeclassifications/", b"/types/", "R-EDM-REQ-C027"),
        (b'lang="FR"', b'lang="fr"', "R-EDM-REQ-C108"),
        (b">application/pdf<", b">text/html<", "R-EDM-REQ-C033"),
        (b">FR/DE/123123123<", b">FRDE123123123<", "R-EDM-REQ-C040"),
        (b'"eidas"', b'"passport"', "R-EDM-REQ-C042"),
    ],
)
def test_a_broken_content_rule_is_named(artefacts: Path, old: bytes, new: bytes, rule: str) -> None:
    data = reference(artefacts, "requete.xml")
    assert old in data
    judgement = check(data.replace(old, new), context={}, now=NOW, show_values=False)
    assert judgement.verdict == "refused"
    assert rule in {one.rule for one in judgement.findings}


@pytest.mark.artefacts
def test_header_and_body_must_name_the_same_line(artefacts: Path) -> None:
    data = reference(artefacts, "reponse.xml")
    assert check(data, context={"line": "1.2"}, now=NOW, show_values=False).verdict == "refused"
    assert check(data, context={"line": "2.0"}, now=NOW, show_values=False).verdict == "accepted"


@pytest.mark.artefacts
def test_captured_answers_of_the_common_services_are_accepted(artefacts: Path) -> None:
    folder = artefacts / "oots/edm-2.0-france"
    roots = [one.read_bytes() for one in sorted((folder / "certificats").glob("*.pem"))]
    for file in sorted((folder / "fixtures/common_services").glob("*.xml")):
        context = {"headers": file.with_suffix(".headers").read_bytes(), "roots": roots}
        now = datetime(2026, 8, 6, tzinfo=UTC)
        judged = check_directory(file.read_bytes(), context=context, now=now, show_values=False)
        assert judged.verdict == "accepted"
        changed = file.read_bytes() + b"\n"
        refused = check_directory(changed, context=context, now=now, show_values=False)
        assert refused.findings[0].rule == "TDD 3.6 digest"


@pytest.mark.artefacts
def test_official_and_captured_messages_are_read_with_the_right_type(artefacts: Path) -> None:
    found: dict[str, str] = {}
    for pattern in (
        "tdd-1.0/projectathon-examples/*.xml",
        "preview-cyprus-1.0/extracted/*-Query-*",
    ):
        for file in sorted((artefacts / "oots").glob(pattern)):
            judged = check(file.read_bytes(), context={}, now=NOW, show_values=False)
            found[file.stem] = ",".join(
                sorted({one.rule for one in judged.findings if one.severity == "error"})
            )
    assert len(found) >= 34
    assert {name: rules for name, rules in found.items() if rules} == {}
