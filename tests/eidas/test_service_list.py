"""The MetadataServiceList: the published one holds, the altered one does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import eidas
from eidas.service_list import PROXY_SERVICE, MetadataServiceList
from xmltrust import Certificate, SignaturePolicy, TrustedKey

DURING = datetime(2018, 2, 25, tzinfo=UTC)
OLD_PEER = SignaturePolicy().with_rsa_pkcs1().with_rsa_2048()


def read(folder: Path, name: str, now: datetime = DURING) -> MetadataServiceList:
    """Read a published list with its publisher's key."""
    resources = folder / "eidas/swedenconnect/src/test/resources"
    certificate = Certificate.load(
        (resources / "eidas-servicelist-validation-cert.crt").read_bytes()
    )
    return MetadataServiceList.read(
        (resources / name).read_bytes(),
        trusted=(TrustedKey.from_certificate(certificate, source="the publisher"),),
        now=now,
        policy=OLD_PEER,
    )


@pytest.mark.artefacts
def test_the_published_list_gives_places_and_keys(artefacts: Path) -> None:
    listed = read(artefacts, "mdservicelist.xml")
    assert listed.territory == "SE"
    assert all(one.url.startswith("http") for one in listed.locations)
    assert any(one.keys for one in listed.locations)
    assert PROXY_SERVICE in {kind for one in listed.locations for kind, _ in one.endpoints}


@pytest.mark.artefacts
def test_the_altered_list_is_refused(artefacts: Path) -> None:
    with pytest.raises(eidas.MetadataRefused) as refusal:
        read(artefacts, "mdservicelist-badsign.xml")
    assert refusal.value.rule.startswith("dsig/")


@pytest.mark.artefacts
@pytest.mark.parametrize("days", [-30, 30])
def test_a_list_before_or_after_its_time_is_refused(artefacts: Path, days: int) -> None:
    with pytest.raises(eidas.MetadataRefused) as refusal:
        read(artefacts, "mdservicelist.xml", now=DURING + timedelta(days=days))
    assert refusal.value.rule == "service-list.time"


@pytest.mark.parametrize("data", [b"", b"<x/>", b"<!DOCTYPE x><x/>"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(eidas.MetadataRefused):
        MetadataServiceList.read(data, trusted=(), now=DURING)
