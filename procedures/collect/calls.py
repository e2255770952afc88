"""The calls of the Commission's collect API, and what becomes of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PRODUCTION: Final = "https://collect.youreurope.europa.eu/v1"
"""Where the Commission collects; its OpenAPI files still name an older host."""
ACCEPTANCE: Final = "https://collect.sdgacceptance.eu/v1"
UNIQUE_ID_PATH: Final = "/unique-id"
KEY_HEADER: Final = "x-api-key"
"""One key for each provider and each environment."""


class Call(StrEnum):
    """What is handed over; the value is the path under the base address."""

    INFORMATION_STATISTICS = "/statistics/information-services"
    ASSISTANCE_STATISTICS = "/statistics/assistance-services"
    FEEDBACK = "/feedback/quality"
    FEEDBACK_BATCH = "/feedback/quality/batch"
    SURVEY = "/feedback/quality/survey"
    SURVEY_BATCH = "/feedback/quality/survey/batch"

    @property
    def traits(self) -> "Traits":
        """How the call is made."""
        return _TRAITS[self]


@dataclass(frozen=True, slots=True)
class Traits:
    """How a call is made."""

    entries: str | None
    """Field of the list that ``nbEntries`` counts; none where one answer is sent as it is given."""
    subject: str
    """The word of our commands."""
    clause: str

    @property
    def for_a_period(self) -> bool:
        """Whether the call hands over a reference period under a unique id, with a key."""
        return self.entries is not None


_LAW: Final = "Implementing Regulation (EU) 2020/1121"
_TRAITS: Final = {
    Call.INFORMATION_STATISTICS: Traits("sources", "information", f"{_LAW}, article 3"),
    Call.ASSISTANCE_STATISTICS: Traits("sources", "assistance", f"{_LAW}, article 4"),
    Call.FEEDBACK: Traits(None, "feedback", f"{_LAW}, article 10"),
    Call.FEEDBACK_BATCH: Traits("feedbacks", "feedback", f"{_LAW}, article 10"),
    Call.SURVEY: Traits(None, "survey", f"{_LAW}, article 6"),
    Call.SURVEY_BATCH: Traits("feedbacks", "survey", f"{_LAW}, article 6"),
}
