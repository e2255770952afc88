"""The pages a person sees: service, login, request, preview, evidence, receipt, feedback."""

from sdg_connector.web.desk import (
    AskedQuestion,
    DeliveredFile,
    DeskAsks,
    DeskRefused,
    EvidenceDesk,
    ExchangeView,
    Label,
    Offer,
    Requirement,
    Stage,
)
from sdg_connector.web.portal import Behind, portal

__all__ = [
    "AskedQuestion",
    "Behind",
    "DeliveredFile",
    "DeskAsks",
    "DeskRefused",
    "EvidenceDesk",
    "ExchangeView",
    "Label",
    "Offer",
    "Requirement",
    "Stage",
    "portal",
]
