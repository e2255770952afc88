"""Bytes of a page to text, as the Encoding Standard decides it, and never an exception.

https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_PRESCAN: Final = 1024
_META: Final = re.compile(
    rb"""<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE
)
_HEADER: Final = re.compile(r"""charset\s*=\s*["']?([^\s;"']{1,40})""", re.IGNORECASE)
_WEB: Final = frozenset(
    """
    utf-8 utf-16-be utf-16-le cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7
    iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman cp874
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-cyrillic gb18030 big5hkscs
    euc_jp iso2022_jp cp932 cp949
    """.split()  # noqa: SIM905  a list of forty names reads better as a text
)
"""Python's codecs for the encodings of the Encoding Standard: no ``zlib``, no ``idna``."""
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "utf-16": "utf-16-le",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
"""What a label stands for on the web, where that is another encoding."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, and what its encoding was taken for."""

    text: str
    encoding: str
    declared: str | None
    """The label that the server or the page gives; none where both are silent."""
    known: bool
    """Whether the label means an encoding of the web."""
    broken: int
    """Octets that mean nothing in that encoding."""


def decode(data: bytes, *, content_type: str = "") -> Decoded:
    """The text of a page; ``content_type`` is the header that came with it, when one did."""
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], marked, marked, known=True)
    label = _label(data, content_type)
    if label is not None:
        encoding = _encoding(label)
        if encoding is not None:
            return _decoded(data, encoding, label, known=True)
    guessed = "utf-8" if _is_utf_8(data) else "cp1252"
    return _decoded(data, guessed, label, known=label is None)


def _label(data: bytes, content_type: str) -> str | None:
    header = _HEADER.search(content_type)
    if header is not None:
        return header[1]
    meta = _META.search(data[:_PRESCAN])
    if meta is None:
        return None
    label = meta[1].decode("ascii")
    # A page that says UTF-16 in ASCII letters is not in UTF-16.
    return "utf-8" if label.lower().startswith("utf-16") else label


def _encoding(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if name in _WEB else None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, encoding: str, declared: str | None, *, known: bool) -> Decoded:
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    return Decoded(text, encoding, declared, known, broken)
