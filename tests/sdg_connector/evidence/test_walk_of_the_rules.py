"""The walk that asks the rules: foreign names and comments lead nowhere, and are not remembered.

A document of an outline that was met before is asked without a walk, and gets the same verdict.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

import pytest
from lxml import etree

from sdg_connector.evidence import write_evidence_request
from sdg_connector.evidence.rules import FILES, broken_rules, kind_of
from sdg_connector.evidence.rules.message import judge_of
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.namespaces import QUERY, SDG
from sdg_connector.vocabulary.rules import Judge, RuleFile, rule, whole_day
from tests.sdg_connector.connector.test_providing import World, request_of, second_of

REQUEST = write_evidence_request(request_of())


def messages() -> Iterator[bytes]:
    """What follows the first request of an exchange with a preview."""
    world, first = World(), request_of()
    refused = world.ask(first)
    ticket, location = world.preview(first)
    second = second_of(first, location)
    world.ask(second)
    answer = world.provider.decide(ticket, [0])
    assert refused is not None
    assert answer is not None
    yield from (refused.document, write_evidence_request(second), answer.document)


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


def changed(root: etree._Element) -> Iterator[etree._Element]:
    """The document with one thing changed in each: values first, which leave its outline alone."""
    for at, original in enumerate(root.iter()):
        for name in original.attrib:
            for value in ("", "x", "rim:StringValueType", None):
                copy = deepcopy(root)
                element = list(copy.iter())[at]
                if value is None:
                    del element.attrib[name]
                else:
                    element.set(name, value)
                yield copy
        for text in ("", "x", "ER", "urn:uuid:x"):
            copy = deepcopy(root)
            list(copy.iter())[at].text = text
            yield copy
        for name in ("lang", "schemeID"):
            copy = deepcopy(root)
            list(copy.iter())[at].set(name, "xx")
            yield copy
        if at:
            yield from reshaped(root, at)


def reshaped(root: etree._Element, at: int) -> Iterator[etree._Element]:
    """Without one element, with it twice, and with another name for it."""
    for change in ("remove", "repeat", "rename"):
        copy = deepcopy(root)
        element = list(copy.iter())[at]
        parent = element.getparent()
        assert parent is not None
        if change == "remove":
            parent.remove(element)
        elif change == "repeat":
            element.addnext(deepcopy(element))
        else:
            element.tag = "{urn:x}y"
        yield copy


@pytest.mark.parametrize("data", [*messages()], ids=("preview", "second", "evidence"))
def test_an_outline_that_was_met_before_gets_the_verdict_of_the_walk(data: bytes) -> None:
    root = read_root(data)
    kind = kind_of(root)
    experienced = Judge(FILES[kind], (2, 0), errors_only=True)
    walking = Judge(FILES[kind], (2, 0), errors_only=True)
    assert not experienced.broken(root)
    assert len(experienced._known) == 1
    verdicts = set()
    for document in changed(root):
        walking._known.clear()
        told = [(one.rule.id, one.where) for one in experienced.broken(document)]
        assert told == [(one.rule.id, one.where) for one in walking.broken(document)]
        verdicts.add(bool(told))
        experienced.broken(root)
    assert verdicts == {True, False}


def test_a_condition_on_a_value_is_asked_of_each_document_although_its_outline_is_known() -> None:
    strict = rule("strict", "query:QueryRequest/sdg:A[@kind='day']", whole_day())
    judge = Judge([RuleFile(name="X", rules=(strict,))], (2, 0))
    text = '<q:QueryRequest xmlns:q="%s" xmlns="%s"><A kind="%s">never</A></q:QueryRequest>'
    free, bound = (read_root((text % (QUERY, SDG, kind)).encode()) for kind in ("any", "day"))
    assert not judge.broken(free)
    assert [one.rule.id for one in judge.broken(bound)] == ["strict"]
    assert not judge.broken(free)


def test_a_judge_remembers_few_outlines_and_none_that_breaks_a_rule() -> None:
    judge = judge_of("EDM-REQ", EdmLine.V2_0)
    name = b'<sdg:Name lang="ES">Universidad</sdg:Name>'
    assert REQUEST.count(name) == 1
    for number in range(1, 200):
        judge.broken(read_root(REQUEST.replace(name, name * number)))
        assert len(judge._known) <= 64
    met = len(judge._known)
    judge.broken(read_root(REQUEST.replace(name, b"")))
    assert len(judge._known) == met
    judge.broken(read_root(REQUEST.replace(name, name * 1_000)))
    assert len(judge._known) == met
