"""A submission over real HTTP, answered by a registry that is as strict as the real one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.cli.app import app
from sdg_connector.connector.submitting import (
    RegistryPeer,
    SubmissionRecord,
    SubmissionState,
    Submitting,
    register,
    understood,
)
from sdg_connector.directory import (
    DirectoryMisuse,
    DirectoryRefused,
    data_services_submission,
    requirements_submission,
    write_submission,
    write_submission_answer,
)
from sdg_connector.directory.registered import Registry
from sdg_connector.ports import REGISTRY_SERVICE, ArrivedMessage, Corner, Step
from sdg_connector.sandbox import SandboxOptions
from sdg_connector.sandbox.catalogue import CountryCatalogue
from sdg_connector.vocabulary import CommonServicesLine, LcmErrorCode
from tests.sdg_connector.directory.test_submissions import requirement
from tests.support.exchange_side import Side, running_side
from tests.support.installation import installation

V2_0 = CommonServicesLine.V2_0


def urn() -> str:
    return f"urn:uuid:{new_uuid()}"


def broker_submission() -> bytes:
    """What Latvia asks for and what proves it."""
    return write_submission(requirements_submission([requirement(1)], new_id=urn))


def spanish_services() -> bytes:
    """What only Spain may register."""
    found = CountryCatalogue("ES").data_service()
    return write_submission(data_services_submission([found], new_id=urn))


@pytest.fixture
def play(tmp_path: Path, country: SandboxOptions) -> Iterator[Callable[..., None]]:
    def run(scenario: Callable[[Side], Awaitable[None]]) -> None:
        async def both() -> None:
            port = int(country.portal_url.rpartition(":")[2])
            async with running_side(tmp_path, country, port=port) as side:
                await scenario(side)

        asyncio.run(both())

    yield run
    right = {"registry": "right", "provider": "right"}
    httpx.post(f"{country.url}/control", json=right).raise_for_status()


async def ended(side: Side, name: str) -> SubmissionRecord:
    submitting = side.runtime.submitting
    assert submitting is not None
    for _ in range(500):
        record = await submitting.status(name)
        if record.state.is_end:
            return record
        await asyncio.sleep(0.03)
    raise AssertionError(f"still {record.state}")


def test_a_submission_is_taken_in_and_each_code_of_a_refusal_is_told(
    play: Callable[..., None],
) -> None:
    async def scenario(side: Side) -> None:
        submitting = side.runtime.submitting
        assert submitting is not None
        data = broker_submission()
        name = await submitting.submit(data)
        record = await ended(side, name)
        assert (record.state, record.registry) == (
            SubmissionState.ACCEPTED,
            Registry.EVIDENCE_BROKER,
        )
        assert await submitting.submit(data) == name
        events = [one.content["event"] for one in side.runtime.store.journal.entries(exchange=name)]
        assert events == ["submission_sending", "submission_waiting", "submission_accepted"]
        for code in LcmErrorCode:
            await side.switch(registry=code)
            refused = await ended(side, await submitting.submit(broker_submission()))
            assert (refused.state, refused.detail) == (SubmissionState.REFUSED, code)
        await side.switch(registry="right")
        foreign = await ended(side, await submitting.submit(spanish_services()))
        assert (foreign.state, foreign.detail) == (
            SubmissionState.REFUSED,
            "LCM:ERR:0003 data of ES",
        )

    play(scenario)


def test_what_a_command_left_in_the_store_is_sent_once_the_service_runs(
    play: Callable[..., None],
) -> None:
    names = []

    async def command(side: Side) -> None:
        await side.switch(provider="down")
        names.append(
            register(
                broker_submission(),
                book=side.runtime.store.submissions,
                now=utc_now(),
                new_id=new_uuid,
                line=V2_0,
            )
        )

    async def service(side: Side) -> None:
        await side.switch(provider="right")
        assert (await ended(side, names[0])).state is SubmissionState.ACCEPTED
        far = utc_now() + timedelta(days=40)
        erased = side.runtime.store.erase_due(now=far, journal_keeps=timedelta(days=366))
        assert names[0] in erased.names

    play(command)
    play(service)


@pytest.mark.parametrize("data", [b"", b"<a/>", b"\xff", b"<!DOCTYPE a><a/>"])
def test_what_is_no_submission_is_not_sent(data: bytes) -> None:
    with pytest.raises(DirectoryRefused):
        register(data, book=None, now=utc_now(), new_id=new_uuid, line=V2_0)


def test_a_submission_that_breaks_a_rule_is_not_sent() -> None:
    good = broker_submission()
    broken = good.replace(b"https://sr.oots.tech.europa.eu/requirements/", b"https://x.example/")
    assert broken != good
    with pytest.raises((DirectoryMisuse, DirectoryRefused), match="EB-SUB"):
        register(broken, book=None, now=utc_now(), new_id=new_uuid, line=V2_0)


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PEER = RegistryPeer(access_point=Corner("AP_CS", "urn:x"), recipient=Corner("CS", "urn:x"))
RECORD = SubmissionRecord(
    name="submission-1",
    registry=Registry.EVIDENCE_BROKER,
    submission_id="urn:uuid:4ffb5281-179d-4578-adf2-39fd13ccc797",
    conversation="c",
    state=SubmissionState.WAITING,
    detail="",
    created=NOW,
    deadline=NOW,
)
ACCEPTED = write_submission_answer(RECORD.submission_id)
FAILED = write_submission_answer(RECORD.submission_id, problem=LcmErrorCode.OBJECT, detail="R-1")
OF_ANOTHER = write_submission_answer(RECORD.submission_id[:-1] + "8")


def answered(document: bytes, **changes: object) -> ArrivedMessage:
    message = ArrivedMessage(
        sender="AP_CS",
        message_id="m@x",
        conversation_id="c",
        ref_to_message_id=None,
        action="SubmitObjectsResponse",
        service=REGISTRY_SERVICE,
        digest="d",
        receipt=b"",
        document=document,
        at=NOW,
    )
    return replace(message, **changes)


@pytest.mark.parametrize(
    ("message", "state", "detail"),
    [
        (answered(ACCEPTED), SubmissionState.ACCEPTED, ""),
        (
            answered(FAILED, action="ExceptionResponse"),
            SubmissionState.REFUSED,
            "LCM:ERR:0001 R-1",
        ),
        (answered(FAILED), SubmissionState.BROKEN, "TDD 4.7 action"),
        (answered(ACCEPTED, action="ExceptionResponse"), SubmissionState.BROKEN, "TDD 4.7 action"),
        (answered(ACCEPTED, sender="AP_XX"), SubmissionState.BROKEN, "TDD 4.7 sender"),
        (
            answered(ACCEPTED, broken_rule="R-EDM-ebMS-017"),
            SubmissionState.BROKEN,
            "R-EDM-ebMS-017",
        ),
        (answered(OF_ANOTHER), SubmissionState.BROKEN, "R-LCM-SUC-004"),
        (answered(b"\xff"), SubmissionState.BROKEN, "XML"),
    ],
)
def test_any_answer_means_something(
    message: ArrivedMessage, state: SubmissionState, detail: str
) -> None:
    found, told = understood(message, RECORD, registry=PEER)
    assert found is state
    assert detail == told or (detail == "XML" and told)


def test_a_registry_that_does_not_answer_in_time_is_given_up() -> None:
    class Waited:
        settled: tuple[SubmissionState, str] | None = None

        def read(self, name: str) -> SubmissionRecord:
            return RECORD

        def answer(self, name: str) -> None:
            return None

        def settle(self, name: str, state: SubmissionState, **given: object) -> None:
            self.settled = state, str(given["detail"])

    book = Waited()
    submitting = Submitting(
        registry=PEER,
        sender=PEER.recipient,
        book=book,
        transport=None,
        workflows=None,
        domain="lv.example",
        now=lambda: NOW + timedelta(seconds=1),
        new_id=new_uuid,
    )
    assert asyncio.run(submitting._go_on("submission-1")) == Step("unanswered")
    assert book.settled == (SubmissionState.UNANSWERED, "TDD 3.1.5")


def test_the_command_hands_a_file_over_once_and_lists_it(tmp_path: Path) -> None:
    config = installation(tmp_path, now=utc_now())
    run = CliRunner()
    file = tmp_path / "submission.xml"
    file.write_bytes(broker_submission())
    without = run.invoke(app, ["submissions", "send", str(file), "--config", str(config)])
    assert (without.exit_code, "no registry is configured" in without.output) == (1, True)
    text = config.read_text("utf-8")
    for line in ("[directory.registry]", "party = ", "endpoint", "certificate", "recipient"):
        text = text.replace(f"# {line}", line)
    config.write_text(text.replace("trust/registry-as4.pem", "trust/es-as4.pem"), "utf-8")
    for _ in range(2):
        sent = run.invoke(app, ["submissions", "send", str(file), "--config", str(config)])
        assert (sent.exit_code, "sending" in sent.output) == (0, True), sent.output
    listed = run.invoke(app, ["submissions", "list", "--config", str(config)])
    assert len(listed.output.splitlines()) == 1
    name = listed.output.split()[0]
    shown = run.invoke(app, ["submissions", "show", name, "--config", str(config)])
    assert (shown.exit_code, "submission_sending" in shown.output) == (0, True)
    file.write_bytes(b"<a/>")
    broken = run.invoke(app, ["submissions", "send", str(file), "--config", str(config)])
    assert (broken.exit_code, "Traceback" in broken.output) == (1, False)
