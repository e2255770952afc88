"""Metadata: believed only when signed and in time; junk is tolerated and reported."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eidas_world import NOW, World
from lxml import etree

import eidas
from eidas.checks import check_saml_metadata
from eidas.node import proxy_service_metadata
from xmltrust import Certificate, SignaturePolicy, TrustedKey, sign_enveloped

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SUMMER_2023 = datetime(2023, 9, 1, tzinfo=UTC)


def published(world: World) -> bytes:
    """Give the node's metadata."""
    return proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id)


def trusted(world: World) -> tuple[TrustedKey, ...]:
    """Trust the node's own signing key."""
    return world.node.signing_keys


def rule_of(data: bytes, world: World, **told: object) -> str:
    """Give the rule under which metadata is refused."""
    read: dict[str, object] = {"trusted": trusted(world), "now": NOW}
    with pytest.raises(eidas.MetadataRefused) as refusal:
        eidas.NodeMetadata.read(data, **(read | told))  # type: ignore[arg-type]
    return refusal.value.rule


def test_metadata_says_what_was_written(world: World) -> None:
    node = eidas.NodeMetadata.read(published(world), trusted=trusted(world), now=NOW)
    assert node.entity_id == world.proxy.entity_id
    assert node.country == "ES"
    assert node.levels == (eidas.LevelOfAssurance.HIGH,)
    assert node.single_sign_on(eidas.Binding.REDIRECT) == world.proxy.single_sign_on_url
    assert node.deviations == ()
    assert world.connector.sp_type is eidas.SPType.PUBLIC
    assert len(world.connector.encryption_certificates) == 1
    assert world.connector.deviations == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda data: data.replace(b"LoA/high", b"LoA/low_"), "dsig/digest"),
        (lambda data: data.replace(b"ds:Signature", b"ds:Sagnature"), "dsig/own-signature"),
        (lambda _: b"<x/>", "metadata.root"),
        (lambda _: b"", "xml/well-formed"),
        (lambda data: b"<!DOCTYPE x>" + data, "xml/doctype"),
    ],
)
def test_altered_or_foreign_metadata_is_refused(world: World, change: object, rule: str) -> None:
    assert rule_of(change(published(world)), world) == rule  # type: ignore[operator]


def test_metadata_signed_by_nobody_we_trust_is_refused(world: World) -> None:
    stranger = TrustedKey.from_certificate(world.other_key.certificates[0], source="test")
    assert rule_of(published(world), world, trusted=(stranger,)) == "dsig/trusted-key"
    assert rule_of(published(world), world, trusted=()) == "dsig/key-kind"


def test_metadata_past_its_end_is_refused(world: World) -> None:
    assert rule_of(published(world), world, now=NOW + timedelta(days=1)) == "metadata.valid-until"


def test_metadata_without_an_end_is_refused(world: World) -> None:
    assert rule_of(resigned(world, _without_end), world) == "metadata.valid-until"


def test_metadata_of_another_entity_than_expected_is_refused(world: World) -> None:
    other = "https://node.it.example"
    assert rule_of(published(world), world, expected_entity_id=other) == "metadata.entity"


def test_metadata_without_a_signing_key_is_refused(world: World) -> None:
    assert rule_of(resigned(world, _without_use), world) == "metadata.signing-key"


def test_a_connector_is_no_proxy_service(world: World) -> None:
    data = eidas.service_provider_metadata(world.provider, now=NOW, new_id=world.new_id)
    assert rule_of(data, world, trusted=world.connector.signing_keys) == "metadata.role"


def test_a_junk_level_is_reported_and_not_taken(world: World) -> None:
    def change(root: etree._Element) -> None:
        for value in root.iter("{urn:oasis:names:tc:SAML:2.0:assertion}AttributeValue"):
            if value.text == eidas.LevelOfAssurance.HIGH:
                twin = etree.SubElement(value.getparent(), value.tag)
                twin.text = "High"

    node = eidas.NodeMetadata.read(resigned(world, change), trusted=trusted(world), now=NOW)
    assert node.levels == (eidas.LevelOfAssurance.HIGH,)
    assert [one.rule for one in node.deviations] == ["metadata.level"]


def test_several_keys_are_published_while_they_roll_over(world: World) -> None:
    new = Certificate.load(world.other_key.certificates[0].der)
    both = replace(world.proxy, signing_certificates=(*world.proxy.signing_certificates, new))
    data = proxy_service_metadata(both, now=NOW, new_id=world.new_id)
    node = eidas.NodeMetadata.read(data, trusted=trusted(world), now=NOW)
    assert len(node.signing_keys) == 2


def test_a_key_counts_although_its_certificate_has_expired(world: World) -> None:
    decades_later = NOW + timedelta(days=10_000)
    data = proxy_service_metadata(world.proxy, now=decades_later, new_id=world.new_id)
    node = eidas.NodeMetadata.read(data, trusted=trusted(world), now=decades_later)
    certificate = node.signing_keys[0].certificate
    assert certificate is not None
    assert not certificate.valid_at(decades_later)


def _without_end(root: etree._Element) -> None:
    del root.attrib["validUntil"]


def _without_use(root: etree._Element) -> None:
    for one in root.iter(f"{MD}KeyDescriptor"):
        one.attrib.pop("use")


def resigned(world: World, change: object) -> bytes:
    """Give the node's metadata, changed and then properly signed."""
    root = etree.fromstring(published(world))
    root.remove(root.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    change(root)  # type: ignore[operator]
    return sign_enveloped(
        root, key=world.proxy.signing_key, algorithm=world.proxy.algorithm, after=None
    )


@pytest.mark.artefacts
def test_all_real_services_of_2023_give_usable_keys_and_a_report(artefacts: Path) -> None:
    folder = artefacts / "eidas" / "production-metadata-2023"
    services = eidas.NodeMetadata.read_all_unsafe(
        (folder / "eu-metadata-idps.xml").read_bytes(), now=SUMMER_2023
    )
    assert len(services) == 18
    assert all(one.signing_keys and one.encryption_certificates for one in services)
    rules = Counter(one.rule for service in services for one in service.deviations)
    by_country = {one.country: one for one in services}
    assert {"metadata.level"} <= {one.rule for one in by_country["NL"].deviations}
    assert {"metadata.certificate"} <= {one.rule for one in by_country["PT"].deviations}
    assert {"metadata.key-size"} <= {one.rule for one in by_country["CZ"].deviations}
    assert rules["metadata.node-country"] == 1


@pytest.mark.artefacts
@pytest.mark.parametrize(
    ("path", "now", "errors"),
    [
        ("governikus/helm/default/head/Metadata.xml", 2024, set()),
        ("governikus/helm/default/release-ec/Metadata.xml", 2023, set()),
        ("governikus/helm/default/release-ec/Metadata.xml", 2024, {"metadata.valid-until"}),
        ("node-2.9.0/metadata/ServiceMetadata.xml", 2020, {"dsig/digest"}),
        ("governikus/helm/node/node-1-x/Metadata.xml", 2020, {"dsig/algorithm"}),
    ],
)
def test_published_metadata_is_judged_as_its_publisher_says(
    artefacts: Path, path: str, now: int, errors: set[str]
) -> None:
    data = (artefacts / "eidas" / path).read_bytes()
    moment = datetime(now, 1, 15, tzinfo=UTC)
    judgement = check_saml_metadata(data, context={}, now=moment, show_values=False)
    assert {one.rule for one in judgement.findings if one.severity == "error"} == errors


def test_an_aggregate_with_one_entity_twice_is_refused(world: World) -> None:
    entity = etree.fromstring(published(world))
    aggregate = etree.Element(f"{MD}EntitiesDescriptor", ID="_all")
    aggregate.extend([entity, etree.fromstring(published(world))])
    data = sign_enveloped(
        aggregate, key=world.proxy.signing_key, algorithm=world.proxy.algorithm, after=None
    )
    with pytest.raises(eidas.MetadataRefused) as refusal:
        eidas.NodeMetadata.read_all(data, trusted=trusted(world), now=NOW, policy=SignaturePolicy())
    assert refusal.value.rule == "metadata.duplicate-entity"


def test_one_entity_that_cannot_be_used_does_not_shut_out_the_others(world: World) -> None:
    right, wrong = etree.fromstring(published(world)), etree.fromstring(published(world))
    wrong.set("entityID", "https://node.xx.example")
    _without_use(wrong)
    aggregate = etree.Element(f"{MD}EntitiesDescriptor", ID="_all")
    aggregate.extend([wrong, right])
    for entity in aggregate:
        entity.remove(entity.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        del entity.attrib["ID"]
    data = sign_enveloped(
        aggregate, key=world.proxy.signing_key, algorithm=world.proxy.algorithm, after=None
    )
    (node,) = eidas.NodeMetadata.read_all(data, trusted=trusted(world), now=NOW)
    assert node.entity_id == world.proxy.entity_id
    note = node.deviations[-1]
    assert (note.rule, note.where) == ("metadata.signing-key", "https://node.xx.example")
    judgement = check_saml_metadata(data, context={}, now=NOW, show_values=False)
    assert judgement.verdict == "refused"
