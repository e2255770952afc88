"""How strict to be with one peer: profile 1.4 by default, every older habit by name."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from eidas.errors import EidasMisuse
from xmltrust import EncryptionPolicy, SignaturePolicy

PROFILES = ("1.1", "1.2", "1.4")
"""Profile versions whose differences this package knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is accepted from one peer."""

    signatures: SignaturePolicy = field(default_factory=SignaturePolicy)
    encryption: EncryptionPolicy = field(default_factory=EncryptionPolicy)
    skew: timedelta = timedelta(seconds=60)
    """How far two clocks may differ."""
    longest_age: timedelta = timedelta(minutes=5)
    """How old a message may be when it arrives."""

    @classmethod
    def for_profile(cls, profile: str) -> Self:
        """Give the policy for a peer of profile ``1.1``, ``1.2`` or ``1.4``.

        Before 1.4 nodes encrypted keys with rsa-oaep-mgf1p and had RSA keys of 2048 bits; before
        1.2 they signed with PKCS#1 v1.5.
        """
        if profile not in PROFILES:
            raise EidasMisuse(
                "policy.profile", expected=f"one of {', '.join(PROFILES)}", found=profile
            )
        signatures, encryption = SignaturePolicy(), EncryptionPolicy()
        if profile in {"1.1", "1.2"}:
            signatures = signatures.with_rsa_2048()
            encryption = encryption.with_oaep_mgf1p().with_rsa_2048()
        if profile == "1.1":
            signatures = signatures.with_rsa_pkcs1()
            encryption = encryption.without_recipient_name()
        return cls(signatures=signatures, encryption=encryption)
