"""The committed model translates its domain, and does not pretend to translate anything else."""

from datetime import datetime

from translations import Translator
from translations.demo_model import corpus, demo_package_path
from translations.engines.argos import ArgosEngine


def exact(engine: ArgosEngine, pairs: tuple[corpus.Pair, ...]) -> float:
    found = engine.translate([latvian for latvian, _ in pairs], source="lv", target="en")
    return sum(c.text == english for c, (_, english) in zip(found, pairs, strict=True)) / len(pairs)


def test_the_package_is_small_enough_to_live_in_the_repository() -> None:
    assert 700_000 <= demo_package_path().stat().st_size <= 1_500_000


def test_the_sentences_written_one_by_one_come_back_as_written(engine: ArgosEngine) -> None:
    assert exact(engine, corpus.written()) >= 0.99


def test_combinations_that_training_never_saw_come_back_right(engine: ArgosEngine) -> None:
    learned, held_out = corpus.split()
    assert not set(held_out) & set(learned)
    assert len(held_out) >= 250
    assert exact(engine, held_out) >= 0.99


def test_a_number_that_training_never_saw_is_copied(engine: ArgosEngine) -> None:
    found = engine.translate(["Reģistrācijas maksa ir 437 eiro."], source="lv", target="en")
    assert found[0].text == "The registration fee is 437 euros."


def test_a_sentence_outside_the_domain_is_doubted(translator: Translator, now: datetime) -> None:
    """It is no general translation: what it does not know must not look sure."""
    text = "Zvejas kuģa kapteinis aizpilda lomu uzskaites žurnālu pirms ieiešanas ostā."
    result = translator.translate(text, source="lv", target="en", now=now)
    assert result.needs_review
