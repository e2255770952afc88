"""The ticket that the browser carries between an eIDAS-Node and the national part beside it.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Self

from eidas.errors import EidasMisuse, LightTokenRefused
from eidas.replay import ReplayGuard

_LONGEST_TOKEN: Final = 1024
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide, light token"
_DIGESTS: Final = ("sha256", "sha384", "sha512")
_SEPARATOR: Final = "|"
_PARTS: Final = 4
_SKEW: Final = timedelta(minutes=1)
"""How far a node's clock may run before ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAgreement:
    """What a node and its national part agreed on for the tokens of one direction.

    The node keeps the same in ``specificCommunicationDefinitionConnector.xml`` and
    ``specificCommunicationDefinitionProxyservice.xml``, under ``lightToken.*``.
    """

    issuer: str
    """The node's ``issuer.name``, such as ``specificCommunicationDefinitionConnectorRequest``."""
    secret: str = field(repr=False)
    digest: str = "SHA-256"
    """The node's ``algorithm``: SHA-256, SHA-384 or SHA-512."""
    zone: tzinfo = UTC
    """The time zone of the node's machine: a token says its moment in local time and no zone."""
    longest_age: timedelta = timedelta(minutes=7)
    """How long a token is believed; what it points to stays in a node's cache for seven minutes."""

    def __post_init__(self) -> None:
        """Refuse what no token can be made with."""
        _agreed(self.digest)
        if not self.secret:
            raise EidasMisuse("light.token", expected="a secret", clause=_CLAUSE)
        _demand_part(self.issuer)

    def write(self, token: "LightToken") -> str:
        """Write and authenticate a token, in base64; raises ``EidasMisuse``."""
        plain = _SEPARATOR.join((token.issuer, token.id, _local(token.issued_at, self.zone)))
        text = f"{plain}{_SEPARATOR}{self._digest(*plain.split(_SEPARATOR))}"
        written = base64.b64encode(text.encode()).decode("ascii")
        if len(written) > _LONGEST_TOKEN:
            raise EidasMisuse("light.token", expected=f"at most {_LONGEST_TOKEN} bytes")
        return written

    def verify(self, text: str, *, now: datetime) -> "LightToken":
        """Give the token that the other side made; raises ``LightTokenRefused``.

        Whether it was used before is for the caller to ask.
        """
        issuer, token_id, moment, digest = _parts(text)
        if not hmac.compare_digest(self._digest(issuer, token_id, moment).encode(), digest):
            raise _refused("light.token-digest", "the digest with our secret", "another")
        if issuer != self.issuer:
            raise _refused("light.token-issuer", "the agreed issuer", "another")
        return LightToken(issuer=issuer, id=token_id, issued_at=self._recent(moment, now))

    def _digest(self, issuer: str, token_id: str, moment: str) -> str:
        plain = _SEPARATOR.join((token_id, issuer, moment, self.secret))
        return base64.b64encode(hashlib.new(_agreed(self.digest), plain.encode()).digest()).decode()

    def _recent(self, moment: str, now: datetime) -> datetime:
        try:
            local = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S %f")  # noqa: DTZ007  it has none
        except ValueError as problem:
            raise _refused("light.token", "a moment to the millisecond", "none") from problem
        # the hour before clocks go back comes twice: the token may mean either
        meant = [local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        for one in meant:
            if now - self.longest_age <= one <= now + _SKEW:
                return one
        if meant[0] > now:
            raise _refused("light.token-time", "a moment that has come, in the agreed zone", "none")
        raise _refused("light.token-expired", f"a token of the last {self.longest_age}", "older")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightToken:
    """A ticket that the browser carries; the message itself waits in the shared cache."""

    issuer: str
    id: str
    issued_at: datetime

    def __post_init__(self) -> None:
        """Refuse a part that would be read as two."""
        _demand_part(self.issuer)
        _demand_part(self.id)

    def encode(self, secret: str, *, digest: str = "SHA-256", zone: tzinfo = UTC) -> str:
        """Write and authenticate the token; secret, digest and zone are agreed with the node."""
        agreement = TokenAgreement(issuer=self.issuer, secret=secret, digest=digest, zone=zone)
        return agreement.write(self)

    @classmethod
    def decode(
        cls,
        text: str,
        *,
        secret: str,
        issuer: str,
        now: datetime,
        longest_age: timedelta,
        replay: ReplayGuard,
        digest: str = "SHA-256",
        zone: tzinfo = UTC,
    ) -> Self:
        """Read a token of ``issuer``; raises ``LightTokenRefused``: forged, old, used, foreign."""
        agreement = TokenAgreement(
            issuer=issuer, secret=secret, digest=digest, zone=zone, longest_age=longest_age
        )
        token = agreement.verify(text, now=now)
        if not replay.first_time(
            token.issuer, token.id, until=token.issued_at + longest_age, now=now
        ):
            raise used_token()
        return cls(issuer=token.issuer, id=token.id, issued_at=token.issued_at)


def used_token() -> LightTokenRefused:
    """The refusal of a token that was brought before."""
    return _refused("light.token-used", "a token that is new", "one that was used before")


def _parts(text: str) -> tuple[str, str, str, bytes]:
    if len(text) > _LONGEST_TOKEN:
        raise _refused("light.token", f"at most {_LONGEST_TOKEN} bytes", "more")
    try:
        parts = base64.b64decode(text.encode(), validate=True).decode("utf-8").split(_SEPARATOR)
    except (binascii.Error, ValueError) as problem:
        raise _refused("light.token", "issuer|id|time|digest in base64", "else") from problem
    if len(parts) != _PARTS or not all(part.strip() for part in parts):
        raise _refused("light.token", "four parts", "another number of them")
    return parts[0], parts[1], parts[2], parts[3].encode()


def _local(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.microsecond // 1000:03d}"


def _demand_part(part: str) -> None:
    if not part.strip() or _SEPARATOR in part:
        raise EidasMisuse("light.token", expected=f"an issuer and an id without {_SEPARATOR}")


def _agreed(digest: str) -> str:
    name = digest.lower().replace("-", "")
    if name not in _DIGESTS:
        raise EidasMisuse(
            "light.token-digest", expected=f"one of {', '.join(_DIGESTS)}", found=digest
        )
    return name


def _refused(rule: str, expected: str, found: str) -> LightTokenRefused:
    return LightTokenRefused(rule, expected=expected, found=found, clause=_CLAUSE)
