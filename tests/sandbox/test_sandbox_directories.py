"""The sandbox signs its directories' answers, and the client believes no changed one."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from starlette.applications import Starlette

from sdg_connector.adapters.common_services import (
    CommonServices,
    CommonServicesOptions,
    Service,
)
from sdg_connector.connector import AnswersNeeded, EvidenceOffer
from sdg_connector.connector.finding import Search
from sdg_connector.directory import DirectoryFailure, DirectoryRefused
from sdg_connector.sandbox import SandboxOptions, sandbox
from sdg_connector.sandbox.switches import LoginFault, RegistryAnswer, SandboxSwitches
from translations import catalogue


@pytest.fixture
def world(tmp_path: Path) -> tuple[Starlette, list[x509.Certificate]]:
    """A sandbox in memory, and what it published to believe in."""
    options = SandboxOptions(data_dir=tmp_path / "es", exchange_dir=tmp_path / "exchange")
    app = sandbox(options)
    root = options.exchange_dir / "es-directory-root.pem"
    return app, x509.load_pem_x509_certificates(root.read_bytes())


def directory(app: Starlette, roots: list[x509.Certificate]) -> CommonServices:
    addresses = {one: f"http://sandbox.test/{one}" for one in Service}
    return CommonServices(
        client=httpx.AsyncClient(transport=httpx.ASGITransport(app)),
        options=CommonServicesOptions(addresses=addresses, roots=roots),
        now=lambda: datetime.now(UTC),
    )


async def switch(app: Starlette, **switches: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.post("http://sandbox.test/control", json=switches)
        answer.raise_for_status()


def test_an_answer_that_was_changed_on_its_way_is_refused(
    world: tuple[Starlette, list[x509.Certificate]],
) -> None:
    async def ask() -> None:
        await switch(world[0], directory="tampered")
        await directory(*world).requirements(procedure="T3", country="LV")

    with pytest.raises(DirectoryRefused) as refusal:
        asyncio.run(ask())
    assert refusal.value.rule == "TDD 3.6 digest"


def test_signed_answers_and_signed_errors_are_believed(
    world: tuple[Starlette, list[x509.Certificate]],
) -> None:
    async def ask() -> str:
        client = directory(*world)
        (requirement,) = await client.requirements(procedure="T3", country="LV")
        with pytest.raises(DirectoryFailure):
            await client.evidence_types(requirement=requirement.identifier, country="FI")
        (found,) = await client.evidence_types(requirement=requirement.identifier, country="ES")
        return found.identifier

    assert asyncio.run(ask()).startswith("https://")


def test_a_directory_that_asks_is_answered_by_the_person(
    world: tuple[Starlette, list[x509.Certificate]],
) -> None:
    async def ask() -> tuple[str, tuple[str, ...]]:
        await switch(world[0], directory="asks")
        client = directory(*world)

        async def find(answers: dict[str, str]) -> tuple[EvidenceOffer, ...]:
            return await Search(
                directory=client,
                procedure="T3",
                own_country="LV",
                country="ES",
                answers=answers,
            ).offers()

        with pytest.raises(AnswersNeeded) as asked:
            await find({})
        (question,) = asked.value.questions
        with pytest.raises(AnswersNeeded) as again:
            await find({question.key: "I do not know"})
        assert again.value.refused
        (offer,) = await find({question.key: question.choices[0]})
        (said,) = offer.said
        assert said.supported_value is not None
        return question.choices[0], said.supported_value.strings

    answer, said = asyncio.run(ask())
    assert said == (answer,)


def test_every_switch_has_a_name_on_the_testers_page() -> None:
    words = catalogue("en")
    for name, present in SandboxSwitches().present():
        assert f"sandbox.control.{name}" in words
        # Faults and codes go by the names that the tests and the rules give them.
        named = [one for one in type(present) if not isinstance(one, LoginFault)]
        if isinstance(present, RegistryAnswer):
            named = [RegistryAnswer.RIGHT]
        assert not [one for one in named if f"sandbox.control.{one}" not in words]
