"""The provider's desk under two workers that do the same thing at the same moment."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.store import Store
from sdg_connector.adapters.store.tables import PAYLOADS
from sdg_connector.adapters.system import new_uuid
from sdg_connector.as4 import As4Misuse
from sdg_connector.connector import Gone, Overtaken, StoredDifferently
from sdg_connector.connector.answer_book import Progress
from sdg_connector.connector.answering import Answering, request_name
from sdg_connector.connector.shelf import Changed, Shelf
from sdg_connector.content import octets_of, size_of
from sdg_connector.evidence import (
    EdmRefused,
    EvidenceFailure,
    EvidenceRequest,
    read_evidence_answer,
    write_evidence_request,
)
from sdg_connector.ports import ArrivedMessage, Corner, OutgoingDocument, PackedMessage, Step
from tests.sdg_connector.connector.test_providing import BACK, request_of
from tests.support.exchange_side import person
from tests.support.provider_process import DOCUMENT, PREVIEW_URL, diplomas

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(url):
    opened = Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=new_uuid)
    yield opened
    opened.close()


def arrived(message_id: str = "m@x", **changes: object) -> ArrivedMessage:
    message = ArrivedMessage(
        sender="AP_LV",
        sender_type="urn:x",
        message_id=message_id,
        conversation_id="c",
        ref_to_message_id=None,
        action="ExecuteQueryRequest",
        digest="d",
        receipt=b"receipt",
        document=write_evidence_request(request_of(subject=person())),
        at=NOW,
        original_sender=Corner("C1", "urn:c"),
        final_recipient=Corner("C4", "urn:c"),
        properties=(("SpecificationId", "oots-edm:v2.0"),),
    )
    return replace(message, **changes)


def put_preview(store: Store) -> str:
    """A first request that led to a preview; gives the ticket."""
    shelf = Shelf(store.desk)
    provider = replace(diplomas(), previews=shelf)
    message = arrived()
    store.desk.take(message, name="answer-1", purge_at=LATER)
    assert provider.receive(message.document) is not None
    settle(store, "answer-1", shelf.changes)
    (ticket,) = shelf.changes
    return ticket


def settle(store: Store, name: str, changes: Mapping[str, Changed]) -> None:
    store.desk.settle(
        name,
        changes=changes,
        answer=None,
        event="",
        digests=(),
        facts={},
        at=NOW,
        purge_at=LATER,
    )


def test_a_request_is_stored_once_with_all_that_its_answer_needs(store):
    name = request_name("AP_LV", "m@x")
    assert store.desk.take(arrived(), name=name, purge_at=LATER) is None
    assert store.desk.take(arrived(receipt=b"2"), name=name, purge_at=LATER) == b"receipt"
    with pytest.raises(StoredDifferently):
        store.desk.take(arrived(digest="other"), name=name, purge_at=LATER)
    assert store.desk.asked(name) == arrived()
    assert store.desk.progress(name) == Progress(judged=False, posted=None, due=None)
    assert store.desk.open_requests() == (name,)


def test_a_preview_comes_back_as_it_was_shown(store):
    ticket = put_preview(store)
    shelved = store.desk.preview(ticket)
    assert shelved is not None
    held = tuple(replace(one, content=octets_of(one.content)) for one in shelved.preview.held)
    assert held == diplomas().register.evidence("1", shelved.preview.request)
    assert store.desk.preview("another") is None


def documents_of(store: Store, ticket: str) -> list[tuple[str, bytes]]:
    """Each document of a preview: its id in the store, and its sealed octets."""
    held = Shelf(store.desk)[ticket].held
    with store.database.reading() as connection:
        return [
            tuple(
                connection.execute(
                    sa.select(PAYLOADS.c.payload, PAYLOADS.c.sealed).where(
                        PAYLOADS.c.payload == one.content.payload
                    )
                ).one()
            )
            for one in held
        ]


def test_a_preview_that_is_stored_again_leaves_its_documents_where_they_lie(store):
    ticket = put_preview(store)
    before = documents_of(store, ticket)
    shelf = Shelf(store.desk)
    shelf[ticket] = changed = replace(shelf[ticket], awaited=True)
    settle(store, "", shelf.changes)
    assert Shelf(store.desk)[ticket] == changed
    assert documents_of(store, ticket) == before


def test_a_preview_whose_documents_were_erased_still_says_what_they_are_and_gives_nothing(store):
    ticket = put_preview(store)
    erased = [payload for payload, _ in documents_of(store, ticket)]
    with store.database.writing() as connection:
        connection.execute(PAYLOADS.delete().where(PAYLOADS.c.payload.in_(erased)))
    answering = answering_for(store)
    preview = asyncio.run(answering.preview_of(ticket))
    assert preview is not None
    assert [(one.title, size_of(one.content)) for one in preview.held] == [
        ("Diploma", len(DOCUMENT))
    ]
    with pytest.raises(Gone):
        octets_of(preview.held[0].content)
    second = another_request(preview_location=f"{PREVIEW_URL}/{ticket}", return_location=BACK)
    document = write_evidence_request(second)
    store.desk.take(arrived("second@x", document=document), name="second", purge_at=LATER)
    answering._judged("second")
    with pytest.raises(EdmRefused):
        asyncio.run(answering.decide(ticket, [0]))
    assert store.desk.progress("second").posted is None
    assert store.desk.preview(ticket).preview.kept is None


def test_a_second_request_for_documents_that_were_erased_after_the_decision_is_too_late(store):
    ticket = put_preview(store)
    answering = answering_for(store)
    asyncio.run(answering.decide(ticket, [0]))
    erased = [payload for payload, _ in documents_of(store, ticket)]
    with store.database.writing() as connection:
        connection.execute(PAYLOADS.delete().where(PAYLOADS.c.payload.in_(erased)))
    second = another_request(preview_location=f"{PREVIEW_URL}/{ticket}", return_location=BACK)
    document = write_evidence_request(second)
    store.desk.take(arrived("second@x", document=document), name="second", purge_at=LATER)
    answering._judged("second")
    assert problem(store, "second")[0] == "EDM:ERR:0005"


def test_of_two_changes_to_one_preview_the_second_is_overtaken(store):
    ticket = put_preview(store)
    first, second = Shelf(store.desk), Shelf(store.desk)
    for shelf in (first, second):
        shelf[ticket] = replace(shelf[ticket], awaited=True)
    settle(store, "", first.changes)
    with pytest.raises(Overtaken):
        settle(store, "", second.changes)


def test_of_many_decisions_at_the_same_moment_one_counts(store):
    ticket = put_preview(store)
    start, outcomes = threading.Barrier(6), []

    def decide() -> None:
        shelf = Shelf(store.desk)
        provider = replace(diplomas(), previews=shelf)
        start.wait()
        try:
            provider.decide(ticket, [0])
            settle(store, "", shelf.changes)
        except (Overtaken, EdmRefused):
            outcomes.append("late")
        else:
            outcomes.append("decided")

    threads = [threading.Thread(target=decide) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", *["late"] * 5]
    shelved = store.desk.preview(ticket)
    assert shelved is not None
    assert shelved.preview.kept == shelved.preview.held


def test_changes_that_two_workers_make_to_new_rows_do_not_both_count(store):
    ticket = put_preview(store)
    preview = Shelf(store.desk)[ticket]
    with pytest.raises(Overtaken):
        settle(store, "", {ticket: Changed(0, preview)})


class Packing:
    """An access point that packs and never sends."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        return PackedMessage(
            message_id=message.message_id,
            receiver=message.receiver.value,
            leg="x",
            content_type="x",
            body=message.document,
            references="",
        )


class RefusingToPack(Packing):
    """One whose header would break a rule."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        raise As4Misuse("R-EDM-ebMS-017: expected a UUID, found another")


@dataclass
class Slower(Packing):
    """One that packs when another worker has judged the same request already."""

    store: Store
    name: str

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        answering_for(self.store)._judged(self.name)
        return super().pack(message)


def another_request(**changes: object) -> EvidenceRequest:
    return replace(request_of(subject=person()), request_id=f"urn:uuid:{new_uuid()}", **changes)


def answering_for(store: Store, transport: Packing | None = None) -> Answering:
    return Answering(
        provider=diplomas(),
        book=store.desk,
        transport=transport or Packing(),
        workflows=None,
        domain="es.example",
        now=lambda: NOW,
        new_id=new_uuid,
        pseudonym=store.pseudonyms.of,
    )


def events(store: Store, name: str) -> list[str]:
    return [str(one.content["event"]) for one in store.journal.entries(exchange=name)]


def problem(store: Store, name: str) -> tuple[str, str | None]:
    """Code and detail of the error that answers a request."""
    posted = store.desk.progress(name).posted
    assert posted is not None
    answer = read_evidence_answer(posted.packed.body)
    assert isinstance(answer, EvidenceFailure)
    return answer.code, answer.problems[0].detail


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"broken_rule": "R-EDM-ebMS-023"}, "R-EDM-ebMS-023"),
        ({"properties": ()}, "R-EDM-ebMS-019"),
        ({"properties": (("SpecificationId", "oots-edm:v1.2"),)}, "TDD 4.7 2.6.2"),
    ],
)
def test_a_request_whose_header_breaks_a_rule_gets_that_rule_back(store, changes, rule):
    store.desk.take(arrived(**changes), name="answer-1", purge_at=LATER)
    answering_for(store)._judged("answer-1")
    assert problem(store, "answer-1") == ("EDM:ERR:0003", rule)


def test_a_request_that_another_worker_judged_meanwhile_keeps_its_answer(store):
    store.desk.take(arrived(), name="answer-1", purge_at=LATER)
    found = answering_for(store, Slower(store, "answer-1"))._judged("answer-1")
    assert found == store.desk.progress("answer-1")
    assert problem(store, "answer-1")[0] == "EDM:ERR:0002"
    assert events(store, "answer-1") == ["request_received", "error_written"]


def test_a_request_id_that_was_used_before_is_refused(store):
    for name in ("first", "second"):
        store.desk.take(arrived(f"{name}@x"), name=name, purge_at=LATER)
        answering_for(store)._judged(name)
    assert problem(store, "first")[0] == "EDM:ERR:0002"
    assert problem(store, "second") == ("EDM:ERR:0003", "TDD 4.4 request id")
    store.desk.take(arrived("third@x", sender="AP_EE"), name="third", purge_at=LATER)
    answering_for(store)._judged("third")
    assert problem(store, "third")[0] == "EDM:ERR:0002"


def test_a_request_that_no_answer_may_repeat_ends_with_its_rule_in_the_record(store):
    message = arrived(conversation_id="session", broken_rule="R-EDM-ebMS-017")
    store.desk.take(message, name="answer-1", purge_at=LATER)
    ended = asyncio.run(answering_for(store, RefusingToPack())._go_on("answer-1"))
    assert ended == Step("closed_without_answer")
    assert events(store, "answer-1") == [
        "request_received",
        "request_refused",
        "closed_without_answer",
    ]
    (refused,) = [
        one.content["rule"]
        for one in store.journal.entries(exchange="answer-1")
        if one.content["event"] == "request_refused"
    ]
    assert refused == "R-EDM-ebMS-017"
    assert store.desk.open_requests() == ()


def test_the_record_says_who_asked_for_what_and_how_it_was_answered(store):
    answering = answering_for(store)
    unknown = another_request(subject=replace(person("99999999R"), given_name="Nobody"))
    documents = {
        "preview": arrived().document,
        "nobody": write_evidence_request(unknown),
        "rubbish": b"<rubbish/>",
    }
    for name, document in documents.items():
        message = arrived(f"{name}@x", document=document)
        store.desk.take(message, name=name, purge_at=LATER)
        answering._judged(name)
    told = {}
    for entry in store.journal.entries():
        told.setdefault(entry.exchange, []).append(dict(entry.content))
    assert {name: [one["event"] for one in events] for name, events in told.items()} == {
        name: ["request_received", "error_written"] for name in documents
    }
    answers = {name: events[1] for name, events in told.items()}
    assert answers["preview"]["code"] == "EDM:ERR:0002"
    assert answers["nobody"]["code"] == "EDM:ERR:0004"
    assert (answers["rubbish"]["code"], "rule" in answers["rubbish"]) == ("EDM:ERR:0003", True)
    asked = request_of(subject=person())
    assert answers["preview"]["request"] == asked.request_id
    assert answers["preview"]["requester"] == asked.evidence_requester.identifier.value
    assert answers["preview"]["evidence_type"] == asked.evidence_type.classification
    assert answers["preview"]["explicit"] == "yes"
    found = store.journal.about(store.pseudonyms.all_of(person().identifier.value))
    assert {one.exchange for one in found} == {"preview"}
    assert "11223344B" not in str(told)
    assert "García" not in str(told)
