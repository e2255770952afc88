"""The walk that asks the rules: foreign names and comments lead nowhere, and are not remembered."""

import re

import pytest

from sdg_connector.evidence import write_evidence_request
from sdg_connector.evidence.rules import broken_rules
from sdg_connector.evidence.rules.message import judge_of
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.rules import Judge
from tests.sdg_connector.connector.test_providing import request_of

REQUEST = write_evidence_request(request_of())


def told(data: bytes) -> list[tuple[str, str]]:
    return [(one.rule.id, one.where) for one in broken_rules(read_root(data))]


def test_names_that_no_rule_speaks_of_do_not_make_the_judge_grow() -> None:
    judge = judge_of("EDM-REQ", EdmLine.V2_0)
    slot = b'<rim:Slot name="Requirements">'
    assert REQUEST.count(slot) == 1
    sizes = set()
    for number in range(50):
        strange = b'<y%d><z/></y%d><rim:Slot name="n%d"><z/></rim:Slot>'
        judge.broken(read_root(REQUEST.replace(slot, strange % ((number,) * 3) + slot)))
        sizes.add((len(judge._stands._known), *sorted(_remembered(judge))))
    assert len(sizes) == 1


def _remembered(judge: Judge) -> list[int]:
    """How many steps each stand remembers for names and conditions that were met."""
    stands = judge._stands._known.values()
    return [len(way._known) for stand in stands for way in stand.ways.values()]


@pytest.mark.parametrize("inside", [b"<!-- lang='x' -->", b"<?pi lang='x'?>"])
def test_a_comment_stands_nowhere(inside: bytes) -> None:
    commented = re.sub(rb"(<(?:rim|sdg|query):\w+[^>]*(?<!/)>)", rb"\1" + inside, REQUEST)
    assert commented.count(inside) > 40
    assert told(commented) == told(REQUEST)


def test_what_breaks_is_told_in_the_order_of_the_document() -> None:
    broken = REQUEST.replace(b' lang="ES">Universidad', b">Universidad").replace(
        b"<sdg:Title lang", b"<sdg:Title was"
    )
    rules = [rule for rule, _ in told(broken) if rule.startswith("R-EDM-REQ-C")]
    assert rules == ["R-EDM-REQ-C109", "R-EDM-REQ-C029"]
