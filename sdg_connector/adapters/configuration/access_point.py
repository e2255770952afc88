"""Look over what the access point signs, decrypts and trusts, before a message needs it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

from sdg_connector.adapters.configuration.material import (
    certificate,
    certificate_chain,
    decryption_key,
    signing_key,
)
from sdg_connector.adapters.configuration.model import (
    AccessPointSection,
    OwnKey,
    PeerSection,
    VouchedSection,
)
from sdg_connector.as4 import As4Refused, SecurityProfile, Vouched
from sdg_connector.errors import OwnMistake
from xmltrust.chains import may_issue

Trial = tuple[str, Callable[[], object]]
"""A setting, and what raises ``OwnMistake`` when it does not do."""
_SIGNS: Final = {
    SecurityProfile.RSA: (rsa.RSAPublicKey, "an RSA key (eDelivery AS4 1.15, 3.2.6)"),
    SecurityProfile.EDDSA: (ed25519.Ed25519PublicKey, "an Ed25519 key (eDelivery AS4 2.0)"),
    SecurityProfile.ECDSA: (ec.EllipticCurvePublicKey, "a key on a curve (eDelivery AS4 2.0)"),
}
_ENCRYPTS: Final = _SIGNS | {
    SecurityProfile.EDDSA: (x25519.X25519PublicKey, "an X25519 key (eDelivery AS4 2.0)"),
}


def access_point_trials(point: AccessPointSection, now: datetime) -> Iterator[Trial]:
    """Our keys, and what peers are known by, each of the kind that the profile wants."""
    if point.keys is not None:
        yield "access_point.keys", partial(_signs, point.keys, point.profile)
        decrypts = point.decryption or point.keys
        setting = "keys" if point.decryption is None else "decryption"
        yield f"access_point.{setting}", partial(_decrypts, decrypts, point.profile)
    for number, peer in enumerate(point.peers):
        setting = f"access_point.peers[{number}]"
        if point.keys is not None:
            yield setting, partial(_fits, peer, point.profile)
        if peer.vouched_for is not None:
            yield (
                f"{setting}.vouched_for",
                partial(_vouches, peer.vouched_for, peer.certificate, now),
            )


def _signs(own: OwnKey, profile: SecurityProfile) -> None:
    _demand(own.certificate, signing_key(own).signer.public_key, _SIGNS[profile])


def _decrypts(own: OwnKey, profile: SecurityProfile) -> None:
    _demand(own.certificate, decryption_key(own).public_key, _ENCRYPTS[profile])


def _fits(peer: PeerSection, profile: SecurityProfile) -> None:
    """What a peer signs with, and what we encrypt for."""
    signing = [peer.certificate, peer.next_certificate]
    encryption = peer.encryption_certificate
    if encryption is None or peer.vouched_for is not None:
        encryption, signing = encryption or peer.certificate, signing[1:]
    for path, wanted in ((encryption, _ENCRYPTS), *((one, _SIGNS) for one in signing)):
        if path is not None:
            _demand(path, certificate(path).public_key, wanted[profile])


def _demand(path: Path, key: object, wanted: tuple[type, str]) -> None:
    kind, name = wanted
    if not isinstance(key, kind):
        raise OwnMistake(f"{path}: expected {name}, found another kind")


def _vouches(section: VouchedSection, encryption: Path | None, now: datetime) -> None:
    """Authorities that are some, a name that can be read; and a known certificate fits them."""
    between = () if section.intermediates is None else certificate_chain(section.intermediates)
    vouched = Vouched(
        anchors=certificate_chain(section.authorities),
        subject=section.subject,
        dns_name=section.dns_name,
        intermediates=between,
    )
    for one in (*vouched.anchors, *between):
        if not may_issue(one):
            raise OwnMistake(f"{one.subject_for_log} is no authority's certificate")
    if encryption is not None:
        try:
            vouched.path(certificate_chain(encryption), now=now, signs=False)
        except As4Refused as refused:
            raise OwnMistake(f"{encryption} is not vouched for: {refused}") from refused
