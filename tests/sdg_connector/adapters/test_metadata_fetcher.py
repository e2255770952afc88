"""The fetcher goes only where it may, takes only so much, and asks once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from eidas import MetadataRefused
from sdg_connector.adapters.metadata_fetcher import MetadataFetcher

URL = "https://node.es.example/metadata"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
PUBLIC = "93.184.216.34"


def fetcher(
    answer: Callable[[httpx.Request], httpx.Response], *addresses: str, **choices: bool
) -> MetadataFetcher:
    """Make a fetcher whose network is a function."""
    return MetadataFetcher(
        client=httpx.Client(transport=httpx.MockTransport(answer)),
        allowed=[URL, "http://localhost:9/metadata", "http://node.es.example/metadata"],
        resolver=lambda _host, _port: addresses or (PUBLIC,),
        **choices,
    )


def rule_of(one: MetadataFetcher, url: str = URL) -> str:
    """Give the rule under which a fetch is refused."""
    with pytest.raises(MetadataRefused) as refusal:
        one.fetch(url, now=NOW)
    return refusal.value.rule


def unreachable(_: httpx.Request) -> httpx.Response:
    """Fail the test when anything is sent."""
    pytest.fail("nothing may be sent")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:10.0.0.1", "fe80::1"],
)
def test_an_internal_address_is_never_spoken_to(address: str) -> None:
    assert rule_of(fetcher(unreachable, address)) == "metadata.internal-address"
    assert rule_of(fetcher(unreachable, PUBLIC, address)) == "metadata.internal-address"


def test_an_address_off_the_list_is_never_spoken_to() -> None:
    assert rule_of(fetcher(unreachable), "https://evil.example") == "metadata.allow-list"


def test_http_is_refused_except_on_loopback_in_development() -> None:
    plain = "http://node.es.example/metadata"
    assert rule_of(fetcher(unreachable), plain) == "metadata.https"
    one = fetcher(lambda _: httpx.Response(200, content=b"x"), "127.0.0.1", loopback_allowed=True)
    assert one.fetch("http://localhost:9/metadata", now=NOW) == b"x"


def test_the_connection_goes_to_the_judged_address_under_the_right_name() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == PUBLIC
        assert request.headers["Host"] == "node.es.example"
        assert request.extensions["sni_hostname"] == "node.es.example"
        return httpx.Response(200, content=b"<md/>")

    assert fetcher(answer).fetch(URL, now=NOW) == b"<md/>"


def test_a_redirect_an_error_and_silence_are_refused() -> None:
    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no answer")

    moved = {"Location": "https://evil.example"}
    assert rule_of(fetcher(lambda _: httpx.Response(302, headers=moved))) == "metadata.fetch"
    assert rule_of(fetcher(lambda _: httpx.Response(500))) == "metadata.fetch"
    assert rule_of(fetcher(silent)) == "metadata.fetch"


def test_a_document_without_end_is_refused() -> None:
    huge = b" " * (8 * 1024 * 1024 + 1)
    assert rule_of(fetcher(lambda _: httpx.Response(200, content=huge))) == "metadata.size"


def test_a_young_copy_is_reused_and_an_old_one_asked_about_by_its_tag() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("If-None-Match"))
        if seen[-1]:
            return httpx.Response(304)
        return httpx.Response(200, content=b"first", headers={"ETag": '"1"'})

    one = fetcher(answer)
    for moment in (NOW, NOW + timedelta(minutes=1), NOW + timedelta(hours=1)):
        assert one.fetch(URL, now=moment) == b"first"
    assert seen == [None, '"1"']
