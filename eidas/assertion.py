"""Checks of the decrypted assertion, numbered in the order in which they must happen."""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from eidas.errors import ResponseRefused
from eidas.expectation import Expectation, refused
from eidas.reading import demand_schema, refusing, text_or_empty
from eidas.vocabulary import (
    BEARER,
    INTEROPERABILITY,
    MESSAGE_FORMAT,
    SAML_CORE,
    SAML_PROFILES,
    NameIdFormat,
    Namespace,
)
from xmltrust import decrypt_element, every, exactly_one, required_attribute, verify_element

ASSERTION = Namespace.ASSERTION("Assertion")
_SAML, _XENC = Namespace.ASSERTION, Namespace.ENCRYPTION
_CONDITIONS_KNOWN = frozenset(
    _SAML(name) for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an assertion is about, by the name that SAML itself uses."""

    name_id: str
    name_id_format: NameIdFormat
    until: datetime
    """When the confirmation ends: no replay has to be remembered after it."""


def decrypted_assertion(encrypted: etree._Element, expectation: Expectation) -> etree._Element:
    """Decrypt, validate and, where it is signed, verify the assertion."""
    assertion = _11_decrypt(encrypted, expectation)
    demand_schema(assertion, rule="response.assertion-schema", refusal=ResponseRefused)
    _12_no_assertion_inside(assertion)
    return _13_own_signature(assertion, expectation)


def checked_subject(assertion: etree._Element, expectation: Expectation) -> Subject:
    """Check issuer, subject and conditions of an assertion; raises ``ResponseRefused``."""
    with refusing(ResponseRefused, f"{SAML_PROFILES}, 4.1.4.3"):
        _14_version_and_issuer(assertion, expectation)
        subject = exactly_one(assertion, _SAML("Subject"), "response.subject")
        name, form = _15_name_id(subject)
        until = _16_bearer_confirmation(subject, expectation)
        _17_conditions(assertion, expectation)
    return Subject(name, form, until)


def checked_authentication(
    assertion: etree._Element, expectation: Expectation
) -> tuple[datetime, str]:
    """Give when the person authenticated, and at which level; raises ``ResponseRefused``."""
    with refusing(ResponseRefused, f"{MESSAGE_FORMAT}, 2.4.2"):
        statement = exactly_one(assertion, _SAML("AuthnStatement"), "response.authn-statement")
        moment = _18_authenticated_now(statement, expectation)
        return moment, _19_level(statement, expectation)


def _11_decrypt(encrypted: etree._Element, expectation: Expectation) -> etree._Element:
    """MF 1.4, 2.4.2; the outer signature was verified before, so only the node gets this far."""
    with refusing(ResponseRefused, f"{MESSAGE_FORMAT}, 2.4.2", code="203023"):
        data = exactly_one(encrypted, _XENC("EncryptedData"), "response.encrypted-data")
        return decrypt_element(
            data,
            keys=expectation.receiver.decryption_keys,
            policy=expectation.policy.encryption,
            expected=ASSERTION,
            siblings=every(encrypted, _XENC("EncryptedKey")),
        )


def _12_no_assertion_inside(assertion: etree._Element) -> None:
    """MF 1.4, 2.4.2: exactly one assertion, so that nobody can take one of Advice for it."""
    found = assertion.iter(ASSERTION, _SAML("EncryptedAssertion"))
    if any(one is not assertion for one in found):
        raise refused(
            "response.nested-assertion",
            "one assertion",
            "another one inside it",
            clause=f"{MESSAGE_FORMAT}, 2.4.2",
        )


def _13_own_signature(assertion: etree._Element, expectation: Expectation) -> etree._Element:
    """MF 1.4, 2.4.2: an assertion may be signed too, and then the signature must be right."""
    if not every(assertion, Namespace.SIGNATURE("Signature")):
        return assertion
    with refusing(ResponseRefused, f"{MESSAGE_FORMAT}, 2.4.2", code="203013"):
        return verify_element(
            assertion,
            trusted=expectation.node.signing_keys,
            policy=expectation.policy.signatures,
            expected=ASSERTION,
        ).element


def _14_version_and_issuer(assertion: etree._Element, expectation: Expectation) -> None:
    """SAML Profiles 4.1.4.2: the assertion's issuer is the node too."""
    if assertion.get("Version") != "2.0":
        raise refused("response.assertion-version", "2.0", "another version")
    issuer = text_or_empty(exactly_one(assertion, _SAML("Issuer"), "response.assertion-issuer"))
    if issuer != expectation.pending.node:
        raise refused("response.assertion-issuer", "the node that was asked", "another issuer")
    expectation.demand_recent(assertion.get("IssueInstant"), "response.assertion-issue-instant")


def _15_name_id(subject: etree._Element) -> tuple[str, NameIdFormat]:
    """MF 1.4, 2.4.2: a NameID in one of the three formats of the profile."""
    name = exactly_one(subject, _SAML("NameID"), "response.name-id")
    form = name.get("Format") or NameIdFormat.UNSPECIFIED.value
    if form not in set(NameIdFormat) or not text_or_empty(name):
        raise refused(
            "response.name-id",
            "a persistent, transient or unspecified name",
            "another format or no name",
            clause=f"{MESSAGE_FORMAT}, 2.4.2",
        )
    return text_or_empty(name), NameIdFormat(form)


def _16_bearer_confirmation(subject: etree._Element, expectation: Expectation) -> datetime:
    """SAML Profiles 4.1.4.3: bearer, for our address, for our request, for a while only."""
    confirmation = exactly_one(
        subject, _SAML("SubjectConfirmation"), "response.subject-confirmation"
    )
    if confirmation.get("Method") != BEARER:
        raise refused("response.subject-confirmation", "the bearer method", "another method")
    data = exactly_one(
        confirmation, _SAML("SubjectConfirmationData"), "response.subject-confirmation-data"
    )
    if data.get("Recipient") != expectation.receiver.assertion_consumer_url:
        raise refused("response.recipient", "our assertion consumer address", "another or none")
    if data.get("InResponseTo") != expectation.pending.request_id:
        raise refused("response.confirmation-in-response-to", "our request's ID", "another or none")
    expectation.demand_not_before(data.get("NotBefore"), "response.confirmation-not-before")
    return expectation.demand_not_on_or_after(
        data.get("NotOnOrAfter"), "response.confirmation-not-on-or-after"
    )


def _17_conditions(assertion: etree._Element, expectation: Expectation) -> None:
    """SAML Core 2.5.1: within its time, for us, and no condition that we do not understand."""
    conditions = exactly_one(assertion, _SAML("Conditions"), "response.conditions")
    expectation.demand_not_before(conditions.get("NotBefore"), "response.not-before")
    expectation.demand_not_on_or_after(conditions.get("NotOnOrAfter"), "response.not-on-or-after")
    if any(child.tag not in _CONDITIONS_KNOWN for child in conditions):
        raise refused(
            "response.condition",
            "only conditions that we understand",
            "another",
            clause=f"{SAML_CORE}, 2.5.1",
        )
    restrictions = every(conditions, _SAML("AudienceRestriction"))
    audiences = [
        {text_or_empty(one) for one in every(restriction, _SAML("Audience"))}
        for restriction in restrictions
    ]
    # SAML Core 2.5.1.4: several restrictions must each be met; inside one, any audience will do.
    if not audiences or any(expectation.receiver.entity_id not in one for one in audiences):
        raise refused(
            "response.audience",
            "our entity id among the audience",
            "another audience" if audiences else "none",
            clause=f"{SAML_CORE}, 2.5.1.4",
            code="203028",
        )


def _18_authenticated_now(statement: etree._Element, expectation: Expectation) -> datetime:
    """MF 1.4, 2.3.2: ForceAuthn is true, so the person authenticated after our request."""
    moment = expectation.moment(statement.get("AuthnInstant"), "response.authn-instant")
    skew = expectation.policy.skew
    if not expectation.pending.created_at - skew <= moment <= expectation.now + skew:
        raise refused("response.authn-instant", "a time between our request and now", "another")
    end = statement.get("SessionNotOnOrAfter")
    if end is not None:
        expectation.demand_not_on_or_after(end, "response.session-not-on-or-after")
    return moment


def _19_level(statement: etree._Element, expectation: Expectation) -> str:
    """IA 1.4, 4.3: not below the level that was asked for, and one that the node publishes."""
    context = exactly_one(statement, _SAML("AuthnContext"), "response.authn-context")
    level = text_or_empty(
        exactly_one(context, _SAML("AuthnContextClassRef"), "response.authn-context")
    )
    if not expectation.pending.levels.accept(level):
        raise refused(
            "response.level",
            "a level of assurance that was asked for, or better",
            "a lower or unknown one",
            clause=f"{INTEROPERABILITY}, 4.3",
            code="202019",
        )
    if not expectation.node.publishes_level(level):
        raise refused(
            "response.level-published",
            "a level that the node's metadata publishes",
            "another",
            clause=f"{MESSAGE_FORMAT}, 2.1",
            code="202021",
        )
    return level


def assertion_id(assertion: etree._Element) -> str:
    """Give the assertion's ID."""
    with refusing(ResponseRefused, f"{SAML_CORE}, 2.3.3"):
        return required_attribute(assertion, "ID")
