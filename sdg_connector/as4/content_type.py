"""A Content-Type header: its media type, and each parameter once.

RFC 2045 5.1. Values that hold a slash or angle brackets need quotes there, and stacks that leave
them out are understood: ``type=application/soap+xml``.
"""

import re
from dataclasses import dataclass

from sdg_connector.as4.errors import As4Refused, EbmsError

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE = re.compile(rf"\s*({_WORD}/{_WORD})\s*")
_PARAMETER = re.compile(
    rf';\s*(?:({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*)?',
)
_ESCAPED = re.compile(r"\\(.)")
_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class ContentType:
    """What a Content-Type header says."""

    media_type: str
    """In small letters, without parameters."""
    parameters: dict[str, str]
    """By their names in small letters."""


def read_content_type(value: str) -> ContentType:
    """The header's values; raises ``As4Refused`` (EBMS:0007) for what is no Content-Type."""
    match = None if len(value) > _MAX_LENGTH or not value.isascii() else _MEDIA_TYPE.match(value)
    if match is None or "\n" in value or "\r" in value:
        raise _refused("a Content-Type", "none that can be read")
    media_type, parameters = match[1].lower(), {}
    while match.end() < len(value):
        match = _PARAMETER.match(value, match.end())
        if match is None:
            raise _refused("parameters of the form name=value", "something else")
        name, quoted, plain = match.groups()
        if name is None:
            continue
        if name.lower() in parameters:
            raise _refused("each parameter once", "one twice")
        parameters[name.lower()] = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
    return ContentType(media_type, parameters)


def _refused(expected: str, found: str) -> As4Refused:
    return As4Refused(EbmsError.MIME_INCONSISTENCY, "RFC 2045 5.1", expected=expected, found=found)
