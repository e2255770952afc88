"""Which rules judge a document of the Common Services: by its root, its status and its content."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from lxml import etree

from sdg_connector.directory.rules import (
    data_service_errors,
    data_service_submissions,
    data_services,
    evidence_broker,
    evidence_broker_submissions,
    life_cycle,
)
from sdg_connector.vocabulary import CommonServicesLine
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import Broken, Judge, RuleFile
from sdg_connector.vocabulary.rules.part import SLOT, text_of

FILES: Final[Mapping[str, tuple[RuleFile, ...]]] = {
    "EB-REQ": (evidence_broker.REQUIREMENTS_STRUCTURE, evidence_broker.REQUIREMENTS_CONTENT),
    "EB-EVI": (evidence_broker.EVIDENCE_TYPES_STRUCTURE, evidence_broker.EVIDENCE_TYPES_CONTENT),
    "EB-ERR": (evidence_broker.ERROR,),
    "EB-SUB": (evidence_broker_submissions.STRUCTURE, evidence_broker_submissions.CONTENT),
    "DSD-RESP": (data_services.STRUCTURE, data_services.CONTENT),
    "DSD-ERR": (data_service_errors.STRUCTURE, data_service_errors.CONTENT),
    "DSD-SUB": (data_service_submissions.STRUCTURE, data_service_submissions.CONTENT),
    "LCM-SUC": (life_cycle.SUCCESS,),
    "LCM-ERR": (life_cycle.ERROR,),
}
"""The rule files of each kind of document."""

_EXCEPTION: Final = qualified("rs:Exception")
_LIST: Final = qualified("sdg:EvidenceTypeList")
_CLASSIFICATION: Final = qualified("rim:Classification")


@cache
def judge_of(kind: str, line: CommonServicesLine, *, errors_only: bool = False) -> Judge:
    """The rules of one kind of document in one line, ready to judge."""
    return Judge(FILES[kind], line.version, errors_only=errors_only)


def broken_rules(
    root: etree._Element,
    *,
    kind: str | None = None,
    line: CommonServicesLine | None = None,
    errors_only: bool = False,
) -> list[Broken]:
    """Every published rule that a document of the Common Services breaks, in document order.

    ``kind`` says which rule files count (``EB-EVI``), since an answer does not always show to
    which query it belongs; ``line`` is the one that was asked for with ``Accept-Version``;
    ``errors_only`` leaves out what warns or informs.
    """
    kind, line = kind or kind_of(root), line or line_of_document(root)
    return judge_of(kind, line, errors_only=errors_only).broken(root)


def kind_of(root: etree._Element) -> str:
    """The kind of document that this looks like."""
    local = str(root.tag).rpartition("}")[2]
    failed = root.get("status", "").endswith(":Failure") or root.find(_EXCEPTION) is not None
    if local == "RegistryResponse":
        return "LCM-ERR" if failed else "LCM-SUC"
    if local == "SubmitObjectsRequest":
        schemes = {one.get("classificationScheme", "") for one in root.iter(_CLASSIFICATION)}
        return "EB-SUB" if any(one.endswith(":eb") for one in schemes) else "DSD-SUB"
    if failed:
        codes = [one.get("code", "") for one in root.iter(_EXCEPTION)]
        return "DSD-ERR" if any(one.startswith("DSD:") for one in codes) else "EB-ERR"
    if any(one.get("name") == "DataServiceEvidenceType" for one in root.iter(SLOT)):
        return "DSD-RESP"
    return "EB-REQ" if next(root.iter(_LIST), None) is None else "EB-EVI"


def line_of_document(root: etree._Element) -> CommonServicesLine:
    """The line that the slot ``SpecificationIdentifier`` names; without it, 1.0 (TDD 3.6.2)."""
    for slot in root.iterchildren(SLOT):
        if slot.get("name") == "SpecificationIdentifier":
            text = "".join(text_of(one) for one in slot.iter(qualified("rim:Value"))).strip()
            return next((one for one in CommonServicesLine if one.value == text), _NEWEST)
    return CommonServicesLine.V1_0


_NEWEST: Final = max(CommonServicesLine, key=lambda one: one.version)
