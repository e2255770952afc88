"""A workflow's loop: a step, a wait, until a step says that it was the last."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sdg_connector.ports import Run

END: Final = "end"
"""In the result of a last step: the end's name."""
WAIT: Final = "wait"
"""In the result of any other: how many seconds to wait, unless woken."""


async def until_end(run: Run, name: str, step: Callable[[str], Awaitable[dict[str, Any]]]) -> str:
    """Repeat ``step(name)`` until its result has an end; gives the end's name."""
    while True:
        result = await run.step(name, lambda: step(name))
        if END in result:
            return str(result[END])
        await run.wait(float(result[WAIT]))
