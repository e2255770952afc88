"""The record of exchanges shows every change made to it, in the store and as an exported file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sdg_connector.adapters.store import (
    JournalBroken,
    NoJournal,
    Store,
    Verified,
    read_exported,
    verify_chain,
)
from sdg_connector.adapters.store.chain import BEGINNING
from sdg_connector.adapters.system import new_uuid
from sdg_connector.cli.app import app
from tests.support.installation import installation

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}
ANA = "ES/LV/11223344B"
run = CliRunner()


def opened(url: str, *, current: str = "k1") -> Store:
    return Store.open(url, keys=KEYS, current_key=current, new_id=new_uuid)


def written(store: Store) -> None:
    for number in range(6):
        store.journal.append(
            at=NOW + timedelta(days=number),
            exchange=f"e{number // 3}",
            content={"event": "response_received", "rule": f"r{number}"}
            | ({"subject": store.pseudonyms.of(ANA)} if number == 0 else {}),
        )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(f"sqlite:///{tmp_path}/store.sqlite")
    written(found)
    yield found
    found.close()


def changed(store: Store, statement: str) -> None:
    with store.database.writing() as connection:
        assert connection.execute(sa.text(statement)).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE journal SET entry = replace(entry, 'r2', 'r9') WHERE number = 3", 3),
        ("UPDATE journal SET entry = 'no json' WHERE number = 3", 3),
        ("UPDATE journal SET entry = '[]' WHERE number = 4", 4),
        ("UPDATE journal SET exchange = 'other' WHERE number = 2", 2),
        ("UPDATE journal SET at = at - 1 WHERE number = 1", 1),
        ("DELETE FROM journal WHERE number = 1", 1),
        ("DELETE FROM journal WHERE number = 4", 4),
        ("UPDATE journal SET number = 9 WHERE number = 6", 6),
    ],
)
def test_a_change_in_the_store_is_seen_at_its_entry(
    store: Store, statement: str, number: int
) -> None:
    changed(store, statement)
    with pytest.raises(JournalBroken) as broken:
        store.journal.verify()
    assert broken.value.number == number


def test_an_end_that_was_cut_off_is_seen_by_whoever_noted_it_down(store: Store) -> None:
    whole = store.journal.verify()
    assert whole == Verified(entries=6, after=0, last=6, digest=whole.digest)
    changed(store, "DELETE FROM journal WHERE number = 6")
    assert store.journal.verify().entries == 5
    with pytest.raises(JournalBroken, match="entry 6"):
        store.journal.verify(expected=(6, whole.digest))


def test_a_journal_written_anew_is_seen_by_whoever_noted_an_entry_down(
    store: Store, tmp_path: Path
) -> None:
    noted = store.journal.verify()
    forged = opened(f"sqlite:///{tmp_path}/forged.sqlite")
    forged.journal.append(at=NOW, exchange="e0", content={"event": "nothing"})
    for _ in range(5):
        forged.journal.append(at=NOW, exchange="e0", content={"event": "nothing"})
    assert forged.journal.verify().entries == 6
    with pytest.raises(JournalBroken):
        forged.journal.verify(expected=(noted.last, noted.digest))
    forged.close()


def test_what_is_erased_on_schedule_leaves_a_chain_that_holds(store: Store) -> None:
    noted = [(one.number, one.digest) for one in store.journal.entries()]
    store.journal.erase_before(NOW + timedelta(days=3), now=NOW)
    found = store.journal.verify(expected=noted[5])
    assert (found.entries, found.after, found.last) == (3, 3, 6)
    assert store.journal.verify(expected=noted[1]).entries == 3
    after, entries = read_exported(store.journal.export())
    assert verify_chain(entries, after=after) == found


def test_an_exported_journal_proves_itself(store: Store) -> None:
    lines = list(store.journal.export())
    after, entries = read_exported(lines)
    assert after == (0, BEGINNING)
    assert verify_chain(entries, after=after) == store.journal.verify()
    part = list(store.journal.export(since=NOW + timedelta(days=4)))
    after, entries = read_exported(part)
    assert (len(part), after[0]) == (3, 4)
    assert verify_chain(entries, after=after).last == 6


@pytest.mark.parametrize("line", range(1, 7))
def test_a_changed_line_of_an_exported_journal_is_seen(store: Store, line: int) -> None:
    lines = list(store.journal.export())
    lines[line] = lines[line].replace(f"r{line - 1}", "r9")
    after, entries = read_exported(lines)
    with pytest.raises(JournalBroken, match=f"entry {line}"):
        verify_chain(entries, after=after)


@given(
    st.lists(st.text(max_size=40) | st.sampled_from(["{}", "[[[", '{"number": "1"}']), max_size=4)
)
def test_any_lines_are_a_journal_or_are_refused(lines: list[str]) -> None:
    head = json.dumps({"journal": "sdg-connector journal 1", "after": 0, "digest": BEGINNING})
    for given_lines in (lines, [head, *lines]):
        try:
            after, entries = read_exported(given_lines)
            verify_chain(entries, after=after)
        except (NoJournal, JournalBroken):
            continue


def test_a_persons_entries_are_found_under_any_key_and_nobody_elses(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.sqlite"
    first = opened(url)
    written(first)
    first.close()
    later = opened(url, current="k2")
    later.journal.append(
        at=NOW, exchange="e9", content={"subject": later.pseudonyms.of(ANA), "event": "asked"}
    )
    found = later.journal.about(later.pseudonyms.all_of("es/lv/11223344b"))
    assert [one.exchange for one in found] == ["e0"] * 3 + ["e9"]
    assert not list(later.journal.about(later.pseudonyms.all_of("ES/LV/11223344C")))
    stored = "".join(later.journal.export())
    assert "11223344" not in stored
    later.close()


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    file = installation(tmp_path, now=datetime.now(UTC))
    (tmp_path / "data").mkdir()
    result = run.invoke(app, ["records", "export", "--config", str(file)])
    assert result.exit_code == 0, result.output
    return file


def test_an_auditor_exports_and_verifies_by_command(configured: Path, tmp_path: Path) -> None:
    (database,) = (tmp_path / "data").glob("exchanges.sqlite")
    store = Store.open(
        f"sqlite:///{database}", keys={"2026": b"k" * 32}, current_key="2026", new_id=new_uuid
    )
    written(store)
    store.close()
    config = ["--config", str(configured)]
    out = tmp_path / "records.jsonl"
    exported = run.invoke(app, ["records", "export", *config, "--out", str(out)])
    assert "6 entries" in exported.output
    verified = run.invoke(app, ["records", "verify", str(out)])
    assert verified.exit_code == 0
    noted = verified.output.split("note down ")[1].strip()
    assert run.invoke(app, ["records", "verify", *config, "--noted", noted]).exit_code == 0
    cut = out.read_text().splitlines(keepends=True)[:-1]
    out.write_text("".join(cut))
    refused = run.invoke(app, ["records", "verify", str(out), "--noted", noted])
    assert (refused.exit_code, "entry 6" in refused.output) == (1, True)
    found = run.invoke(app, ["records", "about", *config, "--identifier", ANA])
    assert found.output.count("  e0  ") == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "missing.jsonl"],
        ["verify", "--config", "missing.toml"],
        ["verify", "--noted", "6"],
        ["export", "--since", "yesterday"],
    ],
)
def test_a_wrong_command_is_told_plainly(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run.invoke(app, ["records", *arguments])
    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.output
