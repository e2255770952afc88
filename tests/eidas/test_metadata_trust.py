"""Which entities are dealt with, and that older metadata never comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from eidas_world import NOW, World

import eidas
from eidas.metadata_trust import MemoryFreshness, TrustedEntities, signer_by_chain
from eidas.node import proxy_service_metadata
from xmltrust import Certificate, SigningKey


def entities(world: World) -> TrustedEntities[eidas.NodeMetadata]:
    """Trust the Spanish node, and nobody else."""
    return TrustedEntities(
        eidas.NodeMetadata,
        anchors={world.proxy.entity_id: world.node.signing_keys},
        freshness=MemoryFreshness(),
        policies={world.proxy.entity_id: eidas.Policy.for_profile("1.2")},
    )


def test_older_metadata_is_refused_after_newer(world: World) -> None:
    known = entities(world)
    old = proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id)
    new = proxy_service_metadata(world.proxy, now=NOW + timedelta(hours=1), new_id=world.new_id)
    for data in (old, old, new):
        known.read(data, entity_id=world.proxy.entity_id, now=NOW)
    with pytest.raises(eidas.MetadataRefused) as refusal:
        known.read(old, entity_id=world.proxy.entity_id, now=NOW)
    assert refusal.value.rule == "metadata.rollback"


def test_an_entity_off_the_list_is_not_read(world: World) -> None:
    data = proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id)
    with pytest.raises(eidas.MetadataRefused) as refusal:
        entities(world).read(data, entity_id="https://evil.example", now=NOW)
    assert refusal.value.rule == "metadata.allow-list"


def test_each_peer_has_its_own_policy_and_the_strict_one_is_the_default(world: World) -> None:
    known = entities(world)
    assert known.policy(world.proxy.entity_id).signatures.min_rsa_bits == 2048
    assert known.policy("https://another.example").signatures.min_rsa_bits == 3072
    assert known.entity_ids == (world.proxy.entity_id,)


def test_an_unknown_profile_is_our_own_mistake() -> None:
    with pytest.raises(eidas.EidasMisuse):
        eidas.Policy.for_profile("1.0")


def test_a_key_beneath_a_trust_anchor_is_trusted_and_another_is_not(world: World) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    authority = certificate_for("authority", authority_key, "authority", authority_key, ca=True)
    leaf = certificate_for("leaf", leaf_key, "authority", authority_key, ca=False)
    pem = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    proxy = replace(world.proxy, signing_key=SigningKey.load(pem, leaf))
    data = proxy_service_metadata(proxy, now=NOW, new_id=world.new_id)
    anchors = (Certificate.load(authority),)
    trusted = signer_by_chain(data, anchors=anchors, now=NOW, fetch=nobody)
    assert eidas.NodeMetadata.read(data, trusted=trusted, now=NOW).entity_id == proxy.entity_id
    stranger = world.other_key.certificates[:1]
    with pytest.raises(eidas.MetadataRefused) as refusal:
        signer_by_chain(data, anchors=stranger, now=NOW, fetch=nobody)
    assert refusal.value.rule == "certificate/anchor"


def nobody(url: str, request: bytes | None) -> None:
    """Answer no question about revocation."""


def test_a_signer_whose_certificate_was_revoked_is_not_trusted(world: World) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    authority = certificate_for("authority", authority_key, "authority", authority_key, ca=True)
    address = x509.UniformResourceIdentifier("http://authority.example/list.crl")
    point = x509.DistributionPoint([address], None, None, None)
    leaf = certificate_for(
        "leaf",
        leaf_key,
        "authority",
        authority_key,
        ca=False,
        more=x509.CRLDistributionPoints([point]),
    )
    pem = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    proxy = replace(world.proxy, signing_key=SigningKey.load(pem, leaf))
    data = proxy_service_metadata(proxy, now=NOW, new_id=world.new_id)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    day = timedelta(days=1)
    empty = x509.CertificateRevocationListBuilder(name, NOW - day, NOW + day)
    serial = x509.load_pem_x509_certificate(leaf).serial_number
    entry = x509.RevokedCertificateBuilder(serial, NOW - day).build()
    asked = []

    def rule(listed: x509.CertificateRevocationListBuilder | None) -> str:
        def fetch(url: str, request: bytes | None) -> bytes | None:
            asked.append((url, request))
            return listed and listed.sign(authority_key, hashes.SHA256()).public_bytes(Encoding.DER)

        try:
            anchors = (Certificate.load(authority),)
            assert signer_by_chain(data, anchors=anchors, now=NOW, fetch=fetch)
        except eidas.MetadataRefused as refusal:
            return refusal.rule
        return ""

    assert rule(empty) == ""
    assert rule(empty.add_revoked_certificate(entry)) == "certificate/revoked"
    assert rule(None) == "certificate/revocation"
    assert set(asked) == {("http://authority.example/list.crl", None)}


def certificate_for(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
    more: x509.ExtensionType | None = None,
) -> bytes:
    """Make a certificate in PEM."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (subject, issuer)]
    made = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if more is not None:
        made = made.add_extension(more, critical=False)
    return made.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM)
