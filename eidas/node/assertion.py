"""Writing the assertion inside an answer, rightly or in the way that a tester wants."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from eidas.build import element, timestamp
from eidas.identity import PersonIdentifier, Persons
from eidas.levels import LevelOfAssurance
from eidas.node.proxy import ProxyService
from eidas.node.request import LoginRequest
from eidas.node.switches import Switches, WrongAnswer
from eidas.person_writer import write_statement
from eidas.vocabulary import BEARER

_HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
_X509_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_ELSEWHERE = "https://elsewhere.example/acs"
_LIFETIME, _LONG = timedelta(minutes=5), timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that one answer says."""

    request: LoginRequest
    proxy: ProxyService
    persons: Persons
    level: str
    audience: str
    name_id: str
    now: datetime
    switches: Switches

    @property
    def issued_at(self) -> datetime:
        """When the answer says that it was made."""
        if WrongAnswer.OLD in self.switches:
            return self.now - _LONG
        return self.now + _LONG if WrongAnswer.FROM_THE_FUTURE in self.switches else self.now


def write_assertion(answer: Answer, *, identifier: str) -> etree._Element:
    """Write the unencrypted assertion (Message Format 1.4, 2.4.2)."""
    wrong = answer.switches
    issuer = _ELSEWHERE if WrongAnswer.WRONG_ASSERTION_ISSUER in wrong else answer.proxy.entity_id
    return element(
        "saml2:Assertion",
        {"ID": identifier, "Version": "2.0", "IssueInstant": timestamp(answer.issued_at)},
        element("saml2:Issuer", text=issuer),
        *_subject(answer),
        *_conditions(answer),
        *_authentication(answer),
        *_attributes(answer),
        prefixes=("eidas-natural", "eidas-legal", "xsi"),
    )


def _subject(answer: Answer) -> Iterator[etree._Element]:
    wrong = answer.switches
    if WrongAnswer.NO_SUBJECT in wrong:
        return
    unknown = WrongAnswer.UNKNOWN_NAME_ID in wrong
    form = _X509_NAME if unknown else answer.request.name_id_format.value
    confirmation = _confirmation(answer)
    second = [_confirmation(answer)] if WrongAnswer.TWO_CONFIRMATIONS in wrong else []
    yield element(
        "saml2:Subject",
        None,
        element("saml2:NameID", {"Format": form}, text=answer.name_id),
        confirmation,
        *second,
    )


def _confirmation(answer: Answer) -> etree._Element:
    wrong, recipient = answer.switches, answer.request.assertion_consumer_url
    if WrongAnswer.WRONG_RECIPIENT in wrong:
        recipient = _ELSEWHERE
    elif WrongAnswer.RECIPIENT_PREFIX in wrong:
        recipient += ".evil.example"
    other = WrongAnswer.WRONG_CONFIRMATION_REQUEST in wrong
    ended = WrongAnswer.EXPIRED_CONFIRMATION in wrong
    data = {
        "InResponseTo": "_another" if other else answer.request.id,
        "NotOnOrAfter": timestamp(answer.now - _LONG if ended else answer.now + _LIFETIME),
        "Recipient": recipient,
    }
    method = _HOLDER_OF_KEY if WrongAnswer.HOLDER_OF_KEY in wrong else BEARER
    return element(
        "saml2:SubjectConfirmation",
        {"Method": method},
        element("saml2:SubjectConfirmationData", data),
    )


def _conditions(answer: Answer) -> Iterator[etree._Element]:
    wrong = answer.switches
    if WrongAnswer.NO_CONDITIONS in wrong:
        return
    start = answer.now + _LONG if WrongAnswer.NOT_YET_VALID in wrong else answer.now
    end = answer.now - _LONG if WrongAnswer.EXPIRED in wrong else start + _LIFETIME
    audience = _ELSEWHERE if WrongAnswer.WRONG_AUDIENCE in wrong else answer.audience
    restriction = element(
        "saml2:AudienceRestriction", None, element("saml2:Audience", text=audience)
    )
    yield element(
        "saml2:Conditions",
        {"NotBefore": timestamp(start), "NotOnOrAfter": timestamp(end)},
        *([] if WrongAnswer.NO_AUDIENCE in wrong else [restriction]),
    )


def _authentication(answer: Answer) -> Iterator[etree._Element]:
    wrong = answer.switches
    times = 1 + (WrongAnswer.TWO_AUTHN_STATEMENTS in wrong)
    moment = answer.now - _LONG if WrongAnswer.OLD_AUTHENTICATION in wrong else answer.now
    level = answer.level
    if WrongAnswer.LOWER_LEVEL in wrong:
        level = LevelOfAssurance.LOW.value
    elif WrongAnswer.UNKNOWN_LEVEL in wrong:
        level = "http://eidas.europa.eu/LoA/unheard-of"
    for _ in range(0 if WrongAnswer.NO_AUTHN_STATEMENT in wrong else times):
        yield element(
            "saml2:AuthnStatement",
            {"AuthnInstant": timestamp(moment)},
            element("saml2:AuthnContext", None, element("saml2:AuthnContextClassRef", text=level)),
        )


def _attributes(answer: Answer) -> Iterator[etree._Element]:
    wrong = answer.switches
    if WrongAnswer.NO_ATTRIBUTE_STATEMENT in wrong:
        return
    statement = _statement(answer)
    if WrongAnswer.MISSING_ATTRIBUTE in wrong:
        statement.remove(statement[1])
    if WrongAnswer.EMPTY_ATTRIBUTE in wrong:
        statement[1][0].text = None
    if WrongAnswer.REPEATED_ATTRIBUTE in wrong:
        statement.append(_statement(answer)[1])
    yield statement
    if WrongAnswer.TWO_ATTRIBUTE_STATEMENTS in wrong:
        yield _statement(answer)


def _statement(answer: Answer) -> etree._Element:
    wrong, persons = answer.switches, answer.persons
    if WrongAnswer.WRONG_COUNTRY in wrong:
        persons = _with_identifier(persons, issuing_country="XX")
    if WrongAnswer.WRONG_RECEIVER in wrong:
        persons = _with_identifier(persons, receiving_country="XX")
    return write_statement(persons, wanted=answer.request.attributes)


def _with_identifier(persons: Persons, **changes: str) -> Persons:
    natural, legal = persons.natural_person, persons.legal_person
    return replace(
        persons,
        natural_person=natural
        and replace(natural, identifier=_changed(natural.identifier, **changes)),
        legal_person=legal and replace(legal, identifier=_changed(legal.identifier, **changes)),
    )


def _changed(identifier: PersonIdentifier, **changes: str) -> PersonIdentifier:
    return replace(identifier, **changes)
