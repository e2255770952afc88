"""The two ends over HTTP: stored before the receipt, once, whatever the network does."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from sdg_connector.adapters.as4_endpoint import As4Endpoint, DuplicateDiffers
from sdg_connector.adapters.as4_sender import (
    As4Sender,
    Delivered,
    Failed,
    ProbablyDelivered,
    TryAgain,
)
from sdg_connector.as4 import NoReceipt, Payload, PeerReportedError


class Inbox:
    """Stores in memory, as a store would in one transaction."""

    def __init__(self):
        self.rows = {}
        self.broken = False

    async def on_user_message(self, received, receipt):
        if self.broken:
            raise OSError
        key = (received.message.sender.identifier, received.message.message_id)
        content = [one.read() for one in received.payloads]
        digest, stored, _ = self.rows.setdefault(key, (received.digest, receipt, content))
        if digest != received.digest:
            raise DuplicateDiffers
        return None if stored is receipt else stored


class Network(httpx.AsyncBaseTransport):
    """Carries requests to the endpoint, and does to the answers what ``fate`` says."""

    def __init__(self, endpoint, fates=()):
        self.inner = httpx.ASGITransport(app=endpoint)
        self.fates = list(fates)
        self.bodies = []

    async def handle_async_request(self, request):
        fate = self.fates.pop(0) if self.fates else None
        body = await request.aread()
        self.bodies.append(body)
        if fate == "drop":
            raise httpx.ConnectError("dropped")
        if fate == "closed":
            raise httpx.RemoteProtocolError("the kept connection was closed")
        if fate == "truncate":
            request = httpx.Request("POST", request.url, headers=request.headers, content=body[:-9])
        answer = await self.inner.handle_async_request(request)
        content = await answer.aread()
        if fate == "lose":
            raise httpx.ReadTimeout("lost")
        if fate == "500":
            return httpx.Response(500, text="Internal Server Error")
        if fate == "rubbish":
            return httpx.Response(200, content=b"\x00\x01", headers={"content-type": "x/y"})
        if fate == "long":
            return httpx.Response(200, content=b" " * 2_000_000)
        if fate == "half":
            content = content[: len(content) // 2]
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


@pytest.fixture
def ends(pair, now, new_id):
    inbox = Inbox()

    def make(*fates, receiver_keys=None, sender_keys=None):
        endpoint = As4Endpoint(
            agreements=pair.receiving,
            keys=receiver_keys or pair.receiver_keys,
            inbound=inbox,
            now=lambda: now,
            new_id=new_id,
        )
        network = Network(endpoint, fates)
        pauses = []

        async def sleep(seconds):
            pauses.append(seconds)

        sender = As4Sender(
            agreements=lambda: pair.sending,
            keys=sender_keys or pair.sender_keys,
            client=httpx.AsyncClient(transport=network),
            now=lambda: now,
            new_id=new_id,
            sleep=sleep,
        )
        return sender, network, inbox, pauses

    return make


def test_a_message_is_stored_once_and_receipted(ends, pair, payloads):
    sender, _, inbox, _ = ends()
    delivered = asyncio.run(sender.submit(pair.message(), payloads))
    assert isinstance(delivered, Delivered)
    ((_, receipt, content),) = inbox.rows.values()
    assert content == [one.content for one in payloads]
    assert delivered.receipt == receipt


@pytest.mark.parametrize("fate", ["drop", "lose", "500", "rubbish", "long", "half", "truncate"])
def test_whatever_the_network_does_the_same_bytes_arrive_once(ends, pair, payloads, fate):
    sender, network, inbox, pauses = ends(fate, fate)
    delivered = asyncio.run(sender.submit(pair.message(), payloads))
    assert isinstance(delivered, Delivered)
    assert len(set(network.bodies)) == 1
    assert (len(network.bodies), len(inbox.rows)) == (3, 1)
    assert pauses == [0, 180, 180]


def test_a_kept_connection_that_closes_as_it_is_used_costs_no_pause(ends, pair, payloads):
    sender, network, inbox, pauses = ends("closed")
    assert isinstance(asyncio.run(sender.submit(pair.message(), payloads)), Delivered)
    assert (len(network.bodies), len(inbox.rows), pauses) == (2, 1, [0])


def test_a_peer_that_closes_every_connection_is_asked_again_later(ends, pair, payloads):
    sender, network, _, pauses = ends(*["closed"] * 10)
    with pytest.raises(NoReceipt):
        asyncio.run(sender.submit(pair.message(), payloads))
    assert (len(network.bodies), len(pauses)) == (10, 5)


def test_no_receipt_in_the_agreed_time_is_said(ends, pair, payloads):
    sender, network, _, _ = ends(*["drop"] * 5)
    with pytest.raises(NoReceipt, match="EBMS:0301"):
        asyncio.run(sender.submit(pair.message(), payloads))
    assert len(network.bodies) == 5


def test_a_store_that_fails_gives_no_receipt_and_the_next_attempt_succeeds(ends, pair, payloads):
    sender, _, inbox, _ = ends()
    stored = sender.prepare(pair.message(), payloads)
    inbox.broken = True
    assert asyncio.run(sender.attempt(stored)) == TryAgain(reason="EBMS:0202")
    inbox.broken = False
    assert isinstance(asyncio.run(sender.attempt(stored)), Delivered)


def test_a_repeated_message_gets_the_receipt_that_was_stored(ends, pair, payloads):
    sender, _, inbox, _ = ends()
    stored = sender.prepare(pair.message(), payloads)
    first, second = (asyncio.run(sender.attempt(stored)) for _ in range(2))
    assert first == second
    assert len(inbox.rows) == 1


def test_another_message_under_a_used_id_is_refused(ends, pair, payloads):
    sender, _, inbox, _ = ends()
    message = pair.message()
    assert isinstance(asyncio.run(sender.attempt(sender.prepare(message, payloads))), Delivered)
    other = sender.prepare(message, payloads[:1])
    assert asyncio.run(sender.attempt(other)) == Failed(codes=("EBMS:0003",))
    assert len(inbox.rows) == 1


def test_a_signed_refusal_ends_the_attempts(ends, pair, stranger, payloads):
    sender, network, inbox, _ = ends(sender_keys=stranger.sender_keys)
    with pytest.raises(PeerReportedError, match="EBMS:0101"):
        asyncio.run(sender.submit(pair.message(), payloads))
    assert (len(network.bodies), inbox.rows) == (1, {})


def test_an_unsigned_or_foreign_refusal_does_not_end_the_attempts(ends, pair, stranger, payloads):
    sender, _, _, _ = ends(receiver_keys=stranger.sender_keys)
    outcome = asyncio.run(sender.attempt(sender.prepare(pair.message(), payloads)))
    assert isinstance(outcome, TryAgain)


def test_phase4_saying_duplicate_means_probably_delivered(ends, pair, payloads, now, new_id):
    sender, _, _, _ = ends()
    error = (
        b'<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Header>'
        b'<eb:Messaging xmlns:eb="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/">'
        b'<eb:SignalMessage><eb:MessageInfo/><eb:Error errorCode="EBMS:4001"/>'
        b"</eb:SignalMessage></eb:Messaging></env:Header><env:Body/></env:Envelope>"
    )
    answer = httpx.Response(200, content=error, headers={"content-type": "application/soap+xml"})
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer))
    stored = sender.prepare(pair.message(), payloads)
    outcome = asyncio.run(replace(sender, client=client).attempt(stored))
    assert outcome == ProbablyDelivered(codes=("EBMS:4001",))


def test_a_message_too_big_for_memory_goes_out_of_its_files_twice_alike(ends, pair):
    sender, network, inbox, _ = ends("drop")
    content = b"".join(number.to_bytes(4, "big") for number in range(500_000))
    big = Payload(content_id="a@x", media_type="application/pdf", content=content)
    stored = sender.prepare(pair.message(action="ExecuteQueryResponse"), [big])
    assert not isinstance(stored.body, bytes)
    assert isinstance(asyncio.run(sender.attempt(stored)), TryAgain)
    assert isinstance(asyncio.run(sender.attempt(stored)), Delivered)
    first, second = network.bodies
    assert (first == second, len(first)) == (True, stored.body.size)
    ((_, _, (received,)),) = inbox.rows.values()
    assert received == content


@pytest.mark.parametrize("age", [timedelta(days=7), timedelta(hours=-2)])
def test_a_message_of_another_time_is_not_taken_for_a_new_one(ends, pair, payloads, now, age):
    sender, _, inbox, _ = ends()
    stored = sender.prepare(pair.message(timestamp=now - age), payloads)
    assert asyncio.run(sender.attempt(stored)) == Failed(codes=("EBMS:0003",))
    assert inbox.rows == {}


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("PUT", 405), ("POST", 200)])
def test_the_endpoint_answers_post_only_and_rubbish_with_a_signal(ends, method, status):
    _, network, _, _ = ends()

    async def ask():
        async with httpx.AsyncClient(transport=network) as client:
            return await client.request(method, "http://es.example/as4", content=b"rubbish")

    answer = asyncio.run(ask())
    assert answer.status_code == status
    assert (b"EBMS:0007" in answer.content) is (method == "POST")


class Watched:
    """A signer that says on which threads it was asked."""

    def __init__(self, signer):
        self.signer = signer
        self.threads = []

    @property
    def public_key(self):
        return self.signer.public_key

    def sign(self, data, algorithm):
        self.threads.append(threading.current_thread())
        return self.signer.sign(data, algorithm)


@pytest.mark.parametrize("broken", [False, True])
def test_neither_receipt_nor_error_is_signed_in_the_loop(ends, pair, payloads, broken):
    signer = Watched(pair.receiver_keys.signing.signer)
    keys = replace(pair.receiver_keys, signing=replace(pair.receiver_keys.signing, signer=signer))
    sender, _, inbox, _ = ends(receiver_keys=keys)
    inbox.broken = broken
    stored = sender.prepare(pair.message(), payloads)
    outcome = asyncio.run(sender.attempt(stored))
    assert isinstance(outcome, TryAgain if broken else Delivered)
    assert signer.threads
    assert threading.main_thread() not in signer.threads
