"""Trusting metadata over time: who may be read, and that nothing older comes back."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from eidas.errors import MetadataRefused
from eidas.metadata import LIMITS, EntityMetadata
from eidas.policy import Policy
from eidas.reading import refusing
from eidas.vocabulary import INTEROPERABILITY, Namespace
from xmltrust import Certificate, TrustedKey, exactly_one, parse
from xmltrust.chains import verify_chain
from xmltrust.revocation import Fetch, demand_not_revoked

_CERTIFICATES = "/".join(
    Namespace.SIGNATURE(one) for one in ("KeyInfo", "X509Data", "X509Certificate")
)

Role = TypeVar("Role", bound=EntityMetadata)


class Freshness(Protocol):
    """Remembers the latest metadata of each entity; shared by all processes of a site."""

    def newest(self, entity_id: str, valid_until: datetime) -> bool:
        """Note an end of validity and say whether none later was seen before; atomic."""


class MemoryFreshness:
    """A freshness memory for one process."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._latest: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def newest(self, entity_id: str, valid_until: datetime) -> bool:
        """Note an end of validity and say whether none later was seen before."""
        with self._lock:
            if self._latest.get(entity_id, valid_until) > valid_until:
                return False
            self._latest[entity_id] = valid_until
            return True


class TrustedEntities(Generic[Role]):
    """The entities we deal with: an allow-list, with the keys that may sign each one's metadata."""

    def __init__(
        self,
        role: type[Role],
        *,
        anchors: Mapping[str, Iterable[TrustedKey]],
        freshness: Freshness,
        policies: Mapping[str, Policy] | None = None,
    ) -> None:
        """Allow the entity ids of ``anchors``; ``policies`` say how strict to be with each."""
        self._role = role
        self._anchors = {name: tuple(keys) for name, keys in anchors.items()}
        self._freshness = freshness
        self._policies = dict(policies or {})

    @property
    def entity_ids(self) -> Sequence[str]:
        """The allow-list."""
        return tuple(self._anchors)

    def policy(self, entity_id: str) -> Policy:
        """Give the policy for an entity: profile 1.4 unless another was agreed."""
        return self._policies.get(entity_id) or Policy()

    def read(self, data: bytes, *, entity_id: str, now: datetime) -> Role:
        """Read an allowed entity's metadata; raises ``MetadataRefused``.

        Refused: an entity off the list, a signature that its own anchors did not make, and
        metadata that ends earlier than what was read before, which an attacker may have kept
        (Interoperability Architecture 1.4, 6).
        """
        anchors = self._anchors.get(entity_id)
        if not anchors:
            raise _refused("metadata.allow-list", "an entity on the allow-list", "another")
        entity = self._role.read(
            data,
            trusted=anchors,
            now=now,
            expected_entity_id=entity_id,
            policy=self.policy(entity_id).signatures,
        )
        if not self._freshness.newest(entity_id, entity.valid_until):
            raise _refused(
                "metadata.rollback", "metadata no older than what was read before", "older metadata"
            )
        return entity


def signer_by_chain(
    data: bytes, *, anchors: Sequence[Certificate], now: datetime, fetch: Fetch
) -> tuple[TrustedKey, ...]:
    """Give the key that a trust anchor vouches for, from the chain in a signature's KeyInfo.

    Hand the result to ``read`` as ``trusted``. ``fetch`` gets CRLs and asks OCSP responders, such
    as ``sdg_connector.adapters.revocation_fetcher`` does; only addresses in certificates that
    lead to an anchor are asked. Raises ``MetadataRefused`` when the chain, leaf first, does not
    lead to an anchor, when a certificate of it was revoked, and when one that names whom to ask
    gets no answer.
    """
    with refusing(MetadataRefused, f"{INTEROPERABILITY}, 6.2"):
        root = parse(data, limits=LIMITS, comments_allowed=True)
        signature = exactly_one(root, Namespace.SIGNATURE("Signature"), "dsig/own-signature")
        chain = [
            Certificate.from_base64(one.text or "") for one in signature.iterfind(_CERTIFICATES)
        ]
        path = verify_chain(chain, anchors=anchors, now=now)
        demand_not_revoked(path, fetch=fetch, now=now)
    return (TrustedKey.from_certificate(path[0], source="a chain to a trust anchor"),)


def _refused(rule: str, expected: str, found: str) -> MetadataRefused:
    return MetadataRefused(rule, expected=expected, found=found, clause=f"{INTEROPERABILITY}, 6")
