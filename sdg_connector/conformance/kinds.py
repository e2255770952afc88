"""What can be judged, how a kind is guessed from the bytes, and which check answers for it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Final, Protocol, cast


class Kind(StrEnum):
    """What a file is taken for."""

    SAML_REQUEST = "saml-request"
    SAML_RESPONSE = "saml-response"
    SAML_METADATA = "saml-metadata"
    EDM = "edm"
    COMMON_SERVICES = "common-services"
    AS4 = "as4"
    WEB_PAGE = "web-page"
    COLLECT = "collect"
    DESCRIPTION = "description"
    CPSV = "cpsv"
    AUTO = "auto"


class FindingLike(Protocol):
    """One thing that a check has to say; each package has its own value of this shape."""

    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def clause(self) -> str: ...
    @property
    def fix(self) -> str: ...


class JudgementLike(Protocol):
    """The outcome of one check."""

    @property
    def verdict(self) -> str: ...
    @property
    def findings(self) -> tuple[FindingLike, ...]: ...
    @property
    def value(self) -> Mapping[str, object] | None: ...


class Check(Protocol):
    """Judge bytes; any bytes give a judgement, never an exception."""

    def __call__(
        self, data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
    ) -> JudgementLike: ...


_CHECKS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.SAML_REQUEST: ("eidas.checks", "check_saml_request"),
    Kind.SAML_RESPONSE: ("eidas.checks", "check_saml_response"),
    Kind.SAML_METADATA: ("eidas.checks", "check_saml_metadata"),
    Kind.EDM: ("sdg_connector.evidence.checks", "check"),
    Kind.COMMON_SERVICES: ("sdg_connector.directory.checks", "check"),
    Kind.AS4: ("sdg_connector.as4.checks", "check"),
    Kind.WEB_PAGE: ("procedures.audit", "check"),
    Kind.COLLECT: ("procedures.collect", "check"),
    Kind.DESCRIPTION: ("procedures.checks", "check_description"),
    Kind.CPSV: ("procedures.cpsv.checks", "check_cpsv"),
}
"""Where each check lives; imported when it is asked for, so that ``--help`` stays fast."""


def check_for(kind: Kind) -> Check:
    """The check that answers for a kind."""
    module, name = _CHECKS[kind]
    return cast(Check, getattr(import_module(module), name))


def _has(pattern: bytes) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern)
    return lambda start: compiled.search(start) is not None


_SIGNS: Final[tuple[tuple[Kind, Callable[[bytes], bool]], ...]] = (
    (Kind.AS4, _has(rb"(?i)multipart/related|^--[^\r\n]{1,200}\r?\ncontent-|200704/?[\"']")),
    (Kind.SAML_REQUEST, _has(rb"<(?:[\w.-]+:)?AuthnRequest[\s>]")),
    (Kind.SAML_RESPONSE, _has(rb"SAML:2\.0:protocol[\s\S]*<(?:[\w.-]+:)?Response[\s>]")),
    (Kind.SAML_RESPONSE, _has(rb"<(?:[\w.-]+:)?Response[\s>][\s\S]*SAML:2\.0:protocol")),
    (Kind.SAML_METADATA, _has(rb"<(?:[\w.-]+:)?(?:EntityDescriptor|EntitiesDescriptor)[\s>]")),
    (Kind.SAML_METADATA, _has(rb"<(?:[\w.-]+:)?MetadataServiceList[\s>]")),
    (Kind.COMMON_SERVICES, _has(rb"oots-cs:v|[\"'](?:EB|DSD):ERR:\d|AccessService[\s>]")),
    (Kind.COMMON_SERVICES, _has(rb"<(?:[\w.-]+:)?QueryResponse[\s>](?![\s\S]*oots-edm)")),
    (Kind.COMMON_SERVICES, _has(rb"<(?:[\w.-]+:)?(?:SubmitObjectsRequest|RegistryResponse)[\s>]")),
    (Kind.EDM, _has(rb"<(?:[\w.-]+:)?Query(?:Request|Response)[\s>]")),
    (Kind.CPSV, _has(rb"http://purl\.org/vocab/cpsv#|/CPSV-AP/[\w./-]*\.jsonld")),
    (Kind.DESCRIPTION, _has(rb"(?m)^kind:\s*[\"']?(?:information|procedure|assistance)\b")),
    (
        Kind.DESCRIPTION,
        _has(rb"^\s*\{[\s\S]*\"kind\"\s*:\s*\"(?:information|procedure|assistance)\""),
    ),
    (Kind.WEB_PAGE, _has(rb"(?i)<!doctype\s+html|<html[\s>]|<meta\s[^>]*(?:sdg-tag|DC\.)")),
    (Kind.COLLECT, _has(rb"^\s*\{[\s\S]*\"(?:nbEntries|referencePeriod|foundInformation)\"\s*:")),
    (Kind.COLLECT, _has(rb"^\s*\{[\s\S]*\"(?:rating\"\s*:\s*\d|survey\"\s*:\s*\{)")),
)
"""Signs in the text of a file, the surest first."""


def guess_kind(data: bytes) -> Kind | None:
    """What these bytes look like; ``None`` when nothing speaks for any kind."""
    start = data[:200_000]
    for kind, speaks in _SIGNS:
        if speaks(start):
            return kind
    return None
