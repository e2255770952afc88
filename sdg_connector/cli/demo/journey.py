"""The journey that the demo walks: a Spanish student applies to a Latvian university."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sdg_connector.cli.demo.browser import Browser, LostTheWay

CITIZEN: Final = "ana"
COUNTRY: Final = "ES"
_PATIENCE: Final = 60.0
"""Seconds that the walk waits for an answer that travels over AS4."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file that arrived at the portal."""

    media_type: str
    size: int
    sha256: str


@dataclass(slots=True)
class Walk:
    """What the journey has come to. Each step gives one line about what was seen."""

    portal: str
    browser: Browser = field(default_factory=Browser)
    exchange: str = ""
    """Id of the exchange that brought the evidence."""
    reference: str = ""
    """The reference number of the written acknowledgement."""
    delivered: list[Delivered] = field(default_factory=list)

    def read_the_service(self) -> str:
        """The description, in English, made by a machine from the Latvian one, and marked so."""
        self.browser.go(f"{self.portal}/lv/")
        original = self.browser.heading
        self.browser.go(f"{self.portal}/en/")
        tree = self.browser.tree
        if not tree.xpath("//head/meta[@name='sdg-tag' and @content='sdg']"):
            raise LostTheWay("the service page carries no SDG meta tags")
        if not tree.xpath("//*[@data-machine-translation]"):
            raise LostTheWay("the English text is not marked as machine-translated")
        return f"{original} → {self.browser.heading}"

    def choose_country(self) -> str:
        """Country and level; the answer is a signed request for the foreign node."""
        self.browser.submit("start")
        self.browser.submit("country-form", country=COUNTRY, level="substantial")
        request = base64.b64decode(self.browser.fields("to-node")["SAMLRequest"])
        return f"AuthnRequest of {len(request)} bytes"

    def identify_abroad(self) -> str:
        """The signed request reaches the Spanish node; the student logs in and consents there."""
        self.browser.submit("to-node")
        self.browser.submit("login", citizen=CITIZEN, decision="continue")
        self.browser.submit("consent", decision="agree")
        answer = base64.b64decode(self.browser.fields("to-portal")["SAMLResponse"])
        return f"Response of {len(answer)} bytes"

    def come_back(self) -> str:
        """The signed and encrypted answer is verified; the portal greets her by name."""
        self.browser.submit("to-portal")
        self._expect("greeting")
        return self.browser.heading

    def find_evidence(self) -> str:
        """Evidence Broker and Data Service Directory say who holds the diploma."""
        self.browser.submit("find")
        self._expect("request")
        offers = self.browser.tree.xpath("//form[@id='request']//h2[starts-with(@id, 'offer-')]")
        return ", ".join(" ".join(one.text_content().split()) for one in offers)

    def ask_explicitly(self) -> str:
        """Her explicit request goes out over AS4; the provider answers that a preview is needed."""
        self.browser.submit("request", explicit="yes")
        self._wait_for("preview")
        self.exchange = self.browser.fields("preview")["exchange"]
        return f"exchange {self.exchange}"

    def preview_abroad(self) -> str:
        """She sees the diploma in Spain and agrees that it is sent."""
        self.browser.submit("preview")
        if self.browser.tree.xpath("//form[@id='login']"):
            self.browser.submit("login", citizen=CITIZEN, decision="continue")
        shown = self.browser.heading
        self.browser.submit("decide", decision="approve")
        return shown

    def receive(self) -> str:
        """The second request brought the evidence over AS4; she downloads what arrived."""
        self._wait_for("evidence")
        for link in self.browser.tree.xpath("//a[@data-evidence]/@href"):
            answer = self.browser.client.get(f"{self.portal}{link}")
            answer.raise_for_status()
            self.delivered.append(
                Delivered(
                    media_type=answer.headers["content-type"].partition(";")[0],
                    size=len(answer.content),
                    sha256=hashlib.sha256(answer.content).hexdigest(),
                )
            )
        if not self.delivered:
            raise LostTheWay("no evidence is offered for download")
        return ", ".join(f"{one.media_type} {one.size} bytes" for one in self.delivered)

    def attach_and_submit(self) -> str:
        """The evidence becomes part of the application; the portal acknowledges in writing."""
        self.browser.submit("attach")
        self.browser.submit("submit")
        self._expect("acknowledgement")
        self.reference = str(next(iter(self.browser.tree.xpath("//@data-reference")), ""))
        return f"reference {self.reference}"

    def give_feedback(self) -> str:
        """She rates the service."""
        self.browser.go(f"{self.portal}/en/feedback")
        self.browser.submit("feedback", rating="5", text="")
        self._expect("feedback")
        return self.browser.heading

    def _expect(self, page: str) -> None:
        if self.browser.name != page:
            raise LostTheWay(
                f"expected the page {page!r}, found {self.browser.name!r}: {self.browser.heading}"
            )

    def _wait_for(self, page: str) -> None:
        limit = time.monotonic() + _PATIENCE
        while self.browser.name != page:
            if self.browser.name == "problem" or time.monotonic() > limit:
                self._expect(page)
            time.sleep(0.05)
            self.browser.go(f"{self.portal}/en/application")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the journey."""

    key: str
    label: str
    take: Callable[[], str]
    """Takes the step, gives what was seen, raises `LostTheWay`."""


def steps(walk: Walk) -> Iterator[Step]:
    """The journey, in order."""
    yield Step("service", "Read the service, translated into English", walk.read_the_service)
    yield Step("country", "Choose Spain and a level of assurance", walk.choose_country)
    yield Step("login", "Log in at the Spanish eIDAS node", walk.identify_abroad)
    yield Step("greeting", "Come back, proven, greeted by name", walk.come_back)
    yield Step("find", "Find out who holds the diploma", walk.find_evidence)
    yield Step("request", "Ask for it explicitly, over AS4", walk.ask_explicitly)
    yield Step("preview", "Preview it in Spain and agree", walk.preview_abroad)
    yield Step("evidence", "Receive it over AS4", walk.receive)
    yield Step("submit", "Attach it, get the acknowledgement", walk.attach_and_submit)
    yield Step("feedback", "Rate the service", walk.give_feedback)
