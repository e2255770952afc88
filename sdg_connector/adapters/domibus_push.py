"""Where Domibus pushes to: a SOAP service for its notifications (WS plugin, push to backend).

Settings of the plugin: ``wsplugin.push.enabled``, ``wsplugin.push.rules.<n>.endpoint`` and
``.type=RECEIVE_SUCCESS``, ``wsplugin.push.auth.username`` and ``.password``, and
``wsplugin.push.markAsDownloaded=false``.
"""

import base64
import binascii
import hmac
import logging
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sdg_connector.adapters.as4_endpoint import Receive, Scope, Send
from sdg_connector.adapters.domibus import (
    CONTENT_TYPE,
    DomibusFault,
    DomibusUnreachable,
    read_received,
)
from sdg_connector.adapters.domibus_soap import SoapMessage, SoapReader
from sdg_connector.adapters.domibus_transport import DomibusArrivals
from sdg_connector.as4 import As4Refused
from sdg_connector.as4.message import SOAP
from xmltrust import XmlRefused, exactly_one, text_of

_log = logging.getLogger(__name__)
BACKEND: Final = "eu.domibus"
_MAX_REQUEST: Final = 2 * 1024**3
_HEARD: Final = frozenset(
    {
        "sendSuccess",
        "sendFailure",
        "receiveFailure",
        "delete",
        "deleteBatch",
        "messageStatusChange",
    }
)
"""What the exchange asks Domibus for itself: noted, and answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusPush:
    """An ASGI app: mount it where ``wsplugin.push.rules`` points to."""

    arrivals: DomibusArrivals
    user: str
    password: str = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one push; a fault makes Domibus push again later."""
        if scope["type"] != "http":
            return
        if scope["method"] != "POST":
            await _respond(send, 405, b"")
        elif not self._knows(scope):
            await _respond(send, 401, b"", {"www-authenticate": 'Basic realm="push"'})
        else:
            status, body = await self._answer(scope, receive)
            await _respond(send, status, body)

    def _knows(self, scope: Scope) -> bool:
        kind, _, given = _header(scope, b"authorization").partition(" ")
        try:
            found = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self.user}:{self.password}".encode()
        return bool(self.user) and kind.lower() == "basic" and hmac.compare_digest(found, wanted)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        size, more = 0, True
        try:
            reader = SoapReader(_header(scope, b"content-type"))
            while more:
                event = await receive()
                chunk = bytes(event.get("body", b""))
                size += len(chunk)
                more = bool(event.get("more_body", False)) and event["type"] == "http.request"
                if size > _MAX_REQUEST:
                    return 413, _fault("a message within the cap")
                reader.feed(chunk)
            message = reader.close()
            body = exactly_one(message.root, f"{{{SOAP}}}Body")
            (pushed,) = body.iterchildren("*")
            await self._take(message, pushed)
        except (XmlRefused, As4Refused, ValueError) as wrong:
            _log.warning("domibus push refused: %s", type(wrong).__name__)
            return 400, _fault("one notification of the published schema")
        except (DomibusUnreachable, DomibusFault) as problem:
            _log.warning("domibus push to be repeated: %s", problem)
            return 500, _fault("a message that can be retrieved")
        except Exception as trouble:  # noqa: BLE001  the store's trouble: Domibus keeps the message
            _log.error("domibus push not stored: %s", type(trouble).__name__)
            return 500, _fault("a store that takes it")
        return 200, _envelope(None)

    async def _take(self, message: SoapMessage, pushed: etree._Element) -> None:
        name = etree.QName(pushed)
        if name.namespace != BACKEND:
            raise ValueError(name.namespace)
        if name.localname == "submitRequest":
            await self.arrivals.on_domibus_message(read_received(message, pushed))
        elif name.localname == "receiveSuccess":
            await self.arrivals.fetch(text_of(exactly_one(pushed, "messageID")))
        elif name.localname in _HEARD:
            for one in pushed.iterchildren("messageID"):
                _log.info("domibus says %s message=%s", name.localname, (one.text or "").strip())
        else:
            raise ValueError(name.localname)


def _fault(expected: str) -> bytes:
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP, "b": BACKEND})
    code = etree.SubElement(fault, f"{{{SOAP}}}Code")
    etree.SubElement(code, f"{{{SOAP}}}Value").text = "soap:Receiver"
    reason = etree.SubElement(fault, f"{{{SOAP}}}Reason")
    text = etree.SubElement(reason, f"{{{SOAP}}}Text")
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    text.text = f"expected {expected}"
    detail = etree.SubElement(fault, f"{{{SOAP}}}Detail")
    shown = etree.SubElement(detail, f"{{{BACKEND}}}BackendFaultDetail")
    etree.SubElement(shown, "code").text = "SDG"
    etree.SubElement(shown, "message").text = f"expected {expected}"
    return _envelope(fault)


def _envelope(content: etree._Element | None) -> bytes:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    if content is not None:
        body.append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _header(scope: Scope, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


async def _respond(
    send: Send, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    fields = {"content-type": CONTENT_TYPE, "content-length": str(len(body)), **(headers or {})}
    shown = [(key.encode(), value.encode()) for key, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": shown})
    await send({"type": "http.response.body", "body": body})
