"""A strict Domibus: every request is validated by the real WSDL's schemas, messages have states.

Two of them on one wire carry messages to each other, with inline or attached (MTOM) payloads.
"""

import base64
import copy
import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import xmlschema
from lxml import etree

from sdg_connector.as4.message import EB, SOAP

WS = "http://eu.domibus.wsplugin/"
XOP = "http://www.w3.org/2004/08/xop/include"
_IN_PROGRESS = ("SEND_ENQUEUED", "WAITING_FOR_RECEIPT", "ACKNOWLEDGED")


class Faulty(Exception):
    """A SOAP fault with its code."""


@dataclass
class Schemas:
    """The published schemas and the operations of the WSDL."""

    folder: Path
    body: xmlschema.XMLSchema = field(init=False)
    header: xmlschema.XMLSchema = field(init=False)
    operations: set[str] = field(init=False)

    def __post_init__(self) -> None:
        local = {
            "http://www.w3.org/2005/05/xmlmime": str(self.folder / "xmlmime.xsd"),
            "http://www.w3.org/XML/1998/namespace": str(self.folder / "xml.xsd"),
            "http://www.w3.org/2003/05/soap-envelope": str(self.folder / "envelope.xsd"),
        }
        self.body = xmlschema.XMLSchema(self.folder / "webservicePlugin-body.xsd", locations=local)
        self.header = xmlschema.XMLSchema(
            self.folder / "webservicePlugin-header.xsd", locations=local
        )
        wsdl = (self.folder / "WebServicePlugin.wsdl").read_text()
        self.operations = set(re.findall(r'element="tns:(\w+)"', wsdl))


@dataclass
class Held:
    """A message inside this Domibus."""

    header: bytes
    payloads: dict[str, tuple[str, bytes]]
    states: list[str]


@dataclass
class FakeDomibus:
    """One access point's WS plugin; ``handle`` answers an HTTP request."""

    schemas: Schemas
    party: str
    wire: "dict[str, FakeDomibus]" = field(default_factory=dict)
    """Every access point by party id."""
    credentials: tuple[str, str] | None = None
    mtom: bool = False
    fail: bool = False
    """Whether what is submitted ends in SEND_FAILURE."""
    sent: dict[str, Held] = field(default_factory=dict)
    waiting: dict[str, Held] = field(default_factory=dict)
    downloaded: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wire[self.party] = self

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self.credentials is not None:
            wanted = base64.b64encode(":".join(self.credentials).encode()).decode()
            if request.headers.get("authorization") != f"Basic {wanted}":
                return httpx.Response(401)
        root = etree.fromstring(request.content, etree.XMLParser(huge_tree=True))
        header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
        (asked,) = body
        name = etree.QName(asked).localname
        assert name in self.schemas.operations, name
        self.schemas.body.validate(_shortened(asked))
        for block in header:
            self.schemas.header.validate(block)
        self.seen.append(name)
        try:
            return getattr(self, f"on_{name}")(header, asked)
        except Faulty as fault:
            return httpx.Response(500, content=_fault(str(fault)))

    def on_submitRequest(self, header, asked):  # noqa: N802  the element's own name
        (messaging,) = header
        (user,) = messaging
        announced = {part.get("href").lower(): part for part in user.iter(f"{{{EB}}}PartInfo")}
        payloads = {}
        for payload in asked.iterchildren("payload"):
            identifier = payload.get("payloadId")
            if identifier.lower() not in announced:
                raise Faulty("WS_PLUGIN:0005")
            value = base64.b64decode(payload.findtext("value"))
            payloads[identifier] = (payload.get("contentType"), value)
        assert len(payloads) == len(announced)
        message_id = user.findtext(f".//{{{EB}}}MessageId")
        if message_id in self.sent:
            raise Faulty("EBMS_0004")
        states = ["SEND_FAILURE"] if self.fail else list(_IN_PROGRESS)
        held = Held(etree.tostring(messaging), payloads, states)
        self.sent[message_id] = held
        receiver = user.findtext(f".//{{{EB}}}To/{{{EB}}}PartyId")
        if not self.fail:
            self.wire[receiver].waiting[message_id] = held
        content = f"<messageID>{message_id}</messageID><messageEntityID>1</messageEntityID>"
        return _answer("submitResponse", content)

    def on_statusRequestWithAccessPointRole(self, header, asked):  # noqa: N802
        held = self.sent.get(asked.findtext("messageID"))
        state = "NOT_FOUND" if held is None else held.states[0]
        if held is not None and len(held.states) > 1:
            held.states.pop(0)
        return _answer("getStatusResponse", state)

    def on_getErrorsRequestWithAccessPointRole(self, header, asked):  # noqa: N802
        return _answer(
            "getMessageErrorsResponse",
            "<item><domibusErrorCode>EBMS_0005</domibusErrorCode><errorDetail>d</errorDetail></item>",
        )

    def on_listPendingMessagesRequest(self, header, asked):  # noqa: N802
        found = "".join(f"<messageID>{one}</messageID>" for one in self.waiting)
        return _answer("listPendingMessagesResponse", found)

    def on_retrieveMessageRequest(self, header, asked):  # noqa: N802
        assert asked.get("markAsDownloaded") == "false"
        held = self.waiting.get(asked.findtext("messageID"))
        if held is None:
            raise Faulty("WS_PLUGIN:0002")
        parts, shown = [], ""
        for number, (identifier, (kind, content)) in enumerate(held.payloads.items()):
            value = base64.b64encode(content).decode()
            if self.mtom:
                parts.append((f"part {number}@cxf", content))
                value = f'<xop:Include xmlns:xop="{XOP}" href="cid:part%20{number}@cxf"/>'
            shown += (
                f'<payload payloadId="{identifier}" contentType="{kind}">'
                f"<value>{value}</value></payload>"
            )
        answer = _answer("retrieveMessageResponse", shown, header=held.header.decode())
        return _attached(answer.content, parts) if self.mtom else answer

    def on_markMessageAsDownloadedRequest(self, header, asked):  # noqa: N802
        message_id = asked.findtext("messageID")
        self.waiting.pop(message_id, None)
        self.downloaded.append(message_id)
        return _answer("markMessageAsDownloadedResponse", f"<messageID>{message_id}</messageID>")


def _shortened(asked):
    """The same request with short payloads: validating megabytes of base64 takes half a minute."""
    shown = copy.deepcopy(asked)
    for value in shown.iter("value"):
        value.text = (value.text or "")[:1000]
    return shown


def push(name: str, content: str) -> bytes:
    """What Domibus posts to a backend."""
    inner = f'<b:{name} xmlns:b="eu.domibus">{content}</b:{name}>'
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{inner}</soap:Body></soap:Envelope>'
    ).encode()


def _answer(name: str, content: str, header: str = "") -> httpx.Response:
    body = (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>{header}</soap:Header><soap:Body>'
        f'<ns4:{name} xmlns:ns4="{WS}">{content}</ns4:{name}></soap:Body></soap:Envelope>'
    )
    kind = {"content-type": "application/soap+xml;charset=UTF-8"}
    return httpx.Response(200, content=body.encode(), headers=kind)


def _attached(root: bytes, parts: list[tuple[str, bytes]]) -> httpx.Response:
    """As CXF writes it."""
    boundary = "uuid:5f2c1f0e"
    lines = [
        (
            f"--{boundary}\r\n"
            'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
            "Content-Transfer-Encoding: binary\r\n"
            "Content-ID: <root.message@cxf.apache.org>\r\n\r\n"
        ).encode(),
        root,
    ]
    for identifier, content in parts:
        lines.append(
            f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Transfer-Encoding: binary\r\nContent-ID: <{identifier}>\r\n\r\n".encode()
        )
        lines.append(content)
    lines.append(f"\r\n--{boundary}--".encode())
    kind = (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; '
        'start="<root.message@cxf.apache.org>"; start-info="application/soap+xml"'
    )
    return httpx.Response(200, content=b"".join(lines), headers={"content-type": kind})


def _fault(code: str) -> bytes:
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><soap:Fault><soap:Detail>'
        f'<w:FaultDetail xmlns:w="{WS}"><code>{code}</code><message>m</message></w:FaultDetail>'
        "</soap:Detail></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()
