"""Judge a file as an answer of the Common Services, for the testers' command."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography import x509

from sdg_connector.directory.answers import read_data_services, read_evidence_types
from sdg_connector.directory.errors import DirectoryFailure, DirectoryRefused, MoreNeeded
from sdg_connector.directory.signature import verify_answer
from sdg_connector.vocabulary.findings import Finding, FindingSeverity, Judgement


def check(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge these bytes as an answer of the Evidence Broker or the Data Service Directory.

    ``context`` may hold ``headers`` (the bytes of the HTTP headers) and ``roots`` (PEM bytes);
    the signature is then checked. Answers hold no person, so ``show_values`` changes nothing.
    Never raises for any bytes.
    """
    findings = _signature_findings(data, context, now)
    try:
        value = _read(data)
    except DirectoryRefused as error:
        return Judgement(findings=(*findings, _finding(error)), value=None)
    return Judgement(findings=findings, value=None if findings else value)


def _read(data: bytes) -> dict[str, object]:
    try:
        if b"DataServiceEvidenceType" in data or b"DSD:ERR:" in data:
            services = read_data_services(data)
            return {"type": "data-services", "found": [one.classification for one in services]}
        requirements = read_evidence_types(data)
        return {"type": "requirements", "found": [one.identifier for one in requirements]}
    except MoreNeeded as failure:
        asked = [one.identifier for need in failure.needed for one in need.concepts]
        return {"type": "question", "code": failure.code.value, "asked": asked}
    except DirectoryFailure as failure:
        return {"type": "failure", "code": failure.code.value}


def _signature_findings(
    data: bytes, context: Mapping[str, object], now: datetime
) -> tuple[Finding, ...]:
    headers, roots = context.get("headers"), context.get("roots")
    if not isinstance(headers, bytes):
        return ()
    lines = [line.split(":", 1) for line in headers.decode("utf-8", "replace").splitlines()]
    named = {one[0].strip(): one[1].strip() for one in lines if len(one) == 2}
    try:
        verify_answer(data, headers=named, roots=_certificates(roots), now=now)
    except DirectoryRefused as error:
        return (_finding(error),)
    return ()


def _certificates(roots: object) -> list[x509.Certificate]:
    given = roots if isinstance(roots, Sequence) and not isinstance(roots, bytes) else [roots]
    try:
        return [
            certificate
            for one in given
            if isinstance(one, bytes)
            for certificate in x509.load_pem_x509_certificates(one)
        ]
    except ValueError:
        raise DirectoryRefused(
            rule="context/roots", expected="certificates in PEM", found="something else"
        ) from None


def _finding(error: DirectoryRefused) -> Finding:
    return Finding(
        rule=error.rule,
        severity=FindingSeverity.ERROR,
        where="/",
        message=f"expected {error.expected}, found {error.found}",
        clause=f"{error.rule} (https://code.europa.eu/oots/tdd/tdd_chapters)",
        fix=f"Make it {error.expected}.",
    )
