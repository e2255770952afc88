"""Describe a service in a file, hear what the law still asks, and publish its page in English."""

from datetime import UTC, datetime
from pathlib import Path

from procedures import Description, meta_tags, read_description, translatable, translated
from procedures.quality import quality
from sdg_connector.connector.describing import phrase_of
from sdg_connector.web.descriptions.snippet import snippet
from translations import Translator
from translations.demo_model import demo_package_path
from translations.engines.argos import ArgosEngine


def what_is_missing(description: Description, *, now: datetime) -> list[str]:
    """Each shortcoming in a sentence, and how to mend it."""
    report = quality(description, today=now.date())
    return [
        f"{one.severity}: {one.where}: {one.sentence('en')}. {one.mending('en')}"
        for one in report.shortcomings
    ]


def in_english(description: Description, *, now: datetime) -> Description:
    """The description with every missing English text made offline and marked as a machine's."""
    wanted = {one.where: one for one in translatable(description, into="en")}
    made = Translator(engine=ArgosEngine.load(demo_package_path())).translate_mapping(
        {where: one.source.text for where, one in wanted.items()},
        source=description.language,
        target="en",
        now=now,
    )
    phrases = {where: phrase_of(made[where], one) for where, one in wanted.items()}
    return translated(description, phrases)


def page(description: Description) -> str:
    """A page that the Gateway's crawler finds and a person can read."""
    head = meta_tags(description, language="en")
    body = snippet(description, language="en", whole=True)
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def publish(file: Path, folder: Path, *, now: datetime) -> Path:
    """Read, judge, translate and write the page of one description."""
    description = read_description(file.read_bytes())
    for sentence in what_is_missing(description, now=now):
        print(sentence)
    target = folder / f"{file.stem}.html"
    target.write_text(page(in_english(description, now=now)), encoding="utf-8")
    return target


if __name__ == "__main__":
    shipped = Path("procedures/catalogue/lv/diploma-atzisana.yaml")
    print(publish(shipped, Path(), now=datetime.now(UTC)))
