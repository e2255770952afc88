"""The portal is killed between any two steps of a journey, and the same exchange finishes once."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sdg_connector.cli.demo.journey import Walk, steps
from tests.support.portal_process import Processes, running_processes


class Interrupting(httpx.BaseTransport):
    """Lets something happen before each button that is pressed, and before all that follows it.

    What remains are pages that only show what is there.
    """

    def __init__(self, portal: str, happen: Callable[[], None]) -> None:
        self._inner = httpx.HTTPTransport()
        self._portal, self._happen = portal, happen
        self._pressed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let it happen, then send the request."""
        presses = request.method == "POST"
        if str(request.url).startswith(self._portal) and (presses or self._pressed):
            self._happen()
        answer = self._inner.handle_request(request)
        self._pressed = presses or (self._pressed and answer.is_redirect)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _walk(both: Processes) -> Walk:
    def kill() -> None:
        both.portal.kill()
        both.portal.start()

    walk = Walk(both.url)
    walk.browser.client = httpx.Client(
        follow_redirects=True, timeout=30, transport=Interrupting(both.url, kill)
    )
    for step in steps(walk):
        step.take()
    walk.browser.close()
    return walk


@pytest.mark.slow
def test_killed_before_and_after_every_button_the_journey_finishes_once(tmp_path: Path) -> None:
    with running_processes(tmp_path) as both:
        walk = _walk(both)
        assert both.portal.kills >= 16
        assert {one.sha256 for one in walk.delivered} == both.held()
        with both.store() as store:
            limit = time.monotonic() + 20
            while store.book.open_exchanges():
                assert time.monotonic() < limit, "the exchange does not end"
                time.sleep(0.05)
            assert store.journal.verify().entries > 0
            assert {entry.exchange for entry in store.journal.entries()} == {walk.exchange}
            events = [entry.content["event"] for entry in store.journal.entries()]
            for once in ("explicit_request", "response_received", "evidence_delivered"):
                assert events.count(once) == 1, events
            directions = [message[0] for message in store.overview.messages(walk.exchange)]
            assert directions == ["out", "in", "out", "in"]
        sent = list((tmp_path / "portal" / "applications").iterdir())
        assert [path.stem for path in sent] == [walk.reference]
        kept = (tmp_path / "portal" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["rating"] for line in kept] == [5]
