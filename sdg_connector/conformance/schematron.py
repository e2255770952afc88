"""Run a published Schematron file: the rules become one XSLT stylesheet, which Saxon executes.

Saxon comes with the extra ``conformance``; nothing at run time needs it. Only the part of
Schematron that the official files use is known: patterns, rules with ``let``, asserts and reports.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from sdg_connector.errors import OwnMistake

_SCH: Final = "http://purl.oclc.org/dsdl/schematron"
_XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_PARSER: Final = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)


class CannotJudge(OwnMistake):
    """The official files, or the engine that runs them, are not at hand."""


@dataclass(frozen=True, slots=True)
class Fired:
    """An assertion that a document does not satisfy."""

    id: str
    """The published id; assertions without one are numbered in their file."""
    role: str
    """``fatal``, ``error``, ``warning``, ``info`` or empty, in lower case."""
    where: str
    """XPath of the node."""
    failed: bool = False
    """The test itself could not be evaluated: the published rule is broken."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One published assertion."""

    id: str
    context: str
    test: str
    role: str
    is_report: bool


def assertions(file: Path) -> tuple[Assertion, ...]:
    """The assertions of a Schematron file, in their order."""
    return tuple(one for _, _, one in _assertions(_read(file), file.stem))


class Schematron:
    """A compiled Schematron file."""

    def __init__(self, file: Path) -> None:
        """Compile; raises ``CannotJudge`` without the file or without Saxon."""
        self.name = file.stem
        stylesheet = etree.tostring(_stylesheet(_read(file), file.stem), encoding="unicode")
        self._processor = _processor()
        try:
            compiler = self._processor.new_xslt30_processor()
            self._executable = compiler.compile_stylesheet(stylesheet_text=stylesheet)
        except Exception as error:  # noqa: BLE001  Saxon has no public class of its own
            raise CannotJudge(f"{file.name} does not compile: {error}") from None

    def fired(self, root: etree._Element) -> tuple[Fired, ...]:
        """The assertions that do not hold in a document; its comments are left out."""
        text = _without_comments(root)
        node = self._processor.parse_xml(xml_text=text)
        answer = self._executable.transform_to_string(xdm_node=node)
        return tuple(
            Fired(
                one.get("id", ""),
                one.get("role", ""),
                one.get("where", ""),
                one.get("failed") == "true",
            )
            for one in etree.fromstring(answer.encode())
        )


_shared: list[Any] = []


def _processor() -> Any:
    """One Saxon for the process: a second one costs half a second."""
    if not _shared:
        try:
            from saxonche import PySaxonProcessor  # noqa: PLC0415  an optional engine
        except ImportError:
            raise CannotJudge("install sdg-connector[conformance] to run Schematron") from None
        _shared.append(PySaxonProcessor(license=False))
    return _shared[0]


def _read(file: Path) -> etree._Element:
    try:
        return etree.parse(file, _PARSER).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise CannotJudge(f"{file} cannot be read: {error}") from None


def _without_comments(root: etree._Element) -> str:
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, no_network=True, resolve_entities=False
    )
    return etree.tostring(etree.fromstring(etree.tostring(root), parser), encoding="unicode")


def _assertions(
    schema: etree._Element, name: str
) -> Iterator[tuple[int, etree._Element, Assertion]]:
    unnamed = 0
    for number, pattern in enumerate(schema.iter(f"{{{_SCH}}}pattern")):
        for rule in pattern.iterchildren(f"{{{_SCH}}}rule"):
            for one in rule.iterchildren(f"{{{_SCH}}}assert", f"{{{_SCH}}}report"):
                identifier = one.get("id")
                if identifier is None:
                    unnamed += 1
                    identifier = f"{name} unnamed {unnamed}"
                yield (
                    number,
                    rule,
                    Assertion(
                        id=identifier,
                        context=" ".join(rule.get("context", "").split()),
                        test=one.get("test", ""),
                        role=(one.get("role") or one.get("flag") or "").lower(),
                        is_report=one.tag == f"{{{_SCH}}}report",
                    ),
                )


def _stylesheet(schema: etree._Element, name: str) -> etree._Element:
    namespaces = {one.get("prefix", ""): one.get("uri", "") for one in schema.iter(f"{{{_SCH}}}ns")}
    sheet = etree.Element(f"{{{_XSL}}}stylesheet", nsmap={"xsl": _XSL, **namespaces})
    sheet.set("version", "3.0")
    main = _add(sheet, "template", match="/")
    answer = etree.SubElement(main, "fired")
    templates: dict[etree._Element, etree._Element] = {}
    modes: set[int] = set()
    for pattern, rule, assertion in _assertions(schema, name):
        if pattern not in modes:
            modes.add(pattern)
            _add(sheet, "mode", name=f"p{pattern}", **{"on-no-match": "shallow-skip"})
            _add(answer, "apply-templates", select="/*", mode=f"p{pattern}")
        if rule not in templates:
            # Within a pattern the first rule that matches a node is the only one that counts.
            templates[rule] = _template(sheet, rule, pattern, priority=1000 - len(templates))
        _add_assertion(templates[rule], rule, assertion)
    for template in templates.values():
        _add(template, "apply-templates", select="@*|*", mode=template.get("mode", ""))
    return sheet


def _template(
    sheet: etree._Element, rule: etree._Element, pattern: int, *, priority: int
) -> etree._Element:
    return _add(
        sheet,
        "template",
        match=rule.get("context", ""),
        mode=f"p{pattern}",
        priority=str(priority),
    )


def _add_assertion(template: etree._Element, rule: etree._Element, assertion: Assertion) -> None:
    attempt = _add(template, "try")
    for let in rule.iterchildren(f"{{{_SCH}}}let"):
        _add(attempt, "variable", name=let.get("name", ""), select=let.get("value", ""))
    test = f"boolean({assertion.test})"
    question = _add(attempt, "if", test=test if assertion.is_report else f"not({test})")
    _broken(question, assertion)
    _broken(_add(attempt, "catch"), assertion).set("failed", "true")


def _broken(parent: etree._Element, assertion: Assertion) -> etree._Element:
    return etree.SubElement(
        parent, "broken", id=assertion.id, role=assertion.role, where="{path(.)}"
    )


def _add(parent: etree._Element, element: str, **attributes: str) -> etree._Element:
    added = etree.SubElement(parent, f"{{{_XSL}}}{element}")
    for name, value in attributes.items():
        added.set(name, value)
    return added
