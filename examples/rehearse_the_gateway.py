"""Every call to the Commission's services, rehearsed against ``sdg-connector sandbox``.

``python examples/rehearse_the_gateway.py http://127.0.0.1:8802/gateway``
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import httpx

from procedures import catalogue
from procedures.clients import CollectClient, LinksClient
from procedures.collect import Call, Ledger, Period, hand_over
from procedures.feedback import Category, Feedback, Survey
from procedures.feedback.batches import feedback_of, surveys_of
from procedures.links import Snapshot, changes, links_of, push
from procedures.model import Country
from procedures.statistics import (
    AssistanceRequest,
    Device,
    Hit,
    Site,
    aggregate,
    assistance_statistics,
)
from procedures.statistics.assistance import Situation, UserCategory

PAGE = "https://latvija.lv/lv/pakalpojumi/pieteiksanas-studijam"
YES = {"englishAvailability": "Yes", "nationalAuthentication": "Yes", "onlinePayment": "Irrelevant"}


def rehearse(gateway: str, ledger_file: Path, *, now: datetime) -> list[str]:
    """Statistics, feedback and links of the last month; gives what came of each call."""
    month = Period.read(f"{now.year - (now.month == 1):04d}-{(now.month - 2) % 12 + 1:02d}")
    year, half = (now.year, 1) if now.month > 6 else (now.year - 1, 2)
    asked = AssistanceRequest(
        page=PAGE,
        received=date(year, 3 if half == 1 else 9, 1),
        answered=date(year, 3 if half == 1 else 9, 4),
        user=UserCategory.CITIZEN,
        situation=Situation.CROSS_BORDER,
        subject="Studies",
    )
    view = Hit(address=PAGE, country="EE", device=Device.SMARTPHONE, at=month.start)
    rated = Feedback(source=PAGE, category=Category.PROCEDURE, rating=5, text="!", at=month.start)
    survey = Survey(
        source=PAGE,
        category=Category.PROCEDURE,
        answers={**YES, "easiness": 4, "complianceEvidence": "Partly"},
        at=month.start,
    )
    with httpx.Client() as http:
        base = f"{gateway}/collect/v1"
        collect = CollectClient(http=http, key="rehearsal-key", base=base)
        collect.post(Call.FEEDBACK, rated.to_collect())
        collect.post(Call.SURVEY, survey.to_collect())
        ledger = Ledger(ledger_file, service=base)
        outcomes = [
            hand_over(sent, to=collect, ledger=ledger, now=now).outcome.value
            for sent in (
                aggregate([view], period=month, site=Site.of("https://latvija.lv")).transmission(),
                assistance_statistics([asked], period=Period.half_year(year, half)),
                feedback_of([rated], period=month),
                surveys_of([survey], period=month),
            )
        ]
        ledger.close()
        repository = LinksClient(
            http=http,
            country=Country("LV"),
            author="VDAA",
            token="rehearsal-token",  # noqa: S106  it opens nothing outside the sandbox
            address=f"{gateway}/links/dtx/import",
        )
        links = links_of(catalogue.load("lv/pieteiksanas-studijam"))
        found = changes(links, since=Snapshot())
        pushed = push(found, since=Snapshot(), to=repository, keep=lambda snapshot: None)
    return [*outcomes, f"{pushed.sent} links"]


if __name__ == "__main__":
    print(*rehearse(sys.argv[1], Path("rehearsal.db"), now=datetime.now(UTC)), sep="\n")
