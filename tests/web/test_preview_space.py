"""A provider's preview space: a real eIDAS login, the documents, one decision, the way back."""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import httpx
import pytest

import eidas
from sdg_connector.adapters.login_ceremony import LoginCeremony
from sdg_connector.adapters.pages import template_environment
from sdg_connector.adapters.store import Sealer, Sessions
from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.connector.matching import Known, KnownPerson, Subject
from sdg_connector.connector.providing import Preview, Provider
from sdg_connector.connector.replies import Reply, ReplyWriter
from sdg_connector.evidence import (
    EvidenceFailure,
    EvidenceRequest,
    read_evidence_answer,
    write_evidence_request,
)
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    EdmLine,
    EvidenceRole,
    EvidenceType,
    Identifier,
    Text,
)
from sdg_connector.web.preview_pages import PreviewPages
from sdg_connector.web.preview_space import PreviewSpace
from tests.eidas.eidas_world import ANA, NOW, World, make_world
from tests.support.edm_requests import request_for

SITE = "https://portal.lv.example"
BACK = "https://portal.es.example/return/one-time"
PDF, XML = b"%PDF-1.7 the diploma", b"<diploma><script>alert(1)</script></diploma>"
BRUNO = replace(
    ANA,
    identifier=eidas.PersonIdentifier("ES", "LV", "99999999R"),
    given_name=eidas.Name("Bruno"),
)


class Diplomas:
    """Ana's record, in two documents."""

    def may_ask(self, request: EvidenceRequest) -> bool:
        return True

    def known(self, subject: Subject) -> Iterable[Known]:
        return (
            KnownPerson(
                record="LV-1",
                family_name="García Núñez",
                given_name="Ana",
                date_of_birth=date(2001, 5, 17),
                identifiers=("12345678Z",),
            ),
        )

    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        kind = EvidenceType(
            classification=request.evidence_type.classification, titles=(Text("Diploma"),)
        )
        diploma = HeldEvidence(
            identifier="5f2c1f0e-6f0a-4a52-9d5c-7a1f3f6b2a10",
            title="Diploms <i>ar</i> pielikumu",
            evidence_type=kind,
            issued=date(2021, 6, 30),
            media_type="application/pdf",
            content=PDF,
            language="LV",
            supplements=(
                HeldSupplement(
                    role=EvidenceRole.ANNEX,
                    identifier="5f2c1f0e-6f0a-4a52-9d5c-7a1f3f6b2a11",
                    title="Pielikums",
                    media_type="application/xml",
                    content=XML,
                ),
            ),
        )
        return (diploma, replace(diploma, title="Otrs diploms", supplements=()))


@dataclass(slots=True)
class Desk:
    """The provider without an access point: replies are kept instead of sent."""

    provider: Provider
    replies: list[Reply | None] = field(default_factory=list)

    async def preview_of(self, ticket: str) -> Preview | None:
        return self.provider.preview_of(ticket)

    def belongs_to(self, preview: Preview, person: Subject) -> bool:
        return self.provider.belongs_to(preview, person)

    async def decide(self, ticket: str, keep: Collection[int]) -> None:
        self.replies.append(self.provider.decide(ticket, keep))


@dataclass(slots=True)
class Stage:
    """A preview that waits, its pages, and the node behind the login."""

    world: World
    desk: Desk
    space: PreviewSpace
    location: str

    @property
    def path(self) -> str:
        return self.location.removeprefix(SITE)

    def play(self, scene: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
        async def run() -> None:
            transport = httpx.ASGITransport(self.space.app())
            async with httpx.AsyncClient(
                transport=transport, base_url=SITE, headers={"Accept-Language": "en"}
            ) as browser:
                await scene(browser)

        asyncio.run(run())

    async def log_in(
        self, browser: httpx.AsyncClient, *, person: eidas.NaturalPerson = ANA, query: str = ""
    ) -> httpx.Response:
        page = await browser.get(self.path + query)
        token = re.search(r'name="csrf_token" value="(\w+)"', page.text)
        assert token is not None
        asked = await browser.post("/eidas/start", data={"country": "ES", "csrf_token": token[1]})
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
        action = re.search(r'action="([^"]*)"', asked.text)
        assert action is not None
        form = eidas.LoginForm(
            action=action[1],
            fields=tuple((name, html.unescape(value)) for name, value in fields.items()),
        )
        request = self.world.receive(form)
        answer = {
            "SAMLResponse": self.world.answer(request, natural=person),
            "RelayState": request.relay_state,
        }
        return await browser.post("/eidas/acs", data=answer, follow_redirects=True)


def stage(tmp_path: Path, line: EdmLine) -> Stage:
    world = make_world()
    provider = Provider(
        register=Diplomas(),
        replies=ReplyWriter(
            identifier=Identifier("90000000000", "urn:cef.eu:names:identifier:EAS:9930"),
            names=(Text("Register of diplomas"),),
            country="LV",
            host="diplomas.example.lv",
            now=lambda: NOW,
            new_id=iter(f"4ffb5281-179d-4578-adf2-39fd13ccc{n:03}" for n in range(900)).__next__,
        ),
        preview_url=SITE,
        previews={},
        new_ticket=lambda: "ticket-of-this-preview",
    )
    subject = replace(
        request_for(line).subject,
        identifier=Identifier("ES/LV/12345678Z", EIDAS_SCHEME),
        family_name="García Núñez",
        given_name="Ana",
        date_of_birth=date(2001, 5, 17),
    )
    first = replace(request_for(line), subject=subject)
    asked = provider.receive(write_evidence_request(first))
    assert asked is not None
    failure = read_evidence_answer(asked.document)
    assert isinstance(failure, EvidenceFailure)
    assert failure.preview is not None
    second = first.second(
        request_id="urn:uuid:4ffb5281-179d-4578-adf2-39fd13ccc798",
        issued_at=NOW,
        preview_location=failure.preview.location,
        return_location=BACK,
    )
    assert provider.receive(write_evidence_request(second)) is None
    desk = Desk(provider)
    space = PreviewSpace(
        desk=desk,
        ceremony=LoginCeremony(
            provider=world.provider,
            node={"ES": world.node}.__getitem__,
            replay=world.replay,
            now=lambda: NOW,
            new_id=world.new_id,
        ),
        countries=("ES",),
        sessions=Sessions.open(
            f"sqlite:///{tmp_path / 'sessions.sqlite'}", Sealer({"k": b"k" * 32}, current="k")
        ),
        pages=PreviewPages(template_environment("sdg_connector.web"), "Register of diplomas"),
        country="LV",
        return_hosts=frozenset({"portal.es.example"}),
    )
    return Stage(world, desk, space, failure.preview.location)


@pytest.fixture
def waiting(tmp_path: Path) -> Stage:
    return stage(tmp_path, EdmLine.V2_0)


def test_nothing_is_shown_before_the_login(waiting: Stage) -> None:
    async def scene(browser: httpx.AsyncClient) -> None:
        page = await browser.get(waiting.path)
        assert 'data-page="preview-login"' in page.text
        assert "Diploms" not in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]
        for path in ("/document/0/0", "/document/9/9"):
            assert (await browser.get(waiting.path + path)).status_code == 404
        decision = {"decision": "approve", "keep-0": "yes"}
        assert (await browser.post(f"{waiting.path}/decide", data=decision)).status_code == 404
        assert (await browser.get("/another-ticket")).status_code == 404
        assert not waiting.desk.replies

    waiting.play(scene)


def test_another_person_sees_nothing_and_the_right_one_still_can(waiting: Stage) -> None:
    async def scene(browser: httpx.AsyncClient) -> None:
        page = await waiting.log_in(browser, person=BRUNO)
        assert page.status_code == 403
        assert "This evidence is about another person" in page.text
        assert "Diploms" not in page.text
        assert (await browser.get(f"{waiting.path}/document/0/0")).status_code == 404
        browser.cookies.clear()
        assert 'data-page="preview-decide"' in (await waiting.log_in(browser)).text

    waiting.play(scene)


def test_the_person_looks_at_each_document_chooses_and_returns(waiting: Stage) -> None:
    async def scene(browser: httpx.AsyncClient) -> None:
        page = await waiting.log_in(browser)
        assert "Diploms &lt;i&gt;ar&lt;/i&gt; pielikumu" in page.text
        assert page.text.count("/document/") == 3
        pdf = await browser.get(f"{waiting.path}/document/0/0")
        assert (pdf.content, pdf.headers["content-type"]) == (PDF, "application/pdf")
        assert "sandbox" in pdf.headers["content-security-policy"]
        xml = await browser.get(f"{waiting.path}/document/0/1")
        assert "&lt;script&gt;" in xml.text
        assert "<script>" not in xml.text
        assert (await browser.get(f"{waiting.path}/document/1/1")).status_code == 404
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        forged = await browser.post(f"{waiting.path}/decide", data={"decision": "approve"})
        assert (forged.status_code, waiting.desk.replies) == (403, [])
        fields = {"csrf": csrf[1], "decision": "approve"}
        nothing = await browser.post(f"{waiting.path}/decide", data=fields)
        assert (nothing.status_code, waiting.desk.replies) == (422, [])
        done = await browser.post(f"{waiting.path}/decide", data=fields | {"keep-0": "yes"})
        assert (done.status_code, done.headers["location"]) == (303, BACK)
        (reply,) = waiting.desk.replies
        assert reply is not None
        assert [one.content for one in reply.attachments] == [PDF, XML]
        again = await browser.post(f"{waiting.path}/decide", data=fields | {"keep-1": "yes"})
        assert (again.status_code, len(waiting.desk.replies)) == (404, 1)

    waiting.play(scene)


def test_a_person_may_send_nothing(waiting: Stage) -> None:
    async def scene(browser: httpx.AsyncClient) -> None:
        page = await waiting.log_in(browser)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        fields = {"csrf": csrf[1], "decision": "decline", "keep-0": "yes"}
        assert (await browser.post(f"{waiting.path}/decide", data=fields)).status_code == 303
        (reply,) = waiting.desk.replies
        assert reply is not None
        assert not reply.attachments

    waiting.play(scene)


@pytest.mark.parametrize(
    ("back", "goes_back"),
    [
        (BACK, True),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("http://portal.es.example/", False),
    ],
)
def test_in_line_one_the_way_back_in_the_address_leads_to_known_hosts_only(
    tmp_path: Path, back: str, *, goes_back: bool
) -> None:
    waiting = stage(tmp_path, EdmLine.V1_2)

    async def scene(browser: httpx.AsyncClient) -> None:
        query = str(httpx.QueryParams({"returnurl": back, "returnmethod": "GET"}))
        page = await waiting.log_in(browser, query=f"?{query}")
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        fields = {"csrf": csrf[1], "decision": "approve", "keep-1": "yes"}
        done = await browser.post(f"{waiting.path}/decide", data=fields)
        assert done.headers.get("location") == (back if goes_back else None)
        assert len(waiting.desk.replies) == 1

    waiting.play(scene)
