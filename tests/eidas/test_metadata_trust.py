"""Which entities are dealt with, and that older metadata never comes back."""

from datetime import timedelta

import pytest
from eidas_world import NOW, World

import eidas
from eidas.metadata_trust import MemoryFreshness, TrustedEntities
from eidas.node import proxy_service_metadata


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
