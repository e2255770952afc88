"""An installation's portal: everything as its configuration says."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from eidas import Contact, Organisation, ServiceProvider
from sdg_connector.adapters.configuration import (
    Configuration,
    certificate,
    decryption_key,
    signing_key,
)
from sdg_connector.adapters.configured_exchanges import (
    access_of,
    client_of,
    directory_options_of,
    runtime_options_of,
)
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Observer
from sdg_connector.web.assembling import Parts
from sdg_connector.web.nodes import TrustedNode
from xmltrust import SignatureAlgorithm, SigningKey

_CATALOGUE: Final = {"T2": "lv/pieteiksanas-studijam", "T3": "lv/diploma-atzisana"}
"""What the shipped catalogue describes, by procedure."""
_BY_CURVE: Final = {
    256: SignatureAlgorithm.ECDSA_SHA256,
    384: SignatureAlgorithm.ECDSA_SHA384,
    521: SignatureAlgorithm.ECDSA_SHA512,
}
"""The digest that goes with a curve of at most so many bits."""


def parts_of(configuration: Configuration, *, observer: Observer) -> Parts:
    """What the portal is made of; raises ``OwnMistake`` for keys and choices that do not do."""
    point, service = configuration.access_point, configuration.service
    return Parts(
        data_dir=service.data,
        public_url=service.public_url,
        service_provider=_service_provider(configuration),
        nodes={
            node.country: TrustedNode(entity_id=node.metadata, certificate=node.certificate)
            for node in configuration.login.nodes
        },
        access=lambda client: access_of(configuration, client),
        runtime=runtime_options_of(configuration),
        directory=directory_options_of(configuration),
        evidence_countries=tuple(dict.fromkeys(peer.country for peer in point.peers)),
        description=_description(configuration),
        client=lambda: client_of(configuration),
        observer=observer,
        endpoint_apart=point.port is not None,
    )


def _service_provider(configuration: Configuration) -> ServiceProvider:
    service, login = configuration.service, configuration.login
    signing = signing_key(login.signing)
    decryption = [decryption_key(login.encryption)]
    if login.previous_encryption is not None:
        decryption.append(decryption_key(login.previous_encryption))
    shown = [certificate(login.signing.certificate)]
    if login.next_signing is not None:
        shown.append(certificate(login.next_signing))
    name = configuration.organisation.names[0].value
    return ServiceProvider(
        entity_id=f"{service.public_url}/saml/metadata",
        assertion_consumer_url=f"{service.public_url}/saml/acs",
        name=name,
        signing_key=signing,
        algorithm=_algorithm(signing),
        decryption_keys=tuple(decryption),
        encryption_certificates=(certificate(login.encryption.certificate),),
        signing_certificates=tuple(shown),
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


def _description(configuration: Configuration) -> str:
    service = configuration.service
    if service.description is not None:
        return str(service.description)
    found = _CATALOGUE.get(service.procedure)
    if found is None:
        raise OwnMistake(f"service.description: the catalogue describes no {service.procedure}")
    return found
