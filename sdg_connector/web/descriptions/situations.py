"""The life situations of the read API: found by words, and planned by answers."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from procedures import Description
from procedures.errors import ProceduresMisuse
from procedures.situations import (
    LifeSituation,
    Plan,
    PlannedStep,
    SituationIndex,
    plan,
    situation_tree,
    write_situation,
)
from sdg_connector.web.descriptions.asking import KEPT, MAX_QUESTION, language_asked
from sdg_connector.web.descriptions.openapi import SITUATION_FORMATS
from sdg_connector.web.descriptions.situation_page import ANSWER, situation_page, situation_snippet

_NOT_KEPT: Final = {**KEPT, "Cache-Control": "no-store"}
"""What somebody answers about themselves is kept nowhere on the way."""
_POLICY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}
_ANSWERS: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}


@dataclass(frozen=True, slots=True)
class Situations:
    """Answers about life situations over one catalogue."""

    index: SituationIndex
    by_identifier: Mapping[str, LifeSituation]
    catalogue: tuple[Description, ...]

    @classmethod
    def over(
        cls, situations: Iterable[LifeSituation], *, catalogue: tuple[Description, ...]
    ) -> "Situations":
        """Make the index; raises `ProceduresMisuse` when two have one identifier."""
        index = SituationIndex.of(situations, catalogue=catalogue)
        by_identifier = {one.identifier: one for one in index.situations}
        if len(by_identifier) < len(index.situations):
            raise ProceduresMisuse("expected each life situation once")
        return cls(index, by_identifier, catalogue)

    def search(self, request: Request) -> Response:
        """GET /situations."""
        given = request.query_params
        unknown = set(given) - {"q", "language"}
        if unknown:
            raise HTTPException(400, f"there is no parameter {min(unknown)}; known: language, q")
        question = given.get("q", "")
        if len(question) > MAX_QUESTION:
            raise HTTPException(400, f"q: expected at most {MAX_QUESTION} characters")
        language = language_asked(given.get("language"))
        root = request.scope.get("root_path", "")
        items = [_item(one, language, root) for one in self.index.search(question)]
        return JSONResponse({"total": len(items), "items": items}, headers=KEPT)

    def read(self, request: Request) -> Response:
        """GET /situations/{identifier}: one situation in the form asked for."""
        situation = self.by_identifier.get(request.path_params["identifier"])
        if situation is None:
            raise HTTPException(404, "no life situation has this identifier")
        form = request.query_params.get("format", "json")
        if form not in SITUATION_FORMATS:
            raise HTTPException(400, f"format: expected one of {', '.join(SITUATION_FORMATS)}")
        language = language_asked(request.query_params.get("language")) or situation.language
        planned = self._planned(situation, request)
        body, media = _WRITERS[form](planned, language)
        kept = _NOT_KEPT if planned.answers else KEPT
        return Response(body, media_type=media, headers={**_POLICY, **kept})

    def _planned(self, situation: LifeSituation, request: Request) -> Plan:
        answers: dict[str, bool] = {}
        for name, value in request.query_params.items():
            if name in {"format", "language"}:
                continue
            if not name.startswith(ANSWER) or value not in _ANSWERS:
                known = ", ".join(f"{ANSWER}{one.name}" for one in situation.conditions)
                raise HTTPException(400, f"{name}: expected yes or no for one of: {known}")
            meant = _ANSWERS[value]
            if meant is not None:
                answers[name.removeprefix(ANSWER)] = meant
        try:
            return plan(situation, catalogue=self.catalogue, answers=answers)
        except ProceduresMisuse as error:
            raise HTTPException(400, str(error)) from None


def plan_tree(planned: Plan, language: str) -> dict[str, Any]:
    """A plan as plain values, its texts in one language as far as there are any."""
    own = planned.situation.language
    return {
        "identifier": planned.situation.identifier,
        "title": planned.situation.title.best(language, "en", own).text,
        "stages": [
            {
                "title": stage.title.best(language, "en", own).text,
                "steps": [_step(step, language, own) for step in stage.steps],
            }
            for stage in planned.stages
        ],
        "questions": [
            {"name": one.name, "question": one.question.best(language, "en", own).text}
            for one in planned.open
        ],
        "left_out": [one.key for one in planned.left_out],
    }


def _step(step: PlannedStep, language: str, own: str) -> dict[str, Any]:
    note = step.step.note
    return {
        "number": step.number,
        "service": step.step.service or None,
        "title": step.title.best(language, "en", own).text,
        "note": None if note is None else note.best(language, "en", own).text,
        "when": [one.name for one in step.when],
        "unless": [one.name for one in step.unless],
    }


_WRITERS: Final[Mapping[str, Callable[[Plan, str], tuple[str | bytes, str]]]] = {
    "json": lambda one, _: (_as_json(situation_tree(one.situation)), "application/json"),
    "yaml": lambda one, _: (write_situation(one.situation), "application/yaml"),
    "plan": lambda one, language: (_as_json(plan_tree(one, language)), "application/json"),
    "snippet": lambda one, language: (situation_snippet(one, language=language), "text/html"),
    "html": lambda one, language: (
        situation_page(one, language=language, asks=True),
        "text/html",
    ),
}


def _as_json(tree: dict[str, Any]) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=1)


def _item(situation: LifeSituation, language: str | None, root: str) -> dict[str, Any]:
    own = situation.language
    title = situation.title.best(language or own, own)
    return {
        "identifier": situation.identifier,
        "title": title.text,
        "summary": situation.summary.best(title.language, own).text,
        "language": title.language,
        "codes": [str(one) for one in situation.codes],
        "events": [one.value for one in situation.events],
        "services": [one.service for one in situation.steps if one.service],
        "self": f"{root}/situations/{quote(situation.identifier)}",
    }
