"""The PyPI package ``as4`` as one end of an exchange; run by an interpreter that has it.

Usage: receive|send|prove FOLDER
The folder holds ours.key, ours.crt and theirs.crt in PEM, and what each verb needs:
receive  content-type, body             -> part.N for each payload, signal
send     payload                        -> content-type, body, references
prove    references, message-id, signal -> exit status 0 when the receipt proves them
"""

import json
import sys
from email import message_from_bytes
from pathlib import Path

from as4 import (
    AS4InternalCredentials,
    AS4InternalParty,
    AS4LocalPrivateKey,
    AS4ParseContext,
    AS4PartyIdentity,
    SecurityPolicy,
    pinned_certificates,
)
from as4.core.message import AS4Message
from as4.core.receipt import AS4Receipt
from as4.models.dsig.reference import ComparableReferenceFields
from as4.peppol import (
    build_peppol_message,
    create_peppol_external_party,
    create_peppol_internal_party,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class Peer:
    """The package with one private key and one certificate of the other end."""

    def __init__(self, folder: Path) -> None:
        """Load the keys."""
        self.folder = folder
        key = load_pem_private_key((folder / "ours.key").read_bytes(), None)
        self.key = AS4LocalPrivateKey(key)
        self.ours = x509.load_pem_x509_certificate((folder / "ours.crt").read_bytes())
        self.theirs = x509.load_pem_x509_certificate((folder / "theirs.crt").read_bytes())

    def receive(self) -> int:
        """Verify, decrypt and answer."""
        party = AS4InternalParty(
            identity=AS4PartyIdentity(party_id="AP_es"),
            credentials=AS4InternalCredentials(certificate=self.ours, private_key=self.key),
        )
        policy = SecurityPolicy(signer_resolver=pinned_certificates(self.theirs))
        head = b"Content-Type: " + (self.folder / "content-type").read_bytes() + b"\r\n\r\n"
        root, *parts = message_from_bytes(head + (self.folder / "body").read_bytes()).get_payload()
        message = AS4Message.parse(
            parse_context=AS4ParseContext(local_party=party, security_policy=policy),
            soap_bytes=root.get_payload(decode=True),
            mime_attachments={
                part["Content-ID"].strip("<>"): part.get_payload(decode=True) for part in parts
            },
        )
        for number, octets in enumerate(message.decrypted_data.values()):
            (self.folder / f"part.{number}").write_bytes(octets)
        _, signal = AS4Receipt.for_message(message, party).get_request_data()
        (self.folder / "signal").write_bytes(signal)
        return 0 if message.parse_successful else 3

    def send(self) -> int:
        """Write a Peppol message, the one kind that the package builds."""
        message = build_peppol_message(
            payload=(self.folder / "payload").read_bytes(),
            local_party=create_peppol_internal_party("AP_es", self.ours, self.key),
            remote_party=create_peppol_external_party("AP_lv", self.theirs),
            sender="9932:1",
            recipient="9932:2",
            sender_country_id="ES",
            document_type_identifier_scheme="busdox-docid-qns",
            document_type_identifier_value="urn:x::Document##urn:y::2.1",
            process_identifier="urn:process",
        )
        body, boundary = message.get_request_data()
        (self.folder / "body").write_bytes(body)
        (self.folder / "content-type").write_text(
            message.get_http_headers(boundary)["Content-Type"]
        )
        references = [one.model_dump(mode="json") for one in message.signed_references]
        (self.folder / "references").write_text(json.dumps(references))
        return 0

    def prove(self) -> int:
        """Check that the signal is a receipt, signed by the other end, for what was sent."""
        receipt = AS4Receipt.parse((self.folder / "signal").read_bytes(), self.theirs)
        sent = json.loads((self.folder / "references").read_text())
        receipt.verify_non_repudiation(
            [ComparableReferenceFields.model_validate(one) for one in sent]
        )
        wanted = (self.folder / "message-id").read_text()
        return 0 if receipt.original_message_id == wanted else 3


if __name__ == "__main__":
    sys.exit(getattr(Peer(Path(sys.argv[2])), sys.argv[1])())
