"""The client of the Common Services, against a service in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from sdg_connector.adapters.common_services import (
    CommonServices,
    CommonServicesOptions,
    Service,
)
from sdg_connector.directory import (
    DirectoryFailure,
    DirectoryRefused,
    write_directory_error,
    write_requirements,
)
from sdg_connector.errors import NobodyAnswered
from sdg_connector.sandbox.catalogue import requirements
from sdg_connector.vocabulary import EbErrorCode, Requirement

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def urn() -> str:
    return "urn:uuid:4ffb5281-179d-4578-adf2-39fd13ccc797"


(WANTED,) = requirements("T3", "LV")
ANSWER = write_requirements([WANTED], new_id=urn)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def asked(
    handler: Callable[[httpx.Request], httpx.Response],
    *,
    times: int = 1,
    wait: timedelta = timedelta(0),
    roots: tuple[x509.Certificate, ...] = (),
) -> tuple[Requirement, ...]:
    async def ask() -> tuple[Requirement, ...]:
        clock = Clock()
        async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
            services = CommonServices(
                client=client,
                options=CommonServicesOptions(
                    addresses={Service.EVIDENCE_BROKER: "https://cs.example/eb"}, roots=roots
                ),
                now=clock,
            )
            found: tuple[Requirement, ...] = ()
            for _ in range(times):
                found = await services.requirements(procedure="T3", country="ES")
                clock.now += wait
        return found

    return asyncio.run(ask())


def test_an_answer_without_a_mandatory_part_is_refused_by_its_rule() -> None:
    bare = write_requirements([replace(WANTED, reference_frameworks=())], new_id=urn)
    with pytest.raises(DirectoryRefused, match="R-EB-REQ-S017"):
        asked(lambda request: httpx.Response(200, content=bare))


def test_a_wrong_value_is_named_in_the_log_and_does_not_stop_the_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = replace(WANTED, identifier="https://sr.example/requirements/1")
    body = write_requirements([odd], new_id=urn)
    assert asked(lambda request: httpx.Response(200, content=body)) == (odd,)
    assert "R-EB-REQ-C001" in caplog.text


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_status_than_200_is_no_answer(status: int) -> None:
    with pytest.raises(NobodyAnswered):
        asked(lambda request: httpx.Response(status, headers={"Location": "https://evil.example"}))


def test_a_service_that_is_down_is_no_answer() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NobodyAnswered, match="ConnectError"):
        asked(down)


def test_an_endless_answer_is_cut_off() -> None:
    with pytest.raises(NobodyAnswered, match="did not stop"):
        asked(lambda request: httpx.Response(200, content=b" " * (4 * 1024 * 1024 + 1)))


def test_with_a_configured_root_an_unsigned_answer_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    root = x509.CertificateBuilder(
        name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1)
    ).sign(key, hashes.SHA256())
    with pytest.raises(DirectoryRefused, match="digest"):
        asked(lambda request: httpx.Response(200, content=ANSWER), roots=(root,))


def test_the_question_names_the_line_and_the_parameters() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=ANSWER)

    assert asked(answer) == (WANTED,)
    assert seen[0].headers["Accept-Version"] == "oots-cs:v2.0"
    assert seen[0].url.path == "/eb/rest/search"
    assert seen[0].url.params["procedure-id"] == "T3"


def test_an_answer_is_remembered_for_a_while_and_an_error_is_not() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return httpx.Response(200, content=ANSWER)

    asked(answer, times=3)
    assert len(calls) == 1
    asked(answer, times=3, wait=timedelta(minutes=11))
    assert len(calls) == 4
    with pytest.raises(DirectoryFailure):
        asked(
            lambda request: httpx.Response(
                200, content=write_directory_error(EbErrorCode.PROCEDURE_UNKNOWN)
            )
        )


@pytest.mark.parametrize(
    ("headers", "calls"),
    [
        ({"Cache-Control": "no-store"}, 3),
        ({"Cache-Control": "private, No-Cache"}, 3),
        ({"Cache-Control": "max-age=60"}, 3),
        ({"Cache-Control": "max-age=200"}, 1),
        ({"Cache-Control": "max-age=200", "Age": "190"}, 3),
        ({"Cache-Control": "max-age=rubbish"}, 3),
        ({"Cache-Control": f"max-age={10**12}"}, 1),
        ({"Cache-Control": f"max-age={10**30}"}, 3),
        ({"Expires": "Mon, 04 May 2026 00:04:00 GMT"}, 1),
        ({"Expires": "0"}, 3),
    ],
)
def test_an_answer_is_remembered_as_long_as_it_allows(headers: dict[str, str], calls: int) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, content=ANSWER, headers=headers)

    asked(answer, times=3, wait=timedelta(seconds=70))
    assert len(seen) == calls


def test_a_body_of_the_service_is_read_whatever_the_status_is() -> None:
    body = write_directory_error(EbErrorCode.PROCEDURE_UNKNOWN)
    kind = {"Content-Type": "application/x-ebrs+xml;charset=UTF-8"}
    with pytest.raises(DirectoryFailure, match="EB:ERR:0005"):
        asked(lambda request: httpx.Response(404, content=body, headers=kind))
