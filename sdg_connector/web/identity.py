"""The portal's own eIDAS identity: keys, metadata, contacts."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from eidas import Contact, Organisation, ServiceProvider
from sdg_connector.adapters.key_files import key_file, write_atomically
from sdg_connector.web.options import PortalOptions
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey

SAML_CERTIFICATE = "portal-saml.pem"
"""File in the exchange folder by which peers trust the portal's metadata."""


def service_provider(options: PortalOptions, *, now: Callable[[], datetime]) -> ServiceProvider:
    """The portal as an eIDAS relying party, with keys of its own for signing and for encryption.

    Interoperability Architecture 1.4, section 6: separate certificates for the two uses. The
    signing certificate is left in the exchange folder.
    """
    folder = options.data_dir / "keys"
    signing = key_file(folder, "saml-signing", subject="portal.lv SAML signing", now=now())
    encryption = key_file(folder, "saml-encryption", subject="portal.lv SAML encryption", now=now())
    publish(options.exchange_dir, SAML_CERTIFICATE, signing.certificate_pem)
    name = "Latvian public services"
    return ServiceProvider(
        entity_id=f"{options.public_url}/saml/metadata",
        assertion_consumer_url=f"{options.public_url}/saml/acs",
        name=name,
        signing_key=SigningKey.load(signing.key_pem, signing.certificate_pem),
        algorithm=SignatureAlgorithm.RSA_PSS_SHA256,
        decryption_keys=(DecryptionKey.load(encryption.key_pem, encryption.certificate_pem),),
        encryption_certificates=(Certificate.load(encryption.certificate_pem),),
        signing_certificates=(Certificate.load(signing.certificate_pem),),
        organisation=Organisation(name=name, display_name=name, url=options.public_url),
        contacts=tuple(
            Contact(kind=kind, company=name, email=f"{kind}@portal.lv.sandbox.example")
            for kind in ("support", "technical")
        ),
        country="LV",
    )


def publish(folder: Path, name: str, certificate: bytes) -> None:
    """Leave a certificate where peers find it."""
    write_atomically(folder / name, certificate, mode=0o644)
