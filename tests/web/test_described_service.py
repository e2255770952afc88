"""The service page's text: what people wrote stands, a machine fills the rest, and says so."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from procedures import Phrase, Topic, catalogue, translatable, translated
from procedures.model import Language
from sdg_connector.errors import OwnMistake
from sdg_connector.web.chosen_service import ChosenService
from sdg_connector.web.described_service import DescribedService
from translations import catalogue as words
from translations.engines import Candidate, ModelIdentity
from translations.errors import Misuse, PairNotInstalled

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DESCRIPTION = catalogue.load("lv/diploma-atzisana")


@dataclass(slots=True)
class Loud:
    """An engine from Latvian into some languages: every sentence in capitals."""

    targets: tuple[str, ...] = ("en",)
    asked: list[str] = field(default_factory=list)
    broken: bool = False
    name: str = "loud"
    is_local: bool = True

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        if self.broken:
            raise Misuse("the extra translate is not installed")
        if target not in self.targets:
            raise PairNotInstalled(f"{source} to {target}")
        return ModelIdentity(engine="loud", model="capitals", version="1")

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        self.asked += sentences
        return tuple(Candidate(text=sentence.upper()) for sentence in sentences)


def _service(engine: Loud) -> DescribedService:
    return DescribedService(DESCRIPTION, engine=engine, now=lambda: NOW)


def test_the_original_is_no_translation_and_is_not_marked_as_one() -> None:
    page = _service(Loud(broken=True)).text("lv").page
    assert (page.language, page.machine_made, page.complete) == ("lv", False, True)


def test_what_a_machine_made_is_marked_and_made_once() -> None:
    engine = Loud()
    service = _service(engine)
    page = service.text("en").page
    assert (page.language, page.machine_made, page.complete) == ("en", True, True)
    assert page.title.text == "DIPLOMA ATZĪŠANA"
    asked = len(engine.asked)
    assert service.text("en").page == page
    assert len(engine.asked) == asked > 20


def test_a_reader_whose_language_no_engine_speaks_gets_english(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = _service(Loud())
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert service.text("es").page.language == "en"
    assert caplog.text.count("no translation into es") == 1


def test_without_any_engine_the_original_is_shown_as_what_it_is() -> None:
    text = _service(Loud(broken=True)).text("es")
    assert (text.page.language, text.page.machine_made) == ("lv", False)
    assert text.title == ("Diploma atzīšana", "lv")


def test_what_a_person_wrote_is_never_given_to_the_machine() -> None:
    engine = Loud()
    english = {
        one.where: Phrase(language=Language("en"), text="By hand")
        for one in translatable(DESCRIPTION, into="en")
    }
    page = (
        DescribedService(translated(DESCRIPTION, english), engine=engine, now=lambda: NOW)
        .text("en")
        .page
    )
    assert (engine.asked, page.machine_made, page.title.text) == ([], False, "By hand")


def test_the_head_carries_the_tags_of_the_procedure() -> None:
    meta = _service(Loud()).text("en").meta
    assert '<meta name="sdg-tag" content="sdg">' in meta
    assert '<meta name="DC.Service" content="procedure">' in meta


def test_each_topic_of_a_description_has_a_heading_in_the_catalogue() -> None:
    titled = {topic for topic in Topic if topic is not Topic.INFORMATION}
    assert all(f"topic.{topic}" in words("en") for topic in titled)


def test_a_service_is_chosen_by_name_or_by_file(tmp_path: Path) -> None:
    chosen = ChosenService.named("lv/diploma-atzisana")
    assert (chosen.procedure, chosen.page) == (
        "T3",
        "https://latvija.lv/lv/pakalpojumi/diploma-atzisana",
    )
    broken = tmp_path / "mine.yaml"
    broken.write_text("kind: procedure\n", encoding="utf-8")
    for wrong in ("lv/none-such", str(tmp_path / "absent.yaml"), str(broken)):
        with pytest.raises(OwnMistake, match="description"):
            ChosenService.named(wrong)


def test_a_text_by_the_demonstration_model_is_told_apart(tmp_path: Path) -> None:
    """The page says of it that it knows one domain only."""
    from sdg_connector.web.described_service import local_engine  # noqa: PLC0415  loads a model

    shown = DescribedService(DESCRIPTION, engine=local_engine(tmp_path), now=lambda: NOW)
    assert shown.text("en").demo_model
    assert not shown.text("lv").demo_model
    assert not _service(Loud()).text("en").demo_model
