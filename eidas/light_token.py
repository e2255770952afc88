"""The ticket that the browser carries between an eIDAS-Node and the national part beside it.

https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS-Node+version+2.9
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from eidas.errors import EidasMisuse, RequestRefused
from eidas.replay import ReplayGuard

_LONGEST_TOKEN: Final = 1024
_CLAUSE: Final = "eIDAS-Node National IdP and SP Integration Guide, light token"
_DIGESTS: Final = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightToken:
    """A ticket that the browser carries; the message itself waits in the shared cache."""

    issuer: str
    id: str
    issued_at: datetime

    def encode(self, secret: str, *, digest: str = "sha256") -> str:
        """Write and authenticate the token; ``secret`` and digest are agreed with the node."""
        plain = f"{self.issuer}|{self.id}|{self._moment()}"
        authentic = self._digest(secret, _agreed(digest))
        return base64.b64encode(f"{plain}|{authentic}".encode()).decode("ascii")

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
        digest: str = "sha256",
    ) -> Self:
        """Read a token of ``issuer``; raises ``RequestRefused`` for a forged, old or used one."""
        if len(text) > _LONGEST_TOKEN:
            raise _refused("light.token", f"at most {_LONGEST_TOKEN} bytes", "more")
        try:
            parts = base64.b64decode(text.encode(), validate=True).decode("utf-8").split("|")
            moment = datetime.strptime(parts[2], "%Y-%m-%d %H:%M:%S %f").replace(tzinfo=UTC)
        except (binascii.Error, ValueError, IndexError) as problem:
            raise _refused("light.token", "issuer|id|time|digest in base64", "else") from problem
        if len(parts) != 4:
            raise _refused("light.token", "four parts", f"{len(parts)}")
        token = cls(issuer=parts[0], id=parts[1], issued_at=moment)
        if not hmac.compare_digest(
            token._digest(secret, _agreed(digest)).encode(), parts[3].encode()
        ):
            raise _refused("light.token-digest", "the digest with our secret", "another")
        if token.issuer != issuer or not now - longest_age <= moment <= now + timedelta(minutes=1):
            raise _refused("light.token", "a recent token of the agreed issuer", "another")
        until = moment + longest_age
        if not replay.first_time(token.issuer, token.id, until=until, now=now):
            raise _refused("light.token-used", "a token that is new", "one that was used before")
        return token

    def _moment(self) -> str:
        moment = self.issued_at.astimezone(UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S} {moment.microsecond // 1000:03d}"

    def _digest(self, secret: str, digest: str) -> str:
        plain = f"{self.id}|{self.issuer}|{self._moment()}|{secret}"
        return base64.b64encode(hashlib.new(digest, plain.encode()).digest()).decode("ascii")


def _agreed(digest: str) -> str:
    if digest not in _DIGESTS:
        raise EidasMisuse(
            "light.token-digest", expected=f"one of {', '.join(_DIGESTS)}", found=digest
        )
    return digest


def _refused(rule: str, expected: str, found: str) -> RequestRefused:
    return RequestRefused(rule, expected=expected, found=found, clause=_CLAUSE)
