"""What a caller of the read API may ask for, and a plain answer when it asks for something else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from procedures.codes import Audience
from procedures.errors import ProceduresMisuse
from procedures.model import Kind, Language

KEPT: Final = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer: it is public and may be kept."""
MAX_PAGE: Final = 200
MAX_QUESTION: Final = 200
_PARAMETERS: Final = frozenset(
    {
        "q", "language", "kind", "code", "audience", "territory", "authority", "changed_since",
        "limit", "offset",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that makes sense."""

    question: str
    language: str | None
    kind: str | None
    code: str | None
    audience: str | None
    territory: str | None
    authority: str | None
    changed_since: str | None
    limit: int
    offset: int


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """A problem as RFC 9457 writes it."""
    return JSONResponse(
        {"title": title, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )


def asked(given: Mapping[str, str]) -> Asked:
    """Read the parameters of a search; raises an HTTP error 400 that names the wrong one."""
    unknown = set(given) - _PARAMETERS
    if unknown:
        known = ", ".join(sorted(_PARAMETERS))
        raise HTTPException(400, f"there is no parameter {min(unknown)}; known: {known}")
    question = given.get("q", "")
    if len(question) > MAX_QUESTION:
        raise HTTPException(400, f"q: expected at most {MAX_QUESTION} characters")
    return Asked(
        question=question,
        language=_language(given.get("language")),
        kind=_one_of("kind", given.get("kind"), tuple(one.value for one in Kind)),
        code=given.get("code"),
        audience=_one_of("audience", given.get("audience"), tuple(one.value for one in Audience)),
        territory=given.get("territory"),
        authority=given.get("authority"),
        changed_since=_day(given.get("changed_since")),
        limit=_number("limit", given.get("limit"), 20, least=1, most=MAX_PAGE),
        offset=_number("offset", given.get("offset"), 0, least=0, most=1_000_000),
    )


def language_asked(given: str | None) -> str | None:
    """A language parameter; raises an HTTP error 400 for what is no language."""
    return _language(given)


def refuse(_request: object, error: Exception) -> Response:
    """Any HTTP error as a problem."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    titles = {400: "The question cannot be answered", 404: "There is no such description"}
    return problem(status, titles.get(status, "The request failed"), detail)


def _language(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return str(Language(given))
    except ProceduresMisuse as error:
        raise HTTPException(400, f"language: {error}") from None


def _one_of(name: str, given: str | None, known: tuple[str, ...]) -> str | None:
    if given is not None and given not in known:
        raise HTTPException(400, f"{name}: expected one of {', '.join(known)}")
    return given


def _day(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise HTTPException(400, "changed_since: expected a day such as 2026-01-31") from None


def _number(name: str, given: str | None, default: int, *, least: int, most: int) -> int:
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal()) or not least <= int(given[:9]) <= most:
        raise HTTPException(400, f"{name}: expected a number from {least} to {most}")
    return int(given)
