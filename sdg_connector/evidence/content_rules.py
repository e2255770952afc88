"""Content rules of the EDM as data: where each looks, what it asks, how to mend it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from lxml import etree

from sdg_connector.regrep.namespaces import PREFIXES
from sdg_connector.vocabulary.code_lists import (
    countries,
    electronic_address_schemes,
    languages,
    procedures,
)
from sdg_connector.vocabulary.codes import EAS_PREFIX, UNREGISTERED_PREFIX, MediaType
from sdg_connector.vocabulary.findings import Finding, FindingSeverity

_REPOSITORY = r"https://sr(\.acc|\.[a-z0-9]+)?\.oots\.tech\.(ec\.)?europa\.eu"
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_SOURCE: Final = "https://code.europa.eu/oots/tdd/tdd_chapters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRule:
    """One published assertion about text or an attribute."""

    id: str
    file: str
    """The official rule file that holds it."""
    context: etree.XPath
    """Gives the strings that the rule speaks of."""
    check: Callable[[str], bool]
    asks: str
    fix: str
    severity: FindingSeverity = FindingSeverity.ERROR

    def findings(self, root: etree._Element) -> tuple[Finding, ...]:
        """A finding for each value that breaks the rule; the value itself is never shown."""
        values = cast(list[str], self.context(root))
        broken = [one for one in values if not self.check(str(one).strip(" \t\r\n"))]
        return tuple(
            Finding(
                rule=self.id,
                severity=self.severity,
                where=_where(one),
                message=f"{self.asks} is expected here",
                clause=f"{self.file} ({_SOURCE})",
                fix=self.fix,
            )
            for one in broken
        )


def _where(value: Any) -> str:
    parent = value.getparent()
    path: str = parent.getroottree().getelementpath(parent)
    return re.sub(r"\{[^}]*\}", "", path) or "/"


def _xpath(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces=PREFIXES)


def _scheme(value: str) -> bool:
    if value.startswith(EAS_PREFIX):
        return value.removeprefix(EAS_PREFIX) in electronic_address_schemes()
    rest = value.removeprefix(UNREGISTERED_PREFIX)
    return rest != value and (rest in {"", ":oots"} or rest[1:] in countries())


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


_DSET: Final = "/query:QueryRequest/query:Query/rim:Slot[@name='EvidenceRequest']//sdg:"
_RULES_OF_REQUESTS: Final = (
    ContentRule(
        id="R-EDM-REQ-C003",
        file="EDM-REQ-C",
        context=_xpath(
            "/query:QueryRequest/rim:Slot[@name='Procedure']/rim:SlotValue/rim:Value/text()"
            "[normalize-space()]|/query:QueryRequest/rim:Slot[@name='Procedure']"
            "//rim:LocalizedString/@value"
        ),
        check=lambda value: value in procedures(),
        asks="a code of the procedure list",
        fix="Write the code of the procedure, such as T3.",
    ),
    ContentRule(
        id="R-EDM-REQ-C008",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest//sdg:Requirement/sdg:Identifier/text()"),
        check=_matches(f"{_REPOSITORY}/requirements/{_UUID}"),
        asks="the address of a requirement in the semantic repository",
        fix="Copy the Identifier that the Evidence Broker gave.",
    ),
    ContentRule(
        id="R-EDM-REQ-C011",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest/rim:Slot//sdg:Agent/sdg:Identifier/@schemeID"),
        check=_scheme,
        asks="a scheme of the list EAS, or an unregistered one of a country",
        fix=f"Write {EAS_PREFIX} and a code of the list.",
    ),
    ContentRule(
        id="R-EDM-REQ-C015",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest//sdg:AdminUnitLevel1/text()"),
        check=lambda value: value in countries(),
        asks="a country of two letters, with EL for Greece",
        fix="Write the code of the list in upper case.",
    ),
    ContentRule(
        id="R-EDM-REQ-C026",
        file="EDM-REQ-C",
        context=_xpath(f"{_DSET}DataServiceEvidenceType/sdg:Identifier/text()"),
        check=_matches(_UUID),
        asks="a UUID",
        fix="Copy the Identifier that the Data Service Directory gave.",
    ),
    ContentRule(
        id="R-EDM-REQ-C027",
        file="EDM-REQ-C",
        context=_xpath(f"{_DSET}EvidenceTypeClassification/text()"),
        check=_matches(f"{_REPOSITORY}/evidencetypeclassifications/([a-z]{{2}}|oots)/{_UUID}"),
        asks="the address of an evidence type in the semantic repository",
        fix="Copy the EvidenceTypeClassification that the directory gave.",
    ),
    ContentRule(
        id="R-EDM-REQ-C028",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest//sdg:*/@lang"),
        check=lambda value: value in languages(),
        asks="a language code in upper case",
        fix="Write the code of the language in upper case, such as EN.",
    ),
    ContentRule(
        id="R-EDM-REQ-C033",
        file="EDM-REQ-C",
        context=_xpath(f"{_DSET}Format/text()"),
        check=lambda value: value in set(MediaType),
        asks="a media type of the list OOTSMediaTypes",
        fix="Write a listed media type, such as application/pdf.",
    ),
    ContentRule(
        id="R-EDM-REQ-C039",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest//sdg:Person/sdg:Identifier/text()"),
        check=_matches(r"[a-z]{2}/[a-z]{2}/\S{6,256}"),
        asks="an eIDAS identifier of two countries and the person's own part",
        fix="Copy the PersonIdentifier of the eIDAS login unchanged.",
    ),
    ContentRule(
        id="R-EDM-REQ-C042",
        file="EDM-REQ-C",
        context=_xpath("/query:QueryRequest//sdg:Person/sdg:Identifier/@schemeID"),
        check=lambda value: value in {"eidas", "eidas2"},
        asks="the scheme eidas",
        fix="Set schemeID to eidas.",
    ),
)


def content_findings(root: etree._Element) -> tuple[Finding, ...]:
    """Every broken content rule of a parsed evidence request, in the order of the rules."""
    return tuple(found for rule in _RULES_OF_REQUESTS for found in rule.findings(root))
