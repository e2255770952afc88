"""The testers' checks: any bytes give a judgement, and right messages are accepted."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eidas_world import NOW, World, key_pair, make_world
from hypothesis import given
from hypothesis import strategies as st

import eidas
from eidas.checks import check_saml_metadata, check_saml_request, check_saml_response
from eidas.node import Switches, proxy_service_metadata
from xmltrust import Certificate, DecryptionKey

CHECKS = (check_saml_metadata, check_saml_request, check_saml_response)


@pytest.fixture(scope="module")
def opened() -> tuple[World, bytes]:
    """A world whose portal's decryption key is also at hand as PEM."""
    world = make_world()
    key, certificate = key_pair("portal encryption")
    provider = replace(
        world.provider,
        decryption_keys=(DecryptionKey.load(key, certificate),),
        encryption_certificates=(Certificate.load(certificate),),
    )
    connector = replace(world.connector, encryption_certificates=(Certificate.load(certificate),))
    return replace(world, provider=provider, connector=connector), key


def context_of(world: World, key: bytes, pending: eidas.PendingLogin) -> dict[str, object]:
    """Say what a tester would write into the context file."""
    return {
        "entity_id": world.provider.entity_id,
        "acs_url": world.provider.assertion_consumer_url,
        "request_id": pending.request_id,
        "requested_loa": "substantial",
        "issuer": world.node.entity_id,
        "country": "LV",
        "idp_metadata": proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id),
        "decryption_key": key,
    }


def test_a_right_response_is_accepted_and_hides_its_values(opened: tuple[World, bytes]) -> None:
    world, key = opened
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    context = context_of(world, key, pending)
    judgement = check_saml_response(message, context=context, now=NOW, show_values=False)
    assert judgement.verdict == "accepted"
    assert judgement.findings == ()
    shown = json.dumps(judgement.value)
    assert "…" in json.loads(shown)["natural_person"]["family_name"].values()
    assert "Garc" not in shown
    opened_up = check_saml_response(message, context=context, now=NOW, show_values=True)
    assert opened_up.value is not None
    assert "2001-05-17" in json.dumps(opened_up.value)


def test_a_wrong_response_is_refused_with_rule_clause_and_mending(
    opened: tuple[World, bytes],
) -> None:
    world, key = opened
    pending, form = world.ask()
    value = world.answer(world.receive(form), switches=Switches.of(["wrong_audience"]))
    judgement = check_saml_response(
        value.encode(), context=context_of(world, key, pending), now=NOW, show_values=True
    )
    assert judgement.verdict == "refused"
    assert judgement.value is None
    finding = judgement.findings[0]
    assert (finding.rule, finding.severity) == ("response.audience", "error")
    assert finding.clause
    assert finding.fix


def test_a_schema_fault_is_explained_with_its_place(opened: tuple[World, bytes]) -> None:
    world, key = opened
    pending, form = world.ask()
    message = base64.b64decode(world.answer(world.receive(form)))
    broken = message.replace(b'Version="2.0" ', b"", 1)
    judgement = check_saml_response(
        broken, context=context_of(world, key, pending), now=NOW, show_values=False
    )
    assert judgement.findings[0].rule == "message.schema"
    assert any("Version" in one.message for one in judgement.findings)


def test_a_right_request_is_accepted_with_metadata(world: World) -> None:
    _, form = world.ask()
    message = base64.b64decode(dict(form.fields)["SAMLRequest"])
    metadata = eidas.service_provider_metadata(world.provider, now=NOW, new_id=world.new_id)
    judgement = check_saml_request(
        message, context={"metadata": metadata}, now=NOW, show_values=False
    )
    assert judgement.verdict == "accepted"
    assert judgement.value is not None
    assert judgement.value["levels"] == [eidas.LevelOfAssurance.SUBSTANTIAL]


def test_a_request_without_trust_is_judged_for_integrity_and_says_so(world: World) -> None:
    _, form = world.ask()
    message = base64.b64decode(dict(form.fields)["SAMLRequest"])
    judgement = check_saml_request(message, context={}, now=NOW, show_values=False)
    assert judgement.verdict == "accepted"
    assert "signature.not-trusted" in {one.rule for one in judgement.findings}
    altered = message.replace(b'ForceAuthn="true"', b'ForceAuthn="false"')
    refused = check_saml_request(altered, context={}, now=NOW, show_values=False)
    assert "dsig/digest" in {one.rule for one in refused.findings}


def test_metadata_is_accepted_until_its_end(world: World) -> None:
    metadata = proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id)
    right = check_saml_metadata(metadata, context={}, now=NOW, show_values=False)
    assert right.verdict == "accepted"
    late = check_saml_metadata(metadata, context={}, now=NOW + timedelta(days=2), show_values=False)
    assert [one.rule for one in late.findings if one.severity == "error"] == [
        "metadata.valid-until"
    ]


def test_metadata_may_say_whose_signature_is_trusted(world: World) -> None:
    mine = proxy_service_metadata(world.proxy, now=NOW, new_id=world.new_id)
    theirs = eidas.service_provider_metadata(world.provider, now=NOW, new_id=world.new_id)
    trusted = check_saml_metadata(mine, context={"metadata": mine}, now=NOW, show_values=False)
    assert (trusted.verdict, trusted.findings) == ("accepted", ())
    other = check_saml_metadata(mine, context={"metadata": theirs}, now=NOW, show_values=False)
    assert "dsig/trusted-key" in {one.rule for one in other.findings}


@pytest.mark.artefacts
def test_a_service_list_is_judged_too(artefacts: Path) -> None:
    folder = artefacts / "eidas" / "swedenconnect" / "src" / "test" / "resources"
    context = {
        "certificate": (folder / "eidas-servicelist-validation-cert.crt").read_bytes(),
        "policy": {"profile": "1.1"},
    }
    now = datetime(2018, 2, 25, tzinfo=UTC)
    for name, verdict in (("mdservicelist", "accepted"), ("mdservicelist-badsign", "refused")):
        data = (folder / f"{name}.xml").read_bytes()
        judgement = check_saml_metadata(data, context=context, now=now, show_values=False)
        assert judgement.verdict == verdict, judgement.findings
        if judgement.value is not None:
            assert judgement.value["locations"]


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_judgement(data: bytes) -> None:
    for check in CHECKS:
        assert check(data, context={}, now=NOW, show_values=False).verdict == "refused"


@given(
    context=st.dictionaries(
        st.sampled_from(
            ["certificate", "metadata", "idp_metadata", "decryption_key", "policy", "issuer"]
        ),
        st.one_of(st.binary(max_size=20), st.integers(), st.text(max_size=20), st.none()),
    )
)
def test_any_context_gives_a_judgement(context: dict[str, object]) -> None:
    for check in CHECKS:
        assert check(b"<x/>", context=context, now=NOW, show_values=False).verdict == "refused"
