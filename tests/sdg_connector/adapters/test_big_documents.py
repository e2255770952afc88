"""Documents sealed in chunks: every way to bend them first, then that they come out whole."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from sdg_connector.adapters.application_box import ApplicationFolder, SentApplication, SentFile
from sdg_connector.adapters.store import Sealer, Store
from sdg_connector.adapters.store.payloads import StoredContent
from sdg_connector.adapters.store.tables import CHUNKS, PAYLOADS
from sdg_connector.adapters.system import new_uuid
from sdg_connector.cli.app import app
from sdg_connector.connector import Gone
from sdg_connector.content import FileContent, octets_of, sha256_of
from sdg_connector.errors import OwnMistake

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
BIG = b"".join(number.to_bytes(4, "big") for number in range(900_000))
"""3.4 MiB, of which no two places are alike."""


def opened(url: str, *, keys: tuple[str, ...] = ("k1",)) -> Store:
    return Store.open(
        url,
        keys={name: name.encode() * 16 for name in keys},
        current_key=keys[-1],
        new_id=new_uuid,
    )


def of_file(octets: bytes) -> FileContent:
    return FileContent(io.BytesIO(octets), len(octets))


@pytest.fixture
def store(tmp_path):
    found = opened(f"sqlite:///{tmp_path}/bent.sqlite")
    yield found
    found.close()


def chunk(payload: str, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(CHUNKS.c.payload == payload, CHUNKS.c.number == number)


def cut_off(connection, payload, _):
    last = connection.scalar(
        sa.select(sa.func.max(CHUNKS.c.number)).where(CHUNKS.c.payload == payload)
    )
    connection.execute(CHUNKS.delete().where(chunk(payload, last)))


def swap(connection, payload, _):
    found = {
        number: connection.scalar(sa.select(CHUNKS.c.sealed).where(chunk(payload, number)))
        for number in (1, 2)
    }
    for number, sealed in found.items():
        connection.execute(CHUNKS.update().where(chunk(payload, 3 - number)).values(sealed=sealed))


def take_a_chunk_of_another(connection, payload, other):
    sealed = connection.scalar(sa.select(CHUNKS.c.sealed).where(chunk(other, 2)))
    connection.execute(CHUNKS.update().where(chunk(payload, 2)).values(sealed=sealed))


def take_the_key_of_another(connection, payload, other):
    sealed = connection.scalar(sa.select(CHUNKS.c.sealed).where(chunk(other, 0)))
    connection.execute(CHUNKS.update().where(chunk(payload, 0)).values(sealed=sealed))


def show_the_key_as_a_document(connection, payload, _):
    sealed = connection.scalar(sa.select(CHUNKS.c.sealed).where(chunk(payload, 0)))
    connection.execute(PAYLOADS.update().where(PAYLOADS.c.payload == payload).values(sealed=sealed))


def change_an_octet(connection, payload, _):
    sealed = connection.scalar(sa.select(CHUNKS.c.sealed).where(chunk(payload, 3)))
    bent = sealed[:-1] + bytes([sealed[-1] ^ 1])
    connection.execute(CHUNKS.update().where(chunk(payload, 3)).values(sealed=bent))


@pytest.mark.parametrize(
    "bend",
    [
        cut_off,
        swap,
        take_a_chunk_of_another,
        take_the_key_of_another,
        show_the_key_as_a_document,
        change_an_octet,
    ],
)
def test_a_bent_document_does_not_open(store, bend):
    payload, other = (store.payloads.put(of_file(BIG), purge_at=TOMORROW) for _ in range(2))
    with store.database.writing() as connection:
        bend(connection, payload, other)
    with pytest.raises(Gone):
        store.payloads.get(payload)
    assert store.payloads.get(other) == BIG


@pytest.mark.parametrize("said", [len(BIG) - 1, len(BIG) + 1, len(BIG) + 2**20])
def test_a_document_that_is_not_as_long_as_it_says_is_not_stored(store, said):
    with pytest.raises(OwnMistake):
        store.payloads.put(FileContent(io.BytesIO(BIG), said), purge_at=TOMORROW)
    with store.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(PAYLOADS)) == 0


@pytest.mark.parametrize("size", [2**20, 2**20 + 1, 2**21, len(BIG)])
def test_a_big_document_comes_out_as_it_went_in(url, size):
    store = opened(url)
    payload = store.payloads.put(of_file(BIG[:size]), purge_at=TOMORROW, owner="x")
    found = store.payloads.content(payload)
    assert isinstance(found, StoredContent) is (size > 2**20)
    assert (octets_of(found), store.payloads.get(payload)) == (BIG[:size], BIG[:size])
    assert store.payloads.get(payload) == BIG[:size]
    store.close()


def test_a_big_document_moves_under_the_current_key_while_it_is_read(url):
    store = opened(url)
    payload = store.payloads.put(of_file(BIG), purge_at=TOMORROW)
    rotated = opened(url, keys=("k1", "k2"))
    reading = store.payloads.content(payload).chunks()
    first = next(reading)
    assert (rotated.payloads.rotate(), rotated.payloads.rotate()) == (1, 0)
    assert first + b"".join(reading) == BIG
    without_the_old_key = opened(url, keys=("k2",))
    assert without_the_old_key.payloads.get(payload) == BIG
    for one in (store, rotated, without_the_old_key):
        one.close()


def test_erasing_leaves_no_chunk_and_ends_a_reading(url):
    store = opened(url)
    mine = store.payloads.put(of_file(BIG), purge_at=NOW, owner="mine")
    kept = store.payloads.put(of_file(BIG), purge_at=NOW, owner="mine")
    reading = store.payloads.content(mine).chunks()
    next(reading)
    with store.database.writing() as connection:
        store.payloads.erase_in(connection, "mine", but=[kept])
    with pytest.raises(Gone):
        list(reading)
    assert store.payloads.get(kept) == BIG
    assert store.payloads.purge(now=TOMORROW) == 1
    with store.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(CHUNKS)) == 0
    store.close()


def test_what_lies_in_the_store_keeps_its_place_and_gets_a_new_day(store):
    payload = store.payloads.put(of_file(BIG), purge_at=NOW, owner="old")
    content = store.payloads.content(payload)
    assert store.payloads.put(content, purge_at=TOMORROW, owner="new") == payload
    assert store.payloads.purge(now=NOW) == 0
    store.payloads.purge(now=TOMORROW)
    with pytest.raises(Gone):
        store.payloads.put(content, purge_at=TOMORROW)


SENT = SentApplication(
    reference="LV-2026-7F3K-9Q2M-XW4T",
    received_at="2026-11-24T10:00:00+00:00",
    procedure="T3",
    language="en",
    person={"identifier": "ES/LV/11223344B"},
    files=(
        SentFile(title="Big", media_type="application/pdf", sha256="00", content=of_file(BIG)),
        SentFile(title="Small", media_type="text/plain", sha256="01", content=b"small"),
    ),
)


@pytest.fixture
def box(tmp_path) -> ApplicationFolder:
    key = b"a" * 32
    (tmp_path / "payloads.secret").write_bytes(key)
    return ApplicationFolder(tmp_path / "applications", Sealer({"first": key}, current="first"))


def test_an_application_with_big_evidence_is_taken_out_whole(box, tmp_path):
    box.put(SENT)
    big, small = box.get(SENT.reference).files
    assert (sha256_of(big.content), small.content) == (sha256_of(BIG), b"small")
    out = tmp_path / "out"
    given = ["applications", "export", SENT.reference, "--data", str(tmp_path), "--out", str(out)]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    assert (out / "evidence-1.pdf").read_bytes() == BIG
    assert (out / "evidence-2.bin").read_bytes() == b"small"


def test_an_application_that_was_cut_or_bent_is_refused_and_leaves_nothing(box, tmp_path):
    box.put(SENT)
    (path,) = (tmp_path / "applications").iterdir()
    sealed = path.read_bytes()
    path.write_bytes(sealed[: len(sealed) // 2])
    with pytest.raises(Gone):
        octets_of(box.get(SENT.reference).files[0].content)
    out = tmp_path / "out"
    given = ["applications", "export", SENT.reference, "--data", str(tmp_path), "--out", str(out)]
    result = CliRunner().invoke(app, given)
    assert (result.exit_code, out.exists()) == (1, False)
    path.write_bytes(sealed.replace(b"first", b"other", 1))
    with pytest.raises(Gone):
        box.get(SENT.reference)


def test_an_application_of_an_older_release_still_opens(box, tmp_path):
    told = replace(SENT, files=()).summary()
    told["files"] = [{"title": "T", "media_type": "text/plain", "sha256": "0", "content": "b2xk"}]
    sealed = box.sealer.seal(json.dumps(told).encode(), bound_to=SENT.reference)
    box.folder.mkdir()
    (box.folder / f"{SENT.reference}.sealed").write_bytes(b"first\n" + sealed)
    (file,) = box.get(SENT.reference).files
    assert file.content == b"old"
