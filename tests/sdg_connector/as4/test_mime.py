"""The multipart reader: strict about structure, indifferent to where the network cuts."""

import tracemalloc
from email.message import Message

import pytest

from sdg_connector.as4 import As4Refused, EbmsError, MimeCaps
from sdg_connector.as4.content_type import read_content_type
from sdg_connector.as4.mime import read_mime

TYPE = 'multipart/related; type="application/soap+xml"; boundary="b"; start="<root@x>"'
ROOT = b"Content-Type: application/soap+xml\r\nContent-ID: <root@x>\r\n\r\n<e/>"
PART = b"Content-ID: <a@x>\r\n\r\nattachment"


def multipart(*parts: bytes, end: bytes = b"\r\n--b--\r\n") -> bytes:
    return b"--b\r\n" + b"\r\n--b\r\n".join(parts) + end


def test_a_plain_message_is_read():
    message = read_mime(TYPE, [multipart(ROOT, PART)])
    assert message.root == b"<e/>"
    assert [(part.content_id, part.size) for part in message.parts] == [("a@x", 10)]
    message.parts[0].content.seek(0)
    assert message.parts[0].content.read() == b"attachment"


def test_a_bare_envelope_is_read():
    assert read_mime("application/soap+xml; charset=utf-8", [b"<e", b"/>"]).root == b"<e/>"


def test_a_line_that_only_looks_like_the_boundary_is_content():
    message = read_mime(TYPE, [multipart(ROOT, PART + b"\r\n-b\r\n--c\n--b")])
    assert message.parts[0].size == len(b"attachment\r\n-b\r\n--c\n--b")


BROKEN = {
    "no closing boundary": multipart(ROOT, PART, end=b""),
    "octets before the boundary": b"hello\r\n" + multipart(ROOT),
    "octets behind the end": multipart(ROOT, end=b"\r\n--b--\r\nevil"),
    "a boundary with a tail": multipart(ROOT, PART).replace(b"\r\n--b\r\n", b"\r\n--bevil\r\n"),
    "no part": b"--b--\r\n",
    "a root of another type": multipart(PART, ROOT),
    "the same content id twice": multipart(ROOT, PART, PART),
    "content ids that differ in case": multipart(ROOT, PART, PART.replace(b"<a@x>", b"<A@X>")),
    "a part that takes the root's id": multipart(ROOT, PART.replace(b"<a@x>", b"<root@x>")),
    "a part without content id": multipart(ROOT, b"X: y\r\n\r\nz"),
    "a header twice": multipart(ROOT, b"Content-ID: <c@x>\r\n" + PART),
    "a header line that is none": multipart(ROOT, b"evil\r\n" + PART),
    "base64 content": multipart(ROOT, b"Content-Transfer-Encoding: base64\r\n" + PART),
    "a header bomb": multipart(ROOT, b"X: " + b"y" * 9000 + b"\r\n" + PART),
    "many parts": multipart(ROOT, *(PART.replace(b"a@", b"%d@" % n) for n in range(102))),
    "a big envelope": multipart(ROOT.replace(b"<e/>", b" " * 600_000)),
    "start names another part": multipart(ROOT.replace(b"root@x", b"boot@x"), PART),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("step", [1, 7, 10**9])
def test_broken_mime_is_an_inconsistency_wherever_it_is_cut(body, step):
    if step == 1 and len(body) > 10_000:
        step = 1000
    with pytest.raises(As4Refused) as caught:
        read_mime(TYPE, (body[at : at + step] for at in range(0, len(body), step)))
    assert caught.value.error is EbmsError.MIME_INCONSISTENCY


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/xml",
        "multipart/related",
        'multipart/related; boundary=""',
        f'multipart/related; boundary="{"b" * 71}"',
        'multipart/mixed; boundary="b"',
        "application/soap+xml\r\nX: y",
        "multipart",
        'multipart/related; boundary="b"; boundary="c"',
        'multipart/related; boundary="b" evil',
        'multipart/related; boundary="b',
        "multipart/related; boundary*=utf-8''b",
        "multipart/related; boundary=b;" + " x=y;" * 500,
        "multipart/rel\u0430ted; boundary=b",
    ],
)
def test_another_content_type_is_refused(content_type):
    with pytest.raises(As4Refused):
        read_mime(content_type, [multipart(ROOT)])


# Of Apache CXF and Axis2, phase4, the Python package as4, .NET, and by the letter of RFC 2045.
CONTENT_TYPES = (
    'multipart/related; type="application/xop+xml"; boundary="uuid:0f0cf1a1-5d6c-4e6c"',
    'multipart/related; start="<root.message@cxf.apache.org>"; start-info="application/soap+xml"',
    "multipart/related; boundary=MIMEBoundary_7c; type=application/soap+xml; start=0.7c@ap.org",
    'Multipart/Related; Boundary="----=_Part_1_2.3";type="application/soap+xml";charset=UTF-8;',
    "multipart/related;boundary=b;start-info='application/soap+xml'",
    'application/soap+xml; charset=utf-8; action="urn:\\"quoted\\""',
    "application/soap+xml ; charset = UTF-8 ;",
)


@pytest.mark.parametrize("header", CONTENT_TYPES)
def test_a_content_type_says_what_the_standard_library_reads_in_it(header):
    judge = Message()
    judge["Content-Type"] = header
    found = read_content_type(header)
    assert found.media_type == judge.get_content_type()
    for name in ("boundary", "type", "start", "start-info", "charset", "action"):
        assert found.parameters.get(name) == judge.get_param(name)


def test_a_message_that_never_ends_is_cut_off_with_memory_flat():
    caps = MimeCaps(max_octets=50_000_000)
    seen = 0

    def endless():
        nonlocal seen
        yield multipart(ROOT, PART, end=b"")
        while True:
            seen += 1
            yield b"x" * 1_000_000

    class Nowhere:
        def write(self, data):
            return len(data)

    tracemalloc.start()
    with pytest.raises(As4Refused):
        read_mime(TYPE, endless(), caps=caps, new_spool=Nowhere)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == 50
    assert peak < 8_000_000
