"""What an answer is held against, put together before the answer is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eidas.errors import ResponseRefused
from eidas.metadata import NodeMetadata
from eidas.moments import parse_moment
from eidas.pending import PendingLogin
from eidas.policy import Policy
from eidas.vocabulary import SAML_CORE
from xmltrust import DecryptionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """What an answer must say about the one it is for, and the keys that open it."""

    entity_id: str
    assertion_consumer_url: str
    decryption_keys: Sequence[DecryptionKey]
    country: str | None
    """Country that identifiers must be made for; ``None`` where nobody knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One login's question, asker, answerer, moment and strictness."""

    pending: PendingLogin
    receiver: Receiver
    node: NodeMetadata
    now: datetime
    policy: Policy

    def demand_recent(self, text: str | None, rule: str) -> datetime:
        """Read a moment that must lie between the request and now, give or take the skew."""
        moment = self.moment(text, rule)
        if moment > self.now + self.policy.skew:
            raise refused(rule, "a time that is not in the future", "a later time")
        oldest = max(self.pending.created_at, self.now - self.policy.longest_age)
        if moment < oldest - self.policy.skew:
            raise refused(rule, "a time after our request, and recent", "an earlier time")
        return moment

    def demand_not_before(self, text: str | None, rule: str) -> None:
        """Refuse a start that is still to come; an absent one is no limit."""
        if text is not None and self.moment(text, rule) > self.now + self.policy.skew:
            raise refused(rule, "a start that has come", "a later one")

    def demand_not_on_or_after(self, text: str | None, rule: str) -> datetime:
        """Refuse an end that has passed, or none at all."""
        end = self.moment(text, rule)
        if end <= self.now - self.policy.skew:
            raise refused(rule, "an end that is still to come", "one that has passed")
        return end

    def moment(self, text: str | None, rule: str) -> datetime:
        """Read a moment, or refuse."""
        found = parse_moment(text or "")
        if found is None:
            raise refused(rule, "a time in UTC", "none" if not text else "something else")
        return found


def refused(
    rule: str, expected: str, found: str, *, clause: str = SAML_CORE, code: str = ""
) -> ResponseRefused:
    """Make the refusal of a response."""
    return ResponseRefused(rule, expected=expected, found=found, clause=clause, code=code)
