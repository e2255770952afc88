"""The shapes that a UUID has in messages."""

import re

_UUID = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_BARE = re.compile(_UUID, re.IGNORECASE)
_URN = re.compile(f"urn:uuid:{_UUID}", re.IGNORECASE)


def is_loose_uuid(text: str) -> bool:
    """Whether the text ends in a UUID: the official pattern has no start anchor (C003)."""
    return _BARE.fullmatch(text.removeprefix("urn:uuid:")) is not None


def is_uuid(text: str) -> bool:
    """Whether the text is a bare UUID (RFC 4122)."""
    return _BARE.fullmatch(text) is not None


def is_uuid_urn(text: str) -> bool:
    """Whether the text is a UUID with the prefix ``urn:uuid:``."""
    return _URN.fullmatch(text) is not None
