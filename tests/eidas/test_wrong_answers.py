"""A node that answers wrongly, in each way, is refused under a named rule."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from eidas_world import COMPANY, NOW, SESSION, World, key_pair

import eidas
from eidas.attributes import LEGAL_PERSON
from eidas.node import Switches, WrongAnswer
from xmltrust import Certificate

RULE_OF = {
    WrongAnswer.UNSIGNED: "dsig/own-signature",
    WrongAnswer.ALTERED: "dsig/digest",
    WrongAnswer.PLAIN_ASSERTION: "response.plain-assertion",
    WrongAnswer.SECOND_ASSERTION: "response.one-encrypted-assertion",
    WrongAnswer.PLAIN_BESIDE_ENCRYPTED: "response.plain-assertion",
    WrongAnswer.UNREADABLE: "xenc/decryption",
    WrongAnswer.WRONG_ISSUER: "response.issuer",
    WrongAnswer.WRONG_ASSERTION_ISSUER: "response.assertion-issuer",
    WrongAnswer.WRONG_DESTINATION: "response.destination",
    WrongAnswer.NO_DESTINATION: "response.destination",
    WrongAnswer.WRONG_IN_RESPONSE_TO: "response.in-response-to",
    WrongAnswer.NO_IN_RESPONSE_TO: "response.in-response-to",
    WrongAnswer.WRONG_CONFIRMATION_REQUEST: "response.confirmation-in-response-to",
    WrongAnswer.WRONG_RECIPIENT: "response.recipient",
    WrongAnswer.RECIPIENT_PREFIX: "response.recipient",
    WrongAnswer.WRONG_AUDIENCE: "response.audience",
    WrongAnswer.NO_AUDIENCE: "response.audience",
    WrongAnswer.NO_CONDITIONS: "response.conditions",
    WrongAnswer.EXPIRED: "response.not-on-or-after",
    WrongAnswer.EXPIRED_CONFIRMATION: "response.confirmation-not-on-or-after",
    WrongAnswer.NOT_YET_VALID: "response.not-before",
    WrongAnswer.OLD: "response.issue-instant",
    WrongAnswer.FROM_THE_FUTURE: "response.issue-instant",
    WrongAnswer.OLD_AUTHENTICATION: "response.authn-instant",
    WrongAnswer.HOLDER_OF_KEY: "response.subject-confirmation",
    WrongAnswer.TWO_CONFIRMATIONS: "response.subject-confirmation",
    WrongAnswer.NO_SUBJECT: "response.subject",
    WrongAnswer.UNKNOWN_NAME_ID: "response.name-id",
    WrongAnswer.NO_AUTHN_STATEMENT: "response.authn-statement",
    WrongAnswer.TWO_AUTHN_STATEMENTS: "response.authn-statement",
    WrongAnswer.NO_ATTRIBUTE_STATEMENT: "response.attribute-statement",
    WrongAnswer.TWO_ATTRIBUTE_STATEMENTS: "response.attribute-statement",
    WrongAnswer.LOWER_LEVEL: "response.level",
    WrongAnswer.UNKNOWN_LEVEL: "response.level",
    WrongAnswer.MISSING_ATTRIBUTE: "response.minimum-data-set",
    WrongAnswer.REPEATED_ATTRIBUTE: "response.attribute-twice",
    WrongAnswer.EMPTY_ATTRIBUTE: "response.attribute-value",
    WrongAnswer.WRONG_COUNTRY: "response.issuing-country",
    WrongAnswer.WRONG_RECEIVER: "response.receiving-country",
    WrongAnswer.SUCCESS_WITHOUT_ASSERTION: "response.one-encrypted-assertion",
}


@pytest.mark.parametrize("wrong", list(WrongAnswer), ids=lambda one: one.name.lower())
def test_a_wrong_answer_is_refused_by_its_rule(world: World, wrong: WrongAnswer) -> None:
    pending, form = world.ask()
    request = world.receive(form)
    value = world.answer(request, switches=Switches.of([wrong.value]))
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending)
    assert refusal.value.rule == RULE_OF[wrong]
    assert refusal.value.clause
    shown = str(refusal.value)
    assert "Ana" not in shown
    assert "12345678Z" not in shown


def test_an_answer_signed_by_somebody_else_is_refused(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form), switches=Switches(signing_key=world.other_key))
    assert rule_of(world, value, pending) == "dsig/trusted-key"


def test_an_answer_encrypted_for_somebody_else_is_refused(world: World) -> None:
    pending, form = world.ask()
    other = Certificate.load(key_pair("somebody else")[1])
    value = world.answer(world.receive(form), switches=Switches(recipient=other))
    assert rule_of(world, value, pending) == "xenc/decryption"


def test_an_answer_is_taken_once(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))
    world.accept(value, pending)
    assert rule_of(world, value, pending) == "response.replay"


def test_an_answer_from_another_browser_is_refused(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))
    assert rule_of(world, value, pending, browser_session=SESSION + "x") == "response.browser"


def test_an_answer_after_the_login_expired_is_refused(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))
    assert rule_of(world, value, pending, now=pending.expires_at) == "response.login-expired"


def test_an_answer_to_another_login_is_refused(world: World) -> None:
    _, form = world.ask()
    other, _ = world.ask()
    value = world.answer(world.receive(form))
    assert rule_of(world, value, other) == "response.in-response-to"


def test_an_answer_judged_by_another_nodes_metadata_is_refused(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form))
    mixed_up = replace(world.node, entity_id="https://node.it.example/metadata")
    assert rule_of(world, value, pending, node=mixed_up) == "response.node"


def test_a_level_that_the_node_does_not_publish_is_refused(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form), level=eidas.LevelOfAssurance.HIGH)
    weaker = replace(world.node, levels=(eidas.LevelOfAssurance.SUBSTANTIAL.value,))
    assert rule_of(world, value, pending, node=weaker) == "response.level-published"


def test_the_data_of_another_kind_of_person_is_refused(world: World) -> None:
    pending, form = world.ask()
    request = replace(world.receive(form), attributes=LEGAL_PERSON)
    value = world.answer(request, natural=None, legal=COMPANY)
    assert rule_of(world, value, pending) == "response.minimum-data-set"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "xml/well-formed"),
        ("%%%", "message.base64"),
        ("\udcff", "message.base64"),
        ("A" * 400_000, "message.size"),
        (base64.b64encode(b"<x/>").decode(), "message.root"),
        (base64.b64encode(b"<!DOCTYPE x><x/>").decode(), "xml/doctype"),
        (base64.b64encode("<x/>".encode("utf-16")).decode(), "xml/encoding"),
        (base64.b64encode(b"<a>" * 5000).decode(), "xml/well-formed"),
    ],
)
def test_what_is_no_response_is_refused(world: World, value: str, rule: str) -> None:
    pending, _ = world.ask()
    assert rule_of(world, value, pending) == rule


def test_a_response_off_its_schema_is_refused_before_its_signature_is_looked_at(
    world: World,
) -> None:
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    broken = message.replace(b"<saml2p:Status>", b"<saml2p:Status><saml2p:Odd/>", 1)
    value = base64.b64encode(broken).decode()
    assert rule_of(world, value, pending) == "message.schema"


def test_a_clock_off_by_the_skew_is_tolerated_and_one_second_more_is_not(world: World) -> None:
    skew = eidas.Policy().skew
    pending, form = world.ask()
    value = world.answer(world.receive(form), now=NOW + skew)
    world.accept(value, pending)
    pending, form = world.ask()
    value = world.answer(world.receive(form), now=NOW + skew + timedelta(seconds=1))
    assert rule_of(world, value, pending) == "response.issue-instant"


def rule_of(world: World, value: str, pending: eidas.PendingLogin, **told: object) -> str:
    """Give the rule under which an answer is refused."""
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending, **told)
    return refusal.value.rule
