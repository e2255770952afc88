"""Forms that a browser posts, read within limits and bound to the session that asked for them."""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from sdg_connector.errors import PeerMistake

MAX_FORM_BYTES = 262_144
"""Twice the largest SAML message that a node takes (131 072 bytes), since base64 grows it."""


class FormRefused(PeerMistake):
    """A posted form that is too large, unreadable, or not one of ours."""


async def read_form(request: Request, *, csrf: str | None) -> Mapping[str, str]:
    """The fields of a posted form; with ``csrf`` given, only when the form carries that token.

    Raises `FormRefused`. A form from another site can neither know the token nor pass as the same
    origin (OWASP CSRF prevention, synchronizer token).
    """
    fields = _fields(await _body(request))
    if csrf is not None and not hmac.compare_digest(
        csrf.encode(), fields.get("csrf", "").encode("utf-8", "replace")
    ):
        raise FormRefused(
            rule="web::csrf", expected="the form token of this session", found="another token"
        )
    return fields


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_FORM_BYTES:
            raise FormRefused(
                rule="web::form-size",
                expected=f"at most {MAX_FORM_BYTES} bytes",
                found="a larger form",
            )
    return bytes(received)


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=64,
        )
    except ValueError as unreadable:
        raise FormRefused(
            rule="web::form-encoding",
            expected="application/x-www-form-urlencoded in UTF-8",
            found="something else",
        ) from unreadable
    if len(dict(pairs)) != len(pairs):
        raise FormRefused(
            rule="web::form-field-once", expected="each field once", found="a repeated field"
        )
    return dict(pairs)
