"""An agency's diploma register answers evidence requests: check, match, preview, give."""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from sdg_connector.connector.holding import HeldEvidence
from sdg_connector.connector.matching import Known, KnownPerson, Subject
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.replies import ReplyWriter
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.vocabulary import EvidenceType, Identifier, Text

PARTY = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"
HOLDER = KnownPerson(
    record="LV-1", family_name="Bērziņa", given_name="Ilze", date_of_birth=date(1998, 3, 2)
)


class Diplomas:
    """The part that every agency writes itself, here over one record instead of a database."""

    def may_ask(self, request: EvidenceRequest) -> bool:
        return request.procedure in {"T2", "T3"}

    def known(self, subject: Subject) -> Iterable[Known]:
        return (HOLDER,)

    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        asked = request.evidence_type
        return (
            HeldEvidence(
                identifier="5f2c1f0e-6f0a-4a52-9d5c-7a1f3f6b2a10",
                title="Diploma of higher education",
                evidence_type=EvidenceType(
                    classification=asked.classification, titles=asked.titles
                ),
                issued=date(2021, 6, 30),
                media_type="application/pdf",
                content=b"%PDF-1.7 the diploma",
                language="LV",
            ),
        )


def provider() -> Provider:
    """What an access point hands its requests to: ``receive`` gives the reply to send back."""
    replies = ReplyWriter(
        identifier=Identifier("90000000000", PARTY),
        names=(Text("Register of diplomas", "EN"), Text("Diplomu reģistrs", "LV")),
        country="LV",
        host="diplomas.example.lv",
        now=lambda: datetime.now(UTC),
        new_id=lambda: str(uuid.uuid4()),
    )
    return Provider(
        register=Diplomas(),
        replies=replies,
        preview_url="https://diplomas.example.lv/preview",
        previews={},
        new_ticket=lambda: secrets.token_urlsafe(24),
    )
