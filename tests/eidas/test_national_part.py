"""A national part beside a node: a token is believed once, and answers only what was asked."""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from eidas_world import NOW

import eidas
from eidas.errors import LightCacheAway, LightTokenRefused
from eidas.light import LightRequest, LightResponse
from eidas.light_cache import LONGEST_MESSAGE, MemoryLightCache
from eidas.light_token import LightToken, TokenAgreement
from eidas.specific_connector import PendingLightRequest, SpecificConnector
from eidas.specific_proxy_service import SpecificProxyService

DAY = "http://eidas.europa.eu/attributes/naturalperson/DateOfBirth"
REQUEST = LightRequest(
    citizen_country="ES",
    id="_request",
    issuer="https://portal.example",
    levels=(eidas.LevelOfAssurance.SUBSTANTIAL.value,),
    attributes=(DAY,),
    relay_state="where they came from",
)
RESPONSE = LightResponse(
    id="_response",
    in_response_to="_request",
    issuer="https://node.example",
    level=eidas.LevelOfAssurance.HIGH.value,
    subject="ES/LV/1",
    subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    relay_state="where they came from",
    attributes={DAY: ("2001-05-17",)},
)
RIGA = ZoneInfo("Europe/Riga")


def agreement(name: str, *, zone: str = "Europe/Riga") -> TokenAgreement:
    """What a node and the part agreed for one direction."""
    return TokenAgreement(issuer=name, secret=f"secret of {name}", zone=ZoneInfo(zone))


@dataclass
class World:
    """A connector's part and a proxy-service's part whose caches a node shares."""

    ids: int = 0
    to_node: MemoryLightCache = field(default_factory=MemoryLightCache)
    from_node: MemoryLightCache = field(default_factory=MemoryLightCache)

    def new_id(self) -> str:
        """An id for each token."""
        self.ids += 1
        return f"token-{self.ids}"

    @property
    def connector(self) -> SpecificConnector:
        """The part that asks."""
        return SpecificConnector(
            node_url="https://node.example/SpecificConnectorRequest",
            requests=self.to_node,
            responses=self.from_node,
            request_tokens=agreement("connectorRequest"),
            response_tokens=agreement("connectorResponse"),
            replay=eidas.MemoryReplayGuard(),
        )

    @property
    def proxy_service(self) -> SpecificProxyService:
        """The part that answers, beside the same caches."""
        return SpecificProxyService(
            node_url="https://node.example/SpecificProxyServiceResponse",
            requests=self.to_node,
            responses=self.from_node,
            request_tokens=agreement("connectorRequest"),
            response_tokens=agreement("connectorResponse"),
            replay=eidas.MemoryReplayGuard(),
        )

    def asked(self) -> tuple[PendingLightRequest, str]:
        """A request that waits, and its token."""
        pending, form = self.connector.send(REQUEST, now=NOW, new_id=self.new_id)
        return pending, dict(form.fields)["token"]

    def answered(self, answer: LightResponse | bytes | str = RESPONSE) -> str:
        """The node's answer waits; its token."""
        text = answer.write() if isinstance(answer, LightResponse) else answer
        token = LightToken(issuer="connectorResponse", id=self.new_id(), issued_at=NOW)
        self.from_node.put(token.id, text.decode() if isinstance(text, bytes) else text)
        return agreement("connectorResponse").write(token)


PENDING = PendingLightRequest(
    request_id="_request",
    relay_state="where they came from",
    levels=(eidas.LevelOfAssurance.SUBSTANTIAL.value,),
    expires_at=NOW + timedelta(minutes=15),
)


def refused(take: Callable[[], object]) -> str:
    """The rule by which something is not believed."""
    with pytest.raises(eidas.EidasError) as refusal:
        take()
    assert "2001" not in str(refusal.value)
    return refusal.value.rule


def test_a_token_brings_the_answer_once() -> None:
    world = World()
    connector, token = world.connector, world.answered()
    assert connector.take(token, pending=PENDING, now=NOW) == RESPONSE
    again = refused(lambda: connector.take(token, pending=PENDING, now=NOW))
    assert again == "light.message-missing"


def test_a_message_that_is_put_back_under_a_used_token_is_not_believed() -> None:
    world = World()
    connector, token = world.connector, world.answered()
    connector.take(token, pending=PENDING, now=NOW)
    world.from_node.put("token-1", RESPONSE.write().decode())
    rule = refused(lambda: connector.take(token, pending=PENDING, now=NOW))
    assert rule == "light.token-used"


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (replace(RESPONSE, in_response_to="_another"), "light.in-response-to"),
        (replace(RESPONSE, relay_state="another"), "light.relay-state"),
        (replace(RESPONSE, level=eidas.LevelOfAssurance.LOW.value), "light.level"),
        (replace(RESPONSE, level="urn:own"), "light.level"),
        (REQUEST.write(), "light.root"),
        ("rubbish", "xml/well-formed"),
        ("\ud800", "xml/encoding"),
        ("<!DOCTYPE a><a/>", "xml/doctype"),
        ("x" * (LONGEST_MESSAGE + 1), "light.message-size"),
        ("\U0001f600" * (LONGEST_MESSAGE // 2 + 1), "light.message-size"),
    ],
)
def test_an_answer_to_something_else_is_refused(answer: LightResponse | bytes, rule: str) -> None:
    world = World()
    token = world.answered(answer)
    assert refused(lambda: world.connector.take(token, pending=PENDING, now=NOW)) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "light.token"),
        ("%%%", "light.token"),
        (base64.b64encode(b"a|b|c").decode(), "light.token"),
        (base64.b64encode(b"a||2026-11-26 10:00:00 000|d").decode(), "light.token"),
        ("A" * 2000, "light.token"),
        # of the other direction, and of another node that has our secret by mistake
        (
            agreement("connectorRequest").write(
                LightToken(issuer="i", id="token-1", issued_at=NOW)
            ),
            "light.token-digest",
        ),
        (
            replace(agreement("connectorResponse"), issuer="other").write(
                LightToken(issuer="other", id="token-1", issued_at=NOW)
            ),
            "light.token-issuer",
        ),
        (
            agreement("connectorResponse").write(
                LightToken(
                    issuer="connectorResponse", id="token-1", issued_at=NOW - timedelta(minutes=8)
                )
            ),
            "light.token-expired",
        ),
    ],
)
def test_a_token_that_is_not_the_nodes_takes_nothing(text: str, rule: str) -> None:
    world = World()
    world.answered()
    assert refused(lambda: world.connector.take(text, pending=PENDING, now=NOW)) == rule
    assert world.from_node.take("token-1") is not None


def test_a_relay_state_of_the_nodes_own_does_no_harm() -> None:
    world = World()
    answer = replace(RESPONSE, relay_state="the node's own")
    token = world.answered(answer)
    asked_without = replace(PENDING, relay_state="")
    assert world.connector.take(token, pending=asked_without, now=NOW) == answer


def test_an_answer_that_comes_too_late_is_refused() -> None:
    world = World()
    token = world.answered()
    late = replace(PENDING, expires_at=NOW)
    assert refused(lambda: world.connector.take(token, pending=late, now=NOW)) == (
        "light.request-expired"
    )


def test_no_login_is_an_outcome_and_never_an_answer() -> None:
    world = World()
    failed = replace(
        RESPONSE,
        failure=True,
        status="urn:oasis:names:tc:SAML:2.0:status:Responder",
        sub_status="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
    )
    token = world.answered(failed)
    with pytest.raises(eidas.AuthenticationFailed):
        world.connector.take(token, pending=PENDING, now=NOW)


def test_of_two_who_take_at_the_same_instant_one_gets_it() -> None:
    world = World()
    connector, token = world.connector, world.answered()
    gate = threading.Barrier(8)
    got: list[LightResponse | str] = []

    def take() -> None:
        gate.wait()
        try:
            got.append(connector.take(token, pending=PENDING, now=NOW))
        except eidas.EidasError as refusal:
            got.append(refusal.rule)

    takers = [threading.Thread(target=take) for _ in range(8)]
    for one in takers:
        one.start()
    for one in takers:
        one.join()
    assert got.count(RESPONSE) == 1
    assert got.count("light.message-missing") == len(takers) - 1


def test_a_token_serves_again_when_the_cache_was_away() -> None:
    class Away(MemoryLightCache):
        away = True

        def take(self, key: str) -> str | None:
            if self.away:
                raise LightCacheAway("light.cache-away", expected="an answer", found="none")
            return super().take(key)

    cache = Away()
    world = World(from_node=cache)
    connector, token = world.connector, world.answered()
    assert refused(lambda: connector.take(token, pending=PENDING, now=NOW)) == "light.cache-away"
    cache.away = False
    assert connector.take(token, pending=PENDING, now=NOW) == RESPONSE


def test_request_and_answer_go_from_one_end_to_the_other() -> None:
    world = World()
    connector, proxy_service = world.connector, world.proxy_service
    pending, token = world.asked()
    request = proxy_service.take(token, now=NOW)
    assert request == REQUEST
    assert refused(lambda: proxy_service.take(token, now=NOW)) == "light.message-missing"
    form = proxy_service.send(RESPONSE, request=request, now=NOW, new_id=world.new_id)
    assert form.action == "https://node.example/SpecificProxyServiceResponse"
    kept = PendingLightRequest.from_json(pending.to_json())
    assert connector.take(dict(form.fields)["token"], pending=kept, now=NOW) == RESPONSE


def test_what_a_node_would_not_take_is_not_left_for_it() -> None:
    world = World()
    proxy_service = world.proxy_service
    for answer, rule in (
        (replace(RESPONSE, in_response_to="_x"), "light.in-response-to"),
        (replace(RESPONSE, relay_state="x"), "light.relay-state"),
        (replace(RESPONSE, attributes={DAY: ("x" * LONGEST_MESSAGE,)}), "light.message-size"),
        (replace(RESPONSE, subject=""), "light.response"),
    ):
        send = lambda one=answer: proxy_service.send(  # noqa: E731
            one, request=REQUEST, now=NOW, new_id=world.new_id
        )
        assert refused(send) == rule
    assert world.from_node.take("token-1") is None
    with pytest.raises(eidas.EidasMisuse):
        world.connector.send(replace(REQUEST, levels=()), now=NOW, new_id=world.new_id)
    with pytest.raises(eidas.EidasMisuse):
        world.connector.send(REQUEST, now=NOW, new_id=lambda: "a|b")
    with pytest.raises(eidas.EidasMisuse):
        PendingLightRequest.from_json({**PENDING.to_json(), "levels": [1]})


@pytest.mark.parametrize(
    ("token", "secret", "moment"),
    [
        # the two that the reference node's own tests hold (LightTokenEncoderTest,
        # BinaryLightTokenHelperTest)
        (
            (
                "TVlTUEVDSUZJQ3xmNWU3ZTBmNS1iOWI4LTQyNTYtYTdkMC00MDkwMTQxYjMyNmR8MTk1Ni0xMC0yMyAxMDo1"
                "MjowMSA2OTh8MTA0MGp4SGZXZVRnbjk4WWN6Q3BvbjNtK3pPSGRWWGdZa2RPanlLVmFKQT0="
            ),
            "MYSECRET",
            datetime(1956, 10, 23, 10, 52, 1, 698000, UTC),
        ),
        (
            (
                "c3BlY2lmaWNDb21tdW5pY2F0aW9uRGVmaW5pdGlvbkNvbm5lY3RvclJlcXVlc3R8ODUyYTY0YzAtOGFjMS00"
                "NDVmLWIwZTEtOTkyYWRhNDkzMDMzfDIwMTctMTItMTEgMTQ6MTI6MDUgMTQ4fDdNOHArdVA4Q0tYdU1pMklx"
                "U2RhMXRnNDUyV2xSdmNPU3d1MGRjaXNTWUU9"
            ),
            "mySecretConnectorRequest",
            datetime(2017, 12, 11, 14, 12, 5, 148000, UTC),
        ),
    ],
)
def test_the_reference_nodes_own_tokens_are_read_and_written(
    token: str, secret: str, moment: datetime
) -> None:
    issuer = base64.b64decode(token).split(b"|")[0].decode()
    agreed = TokenAgreement(issuer=issuer, secret=secret)
    read = agreed.verify(token, now=moment)
    assert read.issued_at == moment
    assert agreed.write(read) == token


def test_a_node_that_lives_in_another_time_zone_is_believed() -> None:
    abroad = agreement("connectorResponse", zone="Europe/Riga")
    token = LightToken(issuer="connectorResponse", id="t", issued_at=NOW)
    assert abroad.verify(abroad.write(token), now=NOW) == token
    # the same token read as if it were in UTC comes from the future
    utc = agreement("connectorResponse", zone="UTC")
    assert refused(lambda: utc.verify(abroad.write(token), now=NOW)) == "light.token-time"


@pytest.mark.parametrize("minutes", range(-70, 71, 35))
def test_the_hour_that_comes_twice_in_autumn_loses_nobody(minutes: int) -> None:
    # in Riga clocks went from 04:00 back to 03:00 on 25 October 2026, at 01:00 UTC
    moment = datetime(2026, 10, 25, 1, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    agreed = agreement("connectorResponse")
    token = LightToken(issuer="connectorResponse", id="t", issued_at=moment.astimezone(RIGA))
    assert agreed.verify(agreed.write(token), now=moment).issued_at == moment


def test_no_secret_is_shown() -> None:
    assert "secret of" not in repr(agreement("connectorResponse"))
    assert isinstance(LightTokenRefused("r"), eidas.EidasError)
    with pytest.raises(eidas.EidasMisuse):
        TokenAgreement(issuer="i", secret="")
