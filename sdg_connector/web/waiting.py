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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A little patience before anybody is asked to wait."""

    desk: EvidenceDesk
    patience: timedelta

    async def view(self, exchange: str) -> ExchangeView:
        """The exchange as soon as it has moved on, or as it stands when the patience has ended.

        Raises `DeskRefused` as the desk does.
        """
        loop = asyncio.get_running_loop()
        limit = loop.time() + self.patience.total_seconds()
        with self.desk.steps(exchange) as next_step:
            view = await self.desk.view(exchange)
            while view.stage in ON_ITS_WAY and (left := limit - loop.time()) > 0:
                await next_step(left)
                view = await self.desk.view(exchange)
        return view
