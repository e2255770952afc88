"""Previews on the shelf: what is kept comes back as it was, in whichever line it was asked for."""

from dataclasses import replace

import pytest

from sdg_connector.connector.shelf import read_preview, write_preview
from sdg_connector.content import Content
from sdg_connector.vocabulary import EdmLine, Jurisdiction
from tests.sdg_connector.connector.test_providing import LINES, World, request_of


@pytest.mark.parametrize("line", LINES)
def test_a_preview_comes_back_with_what_only_one_line_of_the_model_says(line: EdmLine) -> None:
    """The 1.x lines know the region of an evidence type, line 2.0 does not."""
    world = World()
    ticket, _ = world.preview(request_of(line))
    preview = world.provider.previews[ticket]
    (held, *others) = preview.held
    place = Jurisdiction(country="LV", region="LV006")
    kind = replace(held.evidence_type, jurisdictions=(place,))
    preview = replace(preview, held=(replace(held, evidence_type=kind), *others))
    contents: list[Content] = []

    def put(content: Content) -> str:
        contents.append(content)
        return str(len(contents) - 1)

    data = write_preview(preview, put=put)
    assert read_preview(data, get=lambda number, size: contents[int(number)]) == preview
