"""Where an element stands: all its places as one, so that a walk looks each step up once.

Which places an element stands at follows from where its parent stands, from its name and, at some
steps, from a slot's name or a condition. Each such set of places is put together once for all
documents; there are few, since only the rules make new ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from sdg_connector.vocabulary.rules.part import Part, text_of
from sdg_connector.vocabulary.rules.places import ANY, Asked, Place
from sdg_connector.vocabulary.rules.rule import AttributeCheck, PartCheck


@dataclass(slots=True, eq=False)
class Stand:
    """A set of places: what is asked there, and the ways to the children."""

    places: tuple[Place, ...]
    outlines: tuple[Callable[[Part], bool], ...]
    """What the outline of a document decides alone."""
    parts: tuple[Callable[[Part], bool], ...]
    texts: tuple[Callable[[str], bool], ...]
    attributes: tuple[tuple[str, Callable[[str | None], bool]], ...]
    given: tuple[tuple[str, Callable[[str], bool]], ...]
    """What is asked of an attribute where it stands."""
    ways: dict[str, "Way"]
    other: "Way | None"
    """For children of any other name."""

    def holds(self, element: etree._Element) -> bool:
        """Whether everything holds that is asked of an element."""
        if self.outlines or self.parts:
            part = Part(element)
            for asked in (*self.outlines, *self.parts):  # a generator would take twice the time
                if not asked(part):
                    return False
        if self.texts:
            text = text_of(element)
            for question in self.texts:
                if not question(text):
                    return False
        for name, such in self.attributes:
            if not such(element.get(name)):
                return False
        for name, question in self.given:
            value = element.get(name)
            if value is not None and not question(value):
                return False
        return True

    def broken(self, element: etree._Element) -> Iterable[tuple[Asked, str | None]]:
        """What does not hold, place by place, and of which attribute."""
        return (one for place in self.places for one in place.ask(element))


@dataclass(slots=True, eq=False)
class Way:
    """From where an element stands to where its children of one name stand."""

    stands: "Stands" = field(repr=False)
    steps: tuple[tuple[str | None, int, Place], ...]
    """A slot's name or none, the bit of a condition or none, and the place that it leads to."""
    conditions: tuple[tuple[int, Callable[[etree._Element], bool]], ...]
    """Each with a bit of its own."""
    slots: frozenset[str]
    always: Stand | None = None
    """Where every child of the name stands, once it is known not to depend on the child."""
    _known: dict[object, Stand] = field(default_factory=dict)
    """By the bits of the conditions that were met, and by the slot's name where it counts."""

    def stand_of(self, child: etree._Element) -> Stand:
        """Where this child stands."""
        met = 0
        for bit, holds in self.conditions:
            if holds(child):
                met |= bit
        if not self.slots:
            return self._known.get(met) or self._new(met, met, None)
        slot = child.get("name")
        if slot not in self.slots:
            slot = None
        return self._known.get((slot, met)) or self._new((slot, met), met, slot)

    def _new(self, key: object, met: int, slot: str | None) -> Stand:
        found = self._known[key] = self.stands.of(
            place
            for name, bit, place in self.steps
            if (name is None or name == slot) and bit & met == bit
        )
        if not self.slots and not self.conditions:
            self.always = found
        return found


class Stands:
    """Every stand that documents led to so far."""

    def __init__(self, anywhere: Place) -> None:
        """``anywhere`` holds the rules that speak of elements wherever they stand."""
        self._anywhere = anywhere
        self._known: dict[tuple[int, ...], Stand] = {}

    def of(self, places: Iterable[Place]) -> Stand:
        """The stand at these places."""
        found = tuple(places)
        key = tuple(map(id, found))
        if key not in self._known:
            self._known[key] = self._new(found)
        return self._known[key]

    def _new(self, places: tuple[Place, ...]) -> Stand:
        from_here = (*places, self._anywhere)
        names = {name for place in from_here for name in place.names()}
        checks = [asked.rule.check for place in places for asked, _ in place.parts]
        parts = [one for one in checks if isinstance(one, PartCheck)]
        floats = any(True for _ in self._anywhere.names())
        return Stand(
            places=places,
            outlines=tuple(one.holds for one in parts if one.by_outline),
            parts=tuple(one.holds for one in parts if not one.by_outline),
            texts=tuple(holds for place in places for _, holds in place.texts),
            attributes=tuple(
                (one.attribute, one.such) for one in checks if isinstance(one, AttributeCheck)
            ),
            given=tuple(
                (name, holds)
                for place in places
                for name, questions in place.attributes.items()
                for _, holds in questions
            ),
            ways={name: self._way(from_here, name) for name in names if name != ANY},
            other=self._way(from_here, ANY) if floats else None,
        )

    def _way(self, places: tuple[Place, ...], tag: str) -> Way:
        found = [one for place in places for one in place.ways(tag)]
        if tag != ANY:
            found += self._anywhere.ways(ANY)
        conditions = {
            step.source: step.condition
            for _, step, _ in found
            if step is not None and step.condition is not None
        }
        bits = {source: 1 << number for number, source in enumerate(conditions)}
        return Way(
            stands=self,
            steps=tuple(
                (slot, 0 if step is None else bits.get(step.source, 0), place)
                for slot, step, place in found
            ),
            conditions=tuple((bits[source], holds) for source, holds in conditions.items()),
            slots=frozenset(slot for slot, _, _ in found if slot is not None),
        )
