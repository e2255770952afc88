"""The light protocol: tokens that nobody forges, messages that the node's schemas accept."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from eidas_world import NOW
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import eidas
from eidas.errors import LightTokenRefused
from eidas.light import LightRequest, LightResponse
from eidas.light_token import LightToken

TOKEN = LightToken(issuer="specificProxy", id="abc-1", issued_at=NOW)
REQUEST = LightRequest(
    citizen_country="ES",
    id="_1",
    issuer="connector",
    levels=(eidas.LevelOfAssurance.LOW.value, "urn:own"),
    attributes=("http://eidas.europa.eu/attributes/naturalperson/DateOfBirth",),
    sp_type="public",
    provider_name="Portal",
    requester_id="urn:lv:7",
    relay_state="r",
)
RESPONSE = LightResponse(
    id="_2",
    in_response_to="_1",
    issuer="national",
    level=eidas.LevelOfAssurance.HIGH.value,
    subject="ES/LV/1",
    subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    consent="urn:oasis:names:tc:SAML:2.0:consent:obtained",
    ip_address="2001:db8::1",
    attributes={"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth": ("2001-05-17",)},
)


def decoded(
    text: str, *, later: timedelta = timedelta(), guard: eidas.ReplayGuard | None = None
) -> LightToken:
    """Read a token as the agreed receiver would."""
    return LightToken.decode(
        text,
        secret="s3cret",
        issuer="specificProxy",
        now=NOW + later,
        longest_age=timedelta(minutes=5),
        replay=guard or eidas.MemoryReplayGuard(),
    )


def test_a_token_is_read_by_whoever_shares_the_secret() -> None:
    assert decoded(TOKEN.encode("s3cret")) == TOKEN


def test_a_token_works_once() -> None:
    guard = eidas.MemoryReplayGuard()
    decoded(TOKEN.encode("s3cret"), guard=guard)
    with pytest.raises(LightTokenRefused) as refusal:
        decoded(TOKEN.encode("s3cret"), guard=guard)
    assert refusal.value.rule == "light.token-used"


def test_a_digest_that_was_not_agreed_is_refused_and_a_weak_one_cannot_be_agreed() -> None:
    with pytest.raises(LightTokenRefused):
        decoded(TOKEN.encode("s3cret", digest="sha512"))
    with pytest.raises(eidas.EidasMisuse):
        TOKEN.encode("s3cret", digest="sha1")


def test_a_forged_an_old_and_a_foreign_token_are_refused() -> None:
    right = TOKEN.encode("s3cret")
    forged = base64.b64encode(base64.b64decode(right).replace(b"abc-1", b"abc-2")).decode()
    foreign = replace(TOKEN, issuer="another").encode("s3cret")
    for text, later in (
        (TOKEN.encode("another"), timedelta()),
        (forged, timedelta()),
        (foreign, timedelta()),
        (right, timedelta(hours=1)),
        ("A" * 2000, timedelta()),
    ):
        with pytest.raises(LightTokenRefused):
            decoded(text, later=later)


@given(text=st.text(max_size=60))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(LightTokenRefused):
        decoded(text)


def test_a_request_is_read_as_it_was_written() -> None:
    assert LightRequest.read(REQUEST.write()) == REQUEST


@given(data=st.binary(max_size=80))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    with pytest.raises(eidas.RequestRefused):
        LightRequest.read(data)
    with pytest.raises(eidas.ResponseRefused):
        LightResponse.read(data)


@pytest.mark.parametrize(
    "response",
    [RESPONSE, replace(RESPONSE, failure=True, subject="", level="", attributes={}, message="no")],
)
def test_a_response_is_read_as_it_was_written(response: LightResponse) -> None:
    assert LightResponse.read(response.write()) == response


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda text: text.replace("subject>", "nobody>"), "light.response"),
        (lambda text: text.replace("<light:id>_2</light:id>", ""), "xml/exactly-one"),
        (lambda text: text.replace("light:status>", "light:other>"), "xml/exactly-one"),
        (lambda text: text.replace("LightResponse", "LightRequest"), "light.root"),
    ],
)
def test_half_a_response_is_refused(change: Callable[[str], str], rule: str) -> None:
    with pytest.raises(eidas.ResponseRefused) as refusal:
        LightResponse.read(change(RESPONSE.write().decode()).encode())
    assert refusal.value.rule == rule


def test_messages_are_read_in_the_shape_that_a_node_writes() -> None:
    # JAXB: a standalone document, the request's names without a prefix, the response's with one
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    spaces = (
        'xmlns:ns2="http://cef.eidas.eu/LightResponse" xmlns="http://cef.eidas.eu/LightRequest"'
    )
    asked = LightRequest.read(
        f"{head}<lightRequest {spaces}><citizenCountryCode>CA</citizenCountryCode><id>q</id>"
        '<issuer>part</issuer><levelOfAssurance type="notified">urn:l</levelOfAssurance>'
        "<requestedAttributes><attribute><definition>urn:a</definition></attribute>"
        "</requestedAttributes></lightRequest>".encode()
    )
    assert (asked.id, asked.levels, asked.attributes) == ("q", ("urn:l",), ("urn:a",))
    answered = LightResponse.read(
        f"{head}<ns2:lightResponse {spaces}><ns2:id>a</ns2:id><ns2:inResponseToId>q"
        "</ns2:inResponseToId><ns2:issuer>node</ns2:issuer><ns2:status><ns2:failure>true"
        "</ns2:failure></ns2:status><ns2:attributes/></ns2:lightResponse>".encode()
    )
    assert answered.failure
    assert answered.in_response_to == "q"


def test_half_a_response_cannot_be_written() -> None:
    with pytest.raises(eidas.EidasMisuse):
        replace(RESPONSE, subject="").write()
    assert b"failure>true<" in replace(RESPONSE, failure=True, subject="").write()


def test_repr_shows_no_value() -> None:
    assert "2001" not in repr(RESPONSE)
    assert "ES/LV/1" not in repr(RESPONSE)


@pytest.mark.artefacts
@pytest.mark.parametrize(
    ("schema", "message"),
    [("lightRequest.xsd", REQUEST.write()), ("lightResponse.xsd", RESPONSE.write())],
)
def test_the_reference_nodes_schemas_accept_what_we_write(
    artefacts: Path, schema: str, message: bytes
) -> None:
    compiled = etree.XMLSchema(file=str(artefacts / "eidas/node-2.9.0/xsd" / schema))
    compiled.assertValid(etree.fromstring(message))
