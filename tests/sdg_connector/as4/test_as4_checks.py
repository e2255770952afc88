"""The testers' judge: any bytes get a verdict, and personal values stay hidden."""

from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sdg_connector.as4 import Keys, SecurityProfile, TokenForm
from sdg_connector.as4.checks import check
from sdg_connector.vocabulary.findings import FindingSeverity
from tests.support.as4_pair import PAYLOADS, make_pair, rsa_keys
from tests.support.authorities import Authority, keys_of
from xmltrust import SigningKey

GARBAGE = [b"", b"--", b"--b\r\n", b"<a/>", b"\x00" * 50, b"--b\r\n\r\n\r\n--b--\r\n"]


@pytest.fixture(scope="module")
def judged(packed_once, now):
    pair, packed, _ = packed_once

    def judge(body=None, *, show_values=False, **context):
        return check(
            packed.body if body is None else body,
            context={"content_type": packed.content_type, **context},
            now=now,
            show_values=show_values,
        )

    return judge, pair


def trusted(key: SigningKey) -> dict[str, object]:
    return {"trusted_certificates": [one.der for one in key.certificates]}


def test_a_request_with_a_second_payload_breaks_its_published_rule(judged):
    judge, pair = judged
    verdict = judge(**trusted(pair.sender_keys.signing))
    assert verdict.verdict == "refused"
    assert "R-EDM-ebMS-023" in {one.rule for one in verdict.findings}


def test_a_good_message_is_accepted_and_its_values_are_masked(judged):
    judge, pair = judged
    packed = pair.pack(action="ExecuteQueryResponse")
    judge = partial(judge, packed.body, content_type=packed.content_type)
    verdict = judge(**trusted(pair.sender_keys.signing))
    assert verdict.verdict == "accepted"
    assert verdict.value["properties"] == {"originalSender": "…", "finalRecipient": "…"}
    shown = judge(show_values=True, **trusted(pair.sender_keys.signing))
    assert shown.value["properties"]["originalSender"] == "C1"
    assert [one.severity for one in verdict.findings] == [FindingSeverity.WARNING]


def test_without_certificates_it_says_that_nobody_vouched(judged):
    judge, _ = judged
    assert any("its own token" in one.message for one in judge().findings)


def test_a_message_of_another_signer_is_refused(judged):
    judge, pair = judged
    verdict = judge(**trusted(pair.receiver_keys.signing))
    assert (verdict.verdict, verdict.findings[0].rule) == ("refused", "EBMS:0101")
    assert verdict.value is None


def test_a_tampered_message_is_refused(judged, packed_once):
    judge, _ = judged
    verdict = judge(packed_once[1].body.replace(b">C1<", b">C2<"))
    assert (verdict.verdict, verdict.findings[0].rule) == ("refused", "EBMS:0101")


def test_a_key_that_cannot_be_read_is_a_finding(judged):
    judge, _ = judged
    assert judge(decryption_key=b"none").verdict == "refused"
    assert judge(trusted_certificates=[b"none"]).verdict == "refused"


@pytest.mark.parametrize("data", GARBAGE)
def test_any_bytes_give_a_verdict(data, now):
    assert check(data, context={}, now=now, show_values=False).verdict == "refused"


@pytest.fixture(scope="module")
def path_shown():
    """A message that shows its signer's certificate with the issuer's behind."""
    key, root = rsa.generate_private_key(65537, 2048), Authority()
    below = root.below("CN=Issuer")
    leaf = below.issue("CN=AP LV", key)
    signing, decryption = keys_of(key, leaf, below.certificate)
    keys = Keys(signing=signing, decryption=decryption)
    pair = make_pair(keys, rsa_keys("es"), SecurityProfile.RSA).bent(token=TokenForm.PKI_PATH)
    return pair.pack(PAYLOADS[0]), root


@pytest.mark.parametrize(
    ("given", "verdict", "word"),
    [
        ("none", "accepted", "its own token"),
        ("root", "accepted", "an authority"),
        ("stranger", "refused", "certificate/anchor"),
    ],
)
def test_an_authority_vouches_for_a_message_and_the_name_stays_open(
    path_shown, now, given, verdict, word
):
    packed, root = path_shown
    known = {"none": [], "root": [root.loaded.der], "stranger": [Authority().loaded.der]}[given]
    context = {"content_type": packed.content_type, "trusted_certificates": known}
    found = check(packed.body, context=context, now=now, show_values=False)
    assert found.verdict == verdict
    assert any(word in f"{one.where} {one.message}" for one in found.findings)
