"""What a page says to a crawler, read from any HTML, whole or broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

TAG_NAMES: Final = (
    "sdg-tag",
    "DC.ISO3166",
    "DC.Location",
    "DC.Service",
    "policy-code",
    "DC.Policy",
    "DC.Language",
)
"""The names of the tagging guide."""
_BY_LETTERS: Final = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in TAG_NAMES}
_WITHOUT_PREFIX: Final = {"iso3166": "DC.ISO3166", "dcpolicycode": "policy-code"}
_ORDINARY: Final = {
    "location": "DC.Location",
    "service": "DC.Service",
    "policy": "DC.Policy",
    "language": "DC.Language",
}
"""Words that other tags use as well; they count only on a page that carries a tag of the guide."""
_DATES: Final = re.compile(
    r"(?:dc(?:terms)?[.:])?(?:date|modified|issued|created)(?:\.modified)?|last-modified|"
    r"(?:article|og):(?:modified|published|updated)_time",
    re.IGNORECASE,
)
_MOST_LINKS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTag:
    """One tag of the guide, or what was meant as one."""

    name: str
    """As the guide spells it."""
    written: str
    """As the page spells it."""
    attribute: str
    """The attribute that holds the name: ``name``, or wrongly ``property`` or ``itemprop``."""
    content: str
    line: int
    in_head: bool

    @property
    def values(self) -> tuple[str, ...]:
        """The values, which semicolons separate."""
        return tuple(one.strip() for one in self.content.split(";") if one.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read; nothing of it is judged yet."""

    tags: tuple[PageTag, ...] = ()
    title: str = ""
    language: str | None = None
    """The ``lang`` of the root element."""
    canonical: tuple[tuple[str, int], ...] = ()
    """Each canonical address with its line."""
    robots: tuple[tuple[str, int], ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    """Language and address of each translation that the head names."""
    links: tuple[str, ...] = ()
    """Where the page leads."""
    with_picture: tuple[str, ...] = ()
    """Where its links that hold a picture lead."""
    has_date: bool = False
    script_writes_tags: bool = False

    def of(self, name: str) -> tuple[PageTag, ...]:
        """The tags with a name of the guide."""
        return tuple(one for one in self.tags if one.name == name)

    def values(self, name: str) -> tuple[str, ...]:
        """All values under a name of the guide."""
        return tuple(value for one in self.of(name) for value in one.values)

    @property
    def is_tagged(self) -> bool:
        """Whether the page carries a tag that only the guide knows."""
        return any(one.name not in _ORDINARY.values() or "." in one.written for one in self.tags)


def read_page(text: str) -> Page:
    """What the text says; any text gives a page."""
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, huge_tree=True, remove_pis=True
    )
    harmless = text.replace("\0", "\ufffd").encode("utf-8", "replace")
    try:
        root = etree.fromstring(harmless, parser)
    except etree.LxmlError:
        return Page()
    return Page() if root is None else _page(root)


def _page(root: etree._Element) -> Page:
    metas = tuple(root.iter("meta"))
    links = tuple(root.iter("link"))
    return Page(
        tags=_tags(metas),
        title=next((_words(one) for one in root.iter("title")), ""),
        language=root.get("lang"),
        canonical=tuple(
            (one.get("href", ""), _line(one)) for one in links if _is(one, "rel", "canonical")
        ),
        robots=tuple(
            (one.get("content", ""), _line(one))
            for one in metas
            if one.get("name", "").strip().lower() == "robots"
        ),
        alternates=tuple(
            (one.get("hreflang", ""), one.get("href", ""))
            for one in links
            if _is(one, "rel", "alternate") and one.get("hreflang")
        ),
        links=tuple(
            one.get("href", "") for _, one in zip(range(_MOST_LINKS), root.iter("a"), strict=False)
        ),
        with_picture=tuple(
            one.get("href", "")
            for _, one in zip(range(_MOST_LINKS), root.iter("a"), strict=False)
            if next(one.iter("img", "svg"), None) is not None
        ),
        has_date=_has_date(root, metas),
        script_writes_tags=any("sdg-tag" in (one.text or "") for one in root.iter("script")),
    )


def _tags(metas: tuple[etree._Element, ...]) -> tuple[PageTag, ...]:
    found = tuple(_read_tags(metas, _BY_LETTERS | _WITHOUT_PREFIX))
    if not found:
        return ()
    return tuple(_read_tags(metas, _BY_LETTERS | _WITHOUT_PREFIX | _ORDINARY))


def _read_tags(metas: tuple[etree._Element, ...], known: dict[str, str]) -> Iterator[PageTag]:
    for meta in metas:
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            written = meta.get(attribute, "").strip()
            letters = re.sub(r"[^a-z0-9]", "", written.lower()).replace("dcterms", "dc")
            if letters in known:
                yield PageTag(
                    name=known[letters],
                    written=written,
                    attribute=attribute,
                    content=meta.get("content", ""),
                    line=_line(meta),
                    in_head=any(one.tag == "head" for one in meta.iterancestors()),
                )
                break


def _has_date(root: etree._Element, metas: tuple[etree._Element, ...]) -> bool:
    named = (one.get("name") or one.get("property") or "" for one in metas)
    if any(_DATES.fullmatch(name.strip()) for name in named):
        return True
    return any(one.get("datetime") or _words(one) for one in root.iter("time"))


def _is(element: etree._Element, attribute: str, word: str) -> bool:
    return word in element.get(attribute, "").lower().split()


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
