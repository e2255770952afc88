"""An installation's portal: everything as its configuration says."""

import ssl
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from eidas import Contact, Organisation, ServiceProvider
from sdg_connector.adapters.common_services import CommonServicesOptions, Service
from sdg_connector.adapters.configuration import (
    AccessPointKind,
    Configuration,
    KeyPair,
    certificate,
    certificates,
    database_url,
    decryption_key,
    sealing_keys,
    secret_of,
    signing_key,
)
from sdg_connector.adapters.exchanges import RuntimeOptions
from sdg_connector.as4 import AccessPoint, Agreements, Keys, PartyId
from sdg_connector.connector import Peers
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Corner, Observer
from sdg_connector.web.assembling import Parts
from sdg_connector.web.nodes import TrustedNode
from xmltrust import SignatureAlgorithm, SigningKey

_CATALOGUE: Final = {"T2": "lv/pieteiksanas-studijam", "T3": "lv/diploma-atzisana"}
"""What the shipped catalogue describes, by procedure."""
_PATIENCE: Final = 30.0
"""Seconds for a peer's answer."""
_BY_CURVE: Final = {
    256: SignatureAlgorithm.ECDSA_SHA256,
    384: SignatureAlgorithm.ECDSA_SHA384,
    521: SignatureAlgorithm.ECDSA_SHA512,
}
"""The digest that goes with a curve of at most so many bits."""


def parts_of(configuration: Configuration, *, observer: Observer) -> Parts:
    """What the portal is made of; raises ``OwnMistake`` for keys and choices that do not do."""
    point = configuration.access_point
    if point.kind is not AccessPointKind.EMBEDDED or point.keys is None:
        raise OwnMistake("access_point.kind: the portal serves the embedded access point")
    service = configuration.service
    return Parts(
        data_dir=service.data,
        public_url=service.public_url,
        service_provider=_service_provider(configuration),
        nodes={
            node.country: TrustedNode(entity_id=node.metadata, certificate=node.certificate)
            for node in configuration.login.nodes
        },
        keys=Keys(signing=signing_key(point.keys), decryption=decryption_key(point.keys)),
        agreements=_agreements(configuration, point.keys),
        runtime=_runtime(configuration),
        directory=_directory(configuration),
        evidence_countries=tuple(dict.fromkeys(peer.country for peer in point.peers)),
        description=_description(configuration),
        client=lambda: _client(configuration),
        observer=observer,
    )


def _service_provider(configuration: Configuration) -> ServiceProvider:
    service, login = configuration.service, configuration.login
    signing = signing_key(login.signing)
    encryption = decryption_key(login.encryption)
    name = configuration.organisation.names[0].value
    return ServiceProvider(
        entity_id=f"{service.public_url}/saml/metadata",
        assertion_consumer_url=f"{service.public_url}/saml/acs",
        name=name,
        signing_key=signing,
        algorithm=_algorithm(signing),
        decryption_keys=(encryption,),
        encryption_certificates=(certificate(login.encryption.certificate),),
        signing_certificates=(certificate(login.signing.certificate),),
        organisation=Organisation(name=name, display_name=name, url=service.public_url),
        contacts=tuple(
            Contact(kind=kind, company=name, email=login.contact_email)
            for kind in ("support", "technical")
        ),
        country=configuration.organisation.country,
    )


def _algorithm(key: SigningKey) -> SignatureAlgorithm:
    """Cryptographic Requirements 1.4, 3.2: RSA-PSS, or ECDSA with the digest of its curve."""
    public = key.signer.public_key
    if isinstance(public, rsa.RSAPublicKey):
        return SignatureAlgorithm.RSA_PSS_SHA256
    if isinstance(public, ec.EllipticCurvePublicKey):
        for bits, algorithm in _BY_CURVE.items():
            if public.key_size <= bits:
                return algorithm
    raise OwnMistake("login.signing: expected an RSA or an elliptic curve key")


def _agreements(configuration: Configuration, keys: KeyPair) -> Agreements:
    point, public_url = configuration.access_point, configuration.service.public_url
    us = AccessPoint(
        name="us",
        identifiers=(PartyId(value=point.party, type=point.party_type),),
        endpoint=f"{public_url}/as4",
        signing=(certificate(keys.certificate),),
    )
    peers = tuple(
        AccessPoint(
            name=peer.party,
            identifiers=(PartyId(value=peer.party, type=peer.party_type),),
            endpoint=peer.endpoint,
            signing=(certificate(peer.certificate),),
        )
        for peer in point.peers
    )
    return Agreements.oots(us=us, peers=peers)


def _runtime(configuration: Configuration) -> RuntimeOptions:
    store = configuration.store
    return RuntimeOptions(
        store_url=database_url(store.url, configuration),
        engine_url=database_url(store.engine_url, configuration),
        store_keys=sealing_keys(store),
        current_key=store.current_key,
        organisation=configuration.organisation,
        peers=Peers(
            preview_hosts={
                Corner(peer.party, peer.party_type): peer.preview_hosts
                for peer in configuration.access_point.peers
            }
        ),
        domain=httpx.URL(configuration.service.public_url).host,
        timeouts=configuration.timeouts,
        journal_keeps=store.journal_keeps,
        worker=store.worker,
    )


def _directory(configuration: Configuration) -> CommonServicesOptions:
    directory = configuration.directory
    return CommonServicesOptions(
        addresses={
            Service.EVIDENCE_BROKER: directory.evidence_broker,
            Service.DATA_SERVICE_DIRECTORY: directory.data_service_directory,
        },
        roots=certificates(directory.roots) if directory.roots else (),
    )


def _description(configuration: Configuration) -> str:
    service = configuration.service
    if service.description is not None:
        return str(service.description)
    found = _CATALOGUE.get(service.procedure)
    if found is None:
        raise OwnMistake(f"service.description: the catalogue describes no {service.procedure}")
    return found


def _client(configuration: Configuration) -> httpx.AsyncClient:
    point = configuration.access_point
    context = ssl.create_default_context(cafile=point.authorities)
    if point.client is not None:
        pair = point.client
        password = None if pair.password is None else secret_of(pair.password)
        context.load_cert_chain(pair.certificate, pair.key, password)
    return httpx.AsyncClient(timeout=_PATIENCE, trust_env=False, verify=context)
