"""Twenty lines request an evidence and forty provide one; both run here."""

import ast
import asyncio
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from sdg_connector.connector import EvidenceOffer
from sdg_connector.evidence import (
    EvidenceFailure,
    EvidenceResponse,
    read_evidence_answer,
    write_evidence_request,
)
from sdg_connector.journey import State
from sdg_connector.sandbox import SandboxOptions, sandbox
from sdg_connector.vocabulary import EdmLine
from tests.support.edm_requests import UUID, request_for
from tests.support.exchange_side import RETURN, Side, person, running_side
from tests.support.servers import free_port, running

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "most"), [("request_evidence", 20), ("provide_evidence", 40)])
def test_an_example_is_as_short_as_it_says(name: str, most: int) -> None:
    source = (EXAMPLES / f"{name}.py").read_text()
    tree = ast.parse(source)
    aside: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom) or (is_text and node.value.value != ...):
            aside |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    assert sum(bool(line.strip()) for number, line in lines if number not in aside) <= most


@dataclass(slots=True)
class Ana:
    """The pages of an agency, and Ana before them."""

    side: Side
    wants: bool = True
    name: str = "visit"
    way_back: str = RETURN

    async def asks_for(self, offer: EvidenceOffer) -> bool:
        return self.wants

    async def goes_to(self, location: str) -> None:
        await self.side.preview(location)


@pytest.fixture
def country(tmp_path: Path) -> Iterator[SandboxOptions]:
    options = SandboxOptions(
        data_dir=tmp_path / "es",
        exchange_dir=tmp_path / "exchange",
        port=free_port(),
        portal_url=f"http://127.0.0.1:{free_port()}",
    )
    with running(sandbox(options), host="127.0.0.1", port=options.port):
        yield options


def test_twenty_lines_request_an_evidence(country: SandboxOptions, tmp_path: Path) -> None:
    async def ask() -> list[bytes]:
        port = int(country.portal_url.rpartition(":")[2])
        async with running_side(tmp_path / "lv", country, port=port) as side:
            diploma = example("request_evidence").diploma
            assert await diploma(person(), Ana(side, wants=False), side.connector) == []
            files: list[bytes] = await diploma(person(), Ana(side), side.connector)
            (exchange,) = [one.exchange for one in side.runtime.store.overview.recent(limit=9)]
            await side.until(exchange, State.HANDED_OVER)
            return files

    pdf, xml = asyncio.run(ask())
    assert (pdf[:5], xml[:5]) == (b"%PDF-", b"<?xml")


@pytest.mark.parametrize("line", [EdmLine.V1_0, EdmLine.V1_2, EdmLine.V2_0])
def test_forty_lines_provide_an_evidence(line: EdmLine) -> None:
    provider = example("provide_evidence").provider()
    first = request_for(line)
    asked = provider.receive(write_evidence_request(first))
    assert asked is not None
    failure = read_evidence_answer(asked.document)
    assert isinstance(failure, EvidenceFailure)
    assert failure.preview is not None
    second = first.second(
        request_id=f"urn:uuid:{UUID[:-1]}8",
        issued_at=datetime.now(UTC),
        preview_location=failure.preview.location,
        return_location=RETURN,
    )
    assert provider.receive(write_evidence_request(second)) is None
    reply = provider.decide(failure.preview.location.rpartition("/")[2], [0])
    assert reply is not None
    answer = read_evidence_answer(reply.document, expected_request_id=second.request_id)
    assert isinstance(answer, EvidenceResponse)
    assert [one.content_id for one in answer.documents] == [
        one.content_id for one in reply.attachments
    ]
    assert reply.attachments[0].content == b"%PDF-1.7 the diploma"
