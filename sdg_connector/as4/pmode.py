"""Processing modes: what two access points agreed on, and which agreement a message falls under.

eDelivery AS4 3.5; a received message that no agreement allows is refused with EBMS:0010.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sdg_connector.as4.errors import As4Misuse, As4Refused, EbmsError
from sdg_connector.as4.message import (
    DEFAULT_MPC,
    FOUR_CORNER_PROPERTIES,
    GATEWAY_ROLE,
    LIFE_CYCLE_ACTIONS,
    LIFE_CYCLE_SERVICE,
    OOTS_ACTIONS,
    OOTS_SERVICE,
    TEST_ACTION,
    TEST_SERVICE,
    Party,
    Service,
    UserMessage,
    property_of,
)
from sdg_connector.as4.vouching import Vouched
from xmltrust import Certificate, DecryptionKey, SigningKey


class SecurityProfile(StrEnum):
    """The cryptography two parties agreed on."""

    RSA = "rsa"
    """eDelivery AS4 1.15: RSA-SHA256, RSA-OAEP, AES-128-GCM."""
    EDDSA = "eddsa"
    """eDelivery AS4 2.0 Common Usage: Ed25519, X25519 with HKDF, AES key wrap, AES-128-GCM."""
    ECDSA = "ecdsa"
    """eDelivery AS4 2.0, alternative: ECDSA and ECDH-ES on a curve of 256 bits, HKDF, key wrap."""

    @classmethod
    def of(cls, key: object) -> "SecurityProfile":
        """The profile that a public key signs by."""
        if isinstance(key, ec.EllipticCurvePublicKey):
            return cls.ECDSA
        return cls.EDDSA if isinstance(key, ed25519.Ed25519PublicKey) else cls.RSA


class TokenForm(StrEnum):
    """How a signature names its certificate (WS-Security X.509 Token Profile 1.1.1)."""

    X509V3 = "X509v3"
    PKI_PATH = "X509PKIPathv1"
    SUBJECT_KEY_IDENTIFIER = "X509SubjectKeyIdentifier"
    ISSUER_SERIAL = "X509IssuerSerial"


class RetryStrategy(StrEnum):
    """Domibus' words for when to send again."""

    CONSTANT = "CONSTANT"
    PROGRESSIVE = "PROGRESSIVE"
    SEND_ONCE = "SEND_ONCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Reception awareness: Domibus writes ``12;4;CONSTANT``."""

    minutes: int = 12
    """The whole window, in minutes (not the pause)."""
    attempts: int = 4
    """How often to send again within it."""
    strategy: RetryStrategy = RetryStrategy.CONSTANT

    def pauses(self) -> tuple[timedelta, ...]:
        """The pause before each further attempt; together they fill the window."""
        if self.strategy is RetryStrategy.SEND_ONCE or self.attempts < 1:
            return ()
        window = timedelta(minutes=self.minutes)
        if self.strategy is RetryStrategy.CONSTANT:
            return (window / self.attempts,) * self.attempts
        shares = sum(2**n for n in range(self.attempts))
        return tuple(window * 2**n / shares for n in range(self.attempts))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyId:
    """One name of a party: value and the URN of the scheme it comes from."""

    value: str
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """A party: its names, its address and its certificates."""

    name: str
    """Local name, unique within ``Agreements``; Domibus' party name."""
    identifiers: tuple[PartyId, ...]
    endpoint: str
    """URL of its message service handler."""
    signing: tuple[Certificate, ...] = field(default=(), repr=False)
    """Certificates it may sign with: two while one is being replaced."""
    encryption: Certificate | None = field(default=None, repr=False)
    """The certificate to encrypt for; by default the first signing certificate."""
    vouched: Vouched | None = None
    """Who vouches for further signing certificates of this party."""

    @property
    def recipient(self) -> Certificate:
        """The certificate to encrypt for; raises ``As4Misuse`` when there is none."""
        found = self.encryption or next(iter(self.signing), None)
        if found is None:
            raise As4Misuse(f"the party {self.name} has no certificate to encrypt for")
        return found

    def party(self, role: str) -> Party:
        """The party as a message names it."""
        first = self.identifiers[0]
        return Party(identifier=first.value, type=first.type, role=role)

    def is_named(self, party: Party) -> bool:
        """Whether ``party`` is one of its names."""
        return any(
            one.value == party.identifier and one.type == party.type for one in self.identifiers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What may be sent, and how."""

    name: str
    service: Service
    action: str
    compress: bool = True
    encrypt: bool = True
    profile: SecurityProfile = SecurityProfile.RSA
    token: TokenForm = TokenForm.X509V3
    retry: Retry = Retry()
    four_corner: bool = True
    """Whether originalSender and finalRecipient must be there (eDelivery AS4 4.1)."""
    max_payload: int = 2 * 1024**3
    """Octets of one payload, decompressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PMode:
    """Who may send a leg to whom."""

    name: str
    initiators: frozenset[str]
    responders: frozenset[str]
    leg: Leg
    initiator_role: str = GATEWAY_ROLE
    responder_role: str = GATEWAY_ROLE
    agreement: str | None = None
    mpc: str = DEFAULT_MPC


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A message's agreement: the processing mode and the two parties."""

    pmode: PMode
    sender: AccessPoint
    receiver: AccessPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Our private keys: loaded once."""

    signing: SigningKey
    decryption: DecryptionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """Everything agreed with everybody, seen from ``us``."""

    us: str
    parties: tuple[AccessPoint, ...]
    pmodes: tuple[PMode, ...]

    def __post_init__(self) -> None:
        """Refuse party names that are not there or are there twice."""
        names = [party.name for party in self.parties]
        if len(set(names)) != len(names) or self.us not in names:
            raise As4Misuse("PMode: each party once, and us among them")
        for pmode in self.pmodes:
            unknown = (pmode.initiators | pmode.responders) - set(names)
            if unknown:
                raise As4Misuse(f"PMode {pmode.name}: unknown party {min(unknown)}")

    @classmethod
    def oots(
        cls,
        *,
        us: AccessPoint,
        peers: Iterable[AccessPoint],
        profile: SecurityProfile | None = None,
        retry: Retry | None = None,
        registry: AccessPoint | None = None,
    ) -> Self:
        """The three legs of OOTS (request, response, exception) and the test service, both ways.

        Without ``profile`` and ``retry``: eDelivery AS4 1.15, and four more attempts in 12 minutes.
        With a ``registry``, which may be one of the others, the three legs of Life Cycle
        Management as well: everybody submits to it, and it alone answers.
        """
        parties = (us, *peers)
        names = frozenset(party.name for party in parties)
        agreed, schedule = profile or SecurityProfile.RSA, retry or Retry()
        legs = [
            Leg(
                name=action,
                service=OOTS_SERVICE,
                action=action,
                profile=agreed,
                retry=schedule,
                compress=action != "ExecuteQueryResponse",
            )
            for action in OOTS_ACTIONS
        ]
        legs.append(
            Leg(
                name="test",
                service=Service(name=TEST_SERVICE),
                action=TEST_ACTION,
                profile=agreed,
                retry=schedule,
                four_corner=False,
            )
        )
        pmodes = [
            PMode(name=f"oots-{leg.name}", initiators=names, responders=names, leg=leg)
            for leg in legs
        ]
        if registry is not None:
            if registry.name not in names:
                parties = (*parties, registry)
            alone = frozenset({registry.name})
            pmodes += _life_cycle(names - alone, alone, profile=agreed, retry=schedule)
        return cls(us=us.name, parties=parties, pmodes=tuple(pmodes))

    def party(self, name: str) -> AccessPoint:
        """The party called ``name`` here; raises ``As4Misuse``."""
        for party in self.parties:
            if party.name == name:
                return party
        raise As4Misuse(f"PMode: no party is called {name}")

    def match_outgoing(self, message: UserMessage) -> Match:
        """The agreement for a message of ours; raises ``As4Misuse`` when there is none."""
        try:
            match = self._match(message)
        except As4Refused as error:
            raise As4Misuse(str(error)) from error
        if match.sender.name != self.us:
            raise As4Misuse("PMode: a message of ours comes from another party")
        return match

    def match_incoming(self, message: UserMessage) -> Match:
        """The agreement for a message to us; raises ``As4Refused`` (EBMS:0010, 0001, 0003)."""
        match = self._match(message)
        if match.receiver.name != self.us or match.sender.name == self.us:
            raise _mismatch("a message from a peer to us", "another direction")
        return match

    def _match(self, message: UserMessage) -> Match:
        sender = self._named(message.sender, "sender")
        receiver = self._named(message.receiver, "receiver")
        for pmode in self.pmodes:
            if _fits(pmode, message, sender, receiver):
                _check_properties(pmode.leg, message)
                return Match(pmode=pmode, sender=sender, receiver=receiver)
        raise _mismatch("service, action, roles, agreement and MPC of an agreement", "another set")

    def _named(self, party: Party, which: str) -> AccessPoint:
        for known in self.parties:
            if known.is_named(party):
                return known
        raise _mismatch(f"a {which} that we know", "another party")


def _life_cycle(
    submitters: frozenset[str],
    registry: frozenset[str],
    *,
    profile: SecurityProfile,
    retry: Retry,
) -> Iterator[PMode]:
    for action in LIFE_CYCLE_ACTIONS:
        leg = Leg(
            name=f"lcm-{action}",
            service=LIFE_CYCLE_SERVICE,
            action=action,
            profile=profile,
            retry=retry,
        )
        asks = action == LIFE_CYCLE_ACTIONS[0]
        yield PMode(
            name=leg.name,
            initiators=submitters if asks else registry,
            responders=registry if asks else submitters,
            leg=leg,
        )


def _fits(pmode: PMode, message: UserMessage, sender: AccessPoint, receiver: AccessPoint) -> bool:
    return (
        sender.name in pmode.initiators
        and receiver.name in pmode.responders
        and message.service == pmode.leg.service
        and message.action == pmode.leg.action
        and message.sender.role == pmode.initiator_role
        and message.receiver.role == pmode.responder_role
        and message.agreement == pmode.agreement
        and message.mpc == pmode.mpc
    )


def _check_properties(leg: Leg, message: UserMessage) -> None:
    missing = [name for name in FOUR_CORNER_PROPERTIES if not property_of(message.properties, name)]
    if leg.four_corner and missing:
        raise As4Refused(
            EbmsError.VALUE_INCONSISTENT,
            "eDelivery AS4 4.1",
            expected=f"the property {missing[0]}",
            found="none",
        )


def _mismatch(expected: str, found: str) -> As4Refused:
    return As4Refused(EbmsError.PMODE_MISMATCH, "ebMS 4.3", expected=expected, found=found)
