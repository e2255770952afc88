"""The read API itself: an ASGI application that mounts anywhere and keeps no state."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from procedures import Description, meta_tags, page_of, write_json, write_yaml
from procedures.codes import entry, knows
from procedures.errors import ProceduresMisuse
from procedures.schema_org import schema_org
from procedures.search import Hit, SearchIndex, filtered
from procedures.situations import LifeSituation
from sdg_connector.web.descriptions.asking import KEPT, Asked, asked, language_asked, refuse
from sdg_connector.web.descriptions.openapi import FORMATS, openapi
from sdg_connector.web.descriptions.situations import Situations
from sdg_connector.web.descriptions.snippet import SCRIPT, address_of, snippet
from sdg_connector.web.own_words import own_words

_VERSION: Final = "1.0.0"


def read_api(
    descriptions: Iterable[Description], *, situations: Iterable[LifeSituation] = ()
) -> Starlette:
    """An ASGI application over descriptions and life situations: search, read, embed, OpenAPI.

    Everything is public: any origin may read it, no cookie is set or read, nothing is logged.
    Raises `ProceduresMisuse` when two descriptions, or situations, have one identifier.
    """
    api = _Api.over(descriptions)
    lives = Situations.over(situations, catalogue=api.index.descriptions)
    return Starlette(
        routes=[
            Route("/descriptions", api.search),
            Route("/descriptions/{identifier:path}", api.read),
            Route("/situations", lives.search),
            Route("/situations/{identifier:path}", lives.read),
            Route("/codes", api.codes),
            Route("/openapi.json", api.openapi),
            Route("/embed.js", api.embed),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD"],
                expose_headers=["ETag"],
            )
        ],
        exception_handlers={HTTPException: refuse, 404: refuse, 405: refuse},
    )


@dataclass(frozen=True, slots=True)
class _Api:
    index: SearchIndex
    by_identifier: Mapping[str, Description]

    @classmethod
    def over(cls, descriptions: Iterable[Description]) -> "_Api":
        index = SearchIndex.of(descriptions)
        by_identifier = {one.identifier: one for one in index.descriptions}
        if len(by_identifier) < len(index.descriptions):
            counted = Counter(one.identifier for one in index.descriptions)
            double = next(name for name, count in counted.items() if count > 1)
            raise ProceduresMisuse(f"expected each identifier once, found {double} twice")
        return cls(index, by_identifier)

    def search(self, request: Request) -> Response:
        """GET /descriptions."""
        wanted = asked(request.query_params)
        hits = filtered(
            self.index.search(wanted.question),
            kind=wanted.kind,
            code=wanted.code,
            audience=wanted.audience,
            territory=wanted.territory,
            authority=wanted.authority,
        )
        since = wanted.changed_since
        if since is not None:
            hits = tuple(one for one in hits if _changed(one.description) >= since)
        page = hits[wanted.offset : wanted.offset + wanted.limit]
        more = wanted.offset + wanted.limit < len(hits)
        found = {
            "total": len(hits),
            "offset": wanted.offset,
            "items": [_item(one, wanted, request) for one in page],
            "next": _next(request, wanted) if more else None,
        }
        return JSONResponse(found, headers=KEPT)

    def read(self, request: Request) -> Response:
        """GET /descriptions/{identifier}: one description in the form asked for."""
        description = self.by_identifier.get(request.path_params["identifier"])
        if description is None:
            raise HTTPException(404, "no description has this identifier")
        form = request.query_params.get("format", "json")
        if form not in FORMATS:
            raise HTTPException(400, f"format: expected one of {', '.join(FORMATS)}")
        language = language_asked(request.query_params.get("language")) or description.language
        body, media = _WRITERS[form](description, language)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**KEPT, "ETag": tag}
        if tag in {one.strip() for one in request.headers.get("if-none-match", "").split(",")}:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media, headers=headers)

    def codes(self, _request: Request) -> Response:
        """GET /codes: the codes in use."""
        counted = Counter(code for one in self.index.descriptions for code in one.codes)
        return JSONResponse(
            [
                {
                    "code": str(code),
                    "names": dict(entry(code).names) if knows(code) else {},
                    "services": counted[code],
                }
                for code in sorted(counted)
            ],
            headers=KEPT,
        )

    def openapi(self, _request: Request) -> Response:
        """GET /openapi.json."""
        return JSONResponse(openapi(version=_VERSION), headers=KEPT)

    def embed(self, _request: Request) -> Response:
        """GET /embed.js."""
        return Response(SCRIPT, media_type="text/javascript", headers=KEPT)


def _item(hit: Hit, wanted: Asked, request: Request) -> dict[str, Any]:
    description = hit.description
    own = description.language
    title = description.title.best(wanted.language or own, own)
    changed = description.last_change
    return {
        "identifier": description.identifier,
        "kind": description.kind.value,
        "title": title.text,
        "summary": description.summary.best(title.language, own).text,
        "language": title.language,
        "codes": [str(one) for one in description.codes],
        "authority": description.authority.name.best(title.language, own).text,
        "changed": None if changed is None else changed.isoformat(),
        "self": request.scope.get("root_path", "") + address_of(description),
    }


def _next(request: Request, wanted: Asked) -> str:
    query = {**request.query_params, "offset": str(wanted.offset + wanted.limit)}
    return f"{request.scope.get('root_path', '')}/descriptions?{urlencode(query)}"


def _changed(description: Description) -> str:
    day = description.last_change
    return "" if day is None else day.isoformat()


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _page(description: Description, language: str) -> bytes:
    words = own_words(language).text
    page = page_of(description, language=language, words=words)
    return _as_json(
        {
            "language": page.language,
            "complete": page.complete,
            "machineMade": page.machine_made,
            "title": _line(page.title),
            "summary": _line(page.summary),
            "authority": _line(page.authority),
            "updated": page.updated,
            "parts": [
                {
                    "topic": part.topic.value,
                    "heading": None if part.heading is None else _line(part.heading),
                    "ordered": part.ordered,
                    "lines": [_line(line) for line in part.lines],
                }
                for part in page.parts
            ],
        }
    )


def _line(line: Any) -> dict[str, Any]:
    return {
        "text": line.text,
        "language": line.language,
        "machineMade": line.machine_made,
        "address": line.address,
    }


def _turtle(description: Description, _language: str) -> bytes:
    from procedures.cpsv import turtle  # noqa: PLC0415  an optional extra

    return "".join(turtle([description])).encode()


def _json_ld(description: Description, _language: str) -> bytes:
    from procedures.cpsv import json_ld  # noqa: PLC0415  an optional extra

    return "".join(json_ld([description])).encode()


_WRITERS: Final[Mapping[str, Callable[[Description, str], tuple[bytes, str]]]] = {
    "json": lambda one, _: (write_json(one), "application/json"),
    "yaml": lambda one, _: (write_yaml(one), "application/yaml"),
    "page": lambda one, language: (_page(one, language), "application/json"),
    "snippet": lambda one, language: (snippet(one, language=language).encode(), "text/html"),
    "tags": lambda one, language: (meta_tags(one, language=language).encode(), "text/html"),
    "schema-org": lambda one, language: (
        _as_json(schema_org(one, language=language)),
        "application/ld+json",
    ),
    "turtle": lambda one, language: (_turtle(one, language), "text/turtle"),
    "json-ld": lambda one, language: (_json_ld(one, language), "application/ld+json"),
}
