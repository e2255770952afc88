"""Everything that one exchange needs to know, written down once before anything is sent."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

from sdg_connector.connector.offers import EvidenceOffer, WantedForm
from sdg_connector.evidence import (
    EvidenceRequest,
    preview_url_with_return,
    write_evidence_request,
)
from sdg_connector.evidence.request_reading import read_stored_request_unsafe
from sdg_connector.ports import Corner
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    Address,
    Agent,
    AgentClassification,
    EdmLine,
    Identifier,
    LegalPerson,
    NaturalPerson,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediaryPlatform:
    """The platform through which an organisation asks (TDD 4.5, agent classification IP)."""

    identifier: str
    scheme: str
    names: tuple[Text, ...]
    country: str

    @property
    def agent(self) -> Agent:
        """As a request names it."""
        return Agent(
            identifier=Identifier(self.identifier, self.scheme),
            names=self.names,
            address=Address(country=self.country),
            classification=AgentClassification.INTERMEDIARY_PLATFORM,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOrganisation:
    """The evidence requester: who asks, on the person's behalf."""

    identifier: str
    scheme: str
    """``urn:cef.eu:names:identifier:EAS:…`` or an unregistered party id type."""
    names: tuple[Text, ...]
    country: str
    platform: IntermediaryPlatform | None = None
    """None: the organisation asks by itself."""

    @property
    def agents(self) -> tuple[Agent, ...]:
        """As a request names them: the requester, then its platform."""
        own = Agent(
            identifier=Identifier(self.identifier, self.scheme),
            names=self.names,
            address=Address(country=self.country),
            classification=AgentClassification.EVIDENCE_REQUESTER,
        )
        return (own,) if self.platform is None else (own, self.platform.agent)

    @property
    def corner(self) -> Corner:
        """Corner 1, as message properties name it."""
        return Corner(self.identifier, self.scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The first request as it was written, how its message travels, and what is asked of answers.

    Each step of an exchange reads its order: what a step needs stands beside the document, which
    is read where the whole request is wanted.
    """

    document: bytes = field(repr=False)
    """The request as it was written and judged."""
    request_id: str
    line: EdmLine
    sender: Corner
    """Corner 1."""
    recipient: Corner
    """Corner 4."""
    subject: str = field(repr=False)
    """The subject's eIDAS identifier; empty when the request gives none."""
    receiver: Corner
    preview_hosts: tuple[str, ...]
    """Hosts that the provider owns: a preview anywhere else is refused."""
    return_location: str
    """Where the person comes back to: unpredictable, for one use."""

    @classmethod
    def of(
        cls,
        request: EvidenceRequest,
        *,
        receiver: Corner,
        preview_hosts: tuple[str, ...],
        return_location: str,
    ) -> "Order":
        """Write and judge the request; raises ``EdmMisuse`` for a broken rule."""
        return cls(
            document=write_evidence_request(request),
            request_id=request.request_id,
            line=request.line,
            sender=_corner(request.evidence_requester),
            recipient=_corner(request.provider),
            subject=eidas_identifier(request.subject),
            receiver=receiver,
            preview_hosts=preview_hosts,
            return_location=return_location,
        )

    @property
    def request(self) -> EvidenceRequest:
        """The whole request, read from its document."""
        return read_stored_request_unsafe(self.document)

    def to_bytes(self) -> bytes:
        """As the store keeps it, encrypted."""
        kept = {
            "document": base64.b64encode(self.document).decode(),
            "request_id": self.request_id,
            "line": self.line.value,
            "sender": [self.sender.value, self.sender.type],
            "recipient": [self.recipient.value, self.recipient.type],
            "subject": self.subject,
            "receiver": [self.receiver.value, self.receiver.type],
            "preview_hosts": list(self.preview_hosts),
            "return_location": self.return_location,
        }
        return json.dumps(kept).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Order":
        """Back from what ``to_bytes`` gave."""
        kept = json.loads(data)
        return cls(
            document=base64.b64decode(kept["document"]),
            request_id=kept["request_id"],
            line=EdmLine(kept["line"]),
            sender=Corner(*kept["sender"]),
            recipient=Corner(*kept["recipient"]),
            subject=kept["subject"],
            receiver=Corner(*kept["receiver"]),
            preview_hosts=tuple(kept["preview_hosts"]),
            return_location=kept["return_location"],
        )


def browser_location(order: bytes, preview_location: str) -> str:
    """Where to send the browser of a person whose order was kept as ``Order.to_bytes`` gave it.

    Before line 2.0 the address says where the person comes back to (TDD 4.9).
    """
    kept = json.loads(order)
    if EdmLine(kept["line"]).is_packaged:
        return preview_location
    return preview_url_with_return(preview_location, kept["return_location"])


def first_request(
    offer: EvidenceOffer,
    *,
    request_id: str,
    at: datetime,
    procedure: str,
    requester: OwnOrganisation,
    subject: NaturalPerson | LegalPerson,
    representative: NaturalPerson | LegalPerson | None = None,
    wanted: WantedForm | None = None,
    preview_possible: bool = True,
) -> EvidenceRequest:
    """The request that follows the person's explicit request (TDD 4.5; SDGR article 14(4))."""
    return EvidenceRequest(
        request_id=f"urn:uuid:{request_id}",
        line=offer.line,
        issued_at=at,
        procedure=procedure,
        requirements=(offer.requirement,),
        requester=requester.agents,
        provider=offer.provider,
        evidence_type=offer.asked(wanted),
        subject=subject,
        representative=representative if isinstance(representative, NaturalPerson) else None,
        representing_organisation=(
            representative if isinstance(representative, LegalPerson) else None
        ),
        preview_possible=preview_possible,
        explicit_request=True,
        provider_classification=offer.said,
    )


def eidas_identifier(person: object) -> str:
    """The eIDAS identifier of a natural or legal person; empty for whoever has none."""
    found = getattr(person, "identifier", None) or getattr(person, "legal_person_identifier", None)
    return found.value if found is not None and found.scheme == EIDAS_SCHEME else ""


def _corner(agent: Agent) -> Corner:
    return Corner(agent.identifier.value, agent.identifier.scheme or "")
