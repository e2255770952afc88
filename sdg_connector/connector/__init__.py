"""Carry a person from a procedure to the evidence that it needs."""

from sdg_connector.connector.connector import Connector, ExchangeStatus, Peers
from sdg_connector.connector.dialogue import AnswerKind, AnswersNeeded, Question
from sdg_connector.connector.errors import (
    Gone,
    NothingFound,
    Overtaken,
    StoredDifferently,
    UnknownExchange,
)
from sdg_connector.connector.exchange import LOOK_AGAIN, Exchanges
from sdg_connector.connector.finding import Directory
from sdg_connector.connector.offers import EvidenceOffer, WantedForm
from sdg_connector.connector.orders import IntermediaryPlatform, OwnOrganisation
from sdg_connector.connector.persons import level_of, representative_of, subject_of
from sdg_connector.connector.timeouts import Timeouts

__all__ = [
    "LOOK_AGAIN",
    "AnswerKind",
    "AnswersNeeded",
    "Connector",
    "Directory",
    "EvidenceOffer",
    "ExchangeStatus",
    "Exchanges",
    "Gone",
    "IntermediaryPlatform",
    "NothingFound",
    "Overtaken",
    "OwnOrganisation",
    "Peers",
    "Question",
    "StoredDifferently",
    "Timeouts",
    "UnknownExchange",
    "WantedForm",
    "level_of",
    "representative_of",
    "subject_of",
]
