"""How SAML messages travel through a browser: HTTP-POST and HTTP-Redirect."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_plus, urlencode

from eidas.errors import RequestRefused, ResponseRefused
from eidas.vocabulary import INTEROPERABILITY, SAML_BINDINGS
from xmltrust import (
    SignatureAlgorithm,
    SignaturePolicy,
    SignatureRefused,
    SigningKey,
    TrustedKey,
)
from xmltrust.canonical import without_space
from xmltrust.signature_value import sign_octets, verify_octets

LARGEST_MESSAGE: Final = 131_072
"""Bytes of XML that a node must be able to take, and the most that we take."""
LARGEST_RELAY_STATE: Final = 80
"""SAML Bindings 3.4.3: RelayState "MUST NOT exceed 80 bytes"."""

_Refusal = type[RequestRefused] | type[ResponseRefused]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginForm:
    """A form for the browser to post to another site (SAML Bindings 3.5.4)."""

    action: str
    fields: tuple[tuple[str, str], ...]
    """Names and values of hidden fields; the page escapes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRedirect:
    """An address to send the browser to (SAML Bindings 3.4.4)."""

    url: str


def post_form(kind: str, message: bytes, *, action: str, relay_state: str) -> LoginForm:
    """Put a message into a form; ``kind`` is ``SAMLRequest`` or ``SAMLResponse``."""
    fields = [(kind, base64.b64encode(message).decode("ascii"))]
    if relay_state:
        fields.append(("RelayState", relay_state))
    return LoginForm(action=action, fields=tuple(fields))


def read_post(value: str | bytes, *, refusal: _Refusal) -> bytes:
    """Give the XML of a posted form value; raise ``refusal`` when it is no base64 or too long."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    _demand_size(len(data) * 3 // 4, refusal)
    try:
        return base64.b64decode(without_space(data), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise refusal(
            "message.base64",
            expected="base64",
            found="other characters",
            clause=f"{SAML_BINDINGS}, 3.5.4",
        ) from problem


def signed_redirect(
    kind: str,
    message: bytes,
    *,
    to: str,
    relay_state: str,
    key: SigningKey,
    algorithm: SignatureAlgorithm,
) -> LoginRedirect:
    """Put a message into an address and sign the query (SAML Bindings 3.4.4.1)."""
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(message) + deflate.flush()
    pairs = [(kind, base64.b64encode(packed).decode("ascii"))]
    if relay_state:
        pairs.append(("RelayState", relay_state))
    pairs.append(("SigAlg", algorithm.value))
    query = urlencode(pairs, quote_via=quote, safe="")
    signature = base64.b64encode(sign_octets(query.encode("ascii"), key=key, algorithm=algorithm))
    joint = "&" if "?" in to else "?"
    return LoginRedirect(url=f"{to}{joint}{query}&Signature={quote(signature, safe='')}")


@dataclass(frozen=True, slots=True)
class RedirectQuery:
    """The parts of a redirect's query; nothing in it is verified until ``verify`` was called."""

    message: bytes
    relay_state: str
    octets: bytes
    """The signed octets, exactly as they came."""
    algorithm: str
    signature: bytes

    def verify(
        self, *, trusted: Sequence[TrustedKey], policy: SignaturePolicy, refusal: _Refusal
    ) -> None:
        """Raise ``refusal`` unless one of the trusted keys signed the octets."""
        try:
            verify_octets(
                self.octets,
                self.signature,
                trusted=trusted,
                algorithm_uri=self.algorithm,
                policy=policy,
            )
        except SignatureRefused as problem:
            raise refusal(
                "redirect.signature",
                expected=problem.expected,
                found=problem.found,
                clause=f"{SAML_BINDINGS}, 3.4.4.1",
                code="203013",
            ) from problem


def read_redirect(query: str, *, kind: str, refusal: _Refusal) -> RedirectQuery:
    """Take a raw query string apart without decoding and encoding what was signed.

    Raises ``refusal`` for a parameter that is missing or comes twice, for both kinds of message
    at once, for no base64, and for a message that inflates beyond the limit.
    """
    raw: dict[str, str] = {}
    for pair in query.removeprefix("?").split("&"):
        name, _, value = pair.partition("=")
        if name in raw:
            raise refusal(
                "redirect.duplicate",
                expected="each parameter once",
                found="a parameter that comes twice",
                clause=f"{SAML_BINDINGS}, 3.4.4.1",
            )
        raw[name] = value
    if {"SAMLRequest", "SAMLResponse"} & set(raw) != {kind} or not {"SigAlg", "Signature"} <= set(
        raw
    ):
        raise refusal(
            "redirect.parameters",
            expected=f"{kind}, SigAlg and Signature, and no other message",
            found="other parameters",
            clause=f"{SAML_BINDINGS}, 3.4.4.1",
        )
    names = [name for name in (kind, "RelayState", "SigAlg") if name in raw]
    packed = _decode(unquote_plus(raw[kind]), refusal)
    return RedirectQuery(
        message=_inflate(packed, refusal),
        relay_state=checked_relay_state(unquote_plus(raw.get("RelayState", "")), refusal=refusal),
        octets="&".join(f"{name}={raw[name]}" for name in names).encode("utf-8", "replace"),
        algorithm=unquote_plus(raw["SigAlg"]),
        signature=_decode(unquote_plus(raw["Signature"]), refusal),
    )


def checked_relay_state(value: str, *, refusal: _Refusal) -> str:
    """Give a RelayState back, or raise ``refusal`` when it is longer than 80 bytes."""
    if len(value.encode("utf-8", "replace")) > LARGEST_RELAY_STATE:
        raise refusal(
            "message.relay-state",
            expected=f"at most {LARGEST_RELAY_STATE} bytes",
            found="more",
            clause=f"{SAML_BINDINGS}, 3.4.3",
        )
    return value


def _decode(text: str, refusal: _Refusal) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise refusal(
            "message.base64",
            expected="base64",
            found="other characters",
            clause=f"{SAML_BINDINGS}, 3.4.4.1",
        ) from problem


def _inflate(packed: bytes, refusal: _Refusal) -> bytes:
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        message = inflate.decompress(packed, LARGEST_MESSAGE + 1)
    except zlib.error as problem:
        raise refusal(
            "redirect.deflate",
            expected="deflated data",
            found="something else",
            clause=f"{SAML_BINDINGS}, 3.4.4.1",
        ) from problem
    _demand_size(len(message), refusal)
    if not inflate.eof or inflate.unused_data:
        raise refusal(
            "redirect.deflate",
            expected="one complete deflate stream and nothing after it",
            found="a cut stream or trailing data",
            clause=f"{SAML_BINDINGS}, 3.4.4.1",
        )
    return message


def _demand_size(size: int, refusal: _Refusal) -> None:
    if size > LARGEST_MESSAGE:
        raise refusal(
            "message.size",
            expected=f"at most {LARGEST_MESSAGE} bytes",
            found="a longer message",
            clause=f"{INTEROPERABILITY}, 7.5",
        )
