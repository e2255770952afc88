"""An exchange with a sandbox country over real HTTP, driven by the durable engine."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from sdg_connector.adapters import exchanges as running_whole
from sdg_connector.adapters.exchanges import RuntimeOptions
from sdg_connector.adapters.system import utc_now
from sdg_connector.connector import EvidenceOffer, Gone, NothingFound, Timeouts, UnknownExchange
from sdg_connector.errors import NobodyAnswered, OwnMistake
from sdg_connector.journey import State
from sdg_connector.sandbox import SandboxOptions, sandbox
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    EdmLine,
    Identifier,
    LegalPerson,
    LevelOfAssurance,
    NaturalPerson,
)
from tests.support.exchange_side import Side, person, running_side
from tests.support.servers import free_port, running

Scenario = Callable[[Side], Awaitable[None]]
Configure = Callable[[RuntimeOptions], RuntimeOptions]


def as_it_is(options: RuntimeOptions) -> RuntimeOptions:
    """Nothing changed."""
    return options


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxOptions]:
    """A sandbox country that runs for the whole module."""
    folder = tmp_path_factory.mktemp("country")
    options = SandboxOptions(
        data_dir=folder / "es",
        exchange_dir=folder / "exchange",
        port=free_port(),
        portal_url=f"http://127.0.0.1:{free_port()}",
        later=timedelta(seconds=0.5),
    )
    with running(sandbox(options), host="127.0.0.1", port=options.port):
        yield options


@pytest.fixture
def play(tmp_path: Path, country: SandboxOptions) -> Iterator[Callable[..., None]]:
    """Run a scenario between the requester of this test and the country."""

    def run(scenario: Scenario, configure: Configure = as_it_is) -> None:
        port = int(country.portal_url.rpartition(":")[2])

        async def both() -> None:
            async with running_side(tmp_path, country, port=port, configure=configure) as side:
                await scenario(side)

        asyncio.run(both())

    yield run
    right = {"login": "right", "directory": "right", "provider": "right"}
    httpx.post(f"{country.url}/control", json=right).raise_for_status()


Play = Callable[..., None]


async def _events(side: Side, exchange: str) -> list[str]:
    entries = await asyncio.to_thread(
        lambda: list(side.runtime.store.journal.entries(exchange=exchange))
    )
    return [str(entry.content["event"]) for entry in entries]


async def _held(side: Side) -> set[str]:
    """Digests of the files that the register holds about Ana."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{side.sandbox.url}/control/holdings.json")
    return set(answer.json()["ES-2021-0001734"].values())


async def _previewed(side: Side, *, decision: str = "approve") -> str:
    exchange = await side.ask()
    await side.until(exchange, State.PREVIEWING)
    location = await side.connector.leave_for_preview(exchange)
    await side.until(exchange, State.RECEIVING)
    await side.preview(location, decision=decision)
    return exchange


def test_previewed_evidence_arrives_byte_for_byte_and_is_handed_over(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await _previewed(side)
        await side.until(exchange, State.RECEIVED)
        files = (await side.connector.status(exchange)).files
        contents = [await side.connector.content(exchange, file.number) for file in files]
        assert {hashlib.sha256(one).hexdigest() for one in contents} == await _held(side)
        assert {file.sha256 for file in files} == await _held(side)
        await side.connector.settle(exchange, used=True)
        await side.until(exchange, State.HANDED_OVER)
        assert await _events(side, exchange) == [
            "explicit_request",
            "request_sent",
            "preview_required",
            "left_for_preview",
            "request_sent",
            "response_received",
            "evidence_delivered",
        ]
        assert side.runtime.store.journal.verify().entries == 7

    play(scenario)


def test_a_declined_preview_ends_the_exchange_without_evidence(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await _previewed(side, decision="decline")
        await side.until(exchange, State.DECLINED)
        assert (await side.connector.status(exchange)).files == ()

    play(scenario)


def test_evidence_that_the_person_drops_is_erased_at_once(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await _previewed(side)
        await side.until(exchange, State.RECEIVED)
        payload = (await side.connector.status(exchange)).files[0].payload
        await side.connector.settle(exchange, used=False)
        await side.until(exchange, State.DECLINED)
        with pytest.raises(UnknownExchange):
            await side.connector.content(exchange, 0)
        with pytest.raises(Gone):
            side.runtime.store.payloads.get(payload)

    play(scenario)


def test_a_person_whom_the_provider_does_not_know_is_told_so(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await side.ask(opaque="77889900L")
        await side.until(exchange, State.REFUSED)
        status = await side.connector.status(exchange)
        assert (status.problem, status.rule) == ("not_found", "EDM:ERR:0004")

    play(scenario)


def test_a_provider_that_is_down_is_asked_again_and_answers_once_it_is_up(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(provider="down")
        exchange = await side.ask()
        await asyncio.sleep(0.5)
        assert (await side.connector.status(exchange)).state is State.REQUESTING
        messages = side.runtime.store.overview.messages(exchange)
        await side.switch(provider="right")
        await side.connector.returned(exchange)
        await side.until(exchange, State.PREVIEWING)
        assert side.runtime.store.overview.messages(exchange)[0][1] == messages[0][1]

    play(scenario)


def test_a_limit_that_passes_ends_the_exchange(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await side.ask()
        await side.until(exchange, State.EXPIRED)
        status = await side.connector.status(exchange)
        assert (status.problem, status.rule) == ("timeout", "TDD 4.4.3 T2")

    def short(options: RuntimeOptions) -> RuntimeOptions:
        return replace(options, timeouts=Timeouts(leaving=timedelta(seconds=0.3)))

    play(scenario, short)


def test_a_preview_on_a_foreign_host_is_not_offered(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await side.ask()
        await side.until(exchange, State.FAILED)
        status = await side.connector.status(exchange)
        assert status.rule == "TDD 4.9 preview host"
        with pytest.raises(OwnMistake):
            await side.connector.leave_for_preview(exchange)

    def elsewhere(options: RuntimeOptions) -> RuntimeOptions:
        hosts = dict.fromkeys(options.peers.preview_hosts, ("another.example",))
        return replace(options, peers=replace(options.peers, preview_hosts=hosts))

    play(scenario, elsewhere)


def test_asking_twice_in_one_visit_is_one_exchange(play: Play) -> None:
    async def scenario(side: Side) -> None:
        ((token, _),) = await side.connector.find(procedure="T3", country="ES")
        first = await side.ask_for(token)
        assert await side.ask_for(token) == first
        assert await side.ask_for(token, visit="another") != first

    play(scenario)


def test_a_directory_that_knows_nobody_or_is_silent_is_told_apart(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(directory="nobody")
        with pytest.raises(NothingFound):
            await side.ask()
        await side.switch(directory="down")
        with pytest.raises(NobodyAnswered):
            await side.connector.find(procedure="T2", country="ES")

    play(scenario)


def test_an_exchange_goes_on_where_it_stood_after_a_restart(play: Play) -> None:
    exchanges = []

    async def before(side: Side) -> None:
        exchanges.append(await side.ask())
        await side.until(exchanges[0], State.PREVIEWING)

    async def after(side: Side) -> None:
        exchange = exchanges[0]
        location = await side.connector.leave_for_preview(exchange)
        await side.until(exchange, State.RECEIVING)
        await side.preview(location)
        await side.until(exchange, State.RECEIVED)
        assert (await _events(side, exchange)).count("request_sent") == 2

    play(before)
    play(after)


def patient(options: RuntimeOptions) -> RuntimeOptions:
    """A provider that has the evidence later may say so twice, and is asked soon."""
    timeouts = Timeouts(again=2, pause=timedelta(seconds=0.3), later=timedelta(seconds=30))
    return replace(options, timeouts=timeouts)


def test_evidence_that_comes_later_is_asked_for_again_by_itself_after_a_restart(
    play: Play,
) -> None:
    exchanges = []

    async def before(side: Side) -> None:
        await side.switch(provider="later")
        exchanges.append(await side.ask())
        await side.until(exchanges[0], State.DEFERRED)
        deadline = (await side.connector.status(exchanges[0])).deadline
        assert deadline is not None
        assert deadline <= utc_now() + timedelta(seconds=0.5)
        ((record, _),) = await side.connector.of_person(person())
        assert (record.exchange, record.exchange_id) == (exchanges[0], exchanges[0])
        await side.switch(provider="right")

    async def after(side: Side) -> None:
        exchange = exchanges[0]
        await side.until(exchange, State.PREVIEWING)
        record = side.runtime.store.book.read(exchange)
        assert (record.times, record.exchange_id != exchange) == (1, True)
        location = await side.connector.leave_for_preview(exchange)
        await side.until(exchange, State.RECEIVING)
        await side.preview(location)
        await side.until(exchange, State.RECEIVED)
        assert await _events(side, exchange) == [
            "explicit_request",
            "request_sent",
            "evidence_later",
            "asked_again",
            "request_sent",
            "preview_required",
            "left_for_preview",
            "request_sent",
            "response_received",
        ]

    play(before, patient)
    play(after, patient)


def test_a_provider_that_always_says_later_is_not_asked_for_ever(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(provider="later")
        exchange = await side.ask()
        status = await side.connector.until(exchange)
        assert (status.state, status.problem) == (State.REFUSED, "later")
        events = await _events(side, exchange)
        assert (events.count("evidence_later"), events.count("asked_again")) == (3, 2)

    play(scenario, patient)


def test_evidence_that_comes_too_late_is_not_waited_for(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(provider="later")
        exchange = await side.ask()
        await side.until(exchange, State.REFUSED)
        assert "asked_again" not in await _events(side, exchange)

    def hasty(options: RuntimeOptions) -> RuntimeOptions:
        return replace(options, timeouts=Timeouts(later=timedelta(seconds=10)))

    play(scenario, hasty)


def test_whoever_does_not_want_to_wait_for_later_evidence_ends_it(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(provider="later")
        exchange = await side.ask()
        await side.until(exchange, State.DEFERRED)
        order = side.runtime.store.book.read(exchange).order
        await side.connector.cancel(exchange)
        await side.until(exchange, State.DECLINED)
        with pytest.raises(Gone):
            side.runtime.store.payloads.get(order)

    play(scenario)


def test_what_later_evidence_is_asked_for_with_stays_until_then(play: Play) -> None:
    async def scenario(side: Side) -> None:
        await side.switch(provider="later")
        exchange = await side.ask()
        await side.until(exchange, State.DEFERRED)
        store, record = side.runtime.store, side.runtime.store.book.read(exchange)
        assert record.deadline is not None
        limits = Timeouts(pause=timedelta(days=20)).lasts
        store.erase_due(
            now=record.deadline + limits - timedelta(hours=1), journal_keeps=timedelta(days=366)
        )
        assert store.payloads.get(record.order)
        assert await side.connector.of_person(person())

    def in_weeks(options: RuntimeOptions) -> RuntimeOptions:
        return replace(options, timeouts=Timeouts(pause=timedelta(days=20)))

    play(scenario, in_weeks)


ALBA = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=Identifier("ES/LV/56565656A", EIDAS_SCHEME),
    family_name="Ruiz Costa",
    given_name="Alba",
    date_of_birth=date(2001, 10, 8),
)
ISABEL = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=Identifier("ES/LV/45454545I", EIDAS_SCHEME),
    family_name="Costa Rey",
    given_name="Isabel",
    date_of_birth=date(1974, 6, 1),
    gender="Unspecified",
)
CARMEN = replace(ISABEL, identifier=Identifier("ES/LV/23232323C", EIDAS_SCHEME))
WORKSHOP = LegalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    legal_person_identifier=Identifier("ES/LV/B12345674", EIDAS_SCHEME),
    legal_name="Talleres Ñandú, S.L.",
)


@pytest.mark.parametrize(
    ("subject", "acting", "citizen"), [(ALBA, ISABEL, "isabel"), (WORKSHOP, CARMEN, "carmen")]
)
def test_whoever_acts_for_another_previews_and_gets_what_is_theirs(
    play: Play, subject: NaturalPerson | LegalPerson, acting: NaturalPerson, citizen: str
) -> None:
    async def scenario(side: Side) -> None:
        ((token, _),) = await side.connector.find(procedure="T3", country="ES")
        exchange = await side.ask_for(token, subject=subject, representative=acting)
        await side.until(exchange, State.PREVIEWING)
        ((_, request),) = await side.connector.of_person(subject)
        assert (request.subject, request.acting) == (subject, acting)
        location = await side.connector.leave_for_preview(exchange)
        await side.until(exchange, State.RECEIVING)
        await side.preview(location, citizen=citizen)
        await side.until(exchange, State.RECEIVED)
        assert await side.connector.of_person(acting) == ()

    play(scenario)


def _in_1_2(offer: EvidenceOffer) -> EvidenceOffer:
    (access,) = offer.service.access_services
    older = replace(access, conforms_to=(EdmLine.V1_2.value,))
    return replace(offer, service=replace(offer.service, access_services=(older,)))


def test_the_exchanges_of_one_session_share_a_conversation_in_line_2_0_only(play: Play) -> None:
    async def scenario(side: Side) -> None:
        read = side.runtime.store.book.read
        tokens = [(await side.connector.find(procedure="T3", country="ES"))[0] for _ in range(2)]
        exchanges = [await side.ask_for(token) for token, _ in tokens]
        for exchange in exchanges:
            await side.until(exchange, State.PREVIEWING)
        assert len({read(one).conversation for one in exchanges}) == 1
        location = await side.connector.leave_for_preview(exchanges[1])
        await side.until(exchanges[1], State.RECEIVING)
        await side.preview(location)
        await side.until(exchanges[1], State.RECEIVED)
        assert read(exchanges[0]).state is State.PREVIEWING
        other = await side.ask_for(tokens[0][0], visit="another session")
        assert read(other).conversation != read(exchanges[0]).conversation
        older = [
            side.connector.payloads.put(
                _in_1_2(offer).to_bytes(),
                purge_at=utc_now() + timedelta(hours=1),
            )
            for _, offer in tokens
        ]
        apart = [await side.ask_for(token) for token in older]
        for exchange in apart:
            await side.until(exchange, State.PREVIEWING)
        assert len({read(one).conversation for one in apart}) == 2

    play(scenario)


def test_an_engine_that_lost_everything_is_told_again(play: Play, tmp_path: Path) -> None:
    exchanges = []

    async def before(side: Side) -> None:
        exchanges.append(await side.ask())
        await side.until(exchanges[0], State.PREVIEWING)

    async def after(side: Side) -> None:
        location = await side.connector.leave_for_preview(exchanges[0])
        await side.until(exchanges[0], State.RECEIVING)
        await side.preview(location)
        await side.until(exchanges[0], State.RECEIVED)

    play(before)
    lost = list(tmp_path.glob("engine.sqlite*"))
    assert lost
    for file in lost:
        file.unlink()
    play(after)


def test_an_exchange_that_waits_is_woken_and_does_not_look_by_itself(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_whole, "_LISTENING_SECONDS", 600.0)

    async def scenario(side: Side) -> None:
        exchange = await _previewed(side)
        await side.until(exchange, State.RECEIVED)

    play(scenario)


def test_no_person_stands_readable_in_any_file_or_log_line(
    play: Play, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(side: Side) -> None:
        exchange = await _previewed(side)
        await side.until(exchange, State.RECEIVED)

    with caplog.at_level(logging.DEBUG, logger="sdg_connector"):
        play(scenario)
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("*.sqlite*"))
    assert len(stored) > 10_000
    secrets = ("García", "Ana María", "11223344B", "1999-04-12", "/preview/")
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret not in caplog.text


def test_what_is_due_is_erased_and_the_journal_still_holds(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await side.ask(opaque="77889900L")
        await side.until(exchange, State.REFUSED)
        store = side.runtime.store
        year = timedelta(days=366)
        store.erase_due(now=utc_now() + timedelta(days=30), journal_keeps=year)
        with pytest.raises(UnknownExchange):
            store.book.read(exchange)
        assert store.journal.verify().entries == 3
        store.erase_due(now=utc_now() + timedelta(days=400), journal_keeps=year)
        assert store.journal.verify().entries == 0
        another = await side.ask(opaque="77889900L", visit="later")
        await side.until(another, State.REFUSED)
        assert store.journal.verify().entries == 3

    play(scenario)


def test_a_person_who_comes_back_finds_what_was_asked_for_and_nobody_else_does(play: Play) -> None:
    async def scenario(side: Side) -> None:
        exchange = await _previewed(side)
        await side.until(exchange, State.RECEIVED)
        ((record, request),) = await side.connector.of_person(person())
        assert (record.exchange, record.state) == (exchange, State.RECEIVED)
        assert request.procedure == "T3"
        assert await side.connector.of_person(person("99999999R")) == ()
        await side.connector.settle(exchange, used=False)
        await side.until(exchange, State.DECLINED)
        assert await side.connector.of_person(person()) == ()

    play(scenario)
