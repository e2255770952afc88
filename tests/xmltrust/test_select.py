"""Selection by exact name and number: what is missing or doubled is named."""

import pytest

from xmltrust import (
    SelectionError,
    at_most_one,
    every,
    exactly_one,
    parse,
    required_attribute,
    text_of,
)

ROOT = parse(b'<r xmlns="urn:r"><one a="1" b=""> text </one><two/><two>x<y/></two></r>')


def test_the_only_child_is_given_with_its_text_and_attribute():
    one = exactly_one(ROOT, "{urn:r}one")
    assert (text_of(one), required_attribute(one, "a")) == ("text", "1")
    assert len(every(ROOT, "{urn:r}two")) == 2
    assert at_most_one(ROOT, "{urn:r}none") is None


@pytest.mark.parametrize(
    ("select", "rule"),
    [
        (lambda: exactly_one(ROOT, "{urn:r}two"), "xml/exactly-one"),
        (lambda: exactly_one(ROOT, "{urn:r}none"), "xml/exactly-one"),
        (lambda: exactly_one(ROOT, "{urn:other}one", "my/rule"), "my/rule"),
        (lambda: at_most_one(ROOT, "{urn:r}two"), "xml/at-most-one"),
        (lambda: text_of(ROOT[1]), "xml/text"),
        (lambda: text_of(ROOT[2]), "xml/text-only"),
        (lambda: required_attribute(ROOT[0], "b"), "xml/attribute"),
        (lambda: required_attribute(ROOT[0], "c"), "xml/attribute"),
    ],
)
def test_what_is_missing_or_doubled_is_refused_under_its_rule(select, rule):
    with pytest.raises(SelectionError) as caught:
        select()
    assert caught.value.rule == rule
