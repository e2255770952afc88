"""Documents that harm a careless parser, each refused under a named rule."""

import pytest

from xmltrust import Limits, XmlRefused, parse

BILLION_LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "&a;&a;&a;&a;">' % level for level in range(10))
    + b"]><l>&a9;</l>"
)


def _rule(data: bytes, **options) -> str:
    with pytest.raises(XmlRefused) as caught:
        parse(data, **options)
    return caught.value.rule


@pytest.mark.parametrize(
    "document",
    [
        BILLION_LAUGHS,
        b"<!DOCTYPE a><a/>",
        b"<!doctype a><a/>",
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><a/>',
        b'<!DOCTYPE a [<!ATTLIST a ID CDATA "x">]><a/>',
        b"<!DOCTYPE r SYSTEM 'x\"><!--'><r><![CDATA[-->good<!--]]>--></r>",
        b"<!DOCTYPE q [<!ENTITY b '" + b"b" * 50_000 + b"'>]><q>" + b"&b;" * 1000 + b"</q>",
    ],
)
def test_every_kind_of_doctype_is_refused_before_it_is_read(document):
    assert _rule(document) == "xml/doctype"


@pytest.mark.parametrize(
    "document",
    [
        "<a>é</a>".encode("utf-16"),
        "<a>é</a>".encode("latin-1"),
        b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b/+AD4-</a>',
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-16'?><a/>",
        b"<a>\xc0\xaf</a>",
        b"<a>\xed\xa0\x80</a>",
    ],
)
def test_every_encoding_but_utf8_is_refused(document):
    assert _rule(document) == "xml/encoding"


def test_a_byte_order_mark_before_utf8_is_harmless():
    assert parse(b"\xef\xbb\xbf<a>\xc3\xa9</a>").text == "é"


@pytest.mark.parametrize("document", [b"<a>x<!-- -->y</a>", b"<!-- --><a/>", b"<a/><?p?>"])
def test_comments_and_instructions_are_refused_unless_allowed(document):
    assert _rule(document) == "xml/comment"
    assert parse(document, comments_allowed=True).tag == "a"


@pytest.mark.parametrize(
    "document", [b"", b"   ", b"a", b"<a>", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>", b"\x00"]
)
def test_broken_xml_is_refused(document):
    assert _rule(document) == "xml/well-formed"


def test_too_many_octets_are_refused_unparsed():
    assert _rule(b"<" * 1000, limits=Limits(max_bytes=999)) == "xml/size"


def test_nesting_is_capped():
    document = b"<a>" * 65 + b"</a>" * 65
    assert _rule(document) == "xml/depth"
    assert parse(document[3:-4]).tag == "a"


def test_nesting_without_end_is_refused_by_the_parser():
    assert _rule(b"<a>" * 5000 + b"</a>" * 5000) == "xml/well-formed"


def test_forty_thousand_attributes_are_refused():
    attributes = b" ".join(b"a%d='v'" % number for number in range(40_000))
    assert _rule(b"<a " + attributes + b"/>", limits=Limits(max_bytes=2**20)) == "xml/attributes"


def test_elements_are_capped():
    assert _rule(b"<a>" + b"<b/>" * 20_000 + b"</a>") == "xml/elements"


def test_xml_1_1_is_refused():
    assert _rule(b'<?xml version="1.1"?><a/>') in ("xml/version", "xml/well-formed")


def test_an_xinclude_is_left_alone():
    root = parse(
        b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd"/></a>'
    )
    assert len(root) == 1


def test_text_is_refused_as_input():
    assert _rule("<a/>") == "xml/bytes"  # type: ignore[arg-type]
