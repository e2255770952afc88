"""The login's way out and back: only the browser that began it can end it."""

import logging
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.portal_pair import Pair
from tests.support.walker import Walker


def test_an_answer_that_another_browser_brings_logs_nobody_in(
    pair: Pair, walker: Walker, stranger: Walker
) -> None:
    stranger.go(f"{pair.portal}/en/").submit("start").submit("country-form", country="ES")
    stranger.submit("to-node").submit("login", citizen="ana", decision="continue")
    stranger.submit("consent", decision="agree")
    answer = dict(stranger.tree.get_element_by_id("to-portal").form_values())
    walker.go(f"{pair.portal}/en/apply")
    walker.page = walker.client.post(f"{pair.portal}/saml/acs", data=answer)
    assert (walker.name, walker.page.status_code) == ("problem", 403)
    walker.go(f"{pair.portal}/en/application")
    assert walker.name == "problem"


def test_the_answer_is_not_judged_before_the_cookie_is_there(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.portal}/en/").submit("start").submit("country-form", country="ES")
    walker.submit("to-node").submit("login", citizen="ana", decision="continue")
    walker.submit("consent", decision="agree")
    answer = dict(walker.tree.get_element_by_id("to-portal").form_values())
    posted = httpx.post(f"{pair.portal}/saml/acs", data=answer)
    assert posted.status_code == 303
    assert "set-cookie" not in posted.headers
    assert parse_qs(urlsplit(posted.headers["location"]).query)["ticket"]


def test_the_same_answer_logs_in_once(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.portal}/en/").submit("start").submit("country-form", country="ES")
    walker.submit("to-node").submit("login", citizen="ana", decision="continue")
    walker.submit("consent", decision="agree")
    answer = dict(walker.tree.get_element_by_id("to-portal").form_values())
    walker.submit("to-portal")
    assert walker.name == "greeting"
    again = walker.client.post(f"{pair.portal}/saml/acs", data=answer)
    assert again.status_code == 403


def test_two_processes_serve_one_visitor_and_one_answer_logs_in_once_in_both(
    pair: Pair, walker: Walker
) -> None:
    walker.go(f"{pair.twin}/en/").submit("start").submit("country-form", country="ES")
    walker.submit("to-node").submit("login", citizen="ana", decision="continue")
    walker.submit("consent", decision="agree")
    answer = dict(walker.tree.get_element_by_id("to-portal").form_values())
    walker.submit("to-portal")
    assert walker.name == "greeting"
    assert walker.go(f"{pair.twin}/en/application").name == "greeting"
    walker.page = walker.client.post(f"{pair.twin}/saml/acs", data=answer)
    assert walker.name == "problem"


def test_a_login_continues_under_a_new_session_token(pair: Pair, walker: Walker) -> None:
    walker.go(f"{pair.portal}/en/apply")
    before = walker.client.cookies["sdg_portal"]
    walker.log_in(pair.portal, "ana")
    after = walker.client.cookies["sdg_portal"]
    assert before != after
    stale = httpx.get(f"{pair.portal}/en/application", cookies={"sdg_portal": before})
    assert stale.status_code == 403


@pytest.mark.parametrize(
    ("switch", "heading"),
    [
        ("tampered", "We could not trust the answer of the other country"),
        ("expired", "The answer of the other country came too late"),
    ],
)
def test_a_wrong_answer_ends_on_a_page_that_says_so(
    pair: Pair, walker: Walker, switch: str, heading: str, caplog: pytest.LogCaptureFixture
) -> None:
    pair.switch(login=switch)
    with caplog.at_level(logging.WARNING, logger="sdg_connector.web"):
        walker.log_in(pair.portal, "ana")
    assert walker.heading == heading
    reference = walker.tree.xpath("//@data-reference")[0]
    logged = caplog.text
    assert reference in logged
    assert "García" not in logged
    assert "11223344B" not in logged


def test_whoever_cancels_or_refuses_is_told_that_nothing_was_sent(
    pair: Pair, walker: Walker
) -> None:
    walker.go(f"{pair.portal}/en/").submit("start").submit("country-form", country="ES")
    walker.submit("to-node").submit("login", decision="cancel").submit("to-portal")
    assert walker.heading == "You were not logged in"


def test_an_eid_that_is_too_weak_is_named_as_the_reason(pair: Pair, walker: Walker) -> None:
    walker.log_in(pair.portal, "marc", level="high")
    assert walker.heading == "Your eID is not strong enough for this service"


def test_a_country_that_was_not_offered_is_refused_beside_its_field(
    pair: Pair, walker: Walker
) -> None:
    walker.go(f"{pair.portal}/en/apply").submit("country-form", country="XX", level="low")
    assert walker.page is not None
    assert walker.page.status_code == 422
    links = walker.tree.xpath("//*[@role='alert']//a/@href")
    assert links == ["#country", "#level"]
    for link in links:
        assert walker.tree.get_element_by_id(link[1:]) is not None


def test_a_name_in_another_script_is_greeted_in_that_script(pair: Pair, walker: Walker) -> None:
    walker.log_in(pair.portal, "eleni")
    assert walker.heading == "Welcome, Ελένη Παπαδοπούλου"
    assert "Eleni Papadopoulou" in walker.tree.text_content()
