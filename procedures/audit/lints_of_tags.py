"""How the tags are written: names, places, values that every tag shares."""

from collections import Counter
from collections.abc import Iterator

from procedures.audit.page import TAG_NAMES, Page, PageTag
from procedures.audit.rules import finding
from procedures.findings import Finding

_REPEATABLE = frozenset({"DC.Language"})


def lint_tags(page: Page) -> Iterator[Finding]:
    """What is wrong with how tags are written."""
    for tag in page.tags:
        yield from _name(tag)
        if not tag.values:
            yield finding("page.tag-empty", f"{tag.name} has no value", line=tag.line)
        if not tag.in_head:
            message = f"{tag.name} stands outside the head"
            yield finding("page.tag-outside-head", message, line=tag.line)
    counted = Counter(one.name for one in page.tags)
    for name in TAG_NAMES:
        if counted[name] > 1 and name not in _REPEATABLE:
            message = f"{name} stands {counted[name]} times"
            yield finding("page.tag-twice", message, line=page.of(name)[1].line)
    yield from _marker(page)


def _name(tag: PageTag) -> Iterator[Finding]:
    if tag.attribute != "name":
        message = f"{tag.name} stands in the attribute {tag.attribute}"
        yield finding("page.tag-attribute", message, line=tag.line)
    if tag.written == tag.name:
        return
    message = f"expected {tag.name}, found {tag.written[:40]}"
    same_letters = tag.written.lower() == tag.name.lower()
    yield finding("page.tag-case" if same_letters else "page.tag-name", message, line=tag.line)


def _marker(page: Page) -> Iterator[Finding]:
    markers = page.of("sdg-tag")
    if not markers:
        yield finding("page.sdg-tag-missing", "the page has tags of the guide, but no sdg-tag")
    for marker in markers:
        if marker.values and marker.values != ("sdg",):
            message = "expected the value sdg, found another"
            yield finding("page.sdg-tag-value", message, line=marker.line)
