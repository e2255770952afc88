"""PostgreSQL without psycopg's cursors: what is refused, what breaks, what comes back."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from sdg_connector.adapters.store import prepared
from sdg_connector.adapters.store.prepared import PreparedConnection
from tests.support.postgres import PostgreSql

pytestmark = pytest.mark.peer
_KEEP = "INSERT INTO words (word) VALUES (%s::VARCHAR)"


@pytest.fixture(scope="module")
def address(server: PostgreSql) -> str:
    return server.new_database("prepared").replace("+psycopg", "")


@pytest.fixture
def connection(address: str) -> Iterator[PreparedConnection]:
    made = PreparedConnection(psycopg.connect(address, autocommit=True))
    made.run("DROP TABLE IF EXISTS words", ())
    made.run("CREATE TABLE words (word varchar(20) PRIMARY KEY)", ())
    yield made
    made.close()


def cut(connection: PreparedConnection) -> None:
    with socket.socket(fileno=os.dup(connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)


def asked(connection: PreparedConnection, sql: str, *bound: Any) -> list[tuple[Any, ...]]:
    return connection.rows(connection.run(sql, bound))


def test_a_text_with_a_zero_in_it_is_refused_and_not_cut_short(
    connection: PreparedConnection,
) -> None:
    with pytest.raises(psycopg.DataError):
        connection.run(_KEEP, ("known\0unknown",))
    assert asked(connection, "SELECT word FROM words") == []


def test_an_error_has_the_class_of_its_code_and_repeats_no_value(
    connection: PreparedConnection,
) -> None:
    connection.run(_KEEP, ("secret",))
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        connection.run(_KEEP, ("secret",))
    assert refused.value.sqlstate == "23505"
    assert "secret" not in str(refused.value)
    with pytest.raises(psycopg.errors.SyntaxError):
        connection.run("SELEKT", ())
    with pytest.raises(psycopg.ProgrammingError, match="takes no float"):
        connection.run(_KEEP, (0.5,))


@pytest.mark.parametrize("code", ["XY123", "00000"])
def test_an_error_that_no_list_names_is_an_error_of_the_database(
    connection: PreparedConnection, code: str
) -> None:
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'own' USING ERRCODE = '{code}'; END $$"
    with pytest.raises(psycopg.Error, match="own"):
        connection.run(raising, ())


def test_a_connection_that_breaks_says_so_each_time(connection: PreparedConnection) -> None:
    connection.run(_KEEP, ("kept",))
    cut(connection)
    for words in ("another", "a third"):
        with pytest.raises(psycopg.OperationalError):
            connection.run(_KEEP, (words,))
        assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        connection.begin()
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        connection.run(_KEEP, ("a fourth",))


def test_a_percent_sign_is_one_whatever_stands_around_it(connection: PreparedConnection) -> None:
    found = asked(connection, "SELECT '%%s', %s::VARCHAR, 7 %% 4, '%%%%'", "100 %s")
    assert found == [("%s", "100 %s", 3, "%%")]


def test_values_come_back_as_they_were_given(connection: PreparedConnection) -> None:
    given = ("ā\n", b"\0\xff", 2**40, -1, True, False, None, "")
    kinds = ("VARCHAR", "BYTEA", "BIGINT", "INTEGER", "BOOLEAN", "BOOLEAN", "VARCHAR", "TEXT")
    words = ", ".join(f"%s::{kind}" for kind in kinds)
    assert asked(connection, f"SELECT {words}", *given) == [given]


def test_more_statements_than_are_kept_are_prepared_again(
    connection: PreparedConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_KEPT", 4)
    for number in [*range(10), *range(10)]:
        assert asked(connection, f"SELECT {number} + %s::INTEGER", 1) == [(number + 1,)]
    ((kept,),) = asked(connection, "SELECT count(*) FROM pg_prepared_statements")
    assert kept <= 4


def test_statements_that_could_not_be_let_go_are_let_go_later(
    connection: PreparedConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_KEPT", 1)
    connection.run(_KEEP, ("there",))
    connection.begin()
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.run(_KEEP, ("there",))
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        connection.run("SELECT 1", ())
    connection.rollback()
    for number in range(3):
        assert asked(connection, f"SELECT {number}") == [(number,)]


def test_what_a_transaction_undid_is_not_there_and_its_statements_run_again(
    connection: PreparedConnection,
) -> None:
    connection.begin()
    connection.run(_KEEP, ("undone",))
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.run(_KEEP, ("undone",))
    connection.rollback()
    connection.rollback()
    connection.begin()
    connection.run(_KEEP, ("done",))
    connection.commit()
    connection.commit()
    assert asked(connection, "SELECT word FROM words") == [("done",)]
