"""The light protocol between an eIDAS-Node and the national part beside it.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from lxml import etree

from eidas.errors import EidasMisuse, RequestRefused
from eidas.levels import NOTIFIED
from eidas.reading import LIMITS, refusing, text_or_empty
from xmltrust import at_most_one, every, exactly_one, parse

REQUEST: Final = "http://cef.eidas.eu/LightRequest"
RESPONSE: Final = "http://cef.eidas.eu/LightResponse"
_LONGEST_TOKEN: Final = 1024
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide, light token"
_DIGEST: Final = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class LightToken:
    """A ticket that the browser carries; the message itself waits in the shared cache."""

    issuer: str
    id: str
    issued_at: datetime

    def encode(self, secret: str) -> str:
        """Write and authenticate the token; ``secret`` is agreed with the node."""
        plain = f"{self.issuer}|{self.id}|{self._moment()}"
        return base64.b64encode(f"{plain}|{self._digest(secret)}".encode()).decode("ascii")

    @classmethod
    def decode(
        cls, text: str, *, secret: str, issuer: str, now: datetime, longest_age: timedelta
    ) -> Self:
        """Read a token of ``issuer``; raises ``RequestRefused`` for a forged or old one."""
        if len(text) > _LONGEST_TOKEN:
            raise _refused("light.token", f"at most {_LONGEST_TOKEN} bytes", "more")
        try:
            parts = base64.b64decode(text.encode(), validate=True).decode("utf-8").split("|")
            moment = datetime.strptime(parts[2], "%Y-%m-%d %H:%M:%S %f").replace(tzinfo=UTC)
        except (binascii.Error, ValueError, IndexError) as problem:
            raise _refused("light.token", "issuer|id|time|digest in base64", "else") from problem
        if len(parts) != 4:
            raise _refused("light.token", "four parts", f"{len(parts)}")
        token = cls(issuer=parts[0], id=parts[1], issued_at=moment)
        if not hmac.compare_digest(token._digest(secret).encode(), parts[3].encode()):
            raise _refused("light.token-digest", "the digest with our secret", "another")
        if token.issuer != issuer or not now - longest_age <= moment <= now + timedelta(minutes=1):
            raise _refused("light.token", "a recent token of the agreed issuer", "another")
        return token

    def _moment(self) -> str:
        moment = self.issued_at.astimezone(UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S} {moment.microsecond // 1000:03d}"

    def _digest(self, secret: str) -> str:
        plain = f"{self.id}|{self.issuer}|{self._moment()}|{secret}"
        return base64.b64encode(hashlib.new(_DIGEST, plain.encode()).digest()).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightRequest:
    """A request as the node hands it to the national part."""

    citizen_country: str
    id: str
    issuer: str
    levels: tuple[str, ...]
    attributes: tuple[str, ...]
    """Names of the requested attributes."""
    sp_type: str = ""
    provider_name: str = ""
    requester_id: str = ""
    relay_state: str = ""
    name_id_format: str = ""
    sp_country: str = ""

    def write(self) -> bytes:
        """Write the XML that goes into the shared cache."""
        root = etree.Element(f"{{{REQUEST}}}lightRequest", nsmap={"light": REQUEST})
        _add(root, "citizenCountryCode", self.citizen_country)
        _add(root, "id", self.id)
        _add(root, "issuer", self.issuer)
        for level in self.levels:
            known = level in {one.value for one in NOTIFIED}
            _add(root, "levelOfAssurance", level).set(
                "type", "notified" if known else "nonNotified"
            )
        for name, value in (
            ("nameIdFormat", self.name_id_format),
            ("providerName", self.provider_name),
            ("spType", self.sp_type),
            ("spCountryCode", self.sp_country),
            ("requesterId", self.requester_id),
            ("relayState", self.relay_state),
        ):
            if value:
                _add(root, name, value)
        requested = _add(root, "requestedAttributes", "")
        for name in self.attributes:
            _add(_add(requested, "attribute", ""), "definition", name)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a light request; raises ``RequestRefused``."""
        with refusing(RequestRefused, _CLAUSE):
            root = _root(data, f"{{{REQUEST}}}lightRequest")
            name = f"{{{REQUEST}}}"
            requested = exactly_one(root, f"{name}requestedAttributes")
            return cls(
                citizen_country=text_or_empty(exactly_one(root, f"{name}citizenCountryCode")),
                id=text_or_empty(exactly_one(root, f"{name}id")),
                issuer=text_or_empty(exactly_one(root, f"{name}issuer")),
                levels=tuple(text_or_empty(one) for one in every(root, f"{name}levelOfAssurance")),
                attributes=tuple(
                    text_or_empty(exactly_one(one, f"{name}definition"))
                    for one in every(requested, f"{name}attribute")
                ),
                sp_type=text_or_empty(at_most_one(root, f"{name}spType")),
                provider_name=text_or_empty(at_most_one(root, f"{name}providerName")),
                requester_id=text_or_empty(at_most_one(root, f"{name}requesterId")),
                relay_state=text_or_empty(at_most_one(root, f"{name}relayState")),
                name_id_format=text_or_empty(at_most_one(root, f"{name}nameIdFormat")),
                sp_country=text_or_empty(at_most_one(root, f"{name}spCountryCode")),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LightResponse:
    """An answer as the national part hands it to the node; its repr shows no value."""

    id: str
    in_response_to: str
    issuer: str
    level: str = ""
    subject: str = ""
    subject_format: str = ""
    relay_state: str = ""
    failure: bool = False
    status: str = ""
    sub_status: str = ""
    message: str = ""
    attributes: Mapping[str, tuple[str, ...]]
    """Attribute name and its values."""

    def __repr__(self) -> str:
        """Name the message only."""
        return f"<LightResponse {self.id} to {self.in_response_to}>"

    def write(self) -> bytes:
        """Write the XML that goes into the shared cache; raises ``EidasMisuse`` for half of one."""
        if not self.failure and not (self.subject and self.level and self.attributes):
            raise EidasMisuse(
                "light.response", expected="subject, level and attributes", clause=_CLAUSE
            )
        root = etree.Element(f"{{{RESPONSE}}}lightResponse", nsmap={"light": RESPONSE})
        for name, value in (
            ("id", self.id),
            ("inResponseToId", self.in_response_to),
            ("issuer", self.issuer),
            ("relayState", self.relay_state),
            ("subject", self.subject),
            ("subjectNameIdFormat", self.subject_format),
            ("levelOfAssurance", self.level),
        ):
            if value:
                _add(root, name, value)
        status = _add(root, "status", "")
        _add(status, "failure", "true" if self.failure else "false")
        for name, value in (
            ("statusCode", self.status),
            ("subStatusCode", self.sub_status),
            ("statusMessage", self.message),
        ):
            if value:
                _add(status, name, value)
        listed = _add(root, "attributes", "")
        for name, values in self.attributes.items():
            attribute = _add(listed, "attribute", "")
            _add(attribute, "definition", name)
            for value in values:
                _add(attribute, "value", value)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _root(data: bytes, name: str) -> etree._Element:
    root = parse(data, limits=LIMITS)
    if root.tag != name:
        raise _refused("light.root", name.rpartition("}")[2], "another element")
    return root


def _add(parent: etree._Element, local: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{local}")
    if text:
        child.text = text
    return child


def _refused(rule: str, expected: str, found: str) -> RequestRefused:
    return RequestRefused(rule, expected=expected, found=found, clause=_CLAUSE)
