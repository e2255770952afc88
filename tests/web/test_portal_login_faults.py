"""Faults that a tester chooses for the foreign node: the portal logs nobody in, and says why."""

import logging

import pytest

from eidas.node import Refusal, WrongAnswer
from sdg_connector.sandbox.switches import LoginFault
from tests.support.portal_pair import Pair
from tests.support.walker import Walker


def test_every_wrong_answer_and_refusal_of_a_node_can_be_chosen() -> None:
    names = {one.name for one in LoginFault}
    assert {one.name for one in WrongAnswer} <= names
    assert {f"REFUSAL_{one.name}" for one in Refusal} <= names


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("signed_by_another", "dsig/trusted-key"),
        ("encrypted_for_another", "xenc/decryption"),
        ("signed_by_pkcs1", "dsig/algorithm"),
        ("plain_assertion", "response.plain-assertion"),
        ("wrong_audience", "response.audience"),
        ("lower_level", "response.level"),
        ("missing_attribute", "response.minimum-data-set"),
        ("refusal_authentication_failed", "outcome.authentication-failed"),
        ("refusal_level_not_available", "outcome.level-not-available"),
    ],
)
def test_a_fault_ends_on_a_page_and_in_the_log_by_its_rule(
    pair: Pair, walker: Walker, caplog: pytest.LogCaptureFixture, fault: str, rule: str
) -> None:
    pair.switch(fault=fault)
    with caplog.at_level(logging.INFO):
        walker.log_in(pair.portal, "ana")
    assert walker.name == "problem"
    assert rule in caplog.text
    assert "García" not in caplog.text + walker.page.text


def test_the_testers_page_offers_the_faults_by_name(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.sandbox}/")
    assert '<option value="wrong_audience" lang="en">wrong_audience</option>' in walker.page.text
    walker.submit("control", fault="wrong_audience")
    chosen = '<option value="wrong_audience" lang="en" selected>wrong_audience</option>'
    assert chosen in walker.page.text
