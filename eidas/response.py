"""Checks of the outer message, numbered in the order in which they must happen."""

from lxml import etree

from eidas.bindings import read_post
from eidas.errors import ResponseRefused
from eidas.expectation import Expectation, refused
from eidas.outcomes import outcome_of
from eidas.reading import parse_message, refusing, text_or_empty
from eidas.vocabulary import (
    INTEROPERABILITY,
    MESSAGE_FORMAT,
    SAML_CORE,
    SAML_PROFILES,
    Namespace,
    StatusCode,
)
from xmltrust import VerifiedElement, at_most_one, every, exactly_one, verify_element

RESPONSE = Namespace.PROTOCOL("Response")
_ISSUER = Namespace.ASSERTION("Issuer")
_STATUS_CODE = Namespace.PROTOCOL("StatusCode")


def verified_response(value: str | bytes, expectation: Expectation) -> VerifiedElement:
    """Take the form value through everything that comes before its content is believed."""
    data = read_post(value, refusal=ResponseRefused)
    _02_login_is_open(expectation)
    response = _03_well_formed_and_valid(data)
    _04_issuer(response, expectation)
    return _05_signature(response, expectation)


def checked_response(response: etree._Element, expectation: Expectation) -> etree._Element:
    """Check a verified response and give its one EncryptedAssertion.

    Raises the outcome when the status is not Success.
    """
    _04_issuer(response, expectation)
    _06_version(response)
    _07_destination(response, expectation)
    _08_in_response_to(response, expectation)
    expectation.demand_recent(response.get("IssueInstant"), "response.issue-instant")
    _09_status(response)
    return _10_one_encrypted_assertion(response)


def _02_login_is_open(expectation: Expectation) -> None:
    """The login was asked for by us, of this node, and has not waited too long."""
    if expectation.pending.expires_at <= expectation.now:
        raise refused("response.login-expired", "a login still open", "one that has expired")
    if expectation.pending.node != expectation.node.entity_id:
        # IdP mix-up: metadata of another node than the one that was asked.
        raise refused(
            "response.node",
            "metadata of the node that was asked",
            "metadata of another node",
            clause=f"{SAML_PROFILES}, 4.1.4.3",
        )


def _03_well_formed_and_valid(data: bytes) -> etree._Element:
    """IA 1.4, 7.5: schema validation comes before signature verification."""
    return parse_message(data, root=RESPONSE, refusal=ResponseRefused)


def _04_issuer(response: etree._Element, expectation: Expectation) -> None:
    """SAML Profiles 4.1.4.2: the issuer is the node that was asked."""
    with refusing(ResponseRefused, f"{SAML_PROFILES}, 4.1.4.2"):
        issuer = text_or_empty(exactly_one(response, _ISSUER, "response.issuer"))
    if issuer != expectation.pending.node:
        raise refused(
            "response.issuer",
            "the node that was asked",
            "another issuer",
            clause=f"{SAML_PROFILES}, 4.1.4.2",
        )


def _05_signature(response: etree._Element, expectation: Expectation) -> VerifiedElement:
    """MF 1.4, 2.3.3: the response is signed, by a key of the node's metadata."""
    with refusing(ResponseRefused, f"{MESSAGE_FORMAT}, 2.3.3", code="203013"):
        return verify_element(
            response,
            trusted=expectation.node.signing_keys,
            policy=expectation.policy.signatures,
            expected=RESPONSE,
        )


def _06_version(response: etree._Element) -> None:
    """SAML Core 3.2.2: version 2.0."""
    if response.get("Version") != "2.0":
        raise refused("response.version", "2.0", "another version", clause=f"{SAML_CORE}, 3.2.2")


def _07_destination(response: etree._Element, expectation: Expectation) -> None:
    """SAML Bindings 3.5.5.2: a signed message names its destination, compared exactly."""
    if response.get("Destination") != expectation.receiver.assertion_consumer_url:
        raise refused(
            "response.destination",
            "our assertion consumer address",
            "another address" if response.get("Destination") else "none",
            clause="SAML Bindings 2.0, 3.5.5.2",
        )


def _08_in_response_to(response: etree._Element, expectation: Expectation) -> None:
    """IA 1.4, 4.3: unsolicited responses are never accepted."""
    if response.get("InResponseTo") != expectation.pending.request_id:
        raise refused(
            "response.in-response-to",
            "the ID of our request",
            "another ID" if response.get("InResponseTo") else "none",
            clause=f"{INTEROPERABILITY}, 4.3",
        )


def _09_status(response: etree._Element) -> None:
    """SAML Core 3.2.2.2: anything but Success means that nobody logged in."""
    with refusing(ResponseRefused, f"{SAML_CORE}, 3.2.2.1"):
        status = exactly_one(response, Namespace.PROTOCOL("Status"), "response.status")
        first = exactly_one(status, _STATUS_CODE, "response.status")
        second = at_most_one(first, _STATUS_CODE, "response.status")
        message = at_most_one(status, Namespace.PROTOCOL("StatusMessage"), "response.status")
        text = text_or_empty(message)
    if first.get("Value") == StatusCode.SUCCESS and second is None:
        return
    if first.get("Value") == StatusCode.SUCCESS:
        raise refused("response.status", "Success alone", "a second-level status beneath it")
    raise outcome_of(
        status=first.get("Value", ""),
        sub_status=second.get("Value", "") if second is not None else "",
        message=text,
    )


def _10_one_encrypted_assertion(response: etree._Element) -> etree._Element:
    """MF 1.4, 2.3.3: exactly one EncryptedAssertion and no Assertion beside it."""
    if any(True for _ in response.iter(Namespace.ASSERTION("Assertion"))):
        raise refused(
            "response.plain-assertion",
            "no assertion that is not encrypted",
            "one",
            clause=f"{MESSAGE_FORMAT}, 2.3.3",
            code="203022",
        )
    found = every(response, Namespace.ASSERTION("EncryptedAssertion"))
    inside = list(response.iter(Namespace.ASSERTION("EncryptedAssertion")))
    if len(found) != 1 or len(inside) != 1:
        raise refused(
            "response.one-encrypted-assertion",
            "exactly one EncryptedAssertion",
            f"{len(inside)}",
            clause=f"{MESSAGE_FORMAT}, 2.3.3",
            code="203022",
        )
    return found[0]
