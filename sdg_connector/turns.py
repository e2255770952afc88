"""Work on threads, few at a time: they share one interpreter, and too many cost more than they do.

A statement, a digest or a parse lets go of the interpreter's lock for microseconds. With others
waiting for it, each of these is a change of threads, which costs more than the work in between.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_AT_ONCE: Final = 2
"""One works while the other waits for the disk or the database."""
_PATIENCE_SECONDS: Final = 1.0
"""Nobody waits longer for those that take long: a document of gigabytes, a server that hangs."""
_threads: Final = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="turn")


async def in_turn(
    work: Callable[_Given, _Result], /, *given: _Given.args, **named: _Given.kwargs
) -> _Result:
    """The result of short work on a thread, as ``asyncio.to_thread`` gives it."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[Callable[[], _Result] | None] = loop.create_future()
    whole = partial(copy_context().run, work, *given, **named)
    placed = _threads.submit(lambda: loop.call_soon_threadsafe(_tell, came, _outcome(whole)))

    def give_up() -> None:
        # What has begun cannot be cancelled, and goes on.
        if placed.cancel():
            _tell(came, None)

    late = loop.call_later(_PATIENCE_SECONDS, give_up)
    try:
        outcome = await came
    except asyncio.CancelledError:
        placed.cancel()
        raise
    finally:
        late.cancel()
    return await asyncio.to_thread(work, *given, **named) if outcome is None else outcome()


def _tell(came: "asyncio.Future[_Result]", outcome: _Result) -> None:
    if not came.done():
        came.set_result(outcome)


def _outcome(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """What gives the result of the work, or raises what went wrong."""
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  it is raised where the result is waited for
        wrong = error

        def fail() -> _Result:
            raise wrong

        return fail
    return lambda: result
