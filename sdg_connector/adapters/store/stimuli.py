"""What an exchange is told, in the order in which it takes it in."""

import json
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.tables import EXCHANGES, STIMULI
from sdg_connector.connector.book import Told

THIS: Final = sa.bindparam("exchange", type_=sa.String)
WAITS: Final = sa.and_(
    STIMULI.c.exchange == EXCHANGES.c.exchange, STIMULI.c.number > EXCHANGES.c.stimulus
)
"""A stimulus that was not taken in yet."""
_NEXT: Final = (
    sa.select(STIMULI)
    .where(
        STIMULI.c.exchange == sa.bindparam("told_of", type_=sa.String),
        STIMULI.c.number > sa.bindparam("told_after", type_=sa.Integer),
    )
    .order_by(STIMULI.c.number)
    .limit(1)
)
NEXT_TOLD: Final = (
    _NEXT.with_only_columns(STIMULI.c.number).scalar_subquery().label("number"),
    _NEXT.with_only_columns(STIMULI.c.stimulus).scalar_subquery().label("told"),
)
"""What the exchange ``told_of`` takes in next, after it took in ``told_after``."""
_KEY: Final = sa.bindparam("key", type_=sa.String) + sa.case(
    (EXCHANGES.c.times > 0, sa.literal(" ") + sa.cast(EXCHANGES.c.times, sa.String)), else_=""
)
"""A button counts once more after the provider was asked again."""
_TOLD_ALREADY: Final = sa.exists().where(STIMULI.c.exchange == THIS, STIMULI.c.key == _KEY)
_LAST_TOLD: Final = (
    sa.select(sa.func.max(STIMULI.c.number)).where(STIMULI.c.exchange == THIS).scalar_subquery()
)
TELL: Final = STIMULI.insert().from_select(
    ["exchange", "number", "key", "stimulus"],
    sa.select(
        EXCHANGES.c.exchange,
        sa.func.coalesce(_LAST_TOLD, EXCHANGES.c.stimulus) + 1,
        _KEY,
        sa.bindparam("stimulus", type_=sa.Text),
    ).where(EXCHANGES.c.exchange == THIS, ~_TOLD_ALREADY),
)
"""Write a stimulus down, once for each key."""


def telling(exchange: str, stimulus: Mapping[str, str], *, key: str) -> Mapping[str, str]:
    """The values of ``TELL``."""
    return {"exchange": exchange, "key": key, "stimulus": json.dumps(dict(stimulus))}


def told_in(row: Any) -> Told | None:
    """What a row says that an exchange has to take in next."""
    return None if row.number is None else Told(row.number, json.loads(row.told))
