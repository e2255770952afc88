"""The header of an OOTS message is judged by the published rules, sent and received."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from sdg_connector.as4 import (
    GATEWAY_ROLE,
    OOTS_SERVICE,
    As4Misuse,
    MessageProperty,
    Party,
    UserMessage,
)
from sdg_connector.as4.header_rules import (
    EBRS,
    broken_header_rules,
    forbid_broken_header,
    rule_broken_by,
)
from sdg_connector.as4.message import PartInfo, read_user_message, write_user_message
from sdg_connector.vocabulary.findings import FindingSeverity

UUID = "4ffb5281-179d-4578-adf2-39fd13ccc797"
EAS = "urn:cef.eu:names:identifier:EAS:9930"


def message(
    *, conversation: str = UUID, exchange: str = UUID, line: str = "oots-edm:v2.0"
) -> UserMessage:
    party = Party(identifier="AP_LV_01", type=EAS, role=GATEWAY_ROLE)
    return UserMessage(
        message_id=f"{UUID}@lv.example",
        timestamp=datetime(2026, 5, 4, tzinfo=UTC),
        sender=party,
        receiver=party,
        service=OOTS_SERVICE,
        action="ExecuteQueryRequest",
        conversation_id=conversation,
        properties=(
            MessageProperty(name="originalSender", value="1", type=EAS),
            MessageProperty(name="finalRecipient", value="2", type=EAS),
            MessageProperty(name="ExchangeId", value=exchange),
            MessageProperty(name="SpecificationId", value=line),
        ),
        parts=parts_of(EBRS),
    )


def parts_of(*media_types: str) -> tuple[PartInfo, ...]:
    return tuple(
        PartInfo(content_id=f"{n}@x", properties=(MessageProperty(name="MimeType", value=one),))
        for n, one in enumerate(media_types)
    )


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (message(conversation="session"), "R-EDM-ebMS-017"),
        (message(exchange="1"), "R-EDM-ebMS-037"),
        (message(line="oots-edm:v1.2"), "R-EDM-ebMS-038"),
    ],
)
def test_a_header_that_breaks_a_rule_is_not_sent(broken: UserMessage, rule: str) -> None:
    with pytest.raises(As4Misuse, match=rule):
        forbid_broken_header(broken)


def with_parts(action: str, *media_types: str) -> UserMessage:
    return replace(message(), action=action, parts=parts_of(*media_types))


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (with_parts("ExecuteQueryRequest"), "R-EDM-ebMS-023"),
        (with_parts("ExecuteQueryRequest", EBRS, "application/pdf"), "R-EDM-ebMS-023"),
        (with_parts("ExceptionResponse", EBRS, EBRS), "R-EDM-ebMS-023"),
        (with_parts("ExecuteQueryRequest", "application/xml"), "R-EDM-ebMS-030"),
        (with_parts("ExceptionResponse", ""), "R-EDM-ebMS-030"),
    ],
)
def test_a_request_or_exception_carries_one_document_of_its_type(
    broken: UserMessage, rule: str
) -> None:
    assert rule_broken_by(broken) == rule


def test_a_response_that_does_not_begin_with_its_document_is_warned_about() -> None:
    pdf_first = write_user_message(with_parts("ExecuteQueryResponse", "application/pdf", EBRS))
    (found,) = broken_header_rules(pdf_first)
    assert (found.rule.id, found.rule.severity) == ("R-EDM-ebMS-032", FindingSeverity.WARNING)
    assert rule_broken_by(with_parts("ExecuteQueryResponse", EBRS, "application/pdf")) == ""


def test_a_header_that_cannot_even_be_written_breaks_ebms() -> None:
    assert rule_broken_by(replace(message(), conversation_id=" ")) == "ebMS 5.2.2"


def test_a_received_header_is_judged_as_it_came_and_space_around_a_value_breaks_no_rule() -> None:
    kept = message()
    element = write_user_message(kept)
    assert rule_broken_by(kept, header=element) == ""
    (conversation,) = element.iter("{*}ConversationId")
    conversation.text = f"\n  {UUID}\n"
    (role, _) = element.iter("{*}Role")
    role.text = f"\n  {GATEWAY_ROLE}\n"
    assert broken_header_rules(element)
    assert rule_broken_by(read_user_message(element), header=element) == ""
    conversation.text = "session"
    assert rule_broken_by(read_user_message(element), header=element) == "R-EDM-ebMS-017"


def test_a_header_of_line_2_is_sent() -> None:
    forbid_broken_header(message())


HEADERS = (
    "edm-2.0-france/fixtures/reference/messages/*.entete.xml",
    "preview-cyprus-1.0/extracted/*-Header-*.xml",
)


def headers(artefacts: Path) -> list[etree._Element]:
    files = [file for one in HEADERS for file in sorted((artefacts / "oots").glob(one))]
    assert len(files) == 10
    return [etree.fromstring(file.read_bytes().strip()) for file in files]


@pytest.mark.artefacts
def test_real_headers_of_both_lines_break_no_rule(artefacts: Path) -> None:
    for root in headers(artefacts):
        (user,) = root.iter("{*}UserMessage")
        assert [one.rule.id for one in broken_header_rules(user)] == []


@pytest.mark.artefacts
@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("{*}CollaborationInfo/{*}Action", "TDD 4.7.1"),
        ("{*}PartyInfo/{*}To/{*}Role", "TDD 4.7.1"),
        ("{*}PartyInfo/{*}From/{*}PartyId", "TDD 4.7.1"),
        ("{*}MessageProperties/{*}Property", "R-EDM-ebMS-018"),
    ],
)
def test_what_a_real_header_loses_is_missed(artefacts: Path, path: str, rule: str) -> None:
    for root in headers(artefacts):
        (user,) = root.iter("{*}UserMessage")
        lost = user.find(path)
        assert lost is not None
        lost.getparent().remove(lost)  # type: ignore[union-attr]
        assert rule in {one.rule.id for one in broken_header_rules(user)}
