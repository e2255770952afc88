"""Accepting an answer: from a form value to an identity, every check in its order.

 1  size and base64              11  decryption
 2  the login is still open      12  schema, again; one assertion
 3  structure, then schema       13  the assertion's own signature, where there is one
 4  issuer                       14  version, issuer and time of the assertion
 5  signature                    15  name identifier
 6  version                      16  bearer confirmation: recipient, request, time
 7  destination                  17  conditions: time and audience
 8  InResponseTo, time           18  one authentication, after our request
 9  status                       19  level of assurance
10  one encrypted assertion      20  attributes and persons   21  countries   22  replay
"""

import logging
from datetime import datetime

from lxml import etree

from eidas.assertion import (
    assertion_id,
    checked_authentication,
    checked_subject,
    decrypted_assertion,
)
from eidas.errors import ResponseRefused
from eidas.expectation import Expectation, Receiver, refused
from eidas.identity import Identity, Persons
from eidas.metadata import NodeMetadata
from eidas.pending import PendingLogin
from eidas.person_reader import Values, read_persons, read_statement
from eidas.policy import Policy
from eidas.reading import refusing
from eidas.replay import ReplayGuard
from eidas.response import checked_response, verified_response
from eidas.service_provider import ServiceProvider
from eidas.vocabulary import ATTRIBUTE_PROFILE, MESSAGE_FORMAT, Namespace, PersonKind
from xmltrust import EncryptionPolicy, SignatureAlgorithm, SignaturePolicy, exactly_one

_LOG = logging.getLogger(__name__)
_MODERN_SIGNATURES = SignaturePolicy().algorithms
_MODERN_TRANSPORTS = frozenset(one.value for one in EncryptionPolicy().transports)


def accept_response(
    value: str | bytes,
    *,
    pending: PendingLogin,
    service_provider: ServiceProvider,
    node: NodeMetadata,
    browser_session: str,
    now: datetime,
    replay: ReplayGuard,
    policy: Policy | None = None,
) -> Identity:
    """Believe a posted ``SAMLResponse``, or raise.

    ``pending`` must have been taken out of its store, atomically, before; ``node`` is the metadata
    of the node that was asked. Raises ``ResponseRefused`` with the rule that the message breaks,
    or a ``LoginNotCompleted`` when the node properly says that there is no login
    (Message Format 1.4, 2.3.3 and 2.4.2; Interoperability Architecture 1.4, 7.5; SAML Profiles
    4.1.4.3).
    """
    if not pending.from_browser(browser_session):
        raise refused("response.browser", "the browser that asked", "another browser")
    expectation = Expectation(
        pending=pending,
        receiver=Receiver(
            entity_id=service_provider.entity_id,
            assertion_consumer_url=service_provider.assertion_consumer_url,
            decryption_keys=service_provider.decryption_keys,
            country=service_provider.country,
        ),
        node=node,
        now=now,
        policy=policy or Policy(),
    )
    identity = judge(value, expectation, replay=replay)
    _LOG.info("login %s accepted from %s", pending.request_id, node.entity_id)
    return identity


def judge(value: str | bytes, expectation: Expectation, *, replay: ReplayGuard) -> Identity:
    """Run every check on a posted value and give what it proves; raises as ``accept_response``."""
    pending, node = expectation.pending, expectation.node
    verified = verified_response(value, expectation)
    encrypted = checked_response(verified.element, expectation)
    warnings = _deviations(verified.algorithm, encrypted)
    assertion = decrypted_assertion(encrypted, expectation)
    subject = checked_subject(assertion, expectation)
    authenticated_at, level = checked_authentication(assertion, expectation)
    persons, unknown = _20_persons(assertion, expectation)
    _21_countries(persons, expectation)
    identifier = assertion_id(assertion)
    response_id = verified.element.get("ID", "")
    for message_id in (response_id, identifier):
        _22_replay(message_id, expectation, replay, until=subject.until)
    if unknown:
        warnings += (f"{unknown} attributes that are not of the profile were ignored",)
    return Identity(
        natural_person=persons.natural_person,
        legal_person=persons.legal_person,
        representative=persons.representative,
        level=level,
        node=node.entity_id,
        country=node.country,
        name_id=subject.name_id,
        name_id_format=subject.name_id_format,
        authenticated_at=authenticated_at,
        request_id=pending.request_id,
        response_id=response_id,
        assertion_id=identifier,
        warnings=warnings,
    )


def _20_persons(assertion: etree._Element, expectation: Expectation) -> tuple[Persons, int]:
    """AP 1.4, 2: one statement, whole minimum data sets, no representative unless welcome."""
    with refusing(ResponseRefused, f"{MESSAGE_FORMAT}, 2.4.2"):
        statement = exactly_one(
            assertion, Namespace.ASSERTION("AttributeStatement"), "response.attribute-statement"
        )
        values, unknown = read_statement(statement)
    persons = read_persons(_wanted(values, expectation.pending))
    asked = (
        persons.natural_person
        if expectation.pending.person is PersonKind.NATURAL
        else persons.legal_person
    )
    if asked is None:
        raise refused(
            "response.minimum-data-set",
            f"the minimum data set of a {expectation.pending.person.value} person",
            "none of it",
            clause=f"{ATTRIBUTE_PROFILE}, 2.2 and 2.3",
            code="203021",
        )
    if persons.representative is not None and not expectation.pending.allow_representation:
        raise refused(
            "response.representative",
            "a person who acts for themselves",
            "a representative",
            clause=f"{ATTRIBUTE_PROFILE}, 2.8",
        )
    return persons, unknown


def _wanted(values: Values, pending: PendingLogin) -> Values:
    """Keep what was asked for, and who represents; what nobody asked for is not kept."""
    asked = set(pending.attributes)
    return {
        definition: found
        for definition, found in values.items()
        if definition.representative or definition.name in asked
    }


def _21_countries(persons: Persons, expectation: Expectation) -> None:
    """AP 1.4, 2.2.3: CC/CC/…, from the node's country to ours."""
    for person in (persons.natural_person, persons.legal_person, persons.representative):
        if person is None:
            continue
        if person.identifier.issuing_country != expectation.node.country:
            raise refused(
                "response.issuing-country",
                "an identifier of the node's own country",
                "another country's",
                clause=f"{ATTRIBUTE_PROFILE}, 2.2.3",
                code="200015",
            )
        ours = expectation.receiver.country
        if ours is not None and person.identifier.receiving_country != ours:
            raise refused(
                "response.receiving-country",
                "an identifier for our country",
                "one for another country",
                clause=f"{ATTRIBUTE_PROFILE}, 2.2.3",
            )


def _22_replay(
    message_id: str, expectation: Expectation, replay: ReplayGuard, *, until: datetime
) -> None:
    """SAML Profiles 4.1.4.5: an assertion is used once."""
    if not replay.first_time(
        expectation.node.entity_id,
        message_id,
        until=until + expectation.policy.skew,
        now=expectation.now,
    ):
        raise refused("response.replay", "a message that is new", "one that was used before")


def _deviations(algorithm: SignatureAlgorithm, encrypted: etree._Element) -> tuple[str, ...]:
    """Say which algorithms only a per-peer policy let through."""
    found = []
    if algorithm not in _MODERN_SIGNATURES:
        found.append(f"signed with {algorithm.name}, which profile 1.4 no longer allows")
    for key in encrypted.iter(Namespace.ENCRYPTION("EncryptedKey")):
        for method in key.iterchildren(Namespace.ENCRYPTION("EncryptionMethod")):
            name = method.get("Algorithm", "")
            if "rsa" in name and name not in _MODERN_TRANSPORTS:
                found.append("encrypted with rsa-oaep-mgf1p, which profile 1.4 no longer allows")
    for one in found:
        _LOG.warning("accepted by policy: %s", one)
    return tuple(found)
