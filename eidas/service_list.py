"""The signed list of where Member States publish their metadata, and with which keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from lxml import etree

from eidas.errors import MetadataRefused
from eidas.metadata import LIMITS
from eidas.moments import parse_moment
from eidas.reading import demand_schema, refusing, text_or_empty
from eidas.vocabulary import MESSAGE_FORMAT, Namespace
from xmltrust import (
    Certificate,
    SignaturePolicy,
    TrustedKey,
    every,
    exactly_one,
    parse,
    required_attribute,
    verify_element,
)

_SER, _DS = Namespace.SERVICE_LIST, Namespace.SIGNATURE
_CLAUSE: Final = f"{MESSAGE_FORMAT}, appendix A"
SERVICE_LIST: Final = _SER("MetadataServiceList")
PROXY_SERVICE: Final = "http://eidas.europa.eu/metadata/ept/ProxyService"
CONNECTOR: Final = "http://eidas.europa.eu/metadata/ept/Connector"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataLocation:
    """One place of one Member State."""

    territory: str
    url: str
    endpoints: tuple[tuple[str, str], ...]
    """Endpoint type and entity id."""
    keys: tuple[TrustedKey, ...]
    """Keys that sign the metadata found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataServiceList:
    """All places that the issuer of the list vouches for."""

    issuer: str
    territory: str
    issued_at: datetime
    next_update: datetime | None
    locations: tuple[MetadataLocation, ...]

    @classmethod
    def read(
        cls,
        data: bytes,
        *,
        trusted: Sequence[TrustedKey],
        now: datetime,
        policy: SignaturePolicy | None = None,
    ) -> Self:
        """Verify and read a list; raises ``MetadataRefused`` for an unsigned or outdated one."""
        with refusing(MetadataRefused, _CLAUSE):
            root = parse(data, limits=LIMITS, comments_allowed=True)
            demand_schema(root, rule="service-list.schema", refusal=MetadataRefused)
            verified = verify_element(
                root,
                trusted=tuple(trusted),
                policy=(policy or SignaturePolicy()).with_whole_document(),
                expected=SERVICE_LIST,
                limits=LIMITS,
            )
            return cls._from_element(verified.element, now=now)

    @classmethod
    def _from_element(cls, root: etree._Element, *, now: datetime) -> Self:
        issued_at = parse_moment(required_attribute(root, "IssueDate"))
        update = root.get("NextUpdate")
        next_update = parse_moment(update) if update else None
        if issued_at is None or issued_at > now or (update and next_update is None):
            raise _refused("a list that was issued, with times in UTC", "another")
        if next_update is not None and next_update <= now:
            raise _refused("a list whose next update is still to come", "an outdated list")
        scheme = exactly_one(root, _SER("SchemeInformation"))
        return cls(
            issuer=text_or_empty(exactly_one(scheme, _SER("IssuerName"))),
            territory=text_or_empty(exactly_one(scheme, _SER("SchemeTerritory"))),
            issued_at=issued_at,
            next_update=next_update,
            locations=tuple(
                _location(place, required_attribute(listed, "Territory"))
                for listed in every(root, _SER("MetadataList"))
                for place in every(listed, _SER("MetadataLocation"))
                # A published list holds a place without an address; nothing can be fetched there.
                if place.get("Location")
            ),
        )


def _location(place: etree._Element, territory: str) -> MetadataLocation:
    url = required_attribute(place, "Location")
    path = "/".join(_DS(one) for one in ("KeyInfo", "X509Data", "X509Certificate"))
    return MetadataLocation(
        territory=territory,
        url=url,
        endpoints=tuple(
            (required_attribute(one, "EndpointType"), required_attribute(one, "EntityID"))
            for one in every(place, _SER("Endpoint"))
        ),
        keys=tuple(
            TrustedKey.from_certificate(
                Certificate.from_base64(one.text or ""), source=f"service list for {url}"
            )
            for one in place.iterfind(path)
        ),
    )


def _refused(expected: str, found: str) -> MetadataRefused:
    return MetadataRefused("service-list.time", expected=expected, found=found, clause=_CLAUSE)
