"""A description laid out as a page in one language, in the order in which a reader needs it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from procedures.model import (
    AssistanceService,
    Contact,
    Description,
    EvidenceNeed,
    Fee,
    InformationPage,
    Language,
    LegalAct,
    Procedure,
    Text,
)

_FORMATS: Final = {
    "application/pdf": "PDF",
    "application/xml": "XML",
    "application/json": "JSON",
    "application/vnd.etsi.asic-e+zip": "ASiC-E",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "text/csv": "CSV",
    "text/xml": "XML",
}
"""What people call the usual media types."""


class Topic(StrEnum):
    """What a part of a page is about; whoever shows the page has a heading for each."""

    STEPS = "steps"
    MEANS = "means"
    EVIDENCE = "evidence"
    FEES = "fees"
    LANGUAGES = "languages"
    DEADLINES = "deadlines"
    SILENCE = "silence"
    OUTPUT = "output"
    REDRESS = "redress"
    AUTHORITY = "authority"
    CONTACTS = "contacts"
    ACTS = "acts"
    INFORMATION = "information"
    """A section of an information page; it has a heading of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph or point."""

    text: str
    language: str
    """Language of the text, which is not the page's where a translation is missing."""
    machine_made: bool = False
    address: str | None = None
    """Where the line leads, when it is a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a page."""

    topic: Topic
    heading: Line | None = None
    lines: tuple[Line, ...] = ()
    ordered: bool = False
    """Whether the lines are steps, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPage:
    """All that a page says, in one language as far as there are texts."""

    language: str
    title: Line
    summary: Line
    parts: tuple[Part, ...]
    authority: Line
    updated: str | None
    """The date of last update in the words of the language (article 9(1)(f))."""

    @property
    def machine_made(self) -> bool:
        """Whether a machine wrote any of it and no person has approved it."""
        return any(line.machine_made for line in self._lines())

    @property
    def complete(self) -> bool:
        """Whether all of it is in the page's language."""
        return all(line.language == self.language for line in self._lines())

    def part(self, topic: Topic) -> Part | None:
        """The first part on a topic."""
        return next((one for one in self.parts if one.topic is topic), None)

    def _lines(self) -> Iterable[Line]:
        yield from (self.title, self.summary, self.authority)
        for part in self.parts:
            yield from part.lines
            if part.heading is not None:
                yield part.heading


def page_of(
    description: Description, *, language: str, words: Callable[[str], str] | None = None
) -> DescribedPage:
    """The description as a page in a language; texts that lack it come in the description's own.

    ``words`` gives the product's own words in the language: ``payment.card`` and the other methods
    of `PaymentMethod`. Without it methods of payment are left out. Parts without content are too.
    """
    texts = _Words(description, language, words)
    changed = description.last_change
    return DescribedPage(
        language=language,
        title=texts.line(description.title),
        summary=texts.line(description.summary),
        parts=tuple(part for part in _parts(description, texts) if part.lines),
        authority=texts.line(description.authority.name),
        updated=None if changed is None else format_date(changed, "long", locale=_locale(language)),
    )


@cache
def _locale(language: str) -> Locale:
    """How a language writes days and money; English as in Europe."""
    try:
        return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


@dataclass(frozen=True, slots=True)
class _Words:
    """Picks the language of each text."""

    description: Description
    language: str
    own: Callable[[str], str] | None

    def line(self, text: Text, *, address: str | None = None) -> Line:
        """The text in the language, else in the description's own, else in any."""
        phrase = text.best(self.language, self.description.language)
        return Line(
            text=phrase.text,
            language=phrase.language,
            machine_made=phrase.machine_made,
            address=address,
        )

    def plain(self, text: str, *, address: str | None = None) -> Line:
        """Something that is the same in every language: a number, an address."""
        return Line(text=text, language=self.language, address=address)

    def lines(self, *texts: Text | None) -> tuple[Line, ...]:
        """Those of the texts that there are."""
        return tuple(self.line(one) for one in texts if one is not None)


def _parts(description: Description, words: _Words) -> Iterable[Part]:
    if isinstance(description, InformationPage):
        for section in description.sections:
            yield Part(
                topic=Topic.INFORMATION,
                heading=words.line(section.title),
                lines=words.lines(section.text),
            )
    elif isinstance(description, Procedure):
        yield from _of_procedure(description, words)
    elif isinstance(description, AssistanceService):
        yield from _of_assistance(description, words)
    contacts = (*description.authority.contacts, *description.contacts)
    yield Part(topic=Topic.AUTHORITY, lines=_authority(description, words))
    yield Part(
        topic=Topic.CONTACTS,
        lines=tuple(
            dict.fromkeys(line for contact in contacts for line in _contact(contact, words))
        ),
    )
    yield Part(topic=Topic.ACTS, lines=tuple(_act(act, words) for act in description.acts))


def _of_procedure(procedure: Procedure, words: _Words) -> Iterable[Part]:
    silence = procedure.silence
    yield Part(
        topic=Topic.STEPS,
        ordered=True,
        lines=tuple(words.line(step.text) for step in procedure.steps),
    )
    yield Part(topic=Topic.MEANS, lines=words.lines(*(one.name for one in procedure.means)))
    yield Part(
        topic=Topic.EVIDENCE,
        lines=tuple(line for need in procedure.evidence for line in _need(need, words)),
    )
    yield Part(topic=Topic.FEES, lines=_fees(procedure.fees, words))
    yield Part(
        topic=Topic.DEADLINES,
        lines=words.lines(*(deadline.text for deadline in procedure.deadlines)),
    )
    if silence is not None:
        yield Part(topic=Topic.SILENCE, lines=words.lines(silence.text, silence.delay_notice))
    yield Part(topic=Topic.OUTPUT, lines=words.lines(*(one.title for one in procedure.outputs)))
    yield Part(topic=Topic.LANGUAGES, lines=_languages(procedure.languages, words))
    yield Part(topic=Topic.REDRESS, lines=words.lines(*(one.text for one in procedure.redress)))


def _of_assistance(service: AssistanceService, words: _Words) -> Iterable[Part]:
    yield Part(topic=Topic.OUTPUT, lines=words.lines(service.results))
    yield Part(topic=Topic.FEES, lines=_fees(service.fees, words))
    texts = (*(deadline.text for deadline in service.deadlines), service.extension_notice)
    yield Part(topic=Topic.DEADLINES, lines=words.lines(*texts))
    yield Part(topic=Topic.LANGUAGES, lines=_languages(service.languages, words))


def _need(need: EvidenceNeed, words: _Words) -> Iterable[Line]:
    """What has to be proven, and the formats that are taken (article 10(1)(d))."""
    title = words.line(need.title)
    formats = ", ".join(dict.fromkeys(_FORMATS.get(one, one) for one in need.formats))
    yield replace(title, text=f"{title.text} ({formats})") if formats else title
    yield from words.lines(need.note)


def _languages(languages: Iterable[Language], words: _Words) -> tuple[Line, ...]:
    """The languages of the procedure, in the reader's words (article 10(1)(i))."""
    names = _locale(words.language).languages
    named = [str(names.get(one.replace("-", "_"), one)) for one in languages]
    return (words.plain(", ".join(named)),) if named else ()


def _fees(fees: Iterable[Fee], words: _Words) -> tuple[Line, ...]:
    """A fee without words of its own is its amount, written as the language writes money."""
    lines: list[Line] = []
    for fee in fees:
        amount = _money(fee, words.language)
        lines.extend(words.lines(fee.title) or (words.plain(amount),))
        lines.extend(words.lines(fee.basis))
        if fee.methods and words.own is not None:
            methods = [words.own(f"payment.{one.value}") for one in fee.methods]
            listed = ", ".join(methods)
            lines.append(words.plain(listed[:1].upper() + listed[1:]))
    return tuple(lines)


def _money(fee: Fee, language: str) -> str:
    amounts = [fee.amount, *([] if fee.up_to is None else [fee.up_to])]
    locale = _locale(language)
    return " – ".join(format_currency(one, fee.currency, locale=locale) for one in amounts)


def _authority(description: Description, words: _Words) -> tuple[Line, ...]:
    authority = description.authority
    return (words.line(authority.name, address=authority.page),)


def _contact(contact: Contact, words: _Words) -> Iterable[Line]:
    yield from words.lines(contact.name)
    if contact.phone:
        yield words.plain(contact.phone, address=f"tel:{contact.phone.replace(' ', '')}")
    if contact.email is not None:
        yield words.plain(contact.email, address=f"mailto:{contact.email}")
    for page in (contact.form, contact.page):
        if page is not None:
            yield words.plain(page, address=page)
    if contact.address:
        yield words.plain(contact.address)
    yield from words.lines(contact.hours, contact.other)


def _act(act: LegalAct, words: _Words) -> Line:
    return words.line(act.title, address=act.page or act.eli or None)
