"""What a check found, where, and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from lxml import etree

from eidas.errors import EidasError
from eidas.metadata_reader import Deviation
from eidas.schema import explain
from eidas.vocabulary import MESSAGE_FORMAT


class Severity(StrEnum):
    """How bad a finding is; only errors refuse."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check has to say."""

    rule: str
    severity: Severity
    where: str
    message: str
    clause: str
    fix: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a check: what was found, and what was read when nothing speaks against it."""

    findings: tuple[Finding, ...]
    value: Mapping[str, object] | None = None

    @property
    def verdict(self) -> Literal["accepted", "refused"]:
        """Refused as soon as one finding is an error."""
        errors = any(one.severity is Severity.ERROR for one in self.findings)
        return "refused" if errors else "accepted"


_FIXES: Final = (
    # start of the rule, what mends it
    ("dsig/trusted-key", "Sign with a key whose certificate is in the metadata that peers hold."),
    ("dsig/own-signature", "Sign the root element itself, once, with an enveloped signature."),
    ("dsig/digest", "Change nothing after signing; do not pretty-print signed XML."),
    ("dsig/algorithm", "Sign with RSASSA-PSS or ECDSA, or agree on a policy for this peer."),
    ("dsig/key-size", "Use an RSA key of 3072 bits or a curve of 256 bits at least."),
    ("dsig/", "Write the signature as SAML Core 5.4 says: one reference, two transforms."),
    ("xenc/", "Encrypt with AES-GCM under RSA-OAEP or ECDH-ES for our published certificate."),
    ("xml/", "Send well-formed UTF-8 XML without DOCTYPE, comments or instructions."),
    ("message.schema", "Validate the message with the SAML and eIDAS schemas before sending it."),
    ("response.assertion-schema", "Validate the assertion with its schemas before encrypting it."),
    ("response.plain-assertion", "Send the assertion encrypted only."),
    ("response.level", "Answer at a level that was asked for and that metadata publishes."),
    ("response.audience", "Name the asker's entity id as the audience."),
    ("response.recipient", "Use the asker's assertion consumer address, letter for letter."),
    ("response.destination", "Use the asker's assertion consumer address, letter for letter."),
    ("response.minimum-data-set", "Deliver every mandatory attribute."),
    ("request.sp-type", "Publish SPType in metadata, or else write it into each request."),
    ("request.level", "One notified level with minimum; otherwise exact with every level listed."),
    ("request.minimum-data-set", "Ask for every mandatory attribute of one kind of person."),
    ("request.force-authn", 'Write ForceAuthn="true".'),
    ("request.is-passive", 'Write IsPassive="false".'),
    ("metadata.valid-until", "Publish metadata with a validUntil that lies ahead."),
    ("metadata.level", "Publish levels of assurance as the profile's URIs."),
    ("metadata.key-use", "Publish one certificate for signing and another for encryption."),
    ("metadata.key-size", "Replace the key by a longer one."),
    ("metadata.algorithm", "Stop offering algorithms that profile 1.4 no longer allows."),
    ("metadata.certificate", "Encode the certificate in strict DER."),
)


def finding_of(problem: EidasError, *, where: str) -> Finding:
    """Turn a refusal into a finding."""
    return Finding(
        rule=problem.rule,
        severity=Severity.ERROR,
        where=where,
        message=str(problem),
        clause=problem.clause,
        fix=fix_for(problem.rule, problem.expected),
    )


def finding_of_deviation(deviation: Deviation) -> Finding:
    """Turn a harmless deviation of metadata into a warning, an entity left out into an error."""
    return Finding(
        rule=deviation.rule,
        severity=Severity.ERROR if deviation.refused else Severity.WARNING,
        where=deviation.where,
        message=deviation.message,
        clause=f"{MESSAGE_FORMAT}, 2.1",
        fix=fix_for(deviation.rule, ""),
    )


def warning(rule: str, message: str, *, where: str, fix: str) -> Finding:
    """Say what a check could not judge."""
    return Finding(
        rule=rule, severity=Severity.WARNING, where=where, message=message, clause="", fix=fix
    )


def fix_for(rule: str, expected: str) -> str:
    """Say what mends a broken rule."""
    for start, fix in _FIXES:
        if rule.startswith(start):
            return fix
    return f"Make it so: {expected}." if expected else "Follow the clause."


def schema_findings(root: etree._Element, *, clause: str) -> list[Finding]:
    """Explain to a person where a document leaves its schema."""
    return [
        Finding(
            rule="message.schema",
            severity=Severity.INFO,
            where=one.path or "/",
            message=one.reason,
            clause=clause,
            fix=f"Expected here: {one.expected}." if one.expected else "Follow the schema.",
        )
        for one in explain(root)
    ]
