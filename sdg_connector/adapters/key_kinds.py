"""Which private keys can be made."""

from enum import StrEnum


class KeyKind(StrEnum):
    """Which key is made; all are allowed by the eIDAS or eDelivery profiles."""

    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"
    P256 = "p-256"
    P384 = "p-384"
    P521 = "p-521"
    ED25519 = "ed25519"
    X25519 = "x25519"
    """For agreement alone (eDelivery AS4 2.0): another key certifies it."""
