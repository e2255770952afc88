"""The messages between an eIDAS-Node and the national part beside it (the light protocol).

A national part reads requests and writes responses on the proxy-service's side, and the contrary on
the connector's. They wait in the cache that both share, under the identifier of a ``LightToken``.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from lxml import etree

from eidas.errors import EidasMisuse, Refused, RequestRefused, ResponseRefused
from eidas.levels import NOTIFIED
from eidas.reading import LIMITS, refusing, text_or_empty
from xmltrust import at_most_one, every, exactly_one, parse

REQUEST: Final = "http://cef.eidas.eu/LightRequest"
RESPONSE: Final = "http://cef.eidas.eu/LightResponse"
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide"


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
            root = _root(data, f"{{{REQUEST}}}lightRequest", RequestRefused)
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
    consent: str = ""
    """How the person agreed: one of the consent URIs of SAML Core 2.0, 8.4."""
    ip_address: str = ""
    """The address of the person's browser, where the means of identification saw it."""
    attributes: Mapping[str, tuple[str, ...]]
    """Attribute name and its values."""

    def __repr__(self) -> str:
        """Name the message only."""
        return f"<LightResponse {self.id} to {self.in_response_to}>"

    def write(self) -> bytes:
        """Write the XML that goes into the shared cache; raises ``EidasMisuse`` for half of one."""
        if not self._is_whole():
            raise EidasMisuse(
                "light.response", expected="subject, level and attributes", clause=_CLAUSE
            )
        root = etree.Element(f"{{{RESPONSE}}}lightResponse", nsmap={"light": RESPONSE})
        for name, value in (
            ("id", self.id),
            ("inResponseToId", self.in_response_to),
            ("consent", self.consent),
            ("issuer", self.issuer),
            ("ipAddress", self.ip_address),
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

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a light response, a failure included; raises ``ResponseRefused``."""
        with refusing(ResponseRefused, _CLAUSE):
            root = _root(data, f"{{{RESPONSE}}}lightResponse", ResponseRefused)
            status = exactly_one(root, f"{{{RESPONSE}}}status")

            def text(parent: etree._Element, local: str) -> str:
                return text_or_empty(at_most_one(parent, f"{{{RESPONSE}}}{local}"))

            response = cls(
                id=text_or_empty(exactly_one(root, f"{{{RESPONSE}}}id")),
                in_response_to=text_or_empty(exactly_one(root, f"{{{RESPONSE}}}inResponseToId")),
                issuer=text_or_empty(exactly_one(root, f"{{{RESPONSE}}}issuer")),
                level=text(root, "levelOfAssurance"),
                subject=text(root, "subject"),
                subject_format=text(root, "subjectNameIdFormat"),
                relay_state=text(root, "relayState"),
                failure=text(status, "failure") in {"true", "1"},
                status=text(status, "statusCode"),
                sub_status=text(status, "subStatusCode"),
                message=text(status, "statusMessage"),
                consent=text(root, "consent"),
                ip_address=text(root, "ipAddress"),
                attributes=_listed(exactly_one(root, f"{{{RESPONSE}}}attributes")),
            )
        if not response._is_whole():
            raise ResponseRefused(
                "light.response",
                expected="a failure, or subject, level and attributes",
                found="half of a response",
                clause=_CLAUSE,
            )
        return response

    def _is_whole(self) -> bool:
        return self.failure or bool(self.subject and self.level and self.attributes)


def _listed(attributes: etree._Element) -> dict[str, tuple[str, ...]]:
    name = f"{{{RESPONSE}}}"
    found: dict[str, tuple[str, ...]] = {}
    for one in every(attributes, f"{name}attribute"):
        definition = text_or_empty(exactly_one(one, f"{name}definition"))
        if definition in found:
            raise ResponseRefused(
                "light.attribute", expected="each attribute once", found="one twice", clause=_CLAUSE
            )
        found[definition] = tuple(text_or_empty(value) for value in every(one, f"{name}value"))
    return found


def _root(data: bytes, name: str, refusal: type[Refused]) -> etree._Element:
    root = parse(data, limits=LIMITS)
    if root.tag != name:
        raise refusal(
            "light.root",
            expected=name.rpartition("}")[2],
            found="another element",
            clause=_CLAUSE,
        )
    return root


def _add(parent: etree._Element, local: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{local}")
    if text:
        child.text = text
    return child
