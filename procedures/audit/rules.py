"""The catalogue of what an audit looks for, with clause and mending."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procedures.findings import Finding, Severity

GUIDE: Final = "Metadata for URLs that are part of the SDG (European Commission, 2020)"
LAW: Final = "Regulation (EU) 2018/1724"
TAGGING: Final = "Implementing Regulation (EU) 2020/1121, Annex I"
HTML: Final = "HTML Standard"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that an audit looks for."""

    severity: Severity
    clause: str
    fix: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: Final[Mapping[str, Rule]] = {
    "page.size": Rule(_E, HTML, "Publish a page that a phone can load."),
    "page.encoding-unknown": Rule(_W, HTML, "Declare utf-8 and write the page in it."),
    "page.encoding-undeclared": Rule(_W, HTML, 'Begin the head with <meta charset="utf-8">.'),
    "page.encoding-broken": Rule(_W, HTML, "Write the page in the encoding it declares."),
    "page.untagged": Rule(_E, GUIDE, "Put the tags of the guide into the head of the page."),
    "page.sdg-tag-missing": Rule(_E, GUIDE, 'Add <meta name="sdg-tag" content="sdg">.'),
    "page.sdg-tag-value": Rule(_E, GUIDE, 'Write content="sdg".'),
    "page.tag-attribute": Rule(_E, GUIDE, "Put the tag's name into the attribute name."),
    "page.tag-name": Rule(_E, GUIDE, "Spell the tag's name as the guide does."),
    "page.tag-case": Rule(_W, GUIDE, "Spell the tag's name as the guide does, capitals too."),
    "page.tag-twice": Rule(_W, GUIDE, "Write one tag; separate its values by semicolons."),
    "page.tag-empty": Rule(_E, GUIDE, "Give the tag its value, or leave the tag out."),
    "page.tag-outside-head": Rule(_W, GUIDE, "Move the tag into the head."),
    "page.tag-separator": Rule(_E, GUIDE, "Separate several values by semicolons."),
    "page.country-missing": Rule(_E, GUIDE, 'Add <meta name="DC.ISO3166" content="…">.'),
    "page.country-unknown": Rule(_E, TAGGING, "Write the country in two capitals of ISO 3166-1."),
    "page.country-language": Rule(
        _E, TAGGING, "Write the country of the authority, not the language of the page."
    ),
    "page.country-greece": Rule(_W, TAGGING, "Write EL for Greece."),
    "page.country-case": Rule(_W, TAGGING, "Write the country in capitals."),
    "page.country-outside": Rule(_W, TAGGING, "Name a Member State, or a country of the EEA."),
    "page.location-form": Rule(_E, TAGGING, "Write a code of NUTS 1 to 3 or of LAU."),
    "page.location-country": Rule(_E, TAGGING, "Name a place of the country of DC.ISO3166."),
    "page.location-whole": Rule(
        _I, TAGGING, "Leave DC.Location out where the text holds in the whole country."
    ),
    "page.service-missing": Rule(_E, GUIDE, 'Add <meta name="DC.Service" content="…">.'),
    "page.service-unknown": Rule(_E, GUIDE, "Write information, procedure or assistance."),
    "page.service-case": Rule(_W, GUIDE, "Write the kind of service in small letters."),
    "page.code-missing": Rule(_E, GUIDE, 'Add <meta name="policy-code" content="…">.'),
    "page.code-unknown": Rule(_E, TAGGING, "Write a code of Annex I or II, such as D1 or T2."),
    "page.code-case": Rule(_E, GUIDE, "Write the code in capitals."),
    "page.code-area": Rule(_E, TAGGING, "Name the item, not the whole area: C2, not C."),
    "page.code-annex": Rule(
        _E, GUIDE, "Name the right code, or the right kind of service in DC.Service."
    ),
    "page.code-ambiguous": Rule(
        _W, GUIDE, "Split the page by kind, or name its area in DC.Policy."
    ),
    "page.code-not-yet": Rule(_E, TAGGING, "Wait until the entry applies."),
    "page.code-unconfirmed": Rule(
        _I, TAGGING, "Ask the national coordinator for the code that the Commission uses."
    ),
    "page.assistance-name": Rule(
        _W, GUIDE, "Write the full name of the assistance service, as Annex III or article 7(3)."
    ),
    "page.policy-missing": Rule(_I, GUIDE, "Add DC.Policy with the name of each code."),
    "page.policy-mismatch": Rule(_E, GUIDE, "Make policy-code and DC.Policy name the same."),
    "page.policy-unknown": Rule(_I, GUIDE, "Use the wording of the Commission's list."),
    "page.language-missing": Rule(_E, GUIDE, 'Write <html lang="…">, or a DC.Language tag.'),
    "page.language-unknown": Rule(_E, GUIDE, "Write a language of ISO 639-1, such as lv."),
    "page.language-conflict": Rule(_W, GUIDE, "Make <html lang> and DC.Language say the same."),
    "page.canonical-missing": Rule(_I, GUIDE, 'Add <link rel="canonical" href="…">.'),
    "page.canonical-twice": Rule(_E, GUIDE, "Write one canonical address."),
    "page.canonical-root": Rule(
        _E, GUIDE, "Name the page's own address: pages with one canonical address count as one."
    ),
    "page.canonical-form": Rule(_W, GUIDE, "Write the whole address: scheme, host and path."),
    "page.canonical-elsewhere": Rule(_W, GUIDE, "Check that the other host really publishes it."),
    "page.insecure": Rule(_W, LAW + ", article 18", "Publish the page under https."),
    "page.not-indexed": Rule(_E, GUIDE, "Let crawlers index the page."),
    "page.title-missing": Rule(_W, LAW + ", article 9(1)(a)", "Give the page a title."),
    "page.date-missing": Rule(
        _I, LAW + ", article 9(1)(f)", "Say when the text was last updated, in a <time> element."
    ),
    "page.english-missing": Rule(
        _I, LAW + ", article 9(2)", 'Link the English page: <link rel="alternate" hreflang="en">.'
    ),
    "page.your-europe-link": Rule(
        _W, LAW + ", article 22(1)", "Link to Your Europe, with its logo."
    ),
    "page.your-europe-logo": Rule(
        _W,
        LAW + ", article 22",
        "Tag the page and tell the repository of it, or take the logo off.",
    ),
    "site.broken": Rule(_E, GUIDE, "Mend the page, or take it out of the site map."),
    "site.moved": Rule(_W, GUIDE, "Name the new address in the site map."),
    "site.canonical-shared": Rule(
        _E, GUIDE, "Give each page its own canonical address, or tag one of them only."
    ),
}


def finding(rule: str, message: str, *, line: int | None = None) -> Finding:
    """A finding under a rule of the catalogue."""
    of = RULES[rule]
    return Finding(
        rule=rule,
        severity=of.severity,
        where="/" if not line else f"line {line}",
        message=message,
        clause=of.clause,
        fix=of.fix,
    )
