"""What WSS4J 2.2.7 and another Python implementation made verifies, or fails, as it should."""

import gzip
import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdg_connector.as4 import (
    OOTS_PARTY_TYPE,
    AccessPoint,
    Agreements,
    As4Refused,
    EbmsError,
    Keys,
    PartyId,
    ReceivedMessage,
    SecurityProfile,
    accept_answer,
    accept_message,
)
from sdg_connector.as4.attachments import open_part
from sdg_connector.as4.compression import InflationCaps
from sdg_connector.as4.envelope import read_envelope
from sdg_connector.as4.message import GZIP, MessageProperty, PartInfo
from sdg_connector.as4.mime import MimeMessage, read_mime
from sdg_connector.as4.wssecurity import verify_security
from xmltrust import Certificate, DecryptionKey, SigningKey, parse
from xmltrust.references import Reference, read_reference

pytestmark = pytest.mark.artefacts
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DS_REFERENCE = "{http://www.w3.org/2000/09/xmldsig#}Reference"
EBBP_REFERENCES = (
    ".//{http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0}MessagePartNRInformation/"
    + DS_REFERENCE
)


def content_type(body: bytes) -> str:
    boundary = body[2 : body.index(b"\r\n")].decode()
    return f'multipart/related; type="application/soap+xml"; boundary="{boundary}"'


def sender(certificate: Path) -> AccessPoint:
    return AccessPoint(
        name="se",
        identifiers=(PartyId(value="AP_SE_01", type=OOTS_PARTY_TYPE),),
        endpoint="https://se.example/as4",
        signing=(Certificate.load(certificate.read_bytes()),),
    )


def open_wss4j(folder: Path, body: bytes) -> dict[str, bytes]:
    """Every attachment, proven and decrypted, of a message whose header announces other parts."""
    wire: MimeMessage = read_mime(content_type(body), [body])
    security = verify_security(
        read_envelope(wire.root),
        content_ids=[part.content_id for part in wire.parts],
        signer=sender(folder / "sender.crt"),
        profile=SecurityProfile.RSA,
        encrypt=True,
        decryption=DecryptionKey.load((folder / "receiver.key").read_bytes()),
        now=NOW,
    )
    opened = {}
    for part in wire.parts:
        packed = security.encrypted[part.content_id] == GZIP
        properties = (MessageProperty(name="CompressionType", value=GZIP),) if packed else ()
        info = PartInfo(content_id=part.content_id, properties=properties)
        content, _ = open_part(info, part, security, caps=InflationCaps(), new_spool=io.BytesIO)
        opened[part.content_id] = content.read()
    return opened


@pytest.mark.parametrize(
    "name",
    ["comment_pi", "decl_crlf", "nonascii", "nonascii_latin1", "plain", "unusedns", "xsi"],
)
def test_an_xml_attachment_canonicalised_by_wss4j_verifies(artefacts: Path, name: str) -> None:
    folder = artefacts / "as4" / "wss4j-vectors-1.15"
    opened = open_wss4j(folder, (folder / f"xml_{name}.mime").read_bytes())
    assert opened["a1@x"] == (folder / f"payload_{name}.xml").read_bytes()


def test_all_three_forms_of_attachment_in_one_message_verify(artefacts: Path) -> None:
    folder = artefacts / "as4" / "wss4j-vectors-1.15"
    opened = open_wss4j(folder, (folder / "four_parts.mime").read_bytes())
    assert sorted(opened) == ["a1@x", "a2@x", "a3@x", "a4@x"]
    assert opened["a2@x"] == gzip.decompress((folder / "a2_x.plain").read_bytes())


@pytest.mark.parametrize("name", ["dtd", "dtdent"])
def test_an_xml_attachment_with_a_doctype_is_refused(artefacts: Path, name: str) -> None:
    folder = artefacts / "as4" / "wss4j-vectors-1.15"
    with pytest.raises(As4Refused) as caught:
        open_wss4j(folder, (folder / f"xml_{name}.mime").read_bytes())
    assert (caught.value.error, caught.value.rule) == (
        EbmsError.FAILED_AUTHENTICATION,
        "xml/doctype",
    )


def test_a_flipped_bit_of_a_wss4j_message_is_refused(artefacts: Path) -> None:
    folder = artefacts / "as4" / "wss4j-vectors-1.15"
    body = (folder / "four_parts.mime").read_bytes()
    for at in range(len(body) // 2, len(body) // 2 + 200, 37):
        with pytest.raises(As4Refused):
            open_wss4j(folder, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])


def accept_python(folder: Path, name: str, prefix: str = "") -> ReceivedMessage:
    body = (folder / name).read_bytes()
    key = (folder / f"{prefix}receiver.key").read_bytes()
    shown = (folder / f"{prefix}receiver.crt").read_bytes()
    us = AccessPoint(
        name="fi",
        identifiers=(PartyId(value="AP_FI_01", type=OOTS_PARTY_TYPE),),
        endpoint="https://fi.example/as4",
    )
    return accept_message(
        content_type(body),
        [body],
        agreements=Agreements.oots(us=us, peers=[sender(folder / f"{prefix}sender.crt")]),
        keys=Keys(signing=SigningKey.load(key, shown), decryption=DecryptionKey.load(key, shown)),
        now=NOW,
    )


@pytest.mark.parametrize(("name", "prefix"), [("msg_all_gzip.mime", ""), ("msg.mime", "plain_")])
def test_a_whole_message_of_another_python_implementation_is_accepted(
    artefacts: Path, name: str, prefix: str
) -> None:
    received = accept_python(artefacts / "as4" / "python-vectors-1.15", name, prefix)
    assert [payload.media_type for payload in received.payloads] == [
        "application/x-ebrs+xml",
        "application/pdf",
    ]
    assert received.payloads[0].read().lstrip().startswith(b"<")


@pytest.mark.parametrize("prefix", ["", "plain_"])
def test_the_tampered_message_is_refused(artefacts: Path, prefix: str) -> None:
    with pytest.raises(As4Refused):
        accept_python(artefacts / "as4" / "python-vectors-1.15", "tampered.mime", prefix)


def receipt_parts(body: bytes) -> tuple[str, tuple[Reference, ...], Certificate]:
    root = parse(body)
    reference = root.find(".//{*}RefToMessageId")
    token = root.find(".//{*}BinarySecurityToken")
    assert reference is not None
    assert token is not None
    sent = tuple(read_reference(one) for one in root.iterfind(EBBP_REFERENCES))
    return reference.text or "", sent, Certificate.from_base64(token.text or "")


def accept_receipt(body: bytes, sent: tuple[Reference, ...]) -> None:
    message_id, _, certificate = receipt_parts(body)
    receiver = AccessPoint(
        name="peer",
        identifiers=(PartyId(value="peer"),),
        endpoint="https://peer.example",
        signing=(certificate,),
    )
    accept_answer(
        "application/soap+xml",
        [body],
        message_id=message_id,
        sent=sent,
        receiver=receiver,
        profile=SecurityProfile.RSA,
        now=certificate.not_before,
    )


def real_receipt(artefacts: Path, name: str) -> bytes:
    captured = (artefacts / "as4" / "phase4" / "receipts-real" / name).read_bytes()
    return captured[min(at for at in (captured.find(b"<?xml"), captured.find(b"<S")) if at >= 0) :]


@pytest.mark.parametrize(
    "name", ["governikus.as4in", "dataport1-mustunderstand.as4in", "helger.as4in"]
)
def test_a_real_receipt_verifies_and_another_digest_does_not(artefacts: Path, name: str) -> None:
    body = real_receipt(artefacts, name)
    _, sent, _ = receipt_parts(body)
    accept_receipt(body, sent)
    with pytest.raises(As4Refused) as caught:
        accept_receipt(body, sent[:-1])
    assert caught.value.error is EbmsError.INVALID_RECEIPT


def test_a_receipt_changed_on_its_way_is_refused(artefacts: Path) -> None:
    body = real_receipt(artefacts, "dataport1.as4in")
    _, sent, _ = receipt_parts(body)
    with pytest.raises(As4Refused):
        accept_receipt(body, sent)


def test_the_receipt_of_another_python_implementation_verifies(artefacts: Path) -> None:
    body = (artefacts / "as4" / "python-vectors-1.15" / "receipt_by_as4pkg.xml").read_bytes()
    accept_receipt(body, receipt_parts(body)[1])


@pytest.mark.peer
def test_xmlsec1_agrees_that_a_real_receipt_verifies(artefacts: Path, tmp_path: Path) -> None:
    xmlsec1 = shutil.which("xmlsec1")
    if xmlsec1 is None:
        pytest.skip("xmlsec1 is not installed on this machine")
    body = (artefacts / "as4" / "python-vectors-1.15" / "receipt_by_as4pkg.xml").read_bytes()
    (tmp_path / "receipt.xml").write_bytes(body)
    (tmp_path / "signer.der").write_bytes(receipt_parts(body)[2].der)
    done = subprocess.run(
        [
            xmlsec1,
            "--verify",
            "--id-attr:Id",
            "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/:Messaging",
            "--id-attr:Id",
            "http://www.w3.org/2003/05/soap-envelope:Body",
            "--pubkey-cert-der",
            str(tmp_path / "signer.der"),
            str(tmp_path / "receipt.xml"),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
