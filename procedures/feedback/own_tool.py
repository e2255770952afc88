"""Whether a feedback tool of one's own may stand in the place of the Commission's.

Regulation (EU) 2018/1724, article 25(4); Implementing Regulation (EU) 2020/1121, articles 7 to 9.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procedures.document import Document, read_document
from procedures.errors import DescriptionRefused
from procedures.feedback.forms import AnswerKind, Category, first_level
from procedures.findings import Finding, Judgement, Severity

_CIR: Final = "Implementing Regulation (EU) 2020/1121"
_STARS: Final = frozenset({1, 2, 3, 4, 5})
_KNOWN: Final = frozenset(
    {
        "category", "questions", "common_survey_link", "second_level_asked", "warning",
        "languages", "after_submission", "after_giving_up", "invitation_days",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    severity: Severity
    clause: str
    fix: str


_E, _W = Severity.ERROR, Severity.WARNING
RULES: Final[Mapping[str, _Rule]] = {
    "tool.unreadable": _Rule(_E, f"{_CIR}, article 7", "Describe the tool as the guide shows."),
    "tool.category": _Rule(
        _E, f"{_CIR}, article 6", "Say Information, Procedure or Assistance."
    ),
    "tool.rating": _Rule(_E, f"{_CIR}, article 7", "Ask for a rating."),
    "tool.scale": _Rule(
        _E, f"{_CIR}, article 7", "Let each answer stand for one of 1 to 5, all of them used."
    ),
    "tool.found": _Rule(
        _E, f"{_CIR}, Annex III", "Ask whether the information was found: yes, no or partly."
    ),
    "tool.text": _Rule(_E, f"{_CIR}, article 7", "Offer a box for free text."),
    "tool.survey": _Rule(
        _E, f"{_CIR}, article 7(3)",
        "Link the common survey in the confirmation, or ask its questions yourself.",
    ),
    "tool.warning": _Rule(
        _E, f"{_CIR}, article 13", "Warn beside the box that no personal data belong in it."
    ),
    "tool.languages": _Rule(
        _W, "Regulation (EU) 2018/1724, article 25(1)", "Offer the tool in each page's language."
    ),
    "tool.after-submission": _Rule(
        _E, f"{_CIR}, article 8", "Show the tool after the procedure was submitted."
    ),
    "tool.after-giving-up": _Rule(
        _E, f"{_CIR}, article 8", "Show the tool to whoever decides not to submit."
    ),
    "tool.invitation": _Rule(
        _E, f"{_CIR}, article 9",
        "Invite with the final response, or within ten working days of it.",
    ),
    "tool.unknown-key": _Rule(_W, f"{_CIR}, article 7", "Take the key out, or spell it right."),
}  # fmt: skip


def check_own_tool(data: bytes) -> Judgement:
    """Judge the description of a tool (YAML or JSON); never raises for any bytes."""
    try:
        document = read_document(data)
    except DescriptionRefused as error:
        return Judgement(tuple(_finding("tool.unreadable", str(one)) for one in error.mistakes))
    tree: Any = document.tree
    if not isinstance(tree, dict):
        return Judgement((_finding("tool.unreadable", "expected category, questions and so on"),))
    return Judgement(tuple(_found(tree, document)), {"category": str(tree.get("category"))})


def _found(tree: Mapping[str, Any], document: Document) -> Iterator[Finding]:
    def told(rule: str, message: str, *path: str | int) -> Finding:
        return _finding(rule, message, document.line(path) if path else None)

    for name in sorted(set(tree) - _KNOWN):
        yield told("tool.unknown-key", f"there is no key {name}", name)
    category = next((one for one in Category if one.value == tree.get("category")), None)
    if category is None:
        yield told("tool.category", f"{tree.get('category')} is no category", "category")
        return
    yield from _questions(tree, category, told)
    if not tree.get("common_survey_link") and not _true(tree, "second_level_asked"):
        yield told("tool.survey", "the tool neither leads to the common survey nor asks the like")
    if not tree.get("languages"):
        yield told("tool.languages", "no language is named")
    if category is Category.PROCEDURE:
        if not _true(tree, "after_submission"):
            yield told("tool.after-submission", "the tool is not shown after submission")
        if not _true(tree, "after_giving_up"):
            yield told("tool.after-giving-up", "the tool is not shown to who gives up")
    if category is Category.ASSISTANCE:
        days = str(tree.get("invitation_days", ""))
        if not (days.isascii() and days.isdecimal()) or int(days) > 10:
            yield told("tool.invitation", "no invitation within ten working days is promised")


def _questions(tree: Mapping[str, Any], category: Category, told: Any) -> Iterator[Finding]:
    held = tree.get("questions")
    asked = {
        str(one.get("asks")): (at, one)
        for at, one in enumerate(held if isinstance(held, list) else [])
        if isinstance(one, dict)
    }
    if "rating" not in asked:
        yield told("tool.rating", "no question asks for a rating", "questions")
    else:
        at, rating = asked["rating"]
        scale = rating.get("scale")
        means = {str(one) for one in scale.values()} if isinstance(scale, dict) else set()
        if means != {str(star) for star in _STARS}:
            yield told(
                "tool.scale", "the answers do not stand for 1 to 5", "questions", at, "scale"
            )
    needed = {one.id for one in first_level(category).questions}
    if "foundInformation" in needed:
        at, found = asked.get("foundInformation", (0, {}))
        answers = found.get("answers")
        means = {str(one) for one in answers.values()} if isinstance(answers, dict) else set()
        if means != set(AnswerKind.YES_NO_PARTLY.choices):
            yield told("tool.found", "yes, no and partly cannot all be answered", "questions", at)
    has_text = "helpUsImprove" in asked
    if category is Category.ASSISTANCE and not has_text:
        yield told("tool.text", "there is no box for free text", "questions")
    if has_text and not _true(tree, "warning"):
        yield told("tool.warning", "nothing warns against personal data", "questions")


def _true(tree: Mapping[str, Any], name: str) -> bool:
    return tree.get(name) in (True, "true", "yes")


def _finding(rule: str, message: str, line: int | None = None) -> Finding:
    of = RULES[rule]
    return Finding(
        rule=rule,
        severity=of.severity,
        where="/" if line is None else f"line {line}",
        message=message,
        clause=of.clause,
        fix=of.fix,
    )
