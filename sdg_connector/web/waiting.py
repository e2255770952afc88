"""While an exchange is on its way: the page waits a moment, and a script looks whether it moved on.

A page that reloads itself by the clock takes the reader's place away (WCAG 2.2, failure F41), so
none does: most answers come while the server holds the page back, and without JavaScript a button
looks again.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sdg_connector.web.desk import EvidenceDesk, ExchangeView, Stage

ON_ITS_WAY: Final = frozenset({Stage.WAITING, Stage.RETURNED})
_LOOK_AGAIN: Final = 0.05
"""Seconds between two looks into the book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A little patience before anybody is asked to wait."""

    desk: EvidenceDesk
    patience: timedelta

    async def view(self, exchange: str) -> ExchangeView:
        """The exchange as soon as it has moved on, or as it stands when the patience has ended.

        Raises `DeskRefused` as the desk does.
        """
        limit = asyncio.get_running_loop().time() + self.patience.total_seconds()
        view = await self.desk.view(exchange)
        while view.stage in ON_ITS_WAY and asyncio.get_running_loop().time() < limit:
            await asyncio.sleep(_LOOK_AGAIN)
            view = await self.desk.view(exchange)
        return view
