"""One HTTP call to a remote engine, with every failure as our own error."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import httpx

from translations.errors import EngineRefused, EngineUnavailable, Misuse

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
MAX_ANSWER_BYTES = 50_000_000


def engine_client(
    base_url: str,
    headers: dict[str, str] | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """A client for one engine: HTTPS or this machine, no redirects, certificates checked.

    ``transport`` is for tests and for agencies whose traffic leaves by a way of its own.
    Raises `Misuse` for another address.
    """
    url = httpx.URL(base_url)
    if url.scheme != "https" and url.host not in {"localhost", "127.0.0.1", "::1"}:
        raise Misuse(f"an engine is reached over https, not {base_url[:80]!r}")
    return httpx.Client(
        base_url=url,
        headers=headers,
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        transport=transport,
    )


def answer_of(
    client: httpx.Client, engine: str, method: str, path: str, **content: Any
) -> httpx.Response:
    """The answer with a good status; raises `EngineUnavailable` or `EngineRefused`."""
    try:
        request = client.build_request(method, path, **content)
        response = client.send(request, stream=True)
        try:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_ANSWER_BYTES:
                    raise EngineRefused(engine, f"its answer is over {MAX_ANSWER_BYTES} bytes")
        finally:
            response.close()
    except httpx.HTTPError as error:
        raise EngineUnavailable(engine, f"no answer: {type(error).__name__}") from None
    whole = httpx.Response(
        response.status_code, headers={"content-type": response.headers.get("content-type", "")},
        content=bytes(body),
    )  # fmt: skip
    if response.status_code in {502, 503, 504}:
        raise EngineUnavailable(engine, "it is not at work now", str(response.status_code))
    if not response.is_success:
        code, reason = _told(whole)
        raise EngineRefused(engine, reason, code or str(response.status_code))
    return whole


_KNOWN = {
    400: "it did not understand the request", 401: "it does not know the key",
    403: "it does not allow this", 404: "it has no such service", 413: "the text is too long",
    429: "too many requests", 456: "the quota is used up", 500: "it failed",
}  # fmt: skip
"""Our words for a status: an engine's own may quote the text that was sent."""


def _told(response: httpx.Response) -> tuple[str, str]:
    """The engine's own code, and what the status says, in our words."""
    reason = _KNOWN.get(response.status_code, f"it answered with {response.status_code}")
    try:
        told = response.json()
    except (ValueError, RecursionError):
        return "", reason
    if isinstance(told, dict):
        inner = told.get("error")
        code = told.get("errorCode") or (inner.get("code") if isinstance(inner, dict) else None)
        if isinstance(code, int | str) and not isinstance(code, bool):
            return str(code)[:30], reason
    return "", reason


def json_of(response: httpx.Response, engine: str) -> Any:
    """The JSON of an answer; raises `EngineRefused` when it is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise EngineRefused(engine, "its answer is not JSON") from None


def text_list(found: object, count: int, engine: str) -> list[str]:
    """``count`` texts; raises `EngineRefused` for anything else."""
    if (
        not isinstance(found, list)
        or len(found) != count
        or not all(isinstance(text, str) for text in found)
    ):
        raise EngineRefused(engine, f"it did not answer with {count} texts")
    return found


def portions(sentences: Sequence[str], *, texts: int, characters: int) -> Iterator[tuple[str, ...]]:
    """Sentences in order, in portions within an engine's limits; a longer one goes alone."""
    portion: list[str] = []
    size = 0
    for sentence in sentences:
        if portion and (len(portion) >= texts or size + len(sentence) > characters):
            yield tuple(portion)
            portion, size = [], 0
        portion.append(sentence)
        size += len(sentence)
    if portion:
        yield tuple(portion)


def distinct(sentences: Iterable[str]) -> list[str]:
    """Each sentence with words in it, once, in order."""
    return [text for text in dict.fromkeys(sentences) if any(char.isalpha() for char in text)]
