"""The PyPI package as4 and we exchange messages and receipts, in both directions.

Its pins differ from ours, so it lives in an environment of its own: SDG_PEER_AS4_PYTHON names the
interpreter there.
"""

import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from sdg_connector.as4 import (
    Agreements,
    As4Refused,
    EbmsError,
    Leg,
    PartyId,
    PeerReportedError,
    PMode,
    SecurityProfile,
    Service,
    accept_answer,
    accept_message,
    build_receipt,
)
from sdg_connector.as4.message import EB
from tests.support.as4_pair import PAYLOADS, access_point, loaded, make_pair, new_id, rsa_pair

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PEER = Path(__file__).parent / "peers" / "as4_peer.py"
PEPPOL_PARTY_TYPE = "urn:fdc:peppol.eu:2017:identifiers:ap"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Latvia is ours, Spain is the package."""
    python = os.environ.get("SDG_PEER_AS4_PYTHON")
    if not python:
        pytest.skip("SDG_PEER_AS4_PYTHON names no interpreter that has the PyPI package as4")
    now = datetime.now(UTC)
    keys = {name: rsa_pair(name, at=now) for name in ("lv", "es")}
    ours, theirs = (loaded(*keys[name]) for name in ("lv", "es"))

    def peer(verb, **files):
        folder = tmp_path_factory.mktemp(verb)
        given = {"ours.key": keys["es"][0], "ours.crt": keys["es"][1], "theirs.crt": keys["lv"][1]}
        for name, octets in (given | files).items():
            (folder / name.replace("_", "-")).write_bytes(octets)
        done = subprocess.run([python, PEER, verb, folder], capture_output=True, check=False)
        return SimpleNamespace(code=done.returncode, folder=folder, said=done.stderr.decode())

    pair = make_pair(ours, theirs, SecurityProfile.RSA)
    return SimpleNamespace(peer=peer, pair=pair, ours=ours, theirs=theirs, now=now)


def answered(world, packed, signal):
    return accept_answer(
        "application/soap+xml",
        [signal],
        message_id=packed.message_id,
        sent=packed.references,
        receiver=world.pair.spain,
        profile=SecurityProfile.RSA,
        now=world.now,
    )


def test_the_package_opens_our_message_and_its_receipt_is_proof(world):
    packed = world.pair.pack(timestamp=world.now)
    done = world.peer("receive", content_type=packed.content_type.encode(), body=packed.body)
    assert done.code == 0, done.said
    for number, payload in enumerate(PAYLOADS):
        assert (done.folder / f"part.{number}").read_bytes() == payload.content
    signal = (done.folder / "signal").read_bytes()
    assert answered(world, packed, signal).ref_to_message_id == packed.message_id
    other = world.pair.pack(timestamp=world.now, message_id=packed.message_id)
    with pytest.raises(As4Refused) as caught:
        answered(world, other, signal)
    assert caught.value.error is EbmsError.INVALID_RECEIPT


def test_the_package_refuses_our_message_when_it_was_changed_and_we_read_its_error(world):
    packed = world.pair.pack(timestamp=world.now)
    changed = packed.body.replace(b">C1<", b">C9<")
    done = world.peer("receive", content_type=packed.content_type.encode(), body=changed)
    assert done.code == 3, done.said
    with pytest.raises(PeerReportedError) as caught:
        answered(world, packed, (done.folder / "signal").read_bytes())
    assert (caught.value.codes, caught.value.signed) == (("EBMS:0101",), True)


@pytest.fixture(scope="module")
def sent(world):
    """What the package wrote, in a folder, and the agreement that it falls under."""
    made = world.peer("send", payload=b"<Document xmlns='urn:x'/>")
    assert made.code == 0, made.said
    latvia, spain = (
        replace(
            access_point(name, keys),
            identifiers=(PartyId(value=f"AP_{name}", type=PEPPOL_PARTY_TYPE),),
        )
        for name, keys in (("lv", world.ours), ("es", world.theirs))
    )
    pmode = PMode(
        name="peppol",
        initiators=frozenset({"es"}),
        responders=frozenset({"lv"}),
        initiator_role=f"{EB}initiator",
        responder_role=f"{EB}responder",
        agreement="urn:fdc:peppol.eu:2017:agreements:tia:ap_provider",
        leg=Leg(
            name="peppol",
            service=Service(name="urn:process", type="cenbii-procid-ubl"),
            action="busdox-docid-qns::urn:x::Document##urn:y::2.1",
        ),
    )
    agreements = Agreements(us="lv", parties=(latvia, spain), pmodes=(pmode,))
    return made.folder, agreements


def accepted(world, sent, body):
    folder, agreements = sent
    content_type = (folder / "content-type").read_text()
    now = datetime.now(UTC)
    return accept_message(content_type, [body], agreements=agreements, keys=world.ours, now=now)


def test_we_open_what_the_package_sent_and_our_receipt_is_proof_to_it(world, sent):
    folder = sent[0]
    received = accepted(world, sent, (folder / "body").read_bytes())
    (payload,) = received.payloads
    assert b"<Document xmlns='urn:x'/>" in payload.read().replace(b'"', b"'")
    receipt = build_receipt(received, keys=world.ours, new_id=new_id, now=world.now)
    files = {
        "references": (folder / "references").read_bytes(),
        "message_id": received.message.message_id.encode(),
    }
    assert world.peer("prove", signal=receipt.body, **files).code == 0
    changed = re.sub(rb"(NRInformation>.*?DigestValue>)....", rb"\1AAAA", receipt.body, count=1)
    assert changed != receipt.body
    assert world.peer("prove", signal=changed, **files).code != 0


def test_we_refuse_what_the_package_sent_when_it_was_changed(world, sent):
    body = (sent[0] / "body").read_bytes()
    with pytest.raises(As4Refused) as caught:
        accepted(world, sent, body.replace(b">9932:1<", b">9932:9<"))
    assert caught.value.error is EbmsError.FAILED_AUTHENTICATION
