"""The official Schematron judges our rules: one verdict, or a deviation that is written down."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from sdg_connector.conformance.official_schema import official_schema
from sdg_connector.conformance.schematron import CannotJudge, Schematron, assertions
from sdg_connector.directory.rules import FILES as DIRECTORY_FILES
from sdg_connector.directory.rules import kind_of as kind_of_document
from sdg_connector.evidence import (
    write_evidence_failure,
    write_evidence_request,
    write_evidence_response,
)
from sdg_connector.evidence.rules import FILES as EVIDENCE_FILES
from sdg_connector.evidence.rules.message import kind_of as kind_of_message
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.rules import Judge, Rule, RuleFile
from tests.support.evidence_messages import failures, requests, responses
from tests.support.full_messages import (
    ORGANISATION,
    PERSON,
    full_failure,
    full_request,
    full_response,
)

FILES = {**EVIDENCE_FILES, **DIRECTORY_FILES}
EVERY = tuple(file for files in FILES.values() for file in files)
V1_0 = (1, 0)
ROLES = {"": "error", "fatal": "error", "error": "error", "warning": "warning", "info": "info"}
pytestmark = pytest.mark.artefacts


def published(file: RuleFile) -> dict[str, Rule]:
    return {one.id: one for one in file.rules if V1_0 in one.lines}


@pytest.fixture(scope="module")
def schematron(artefacts: Path) -> dict[str, Schematron]:
    folder = artefacts / "oots/tdd-1.0/sch"
    try:
        return {file.stem: Schematron(file) for file in sorted(folder.glob("*.sch"))}
    except CannotJudge as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def judges() -> dict[str, Judge]:
    return {file.name: Judge([file], V1_0) for file in EVERY}


def differences(
    root: etree._Element,
    file: RuleFile,
    schematron: dict[str, Schematron],
    judges: dict[str, Judge],
) -> set[str]:
    """The rules without a deviation on which the two judges do not agree."""
    ours = {one.rule.id for one in judges[file.name].broken(root)}
    theirs = schematron[file.name].fired(root)
    broken = {one.id for one in theirs if one.failed}
    deviating = {one.id for one in published(file).values() if one.deviation}
    return (ours ^ {one.id for one in theirs}) - deviating - broken


def test_every_published_assertion_is_a_rule_of_ours(schematron: dict[str, Schematron]) -> None:
    assert {file.name for file in EVERY} == set(schematron)


@pytest.mark.parametrize("file", EVERY, ids=lambda file: file.name)
def test_a_rule_has_the_published_id_context_and_severity(artefacts: Path, file: RuleFile) -> None:
    official = assertions(artefacts / f"oots/tdd-1.0/sch/{file.name}.sch")
    ours = published(file)
    assert set(ours) == {one.id for one in official}
    for one in official:
        rule = ours[one.id]
        assert rule.deviation or rule.severity.value == ROLES[one.role]
        if not rule.deviation and one.context not in LONGHAND:
            assert normal(rule.context.split(" | ")[0]) == normal(one.context)


def normal(context: str) -> str:
    xml_lang = "@*[namespace-uri()='http://www.w3.org/XML/1998/namespace' and local-name()='lang']"
    return "".join(context.replace(xml_lang, "@xml:lang").split())


LONGHAND = {"query:Query"}
"""Contexts that say less than ours does, of rules that ask the same."""


def corpus(artefacts: Path) -> Iterator[tuple[str, etree._Element]]:
    for file in sorted((artefacts / "oots").rglob("*.xml")):
        if file.stat().st_size > 100_000 or "edm-2.0" in str(file):
            continue
        try:
            root = etree.parse(file, etree.XMLParser(remove_comments=True)).getroot()
        except etree.XMLSyntaxError:
            continue
        if "ebxml-regrep:xsd" in str(root.tag) and "}Registry" not in str(root.tag)[:-10]:
            yield file.name, root


def files_for(root: etree._Element) -> tuple[RuleFile, ...]:
    text = etree.tostring(root)
    if b"oots-edm" in text and b"AccessService" not in text:
        return FILES[kind_of_message(root)]
    return FILES[kind_of_document(root)]


def test_every_sample_gets_the_same_verdict(
    artefacts: Path, schematron: dict[str, Schematron], judges: dict[str, Judge]
) -> None:
    found = {}
    count = 0
    for name, root in corpus(artefacts):
        for file in files_for(root):
            count += 1
            found[name, file.name] = differences(root, file, schematron, judges)
    assert count > 100
    assert {name: rules for name, rules in found.items() if rules} == {}


WRITTEN = {
    "request of a person": write_evidence_request(full_request(EdmLine.V1_0, PERSON)),
    "request of an organisation": write_evidence_request(full_request(EdmLine.V1_0, ORGANISATION)),
    "response about a person": write_evidence_response(full_response(EdmLine.V1_0, PERSON)),
    "response about an organisation": write_evidence_response(
        full_response(EdmLine.V1_0, ORGANISATION)
    ),
    "failure": write_evidence_failure(full_failure(EdmLine.V1_0)),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_breaks_no_official_rule_but_the_listed(
    name: str, schematron: dict[str, Schematron], judges: dict[str, Judge]
) -> None:
    root = etree.fromstring(WRITTEN[name])
    for file in FILES[kind_of_message(root)]:
        assert differences(root, file, schematron, judges) == set()
        errors = {
            one.id
            for one in schematron[file.name].fired(root)
            if ROLES[one.role] == "error" and not published(file)[one.id].deviation
        }
        assert errors == set()


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    requests((EdmLine.V1_0,)).map(write_evidence_request)
    | responses((EdmLine.V1_0,)).map(write_evidence_response)
    | failures((EdmLine.V1_0,)).map(write_evidence_failure)
)
def test_generated_messages_pass_the_official_schema_and_schematron(
    artefacts: Path, schematron: dict[str, Schematron], data: bytes
) -> None:
    root = etree.fromstring(data)
    schema = official_schema(artefacts / "oots/tdd-1.0")
    assert schema is not None
    schema.assertValid(root)
    for file in FILES[kind_of_message(root)]:
        broken = {one.id for one in schematron[file.name].fired(root) if ROLES[one.role] == "error"}
        assert {one for one in broken if not published(file)[one].deviation} == set()


def each_change(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Every element removed, doubled and altered, every attribute removed and altered."""
    for place, element in enumerate(list(root.iter("*"))):
        name = f"{place} {etree.QName(element).localname}"
        if element.getparent() is not None:
            yield f"{name} removed", changed(root, place, remove)
            yield f"{name} doubled", changed(root, place, double)
        if len(element) == 0 and element.text:
            yield f"{name} altered", changed(root, place, lambda one: setattr(one, "text", "-"))
        for attribute in element.attrib:
            yield f"{name}/@{attribute} removed", changed(root, place, without, attribute)
            yield f"{name}/@{attribute} altered", changed(root, place, altered, attribute)


def changed(root: etree._Element, place: int, change: object, *arguments: object) -> etree._Element:
    other = copy.deepcopy(root)
    change(list(other.iter("*"))[place], *arguments)  # type: ignore[operator]
    return other


def remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def double(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def without(element: etree._Element, attribute: str) -> None:
    del element.attrib[attribute]


def altered(element: etree._Element, attribute: str) -> None:
    element.set(attribute, "-")


def compared(
    names: list[str], schematron: dict[str, Schematron], judges: dict[str, Judge], *, every: int
) -> tuple[int, dict[str, set[str]]]:
    found, count = {}, 0
    for name in names:
        root = etree.fromstring(WRITTEN[name])
        changes = list(each_change(root))
        random.Random(name).shuffle(changes)  # noqa: S311  the same changes in every run
        for what, other in changes[::every]:
            for file in FILES[kind_of_message(root)]:
                count += 1
                found[f"{name}: {what} {file.name}"] = differences(other, file, schematron, judges)
    return count, {what: rules for what, rules in found.items() if rules}


def test_some_changed_messages_get_the_same_verdict(
    schematron: dict[str, Schematron], judges: dict[str, Judge]
) -> None:
    count, different = compared(list(WRITTEN), schematron, judges, every=25)
    assert count > 100
    assert different == {}


@pytest.mark.slow
def test_every_second_change_of_a_message_gets_the_same_verdict(
    schematron: dict[str, Schematron], judges: dict[str, Judge]
) -> None:
    count, different = compared(list(WRITTEN), schematron, judges, every=2)
    assert count > 1000
    assert different == {}


@pytest.mark.slow
def test_changed_answers_of_the_common_services_get_the_same_verdict(
    artefacts: Path, schematron: dict[str, Schematron], judges: dict[str, Judge]
) -> None:
    different = {}
    for name, root in corpus(artefacts):
        if files_for(root)[0] not in {one for files in DIRECTORY_FILES.values() for one in files}:
            continue
        changes = list(each_change(root))
        chosen = random.Random(name).sample(changes, min(6, len(changes)))  # noqa: S311
        for what, other in chosen:
            for file in files_for(root):
                found = differences(other, file, schematron, judges)
                if found:
                    different[f"{name}: {what} {file.name}"] = found
    assert different == {}


def test_every_deviation_is_written_down() -> None:
    written = (Path(__file__).parents[2] / "docs/conformance.md").read_text("utf-8")
    missing = [
        f"{file.name} {one.id}"
        for file in EVERY
        for one in file.rules
        if one.deviation and f"`{file.name} {one.id}`" not in written
    ]
    assert missing == []
