"""What documents of one outline are asked: the walk to each question is taken once for all of them.

Most documents differ in their values only. Where one of the same outline was walked before, the
ways that its elements took are known, and so are the answers that follow from the outline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from sdg_connector.vocabulary.rules.part import SLOT, Part, text_of
from sdg_connector.vocabulary.rules.stands import Stand, Way

Outline = tuple[tuple[object, ...], tuple[int, ...], tuple[str | None, ...]]
"""The names of all nodes in document order, how many children each has, and the slots' names."""
Standing = tuple[int, Stand, Way | None]
"""The number of an element in its document, where it stands, and the way that led there."""


def outline_of(nodes: Sequence[etree._Element]) -> Outline:
    """The outline of a document; nothing that a document says of anybody is part of it."""
    names = [one.tag for one in nodes]
    slots = [one.get("name") for name, one in zip(names, nodes, strict=True) if name == SLOT]
    return tuple(names), tuple(map(len, nodes)), tuple(slots)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The conditions that led to where elements stand, and what is asked of each by number."""

    conditions: tuple[tuple[int, Callable[[etree._Element], bool], bool], ...]
    """Each with whether it was met."""
    attributes: tuple[tuple[int, str, Callable[[str | None], bool]], ...]
    given: tuple[tuple[int, str, Callable[[str], bool]], ...]
    texts: tuple[tuple[int, Callable[[str], bool]], ...]
    parts: tuple[tuple[int, Callable[[Part], bool]], ...]

    @classmethod
    def of(cls, standings: Sequence[Standing], nodes: Sequence[etree._Element]) -> "Questionnaire":
        """What a document was asked that broke no rule, as all of its outline are to be asked."""
        return cls(
            conditions=tuple(
                (at, condition, condition(nodes[at]))
                for at, _, way in standings
                if way is not None
                for _, condition in way.conditions
            ),
            attributes=tuple(
                (at, *asked) for at, stand, _ in standings for asked in stand.attributes
            ),
            given=tuple((at, *asked) for at, stand, _ in standings for asked in stand.given),
            texts=tuple((at, asked) for at, stand, _ in standings for asked in stand.texts),
            parts=tuple((at, asked) for at, stand, _ in standings for asked in stand.parts),
        )

    def holds(self, nodes: Sequence[etree._Element]) -> bool:
        """Whether another document of the outline stands as that one did and breaks no rule."""
        for at, condition, met in self.conditions:
            if condition(nodes[at]) is not met:  # a generator would take twice the time
                return False
        for at, name, such in self.attributes:
            if not such(nodes[at].get(name)):
                return False
        for at, name, holds in self.given:
            value = nodes[at].get(name)
            if value is not None and not holds(value):
                return False
        for at, holds in self.texts:
            if not holds(text_of(nodes[at])):
                return False
        return all(part_holds(Part(nodes[at])) for at, part_holds in self.parts)
