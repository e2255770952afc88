"""The access points of an installation's peers, and by what each of them is known."""

import httpx

from sdg_connector.adapters.configuration import (
    Configuration,
    OwnKey,
    certificate,
    certificate_chain,
)
from sdg_connector.adapters.configuration.model import PeerSection, VouchedSection
from sdg_connector.adapters.peer_revocation import PeerRevocation
from sdg_connector.adapters.revocation_fetcher import RevocationFetcher
from sdg_connector.as4 import AccessPoint, Agreements, PartyId, RevocationCheck, Vouched
from sdg_connector.connector.submitting import RegistryPeer
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Corner

_PATIENCE = 10.0
"""Seconds for an answer about revocation: a peer waits for its receipt meanwhile."""


def agreements_of(configuration: Configuration) -> Agreements:
    """What was agreed with each peer; raises ``OwnMistake`` for its certificates."""
    point, public_url = configuration.access_point, configuration.service.public_url
    us = AccessPoint(
        name="us",
        identifiers=(PartyId(value=point.party, type=point.party_type),),
        endpoint=f"{public_url}/as4",
        signing=(certificate(own_key_of(configuration).certificate),),
    )
    revocation = _revocation(configuration)
    return Agreements.oots(
        us=us,
        peers=tuple(_peer(one, revocation) for one in point.peers),
        registry=_registry(configuration),
        profile=point.profile,
    )


def registry_of(configuration: Configuration) -> RegistryPeer | None:
    """Where submissions go; None where no registry is configured."""
    section = configuration.directory.registry
    if section is None:
        return None
    return RegistryPeer(
        access_point=Corner(section.party, section.party_type),
        recipient=Corner(section.recipient, section.recipient_type),
    )


def _registry(configuration: Configuration) -> AccessPoint | None:
    section = configuration.directory.registry
    if section is None:
        return None
    if not section.endpoint or section.certificate is None:
        raise OwnMistake(
            "directory.registry: the embedded access point needs its endpoint and its certificate"
        )
    return AccessPoint(
        name="registry",
        identifiers=(PartyId(value=section.party, type=section.party_type),),
        endpoint=section.endpoint,
        signing=(certificate(section.certificate),),
    )


def own_key_of(configuration: Configuration) -> OwnKey:
    """The key that signs and decrypts; raises ``OwnMistake`` without it."""
    point = configuration.access_point
    if point.keys is None:
        raise OwnMistake("access_point.keys: the embedded access point signs and decrypts")
    return point.keys


def vouched_of(section: VouchedSection, *, revocation: RevocationCheck | None) -> Vouched:
    """Who vouches for a peer; raises ``OwnMistake`` for what cannot be read."""
    between = section.intermediates
    return Vouched(
        anchors=certificate_chain(section.authorities),
        subject=section.subject,
        dns_name=section.dns_name,
        intermediates=() if between is None else certificate_chain(between),
        revocation=revocation,
    )


def _peer(peer: PeerSection, revocation: RevocationCheck) -> AccessPoint:
    files = [one for one in (peer.certificate, peer.next_certificate) if one is not None]
    known = tuple(certificate(one) for one in files)
    vouched, beside = peer.vouched_for, peer.encryption_certificate
    return AccessPoint(
        name=peer.party,
        identifiers=(PartyId(value=peer.party, type=peer.party_type),),
        endpoint=peer.endpoint,
        signing=known if vouched is None else (),
        encryption=next(iter(known), None) if beside is None else certificate(beside),
        vouched=None if vouched is None else vouched_of(vouched, revocation=revocation),
    )


def _revocation(configuration: Configuration) -> PeerRevocation:
    section = configuration.access_point.revocation
    # No connection is kept: an authority is asked once an hour.
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(timeout=_PATIENCE, trust_env=False, limits=limits)
    return PeerRevocation(
        RevocationFetcher(client=client), recheck=section.recheck, grace=section.grace
    )
