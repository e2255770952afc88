"""From the greeting to the written acknowledgement, and each way it can end otherwise."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from sdg_connector.web import DeskRefused, ExchangeView, Label, Stage
from sdg_connector.web.waiting import Waiting
from tests.support.portal_memory import OFFER, PDF_BYTES, XML_BYTES, MemoryDesk
from tests.support.portal_pair import Pair
from tests.support.walker import Walker

Asked = tuple[Walker, str]


def test_nothing_is_asked_for_without_the_explicit_request(pair: Pair, greeted: Walker) -> None:
    before = len(pair.desk.asked)
    greeted.submit("find").submit("request")
    assert greeted.page is not None
    assert greeted.page.status_code == 422
    assert len(pair.desk.asked) == before


def test_a_form_without_this_sessions_token_changes_nothing(pair: Pair, greeted: Walker) -> None:
    before = len(pair.desk.asked)
    greeted.submit("find").submit("request", explicit="yes", csrf="another")
    assert greeted.heading == "We could not accept this form"
    assert len(pair.desk.asked) == before


def test_asking_twice_is_asking_once(pair: Pair, greeted: Walker) -> None:
    greeted.submit("find")
    form = dict(greeted.tree.get_element_by_id("request").form_values())
    greeted.submit("request", explicit="yes")
    asked = len(pair.desk.asked)
    greeted.client.post(f"{pair.portal}/en/application/request", data=form | {"explicit": "yes"})
    assert len(pair.desk.asked) == asked


def test_the_whole_way_ends_in_a_written_acknowledgement(pair: Pair, asked: Asked) -> None:
    walker, exchange = asked
    assert walker.name == "waiting"
    assert not walker.tree.xpath("//meta[@http-equiv='refresh']")
    (watched,) = walker.tree.xpath("//@data-watch")
    assert walker.client.get(pair.portal + watched).json() == {"stage": "waiting"}
    pair.desk.views[exchange] = ExchangeView(
        stage=Stage.PREVIEW, preview_location="https://es.sandbox.example/preview/x"
    )
    walker.go(f"{pair.portal}/en/application")
    assert walker.name == "preview"
    pair.desk.deliver(exchange)
    walker.go(pair.portal + urlsplit(pair.desk.asked[-1][2]).path)
    assert (walker.name, pair.desk.returned_from[-1]) == ("evidence", exchange)
    walker.submit("attach")
    assert pair.desk.settled[-1] == (exchange, True)
    walker.submit("submit")
    assert walker.name == "acknowledgement"
    reference = walker.tree.xpath("//@data-reference")[0]
    sent = pair.inbox.get(reference)
    assert (sent.procedure, sent.person["given_name"]) == ("T3", "Ana María")
    assert [file.content for file in sent.files] == [PDF_BYTES, XML_BYTES]
    assert reference in walker.client.get(f"{pair.portal}/en/acknowledgement.txt").text


def test_a_stranger_is_not_told_how_an_exchange_stands(
    pair: Pair, asked: Asked, stranger: Walker
) -> None:
    answer = stranger.client.get(f"{pair.portal}/en/application/stage")
    assert (answer.status_code, answer.json()) == (403, {"stage": ""})


def test_a_page_is_held_back_until_the_exchange_moves_on() -> None:
    desk = MemoryDesk(views={"e": ExchangeView(stage=Stage.WAITING)})

    async def watch(patience: float) -> Stage:
        waiting = Waiting(desk=desk, patience=timedelta(seconds=patience))
        looking = asyncio.create_task(waiting.view("e"))
        await asyncio.sleep(0.1)
        desk.views["e"] = ExchangeView(stage=Stage.DELIVERED)
        desk.bell.ring()
        return (await looking).stage

    assert asyncio.run(watch(20)) is Stage.DELIVERED
    assert desk.looks == 2, "the book is asked although nothing happened"
    desk.views["e"] = ExchangeView(stage=Stage.RETURNED)
    assert asyncio.run(watch(0)) is Stage.RETURNED


def test_the_way_back_works_once_and_only_for_its_visit(
    pair: Pair, asked: Asked, stranger: Walker
) -> None:
    walker, _ = asked
    way = pair.portal + urlsplit(pair.desk.asked[-1][2]).path
    assert (
        stranger.go(way, **{"Accept-Language": "en"}).heading
        == "This way back has been used already"
    )
    assert walker.go(way).name == "waiting"
    assert walker.go(way).name == "problem"


def test_evidence_leaves_as_an_inert_download(pair: Pair, asked: Asked) -> None:
    walker, exchange = asked
    pair.desk.deliver(exchange)
    got = walker.client.get(f"{pair.portal}/en/evidence/{exchange}/0")
    assert got.content == PDF_BYTES
    assert got.headers["content-disposition"] == 'attachment; filename="evidence-1.pdf"'
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"


def test_evidence_of_one_visit_is_not_there_for_another(
    pair: Pair, asked: Asked, stranger: Walker
) -> None:
    _, exchange = asked
    pair.desk.deliver(exchange)
    stranger.log_in(pair.portal, "marc")
    got = stranger.client.get(f"{pair.portal}/en/evidence/{exchange}/0")
    assert (got.status_code, PDF_BYTES in got.content) == (404, False)


@pytest.mark.parametrize(
    ("problem", "heading"),
    [
        ("declined", "The evidence was not sent"),
        ("unknown_person", "The authority could not find you"),
        ("provider_down", "The authority that holds your evidence does not answer"),
        ("refused", "The authority could not answer the request"),
        ("timeout", "The time for this request is over"),
        ("later", "The evidence was not ready in time"),
    ],
)
def test_an_exchange_that_fails_says_so_and_the_application_goes_on(
    pair: Pair, asked: Asked, problem: str, heading: str
) -> None:
    walker, exchange = asked
    pair.desk.views[exchange] = ExchangeView(stage=Stage.FAILED, problem=problem, rule="EDM:ERR:1")
    walker.go(f"{pair.portal}/en/application")
    assert walker.heading == heading
    reference = walker.tree.xpath("//@data-reference")
    walker.go(f"{pair.portal}/en/application")
    assert walker.tree.xpath("//@data-reference") == reference
    assert walker.submit("without").name == "submit"


def test_evidence_that_nobody_holds_leaves_the_way_on_paper(pair: Pair, greeted: Walker) -> None:
    pair.desk.refuses = DeskRefused("nobody_holds", "DSD:ERR:0001")
    greeted.submit("find")
    assert greeted.heading == "No authority offers this evidence online"
    assert greeted.submit("without").name == "submit"


def test_whoever_comes_without_a_session_is_told_that_it_has_ended(
    pair: Pair, walker: Walker
) -> None:
    walker.go(f"{pair.portal}/en/application")
    assert (walker.heading, walker.page and walker.page.status_code) == (
        "Your session has ended",
        403,
    )


def test_whoever_leaves_is_forgotten(pair: Pair, greeted: Walker) -> None:
    greeted.submit("leave")
    assert greeted.heading == "How easy was it to use this service?"
    assert greeted.page is not None
    assert "You left before the end" in greeted.page.text
    assert greeted.go(f"{pair.portal}/en/application").heading == "Your session has ended"


def test_feedback_needs_a_rating_and_keeps_no_person(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.portal}/en/feedback").submit("feedback", text="Good")
    assert walker.page is not None
    assert walker.page.status_code == 422
    walker.submit("feedback", rating="4", text="Good")
    assert walker.heading == "Thank you"
    assert pair.feedback.kept[-1] == (4, "Good", "en")


def test_no_page_runs_inline_script_or_loads_from_elsewhere(pair: Pair, asked: Asked) -> None:
    walker, _ = asked
    for path in ("/lv/", "/en/apply", "/en/application", "/en/feedback", "/en/privacy", "/none"):
        page = walker.go(pair.portal + path).page
        assert page is not None
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert not walker.tree.xpath("//script[not(@src)] | //*[@style] | //style | //@onclick")
        assert all(
            link.startswith("/") for link in walker.tree.xpath("//link/@href | //script/@src")
        )


@pytest.mark.parametrize("language", ["lv", "en", "es", "el", "fi"])
def test_each_page_has_its_landmarks_names_and_language(
    pair: Pair, asked: Asked, language: str
) -> None:
    walker, _ = asked
    for path in ("", "apply", "application", "feedback", "accessibility"):
        tree = walker.go(f"{pair.portal}/{language}/{path}").tree
        assert tree.get("lang") == language
        assert len(tree.xpath("//main")) == len(tree.xpath("//h1")) == 1
        assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            assert tree.xpath(f"//label[@for='{control.get('id')}']"), control.get("name")
        for reference in " ".join(tree.xpath("//@aria-describedby | //@aria-labelledby")).split():
            assert reference in ids


def test_an_authoritys_own_words_in_the_readers_language_come_before_english(
    pair: Pair, walker: Walker
) -> None:
    bilingual = Label("Higher education diploma", "en", (("Título universitario", "es"),))
    pair.desk.offers = (replace(OFFER, evidence=bilingual),)
    walker.log_in(pair.portal, "ana")
    walker.go(f"{pair.portal}/es/application").submit("find")
    (title,) = walker.tree.xpath("//*[@id='offer-1']")
    assert (title.text_content(), title.get("lang")) == ("Título universitario", "es")
    (title,) = walker.go(f"{pair.portal}/lv/application").tree.xpath("//*[@id='offer-1']")
    assert (title.text_content(), title.get("lang")) == ("Higher education diploma", "en")
    pair.desk.offers = (OFFER,)


def test_the_format_stands_once_behind_a_title(pair: Pair, asked: Asked) -> None:
    walker, exchange = asked
    pair.desk.deliver(exchange)
    view = pair.desk.views[exchange]
    pair.desk.views[exchange] = replace(view, files=(replace(view.files[0], title="Título (PDF)"),))
    walker.go(f"{pair.portal}/en/application")
    assert walker.tree.xpath("//a[@data-evidence]")[0].text_content() == "Download Título (PDF)"


def test_whoever_reads_in_a_third_language_sees_which(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.portal}/es/apply")
    shown = walker.tree.xpath("//nav[@class='languages']/ul/li/a/@lang")
    assert shown == ["lv", "en", "es"]


def test_a_person_who_comes_back_hours_later_finds_the_evidence_that_arrived(
    pair: Pair, stranger: Walker
) -> None:
    pair.desk.earlier["ES/LV/11223344B"] = (("asked-hours-ago", pair.desk.offers[0]),)
    pair.desk.deliver("asked-hours-ago")
    stranger.log_in(pair.portal, "ana")
    assert stranger.name == "evidence"
    stranger.submit("attach")
    assert pair.desk.settled[-1] == ("asked-hours-ago", True)
    assert stranger.name == "submit"


LATER = ExchangeView(stage=Stage.LATER, available_at="2026-12-01T09:30:00+00:00")


def test_whoever_waits_for_later_evidence_reads_the_day_and_may_go_on(
    pair: Pair, asked: Asked
) -> None:
    walker, exchange = asked
    pair.desk.views[exchange] = LATER
    walker.go(f"{pair.portal}/en/application")
    assert walker.heading == "The evidence will be ready later"
    assert "from 1 December 2026, 09:30 UTC." in walker.tree.text_content()
    walker.go(f"{pair.portal}/lv/application")
    assert "pieprasīt: 2026. gada 1. decembris 09:30 UTC." in walker.tree.text_content()
    walker.go(f"{pair.portal}/en/application")
    assert not walker.tree.xpath("//@data-watch")
    walker.submit("without")
    assert pair.desk.settled[-1] == (exchange, False)
    assert walker.name == "submit"


def test_a_person_who_comes_back_before_the_day_reads_it_again(
    pair: Pair, stranger: Walker
) -> None:
    pair.desk.earlier["ES/LV/11223344B"] = (("asked-days-ago", pair.desk.offers[0]),)
    pair.desk.views["asked-days-ago"] = LATER
    stranger.log_in(pair.portal, "ana")
    assert stranger.name == "later"
    pair.desk.deliver("asked-days-ago")
    (again,) = stranger.tree.xpath("//a[@id='refresh']/@href")
    assert stranger.go(pair.portal + again).name == "evidence"


def test_evidence_that_is_here_does_not_wait_for_evidence_that_comes_later(
    pair: Pair, stranger: Walker
) -> None:
    offer = pair.desk.offers[0]
    pair.desk.earlier["ES/LV/11223344B"] = (("comes-later", offer), ("is-here", offer))
    pair.desk.views["comes-later"] = LATER
    pair.desk.deliver("is-here")
    stranger.log_in(pair.portal, "ana")
    assert stranger.name == "evidence"
    stranger.submit("attach")
    assert pair.desk.settled[-1] == ("is-here", True)
    assert stranger.name == "later"
