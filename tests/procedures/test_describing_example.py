"""The example describes, judges, translates and publishes a service as it says."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from procedures import catalogue, write_yaml

pytest.importorskip("ctranslate2", reason="needs the extra translate")

EXAMPLE = Path(__file__).parents[2] / "examples" / "describe_a_service.py"
NOW = datetime(2026, 10, 20, tzinfo=UTC)


def test_the_example_publishes_a_page_that_the_crawler_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("describe_a_service", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    file = tmp_path / "diploma.yaml"
    text = write_yaml(catalogue.load("lv/diploma-atzisana")).decode()
    file.write_text(text[: text.index("redress:")] + text[text.index("fees:") :], "utf-8")
    page = html.parse(str(example.publish(file, tmp_path, now=NOW))).getroot()
    assert (
        "error: redress: The means of redress or appeal are not stated" in capsys.readouterr().out
    )
    assert page.xpath("//meta[@name='policy-code']/@content") == ["T3;B3"]
    assert page.xpath("//link[@rel='canonical']/@href") == [
        "https://latvija.lv/en/pakalpojumi/diploma-atzisana"
    ]
    assert page.findtext(".//h2//a") == "Recognition of a diploma"
    assert not page.xpath("//article//@lang[. != 'en']"), "a text was left in another language"
