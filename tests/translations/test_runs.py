"""Catalogue runs: only what changed, nothing lost to a kill, the same over processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations import Origin, TextForm, Translator
from translations.demo_model import corpus
from translations.engines import Candidate, ModelIdentity
from translations.engines.argos import ArgosEngine
from translations.errors import EngineUnavailable, Misuse
from translations.ledger import Entry, Ledger, translated_from_json, translated_to_json
from translations.memory import Memory, Unit, UnitOrigin
from translations.runs import Order, RunReport, run_catalogue, run_in_processes
from translations.terms import Concept, Glossary
from translations.workshop import Workshop

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PAIR = {"source": "lv", "target": "en"}


class Counting:
    """An engine that remembers what it was asked, and fails when told to."""

    name, is_local = "counting", True

    def __init__(self, version: str = "1") -> None:
        self.version, self.asked, self.fails_after = version, list[str](), 10**9

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        return ModelIdentity(engine=self.name, model="m", version=self.version)

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        if len(self.asked) >= self.fails_after:
            raise EngineUnavailable(self.name, "gone")
        self.asked += sentences
        return tuple(Candidate(text=f"en {sentence}") for sentence in sentences)


def run(orders: list[Order], translator: Translator, ledger: Ledger, at: int = 0) -> RunReport:
    return run_catalogue(
        orders, translator=translator, ledger=ledger, clock=lambda: NOW + timedelta(days=at), **PAIR
    )


def orders(*texts: str) -> list[Order]:
    return [Order(key=f"t{number}", text=text) for number, text in enumerate(texts)]


def result(ledger: Ledger, key: str) -> str:
    return ledger.translated([key], **PAIR)[key].text


def test_a_second_run_translates_nothing() -> None:
    engine, ledger = Counting(), Ledger()
    texts = orders("Maksa ir 30 eiro.", "Kontakti", "Termiņi")
    assert run(texts, Translator(engine=engine), ledger).translated == 3
    asked = len(engine.asked)
    again = run(texts, Translator(engine=engine), ledger)
    assert (again.translated, again.unchanged) == (0, 3)
    assert len(engine.asked) == asked


def test_when_a_paragraph_changes_only_that_paragraph_is_translated_again() -> None:
    engine, ledger = Counting(), Ledger()
    translator = Translator(engine=engine)
    run(orders("Pirmā rinda.\nOtrā rinda.\nTrešā rinda."), translator, ledger)
    engine.asked.clear()
    run(orders("Pirmā rinda.\nMainīta rinda.\nTrešā rinda."), translator, ledger, at=5)
    assert engine.asked == ["Mainīta rinda."]
    found = ledger.translated(["t0"], **PAIR)["t0"]
    assert found.text == "en Pirmā rinda.\nen Mainīta rinda.\nen Trešā rinda."
    assert [p.provenance.at - NOW for p in found.passages] == [
        timedelta(0), timedelta(days=5), timedelta(0),
    ]  # fmt: skip


def test_another_model_or_other_terms_translate_everything_again() -> None:
    ledger, texts = Ledger(), orders("Maksa.", "Kontakti")
    run(texts, Translator(engine=Counting()), ledger)
    newer = Counting(version="2")
    assert run(texts, Translator(engine=newer), ledger).translated == 2
    assert len(newer.asked) == 2
    terms = Glossary([Concept(id="x", terms={"lv": ("tiesa",), "en": ("court",)})])
    assert run(texts, Translator(engine=newer, glossary=terms), ledger).translated == 2


def test_a_correction_reaches_its_sentence_and_leaves_the_others(engine: ArgosEngine) -> None:
    counting, ledger, memory = Counting(), Ledger(), Memory()
    translator = Translator(engine=counting, memory=memory)
    texts = orders("Maksa.\nKontakti.", "Termiņi.")
    run(texts, translator, ledger)
    counting.asked.clear()
    memory.remember(
        [
            Unit(
                **PAIR,
                original="Kontakti.",
                translated="Reach us.",
                origin=UnitOrigin.HUMAN,
                at=NOW,
            )
        ]
    )
    run(texts, translator, ledger)
    assert counting.asked == []
    assert result(ledger, "t0") == "en Maksa.\nReach us."
    found = ledger.translated(["t0"], **PAIR)["t0"]
    assert [s.origin for s in found.segments] == [Origin.MACHINE, Origin.HUMAN]
    assert found.passages[1].provenance.approved_by_human
    memory.forget("Kontakti.", **PAIR)
    run(texts, translator, ledger)
    assert result(ledger, "t0") == "en Maksa.\nen Kontakti."


def test_a_run_that_breaks_off_goes_on_where_it_stopped() -> None:
    counting, ledger = Counting(), Ledger()
    counting.fails_after = 40
    texts = orders(*(f"Teksts numur {n}." for n in range(100)))
    with pytest.raises(EngineUnavailable):
        run(texts, Translator(engine=counting), ledger)
    kept = len(ledger.digests(**PAIR))
    assert 0 < kept < 100
    other = Counting()
    report = run(texts, Translator(engine=other), ledger)
    assert (report.unchanged, report.translated) == (kept, 100 - kept)


def test_a_text_that_looks_personal_does_not_stop_the_others() -> None:
    class Faraway(Counting):
        is_local = False

    ledger = Ledger()
    texts = orders("Maksa.", "Zvaniet +371 67012345.", "Kontakti")
    report = run(texts, Translator(engine=Faraway()), ledger)
    assert report.translated == 2
    assert [key for key, _ in report.failed] == ["t1"]
    assert "telephone" in report.failed[0][1]
    assert "67012345" not in report.failed[0][1]


def test_a_key_that_comes_twice_is_refused() -> None:
    twice = [Order(key="a", text="x"), Order(key="a", text="y")]
    with pytest.raises(Misuse, match="twice"):
        run(twice, Translator(engine=Counting()), Ledger())


def test_a_ledger_tells_what_a_person_must_see() -> None:
    ledger, translator = Ledger(), Translator(engine=Counting())
    run(orders("Maksa nav jāmaksā nekad.", "en"), translator, ledger)
    assert ledger.pairs() == {("lv", "en"): (2, 1)}
    assert [entry.key for entry in ledger.entries(doubted=True, **PAIR)] == ["t0"]
    assert len(list(ledger.entries(limit=1, **PAIR))) == 1
    ledger.drop(["t0"], **PAIR)
    assert [entry.key for entry in ledger.entries(**PAIR)] == ["t1"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(list(TextForm)))
def test_a_result_comes_back_from_the_ledger_as_it_was(text: str, form: TextForm) -> None:
    made = Translator(engine=Counting()).translate(text, now=NOW, form=form, **PAIR)
    assert translated_from_json(translated_to_json(made)) == made


@given(st.text(max_size=40))
def test_a_broken_ledger_entry_is_our_own_error(text: str) -> None:
    with pytest.raises(Misuse):
        translated_from_json(text)


def catalogue(size: int) -> list[Order]:
    sentences = [lv for lv, _ in corpus.templated() if lv.endswith(".")]
    return [Order(key=f"{n:04}", text=" ".join(sentences[n : n + 3])) for n in range(size)]


def test_processes_share_a_catalogue(tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.sqlite")
    seen: list[int] = []
    report = run_in_processes(
        catalogue(100), workshop=Workshop(demo_model=True, threads=1), ledger=ledger, processes=2,
        clock=lambda: NOW, progress=seen.append, **PAIR,
    )  # fmt: skip
    assert (report.translated, sum(seen)) == (100, 100)
    book = Ledger(ledger)
    assert book.pairs()["lv", "en"][0] == 100
    one = next(iter(book.entries(**PAIR)))
    alone = Workshop(demo_model=True).translator().translate(catalogue(1)[0].text, now=NOW, **PAIR)
    assert one == Entry(key="0000", digest=one.digest, translated=alone)
    book.close()


KILLED = """
import sys
from datetime import UTC, datetime
from tests.translations.test_runs import catalogue
from translations.ledger import Ledger
from translations.runs import run_catalogue
from translations.workshop import Workshop
run_catalogue(catalogue(400), translator=Workshop(demo_model=True).translator(),
              ledger=Ledger(sys.argv[1]), source="lv", target="en",
              clock=lambda: datetime.now(UTC), progress=lambda done: print(done, flush=True))
"""


def test_a_killed_run_loses_no_batch_that_was_done(tmp_path: Path) -> None:
    place = str(tmp_path / "ledger.sqlite")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, place], stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout is not None
    told = 0
    while told < 64:
        told += int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    ledger = Ledger(place)
    kept = len(ledger.digests(**PAIR))
    assert told <= kept < 400
    report = run(catalogue(400)[: kept + 32], Workshop(demo_model=True).translator(), ledger)
    assert (report.unchanged, report.translated) == (kept, 32)
    ledger.close()
