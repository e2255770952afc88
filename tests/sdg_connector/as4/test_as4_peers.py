"""Other implementations judge what we sign."""

import base64
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from signxml.exceptions import InvalidDigest

from sdg_connector.as4 import build_receipt

EB_MESSAGING = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/:Messaging"
SOAP_BODY = "http://www.w3.org/2003/05/soap-envelope:Body"


@pytest.mark.peer
def test_xmlsec1_verifies_our_receipt_and_no_changed_one(pair, packed_once, now, new_id, tmp_path):
    xmlsec1 = shutil.which("xmlsec1")
    if xmlsec1 is None:
        pytest.skip("xmlsec1 is not installed on this machine")
    _, packed, _ = packed_once
    received = pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=now).body
    (tmp_path / "signer.der").write_bytes(pair.receiver_keys.signing.certificates[0].der)

    def verdict(body: bytes) -> int:
        (tmp_path / "receipt.xml").write_bytes(body)
        command = [xmlsec1, "--verify", "--id-attr:Id", EB_MESSAGING, "--id-attr:Id", SOAP_BODY]
        command += ["--pubkey-cert-der", tmp_path / "signer.der", tmp_path / "receipt.xml"]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert verdict(receipt) == 0
    changed = receipt.replace(packed.message_id.encode(), b"other@lv.example")
    assert verdict(changed) != 0


def test_signxml_verifies_every_reference_of_our_message(pair):
    bent = pair.bent(encrypt=False)
    packed = bent.pack()
    parts = {}
    for part in packed.parts:
        part.content.seek(0)
        parts[f"cid:{part.content_id}"] = part.content.read()
    certificate = pair.sender_keys.signing.certificates[0].x509().public_bytes(Encoding.PEM)

    def verify(contents):
        return XMLVerifier().verify(
            etree.fromstring(packed.root),
            x509_cert=certificate.decode(),
            uri_resolver=contents.get,
            validate_schema=False,
            id_attribute="Id",
            expect_config=SignatureConfiguration(expect_references=4, location=".//"),
        )

    assert len(verify(parts)) == 4
    with pytest.raises(InvalidDigest):
        verify(dict.fromkeys(parts, base64.b64encode(b"evil")))
