"""A callback of eTranslation, of either generation, believed only as far as it was asked for."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from translations.engines.etranslation.letterbox import Letterbox
from translations.errors import DeliveryRefused, UnknownLanguage
from translations.languages import read_code

MAX_BYTES = 30_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a callback says."""

    request: int
    target: str
    reference: str
    """Empty when the service did not repeat it."""
    text: str | None
    code: int | None
    """The error code, when there is no text."""


def read_delivery(body: bytes, *, content_type: str, query: str = "") -> Delivery:
    """Read a callback: JSON of v2, or form or query of v1; raises `DeliveryRefused`."""
    if len(body) > MAX_BYTES:
        raise DeliveryRefused(f"a callback has at most {MAX_BYTES} bytes")
    if "json" in content_type.lower():
        return _json(body)
    fields = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=50))
    if "x-www-form-urlencoded" in content_type.lower():
        try:
            text = body.decode("utf-8")
            fields |= dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
        except ValueError:
            raise DeliveryRefused("the form of a callback cannot be read") from None
    return _delivery(
        fields.get("request-id"), fields.get("target-language") or fields.get("target-languages"),
        fields.get("external-reference", ""), fields.get("translated-text"),
        fields.get("error-code"),
    )  # fmt: skip


def _json(body: bytes) -> Delivery:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise DeliveryRefused("the JSON of a callback cannot be read") from None
    if not isinstance(told, dict):
        raise DeliveryRefused("a callback is a JSON object")
    text = told.get("translatedText")
    if text is None and "result" in told:
        text = _decoded(told["result"])
    targets = told.get("targetLanguages")
    listed = targets[0] if isinstance(targets, list) and targets else None
    return _delivery(
        told.get("requestId"), told.get("targetLanguage") or listed,
        told.get("externalReference", ""), text, told.get("errorCode"),
    )  # fmt: skip


def _decoded(result: Any) -> str:
    try:
        return base64.b64decode(result, validate=True).decode("utf-8")
    except (TypeError, ValueError, binascii.Error):
        raise DeliveryRefused("the result of a callback is not base64 of UTF-8") from None


def _delivery(
    request: object, target: object, reference: object, text: object, code: object
) -> Delivery:
    try:
        number = int(str(request)[:20])
        language = read_code(str(target))
        told = None if code in {None, ""} else int(str(code)[:20])
    except (ValueError, UnknownLanguage):
        raise DeliveryRefused("a callback names its request and its target language") from None
    if not isinstance(reference, str) or not isinstance(text, str | None):
        raise DeliveryRefused("a callback's reference and text are text")
    if text is None and told is None:
        raise DeliveryRefused("a callback brings a text or an error")
    return Delivery(
        request=number, target=language, reference=reference[:100],
        text=None if told is not None else text, code=told,
    )  # fmt: skip


def accept_delivery(
    body: bytes,
    *,
    content_type: str,
    query: str = "",
    letterbox: Letterbox,
    now: datetime,
) -> bool:
    """Keep what a callback delivers; False when it came before (the service repeats).

    The caller has checked the secret in the address. Raises `DeliveryRefused` for what nobody
    asked for.
    """
    delivery = read_delivery(body, content_type=content_type, query=query)
    reference = delivery.reference or letterbox.reference_of(
        delivery.request, target=delivery.target
    )
    if not reference or letterbox.letter(reference) is None:
        raise DeliveryRefused("nobody asked for what the callback delivers")
    return letterbox.deliver(
        reference, target=delivery.target, text=delivery.text, code=delivery.code, now=now
    )
