"""Kinds of service, policy codes and their names."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from procedures.audit.page import Page, PageTag
from procedures.audit.rules import finding
from procedures.codes import Annex, PolicyCode, assistance_services, entry, named, spelled
from procedures.findings import Finding

KINDS: Final = ("information", "procedure", "assistance")
_ANNEX_OF: Final = {"information": Annex.INFORMATION, "procedure": Annex.PROCEDURES}
_CODE: Final = re.compile(r"[A-Za-z]{1,2}[0-9]{0,3}")
_SEVERAL: Final = re.compile(r"[A-Za-z]{1,2}[0-9]{1,2}(?:\s*[,|/]\s*|\s+)[A-Za-z]{1,2}[0-9]{1,2}.*")


def lint_service(page: Page) -> Iterator[Finding]:
    """``DC.Service``."""
    tags = page.of("DC.Service")
    if not tags:
        yield finding("page.service-missing", "the page does not say its kind of service")
    for tag in tags:
        for value in tag.values:
            lower = value.lower()
            if lower not in KINDS:
                several = set(re.split(r"\W+", lower)) <= set(KINDS)
                rule = "page.tag-separator" if several else "page.service-unknown"
                message = "expected information, procedure or assistance, found another value"
                yield finding(rule, message, line=tag.line)
            elif value != lower:
                message = f"expected {lower}, found {value}"
                yield finding("page.service-case", message, line=tag.line)


def lint_codes(page: Page, *, on: date) -> Iterator[Finding]:
    """``policy-code``."""
    tags = page.of("policy-code")
    if not tags:
        yield finding("page.code-missing", "the page has no policy code")
    kinds = frozenset(value.lower() for value in page.values("DC.Service")) & set(KINDS)
    for tag in tags:
        for value in tag.values:
            yield from _code(tag, value, kinds, on)
    yield from _each_kind_has_its_code(page, kinds)


def _each_kind_has_its_code(page: Page, kinds: frozenset[str]) -> Iterator[Finding]:
    """A procedure may name its information area besides, never instead."""
    items = [code for value in page.values("policy-code") for code in spelled(value.upper())]
    annexes = {code.annex for code in items if code.number}
    for kind in sorted(kinds & set(_ANNEX_OF)):
        if annexes and _ANNEX_OF[kind] not in annexes:
            message = f"the page is one of {kind}, but no code is of Annex {_ANNEX_OF[kind]}"
            yield finding("page.code-annex", message, line=page.of("policy-code")[0].line)
    if kinds == {"assistance"} and annexes:
        message = "a page of an assistance service carries the code of another kind"
        yield finding("page.code-annex", message, line=page.of("policy-code")[0].line)


def _code(tag: PageTag, value: str, kinds: frozenset[str], on: date) -> Iterator[Finding]:
    if _SEVERAL.fullmatch(value):
        message = "several codes stand in one value"
        yield finding("page.tag-separator", message, line=tag.line)
        return
    if not _CODE.fullmatch(value):
        yield from _assistance(tag, value, kinds)
        return
    annexes = spelled(value.upper())
    if not annexes:
        bare = re.sub(r"(?<=[A-Za-z])0+(?=[1-9])", "", value.upper())
        hint = f": {bare} is written without nought" if bare != value and spelled(bare) else ""
        message = f"no annex has the code {value}{hint}"
        yield finding("page.code-unknown", message, line=tag.line)
        return
    if value != value.upper():
        message = f"expected {value.upper()}, found {value}"
        yield finding("page.code-case", message, line=tag.line)
    if all(code.number == 0 for code in annexes):
        message = f"{value} is a whole area: {entry(annexes[0]).name('en')}"
        yield finding("page.code-area", message, line=tag.line)
        return
    yield from _annex(tag, annexes, kinds)
    yield from _dates(tag, _meant(annexes, kinds), on)


def _assistance(tag: PageTag, value: str, kinds: frozenset[str]) -> Iterator[Finding]:
    known = {one.casefold() for service in assistance_services() for one in service.names.values()}
    if value.casefold() in known:
        if kinds and "assistance" not in kinds:
            message = "the name of an assistance service stands on a page of another kind"
            yield finding("page.code-annex", message, line=tag.line)
    elif "assistance" in kinds:
        message = "Annex III has no assistance service of this name"
        yield finding("page.assistance-name", message, line=tag.line)
    else:
        message = "expected a code of Annex I or II, found another value"
        yield finding("page.code-unknown", message, line=tag.line)


def _annex(
    tag: PageTag, annexes: tuple[PolicyCode, ...], kinds: frozenset[str]
) -> Iterator[Finding]:
    if len(annexes) > 1 and len(kinds & set(_ANNEX_OF)) != 1:
        code = annexes[0].code
        message = f"{code} is a code of both annexes, and DC.Service does not say which"
        yield finding("page.code-ambiguous", message, line=tag.line)


def _meant(annexes: tuple[PolicyCode, ...], kinds: frozenset[str]) -> tuple[PolicyCode, ...]:
    wanted = {_ANNEX_OF[kind] for kind in kinds if kind in _ANNEX_OF}
    return tuple(one for one in annexes if one.annex in wanted) or annexes


def _dates(tag: PageTag, codes: tuple[PolicyCode, ...], on: date) -> Iterator[Finding]:
    entries = tuple(entry(code) for code in codes)
    if not any(one.holds_on(on) for one in entries):
        message = f"{codes[0].code} applies from {entries[0].applies_from}"
        yield finding("page.code-not-yet", message, line=tag.line)
    elif not any(one.confirmed for one in entries):
        message = f"no published list spells {codes[0].code} like this"
        yield finding("page.code-unconfirmed", message, line=tag.line)


def lint_policy(page: Page) -> Iterator[Finding]:
    """``DC.Policy`` against ``policy-code``."""
    tags = page.of("DC.Policy")
    codes = {code for value in page.values("policy-code") for code in spelled(value.upper())}
    if not tags and codes:
        yield finding("page.policy-missing", "the page does not name its policy area in words")
    areas = {PolicyCode(code.annex, code.area) for code in codes}
    for tag in tags:
        for value in tag.values:
            entries = named(value)
            if not entries:
                message = "no list has this name of a policy area"
                yield finding("page.policy-unknown", message, line=tag.line)
            elif codes and not {one.code for one in entries} & (codes | areas):
                other = entries[0].code.code
                message = f"the name is that of {other}, the code is another"
                yield finding("page.policy-mismatch", message, line=tag.line)
