"""Revocation is asked of public addresses only, by plain GET and POST, and silence is ``None``."""

import httpx
import pytest

from sdg_connector.adapters.revocation_fetcher import RevocationFetcher

URL = "http://ca.example/list.crl"


def fetcher(
    answer: httpx.Response, *, address: str = "203.0.113.7", seen: list[httpx.Request] | None = None
) -> RevocationFetcher:
    """A fetcher whose network gives one answer."""

    def answered(request: httpx.Request) -> httpx.Response:
        (seen if seen is not None else []).append(request)
        return answer

    client = httpx.Client(transport=httpx.MockTransport(answered))
    return RevocationFetcher(client=client, resolver=lambda _host, _port: [address])


def test_a_list_is_got_from_the_address_that_was_judged() -> None:
    seen: list[httpx.Request] = []
    get = fetcher(httpx.Response(200, content=b"a list"), address="93.184.216.34", seen=seen)
    assert get(URL, None) == b"a list"
    assert seen[0].method == "GET"
    assert seen[0].url.host == "93.184.216.34"
    assert seen[0].headers["Host"] == "ca.example"


def test_a_responder_is_asked_by_post() -> None:
    seen: list[httpx.Request] = []
    ask = fetcher(httpx.Response(200, content=b"good"), address="93.184.216.34", seen=seen)
    assert ask("http://ocsp.example/", b"request") == b"good"
    assert seen[0].method == "POST"
    assert seen[0].headers["Content-Type"] == "application/ocsp-request"
    assert seen[0].read() == b"request"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, "127.0.0.1"),
        (URL, "10.0.0.1"),
        (URL, "169.254.169.254"),
        (URL, "::ffff:10.0.0.1"),
        ("ldap://ca.example/cn=ca", "93.184.216.34"),
        ("http://[", "93.184.216.34"),
    ],
)
def test_nothing_inside_our_network_is_asked(url: str, address: str) -> None:
    seen: list[httpx.Request] = []
    assert fetcher(httpx.Response(200, content=b"x"), address=address, seen=seen)(url, None) is None
    assert not seen


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(302, headers={"Location": "http://127.0.0.1/"}),
        httpx.Response(200, content=b"x" * (8 * 1024 * 1024 + 1)),
    ],
)
def test_an_answer_that_is_no_answer_is_none(answer: httpx.Response) -> None:
    assert fetcher(answer, address="93.184.216.34")(URL, None) is None
