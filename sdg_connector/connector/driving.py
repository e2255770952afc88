"""A workflow's loop: a step, a wait, until a step says that it was the last."""

from collections.abc import Awaitable, Callable

from sdg_connector.ports import Run, Step


async def until_end(run: Run, name: str, step: Callable[[str], Awaitable[Step]]) -> str:
    """Repeat ``step(name)`` until one is the last; gives the end's name."""
    while True:
        done = await run.step(name, lambda: step(name))
        if done.wait is None:
            return done.state
        await run.wait(done.wait)
