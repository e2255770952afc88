"""Statements that are built once: SQLAlchemy takes longer to build one than to run it.

Each names the columns that tell rows apart; their values are given when it runs.
"""

from functools import cache

import sqlalchemy as sa


@cache
def adding(table: sa.Table) -> sa.Insert:
    """Add a row; takes its values by the names of the columns."""
    return table.insert()


@cache
def adding_where(
    table: sa.Table, columns: tuple[str, ...], *conditions: sa.ColumnElement[bool]
) -> sa.Insert:
    """Add a row of these columns if all of this holds; gives the first column of its key."""
    given = sa.select(*(_given(table, one) for one in columns)).where(*conditions)
    return table.insert().from_select(columns, given).returning(table.primary_key.columns[0])


@cache
def rows_of(table: sa.Table, *columns: str) -> sa.Select[tuple[object, ...]]:
    """Read the rows that have these values, which are taken by the names of the columns."""
    return sa.select(table).where(*(table.c[one] == _given(table, one) for one in columns))


@cache
def changing(table: sa.Table, *columns: str) -> sa.Update:
    """Change the rows that have these values, taken as ``of_`` and the name of the column.

    What changes is taken by the names of the columns.
    """
    return table.update().where(
        *(table.c[one] == sa.bindparam(f"of_{one}", type_=table.c[one].type) for one in columns)
    )


@cache
def erasing(table: sa.Table, *columns: str) -> sa.Delete:
    """Erase the rows that have these values, which are taken by the names of the columns."""
    return table.delete().where(*(table.c[one] == _given(table, one) for one in columns))


def is_open(table: sa.Table) -> sa.TextClause:
    """Rows that have not ended, in the words of their index: SQLite uses it for no others."""
    return sa.text(f"{table.name}.open")


def _given(table: sa.Table, column: str) -> sa.BindParameter[object]:
    return sa.bindparam(column, type_=table.c[column].type)
