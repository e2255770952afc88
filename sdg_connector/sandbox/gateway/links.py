"""A strict links repository in memory, by REST and by SOAP, as the Commission's guide tells it."""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from procedures.links import SOAP_NAMESPACE, Link, LinkRefused
from procedures.links.columns import COLUMNS, LISTS, read_row
from sdg_connector.sandbox.gateway.bodies import media_type, read_body, too_large
from xmltrust.errors import XmlRefused
from xmltrust.parse import Limits, parse

REHEARSAL_TOKEN: Final = "rehearsal-token"  # noqa: S105  it opens nothing outside the sandbox
_LIMITS: Final = Limits(max_bytes=16 * 1024 * 1024, max_elements=500_000)
_ASKED_FOR: Final = {
    "title": "Please provide a Title",
    "url": "Please provide a URL",
    "type": "Please provide a Type",
    "categories": "Please provide a Category",
    "urlType": "Please provide a URL Type",
    "delete": "Please provide a Delete flag",
}
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
Complaint = tuple[str, str]
"""The field as the service names it, and the sentence."""


@dataclass(slots=True)
class LinksService:
    """The service and what it holds."""

    token: str = field(default=REHEARSAL_TOKEN, repr=False)
    links: dict[str, Link] = field(default_factory=dict)
    """What it would tell the Gateway, by address."""

    async def rest(self, request: Request) -> Response:
        """POST …/dtx/import with JSON."""
        if media_type(request) != "application/json":
            return JSONResponse({"status": 415, "errors": ["Expected JSON"]}, status_code=415)
        data = await read_body(request)
        if data is None:
            return too_large()
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            said = None
        status, complaints = self._take(said)
        body: dict[str, object] = {"status": status}
        if complaints:
            body["errors"] = [message for _, message in complaints]
            body["errorFields"] = [name for name, _ in complaints]
        return JSONResponse(body, status_code=status)

    async def soap(self, request: Request) -> Response:
        """POST with a SOAP 1.1 envelope."""
        data = await read_body(request)
        if data is None:
            return too_large()
        try:
            said = _read_soap(parse(data, limits=_LIMITS))
        except XmlRefused as problem:
            return _soap_answer(400, [("", str(problem))])
        return _soap_answer(*self._take(said))

    def _take(self, said: object) -> tuple[int, list[Complaint]]:
        if not isinstance(said, Mapping):
            return 400, [("", "Expected one object")]
        token = said.get("secureToken")
        known = isinstance(token, str) and hmac.compare_digest(
            token.encode("utf-8", "replace"), self.token.encode()
        )
        if not known:
            return 403, [("secureToken", "The token is not valid")]
        complaints = [
            (name, f"Please provide {name}")
            for name in ("countryCode", "author")
            if not isinstance(said.get(name), str) or not said[name]
        ]
        rows = said.get("linkData")
        if not isinstance(rows, list) or not rows:
            return 400, [*complaints, ("linkData", "Please provide links")]
        taken: list[tuple[Link, bool]] = []
        for number, row in enumerate(rows):
            wrong = list(self._row(row, f"linkData[{number}]", taken))
            complaints += wrong
        if complaints:
            return 400, complaints
        for link, delete in taken:
            if delete:
                del self.links[str(link.url)]
            else:
                self.links[str(link.url)] = link
        return 200, []

    def _row(self, row: object, place: str, taken: list[tuple[Link, bool]]) -> Iterator[Complaint]:
        if not isinstance(row, Mapping):
            yield place, "Expected one object"
            return
        missing = [name for name in _ASKED_FOR if not row.get(name)]
        if missing:
            yield from ((f"{place}.{name}", _ASKED_FOR[name]) for name in missing)
            return
        unknown = sorted(set(row) - set(COLUMNS))
        if unknown:
            yield from ((f"{place}.{name}", "Unknown field") for name in unknown)
            return
        try:
            link, delete = read_row(_cells(row))
        except LinkRefused as problem:
            fields = {heading: name for name, heading in COLUMNS.items()}
            yield from ((f"{place}.{fields[name]}", what) for name, what in problem.mistakes)
            return
        if row["delete"] not in {"y", "n"}:
            yield f"{place}.delete", "Expected y or n"
        elif delete and str(link.url) not in self.links:
            yield f"{place}.url", "There is no such link to delete"
        else:
            taken.append((link, delete))


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the service as a row of a file, so that both are judged alike."""
    cells = {}
    for name, heading in COLUMNS.items():
        value = row.get(name, "")
        if name in LISTS:
            items = value if isinstance(value, list) else []
            singles = [one.get(LISTS[name], "") for one in items if isinstance(one, Mapping)]
            value = ";".join(str(one) for one in singles)
        cells[heading] = value if isinstance(value, str) else ""
    return cells


def _read_soap(root: etree._Element) -> dict[str, object] | None:
    request = root.find(f"{{{_SOAP}}}Body/{{{SOAP_NAMESPACE}}}SetImportLinksDetailsRequest")
    if request is None:
        return None
    own = f"{{{SOAP_NAMESPACE}}}"
    said: dict[str, object] = {
        name: request.findtext(own + name) for name in ("secureToken", "countryCode", "author")
    }
    said["linkData"] = [
        {
            name: [{LISTS[name]: one.findtext(own + LISTS[name]) or ""} for one in found]
            if name in LISTS
            else found[0].text or ""
            for name in COLUMNS
            if (found := row.findall(own + name))
        }
        for row in request.iterfind(f"{own}linkData")
    ]
    return said


def _soap_answer(status: int, complaints: list[Complaint]) -> Response:
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soapenv": _SOAP})
    body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
    answer = etree.SubElement(body, f"{{{SOAP_NAMESPACE}}}SetImportLinksDetailsResponse")
    etree.SubElement(answer, f"{{{SOAP_NAMESPACE}}}status").text = str(status)
    for name, message in complaints:
        etree.SubElement(answer, f"{{{SOAP_NAMESPACE}}}errors").text = message
        etree.SubElement(answer, f"{{{SOAP_NAMESPACE}}}errorFields").text = name
    return Response(
        etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"),
        status_code=status,
        media_type="text/xml",
    )
