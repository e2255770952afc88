"""Answers of users kept at home first, and handed to the Commission as they come."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Final

from procedures.feedback import Feedback, FeedbackFile, Survey
from procedures.feedback.forwarding import Collects, ForwardingJournal, forward

_LOG: Final = logging.getLogger(__name__)
_PAUSE: Final = 60.0
"""Seconds between two rounds while the service is silent or nobody answers."""


@dataclass(slots=True)
class LiveForwarding:
    """Keeps each answer, and wakes a thread that hands the waiting ones over.

    Whoever answers never waits for the Commission. What a silent service did not take, and what a
    process left behind when it died, goes with the next round.
    """

    box: FeedbackFile
    journal: ForwardingJournal
    to: Collects
    pause: float = _PAUSE
    _woken: threading.Event = field(default_factory=threading.Event, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def keep(self, answer: Feedback | Survey) -> None:
        """Keep one answer; when this returns it survives the process."""
        self.box.keep(answer)
        self._woken.set()

    def start(self) -> None:
        """Begin with what is waiting already."""
        self._woken.set()
        self._thread = threading.Thread(target=self._run, name="feedback", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._over.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self._woken.wait(timeout=self.pause)
            self._woken.clear()
            if self._over.is_set():
                return
            done = forward(self.box, journal=self.journal, to=self.to)
            for why in done.refused:
                _LOG.warning("an answer was refused: %s", why)
            if done.waiting:
                _LOG.warning("the collect API is silent; %d answers wait", done.waiting)
                self._over.wait(timeout=self.pause)
                self._woken.set()
