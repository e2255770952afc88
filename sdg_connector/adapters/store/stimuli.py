"""What an exchange is told, in the order in which it takes it in."""

import json
from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from sdg_connector.adapters.store.tables import EXCHANGES, STIMULI
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.connector import UnknownExchange
from sdg_connector.connector.book import Record, Told

THIS: Final = sa.bindparam("exchange", type_=sa.String)
WAITS: Final = sa.and_(
    STIMULI.c.exchange == EXCHANGES.c.exchange, STIMULI.c.number > EXCHANGES.c.stimulus
)
"""A stimulus that was not taken in yet."""
_NEXT_TOLD: Final = (
    sa.select(STIMULI.c.number, STIMULI.c.stimulus)
    .where(
        STIMULI.c.exchange == THIS,
        STIMULI.c.number > sa.bindparam("stimulus", type_=sa.Integer),
    )
    .order_by(STIMULI.c.number)
    .limit(1)
)
_TOLD_ALREADY: Final = sa.select(STIMULI.c.number).where(
    STIMULI.c.exchange == THIS, STIMULI.c.key == sa.bindparam("key", type_=sa.String)
)
_LAST_TOLD: Final = (
    sa.select(sa.func.max(STIMULI.c.number)).where(STIMULI.c.exchange == THIS).scalar_subquery()
)
_TELL: Final = STIMULI.insert().from_select(
    ["exchange", "number", "key", "stimulus"],
    sa.select(
        EXCHANGES.c.exchange,
        sa.func.coalesce(_LAST_TOLD, EXCHANGES.c.stimulus) + 1,
        sa.bindparam("key", type_=sa.String),
        sa.bindparam("stimulus", type_=sa.Text),
    ).where(EXCHANGES.c.exchange == THIS, ~_TOLD_ALREADY.exists()),
)


def tell_in(
    connection: Transaction, exchange: str, stimulus: Mapping[str, str], *, key: str
) -> None:
    """Write a stimulus down, once for each key; raises ``UnknownExchange``."""
    which = {"exchange": exchange, "key": key}
    text = json.dumps(dict(stimulus))
    if connection.execute(_TELL, {**which, "stimulus": text}).rowcount:
        return
    if connection.execute(_TOLD_ALREADY, which).first() is None:
        raise UnknownExchange("no exchange has this id")


def told_in(connection: Transaction, record: Record) -> Told | None:
    """What an exchange has to take in next."""
    if record.state.is_end:
        return None
    which = {"exchange": record.exchange, "stimulus": record.stimulus}
    row = connection.execute(_NEXT_TOLD, which).first()
    return None if row is None else Told(row.number, json.loads(row.stimulus))
