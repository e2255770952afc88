"""Judge a file as an answer of the Common Services, for the testers' command."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree

from sdg_connector.directory.answers import (
    read_data_services,
    read_evidence_types,
    read_requirements,
)
from sdg_connector.directory.errors import DirectoryFailure, DirectoryRefused, MoreNeeded
from sdg_connector.directory.rules import broken_rules, kind_of
from sdg_connector.directory.signature import verify_answer
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import CommonServicesLine
from sdg_connector.vocabulary.findings import Finding, Judgement, finding_of
from sdg_connector.vocabulary.namespaces import qualified

_OBJECT: Final = qualified("rim:RegistryObject")


def check(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge these bytes as an answer of a directory, or as a submission to one.

    ``context`` may hold ``headers`` (the bytes of the HTTP headers) and ``roots`` (PEM bytes);
    the signature is then checked. ``line`` (``"2.0"``) says what ``Accept-Version`` asked for.
    Answers hold no person, so ``show_values`` changes nothing.
    Never raises for any bytes.
    """
    findings = list(_signature_findings(data, context, now))
    try:
        root = read_root(data)
    except RegRepRefused as error:
        return Judgement(findings=(*findings, finding_of(error)), value=None)
    findings += [one.finding for one in broken_rules(root, line=_line(context))]
    try:
        value = _read(data, root)
    except DirectoryRefused as error:
        if error.rule not in {one.rule for one in findings}:
            findings.append(finding_of(error))
    judgement = Judgement(findings=tuple(findings), value=None)
    if judgement.verdict == "refused":
        return judgement
    return Judgement(findings=judgement.findings, value=value)


def _line(context: Mapping[str, object]) -> CommonServicesLine | None:
    wanted = context.get("line")
    return next((one for one in CommonServicesLine if one.value == f"oots-cs:v{wanted}"), None)


def _read(data: bytes, root: etree._Element) -> dict[str, object]:
    kind = kind_of(root)
    if kind.endswith("SUB"):
        return {"type": "submission", "to": kind[:-4], "objects": len(list(root.iter(_OBJECT)))}
    if kind.startswith("LCM"):
        return {"type": "submission-answer", "accepted": kind == "LCM-SUC"}
    try:
        if kind.startswith("DSD"):
            services = read_data_services(data)
            return {"type": "data-services", "found": [one.classification for one in services]}
        read = read_requirements if kind == "EB-REQ" else read_evidence_types
        return {"type": "requirements", "found": [one.identifier for one in read(data)]}
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
        return (finding_of(error),)
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
