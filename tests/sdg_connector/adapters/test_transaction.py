"""Statements at the driver's cost: what is bound and read, and connections that are lost."""

import gc
import threading
import weakref
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.outage import is_away
from sdg_connector.adapters.store import Database, connections
from sdg_connector.adapters.store.statements import adding, changing, rows_of
from sdg_connector.adapters.store.tables import Moment
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import Overtaken

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
_METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    _METADATA,
    sa.Column("thing", sa.String(64), primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("at", Moment),
    sa.Column("octets", sa.LargeBinary),
    sa.Column("times", sa.Integer, nullable=False),
)
FIRST = {"thing": "1 % ?", "open": True, "at": NOON, "octets": b"\0o", "times": 0}
SECOND = {"thing": "2", "open": False, "at": None, "octets": None, "times": 7}


@pytest.fixture
def database(url):
    opened = Database.open(url, _METADATA)
    with opened.writing() as transaction:
        assert transaction.execute(adding(THINGS), [FIRST, SECOND]).rowcount == 2
    yield opened
    opened.close()


@pytest.fixture
def on_postgresql(server):
    opened = Database.open(server.new_database(new_uuid()), _METADATA)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("statement", "values", "wrong"),
    [
        (rows_of(THINGS, "thing"), {}, "thing"),
        (rows_of(THINGS, "thing"), {"thing": "1", "another": "2"}, "another"),
        (changing(THINGS, "thing"), {"open": True}, "of_thing"),
        (sa.select(THINGS), {"thing": "1"}, "thing"),
    ],
)
def test_values_that_a_statement_does_not_take_are_refused(database, statement, values, wrong):
    with pytest.raises(ValueError, match=f"differ in {wrong}$"):
        database.read(statement, values)


def test_columns_come_back_by_name_as_they_went_in(database):
    for given in (FIRST, SECOND):
        row = database.read(rows_of(THINGS, "thing"), {"thing": given["thing"]}).one()
        assert row._asdict() == given
        assert type(row.open) is bool
        assert type(row.octets) is type(given["octets"])


def test_a_statement_that_is_made_where_it_is_used_binds_what_it_brings_along(database):
    query = sa.select(THINGS.c.thing).where(
        THINGS.c.at.in_([NOON, NOON + timedelta(1)]),
        THINGS.c.open,
        THINGS.c.thing.contains("%", autoescape=True),
    )
    assert [row.thing for row in database.read(query.limit(3))] == ["1 % ?"]
    some, none = ([FIRST["thing"], "2"], [])
    for wanted in (some, none):
        among = sa.select(sa.func.count()).where(THINGS.c.thing.in_(wanted))
        (row,) = database.read(among)
        assert row == (len(wanted),)
    made = weakref.ref(query)
    del query, among
    gc.collect()
    assert made() is None, "every query that was ever made stays in memory"


def test_what_changes_is_counted_and_what_is_returned_is_read(database):
    more = changing(THINGS, "open").values(times=THINGS.c.times + 1)
    with database.writing() as transaction:
        assert transaction.execute(more, {"of_open": True, "at": None}).rowcount == 1
        assert transaction.execute(more, {"of_open": True}).rowcount == 1
        taken = THINGS.delete().where(THINGS.c.open).returning(THINGS)
        assert transaction.execute(taken).one().times == 2
        assert transaction.execute(taken).first() is None
        assert transaction.scalars(sa.select(THINGS.c.thing)) == ("2",)
        assert transaction.scalar(rows_of(THINGS, "thing"), {"thing": "1"}) is None
        assert transaction.execute(adding(THINGS), []).rowcount == 0


def test_rows_that_are_streamed_all_come_and_others_read_meanwhile(database):
    with database.writing() as transaction:
        many = [SECOND | {"thing": f"many {number}"} for number in range(1200)]
        transaction.execute(adding(THINGS), many)
    with database.reading() as transaction:
        stream = transaction.stream(sa.select(THINGS))
        first = next(stream)
        assert transaction.scalar(sa.select(sa.func.count()).select_from(THINGS)) == 1202
        assert len({first.thing, *(row.thing for row in stream)}) == 1202


def test_a_row_that_is_there_already_is_told_as_overtaken_and_nothing_stays(database):
    def twice() -> None:
        with database.writing() as transaction:
            transaction.execute(adding(THINGS), SECOND | {"thing": "3"})
            transaction.execute(adding(THINGS), SECOND)

    for _ in range(3):
        with pytest.raises(Overtaken):
            twice()
    assert database.read(rows_of(THINGS, "thing"), {"thing": "3"}).first() is None


def test_an_error_of_the_driver_names_no_value(database):
    with pytest.raises(sa.exc.DBAPIError) as wrong:
        database.read(sa.text("SELECT nothing FROM things WHERE thing = :thing"), {"thing": "Ana"})
    assert "Ana" not in str(wrong.value)
    assert not is_away(wrong.value) or isinstance(wrong.value, sa.exc.OperationalError)
    assert len(database.read(sa.select(THINGS)).all()) == 2


def test_whoever_finds_every_connection_taken_waits_for_one(database, monkeypatch):
    monkeypatch.setattr(connections, "_PATIENCE_SECONDS", 0.2)
    with ExitStack() as all_taken:
        for _ in range(15):
            all_taken.enter_context(database.reading())
        with ExitStack() as last:
            last.enter_context(database.reading())
            with pytest.raises(sa.exc.TimeoutError) as busy:
                database.read(sa.select(THINGS))
            assert is_away(busy.value)
            monkeypatch.setattr(connections, "_PATIENCE_SECONDS", 30)
            threading.Timer(0.2, last.pop_all().close).start()
            assert len(database.read(sa.select(THINGS)).all()) == 2


@pytest.mark.peer
def test_connections_from_before_a_restart_of_the_server_cost_nobody_an_error(
    on_postgresql, server
):
    with ExitStack() as several:
        for _ in range(4):
            several.enter_context(on_postgresql.reading()).execute(sa.select(THINGS))
    server.stop()
    with pytest.raises(sa.exc.OperationalError) as away:
        on_postgresql.read(sa.select(THINGS))
    assert is_away(away.value)
    server.start()
    for _ in range(5):
        with on_postgresql.writing() as transaction:
            transaction.execute(adding(THINGS), FIRST | {"thing": new_uuid()})
    assert len(on_postgresql.read(sa.select(THINGS)).all()) == 5


@pytest.mark.peer
def test_a_connection_that_is_lost_within_a_transaction_is_not_used_again(on_postgresql):
    def cut() -> None:
        with on_postgresql.writing() as transaction:
            transaction.execute(adding(THINGS), FIRST)
            transaction.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(sa.exc.DBAPIError) as lost:
        cut()
    assert lost.value.connection_invalidated
    assert is_away(lost.value)
    assert on_postgresql.read(sa.select(THINGS)).all() == []


@pytest.mark.peer
def test_a_database_of_another_encoding_keeps_what_it_can_and_refuses_the_rest(server):
    latin = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with closing(Database.open(server.new_database(new_uuid(), latin), _METADATA)) as database:
        row = {**FIRST, "thing": "Núñez"}
        with database.writing() as transaction:
            transaction.execute(adding(THINGS), row)
        assert database.read(rows_of(THINGS, "thing"), {"thing": "Núñez"}).one().thing == "Núñez"
        assert database.read(sa.select(sa.func.length(THINGS.c.thing))).one()[0] == 5
        with pytest.raises(sa.exc.DBAPIError), database.writing() as transaction:
            transaction.execute(adding(THINGS), {**row, "thing": "Ķeguma"})
