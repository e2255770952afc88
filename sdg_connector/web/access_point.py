"""The portal's own access point: its keys, and what was agreed with the peers it is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sdg_connector.adapters.key_files import KeyFile, key_file
from sdg_connector.as4 import OOTS_PARTY_TYPE, AccessPoint, Agreements, Keys, PartyId
from sdg_connector.ports import Corner
from sdg_connector.web.identity import publish
from sdg_connector.web.options import PeerState, PortalOptions
from xmltrust import Certificate, DecryptionKey, SigningKey

AS4_CERTIFICATE: Final = "portal-as4.pem"
"""File in the exchange folder by which peers trust our access point."""


@dataclass(frozen=True, slots=True)
class PortalAccessPoint:
    """The keys of the access point, and the agreements as far as peers have left certificates."""

    options: PortalOptions
    pair: KeyFile

    @classmethod
    def open(cls, options: PortalOptions, *, now: Callable[[], datetime]) -> "PortalAccessPoint":
        """Load or make the keys and publish the certificate."""
        pair = key_file(options.data_dir / "keys", "as4", subject="portal.lv AS4", now=now())
        publish(options.exchange_dir, AS4_CERTIFICATE, pair.certificate_pem)
        return cls(options, pair)

    @property
    def keys(self) -> Keys:
        """What signs and decrypts."""
        return Keys(
            signing=SigningKey.load(self.pair.key_pem, self.pair.certificate_pem),
            decryption=DecryptionKey.load(self.pair.key_pem, self.pair.certificate_pem),
        )

    def agreements(self) -> Agreements:
        """What was agreed with each peer whose certificate is there by now."""
        own = Certificate.load(self.pair.certificate_pem)
        us = _party("LV", self.options.public_url, own)
        return Agreements.oots(us=us, peers=tuple(self._peers()), retry=self.options.retry)

    @property
    def preview_hosts(self) -> dict[Corner, tuple[str, ...]]:
        """The hosts on which each peer may ask for a preview."""
        return {
            Corner(f"AP_{peer.country}", OOTS_PARTY_TYPE): (peer.host,)
            for peer in self.options.peers
        }

    def _peers(self) -> Iterator[AccessPoint]:
        for peer in self.options.peers:
            path = self.options.exchange_dir / _certificate_of(peer)
            if path.exists():
                yield _party(peer.country, peer.public_url, Certificate.load(path.read_bytes()))


def _certificate_of(peer: PeerState) -> str:
    return f"{peer.country.lower()}-as4.pem"


def _party(country: str, public_url: str, certificate: Certificate) -> AccessPoint:
    return AccessPoint(
        name=country.lower(),
        identifiers=(PartyId(value=f"AP_{country}", type=OOTS_PARTY_TYPE),),
        endpoint=f"{public_url}/as4",
        signing=(certificate,),
    )
