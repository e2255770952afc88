"""Everything that one exchange needs to know, written down once before anything is sent."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

from sdg_connector.connector.offers import EvidenceOffer, WantedForm
from sdg_connector.evidence import (
    EvidenceRequest,
    preview_url_with_return,
    read_evidence_request,
    write_evidence_request,
)
from sdg_connector.ports import Corner
from sdg_connector.vocabulary import (
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
    """The first request, and how its message travels."""

    request: EvidenceRequest
    receiver: Corner
    preview_hosts: tuple[str, ...]
    """Hosts that the provider owns: a preview anywhere else is refused."""
    return_location: str
    """Where the person comes back to: unpredictable, for one use."""
    document: bytes = field(default=b"", repr=False, compare=False)
    """The request as it was written and judged; empty before that."""

    @property
    def sender(self) -> Corner:
        """Corner 1."""
        return _corner(self.request.evidence_requester)

    @property
    def recipient(self) -> Corner:
        """Corner 4."""
        return _corner(self.request.provider)

    def to_bytes(self) -> bytes:
        """As the store keeps it, encrypted; raises ``EdmMisuse`` for a broken rule."""
        kept = {
            "line": self.request.line.value,
            "request": base64.b64encode(write_evidence_request(self.request)).decode(),
            "receiver": [self.receiver.value, self.receiver.type],
            "preview_hosts": list(self.preview_hosts),
            "return_location": self.return_location,
        }
        return json.dumps(kept).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Order":
        """Back from what ``to_bytes`` gave."""
        kept = json.loads(data)
        document = base64.b64decode(kept["request"])
        return cls(
            request=read_evidence_request(document),
            document=document,
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


def _corner(agent: Agent) -> Corner:
    return Corner(agent.identifier.value, agent.identifier.scheme or "")
