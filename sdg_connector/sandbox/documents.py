"""A diploma as the two files that the register hands out: a PDF to read, an XML to compute with."""

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from lxml import etree
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from sdg_connector.sandbox.register import Diploma

DIPLOMA_NAMESPACE = "https://es.sandbox.example/schemas/diploma/1"
PDF, XML = "application/pdf", "application/xml"


@dataclass(frozen=True, slots=True)
class Document:
    """One file of an evidence."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest by which both ends compare what was sent and what arrived."""
        return hashlib.sha256(self.content).hexdigest()


@cache
def documents_of(diploma: Diploma) -> tuple[Document, ...]:
    """The PDF and the XML of a diploma: the same bytes each time, on every machine."""
    return (
        Document(f"{diploma.number}.pdf", PDF, _pdf(diploma)),
        Document(f"{diploma.number}.xml", XML, _xml(diploma)),
    )


def _xml(diploma: Diploma) -> bytes:
    root = etree.Element(f"{{{DIPLOMA_NAMESPACE}}}Diploma", nsmap={"d": DIPLOMA_NAMESPACE})
    root.set("number", diploma.number)
    holder = _child(root, "Holder")
    if diploma.given_name:
        _child(holder, "GivenName", diploma.given_name)
        _child(holder, "FamilyName", diploma.family_name)
        _child(holder, "DateOfBirth", diploma.date_of_birth.isoformat())
    else:
        _child(holder, "LegalName", diploma.family_name)
    qualification = _child(root, "Qualification")
    _child(qualification, "Title", diploma.title)
    _child(qualification, "Title", diploma.title_en).set("lang", "en")
    _child(qualification, "Credits", str(diploma.credits)).set("scheme", "ECTS")
    _child(qualification, "Grade", diploma.grade)
    _child(root, "AwardingBody", diploma.institution)
    _child(root, "IssuingDate", diploma.issued.isoformat())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{DIPLOMA_NAMESPACE}}}{name}")
    child.text = text
    return child


def _pdf(diploma: Diploma) -> bytes:
    file = BytesIO()
    page = Canvas(file, pagesize=A4, invariant=1, pageCompression=1, lang="en")
    page.setTitle(f"Diploma {diploma.number}")
    page.setAuthor(diploma.institution)
    width, height = A4
    page.setStrokeColor(HexColor("#1f3a5f"))
    page.setLineWidth(2)
    page.rect(12 * mm, 12 * mm, width - 24 * mm, height - 24 * mm)
    page.setLineWidth(0.5)
    page.rect(14 * mm, 14 * mm, width - 28 * mm, height - 28 * mm)
    born, what = ("born", "the degree of") if diploma.given_name else ("founded", "the following")
    for line, size, y, bold in (
        (diploma.institution, 22, 245, True),
        ("confers upon", 12, 218, False),
        (f"{diploma.given_name} {diploma.family_name}".strip(), 26, 202, True),
        (f"{born} on {diploma.date_of_birth:%d.%m.%Y}", 12, 191, False),
        (what, 12, 170, False),
        (_latin(diploma), 18, 158, True),
        (diploma.title_en, 13, 149, False),
        (f"{diploma.credits} ECTS credits, final grade {diploma.grade}", 12, 132, False),
        (f"Issued on {diploma.issued:%d.%m.%Y}", 12, 110, False),
        (f"Register number {diploma.number}", 10, 40, False),
        ("Invented document of a test environment. It proves nothing.", 9, 28, False),
    ):
        page.setFont("Times-Bold" if bold else "Times-Roman", size)
        page.drawCentredString(width / 2, y * mm, line)
    page.showPage()
    page.save()
    return file.getvalue()


def _latin(diploma: Diploma) -> str:
    """The title where the PDF's built-in font can draw it, which knows Windows-1252 only."""
    try:
        diploma.title.encode("cp1252")
    except UnicodeEncodeError:
        return diploma.title_en
    return diploma.title
