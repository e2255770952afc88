"""The questions that the published rules ask about an element again and again."""

from collections.abc import Callable

from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.part import SLOT, TYPE, XML_SPACE, Part, names_type, text_of
from sdg_connector.vocabulary.rules.rule import AttributeCheck, PartCheck


def root_is(local: str) -> PartCheck:
    """The root element has this local name."""
    return PartCheck(
        holds=lambda part: str(part.element.tag).rpartition("}")[2] == local,
        asks=f"a {local} as root element",
        fix=f"Send a {local} document.",
        by_outline=True,
    )


def root_in(namespace: str) -> PartCheck:
    """The root element is in this namespace."""
    return PartCheck(
        holds=lambda part: str(part.element.tag).startswith(f"{{{namespace}}}"),
        asks=f"a root element in the namespace {namespace}",
        fix=f"Declare the namespace {namespace}.",
        by_outline=True,
    )


def one_slot(name: str) -> PartCheck:
    """Exactly one slot of this name stands directly beneath."""
    return PartCheck(
        holds=lambda part: part.slots(name) == 1,
        asks=f"exactly one slot {name}",
        fix=f"Write the slot {name} once.",
        found=lambda part: _how_many(part.slots(name)),
        by_outline=True,
    )


def slots(*names: str, least: int, most: int | None = None) -> PartCheck:
    """The slots of these names, counted together, are so many."""
    together = " or ".join(names)

    def count(part: Part) -> int:
        return sum([part.slots(name) for name in names])

    return PartCheck(
        holds=_between(count, least, most),
        asks=f"{_range(least, most)} of the slots {together}",
        fix=f"Write {_range(least, most)} of the slots {together}.",
        found=lambda part: _how_many(count(part)),
        by_outline=True,
    )


def slot_named(*names: str) -> AttributeCheck:
    """A slot has one of these names."""
    return AttributeCheck(
        attribute="name",
        such=frozenset(names).__contains__,
        asks=f"a slot of the profile ({', '.join(names)})",
        fix="Remove the slot, or correct its name.",
        wrong="another name",
    )


def slots_only(*names: str) -> PartCheck:
    """No slot directly beneath has another name than these."""
    return PartCheck(
        holds=lambda part: all(
            child.get("name") in names or child.get("name") is None for child in part.named(SLOT)
        ),
        asks=f"only the slots {', '.join(names)}",
        fix="Remove the other slots, or correct their names.",
        found=lambda _: "another slot",
        by_outline=True,
    )


def value_type(local: str) -> AttributeCheck:
    """``xsi:type`` names this value type."""
    return AttributeCheck(
        attribute=TYPE,
        such=names_type(local),
        asks=f'xsi:type="rim:{local}"',
        fix=f'Write the value with xsi:type="rim:{local}".',
        wrong="another type",
    )


def having(*children: str, without: tuple[str, ...] = ()) -> PartCheck:
    """Each of these children is there, and none of those in ``without``."""
    wanted = {one: qualified(one) for one in children}
    unwanted = {one: qualified(one) for one in without}

    def missing(part: Part) -> list[str]:
        present = set(part.tags)
        return [one for one, tag in wanted.items() if tag not in present] + [
            f"{one} too much" for one, tag in unwanted.items() if tag in present
        ]

    needed, forbidden = frozenset(wanted.values()), frozenset(unwanted.values())

    def holds(part: Part) -> bool:
        return needed.issubset(part.tags) and forbidden.isdisjoint(part.tags)

    names = " and ".join(children)
    but = f", and no {' or '.join(without)}" if without else ""
    return PartCheck(
        holds=holds,
        asks=f"{names}{but}",
        fix=f"Write {names}{but}.",
        found=lambda part: ", ".join(
            one if one.endswith("too much") else f"no {one}" for one in missing(part)
        ),
        by_outline=True,
    )


def counted(*children: str, least: int, most: int | None = None) -> PartCheck:
    """The children of these names, counted together, are so many."""
    tags = [qualified(one) for one in children]
    together = " or ".join(children)

    (first, *more) = tags

    def count(part: Part) -> int:
        found = part.tags.count(first)
        return found + sum(map(part.tags.count, more)) if more else found

    return PartCheck(
        holds=_between(count, least, most),
        asks=f"{_range(least, most)} {together}",
        fix=f"Write {_range(least, most)} {together}.",
        found=lambda part: _how_many(count(part)),
        by_outline=True,
    )


def exactly_one(child: str) -> PartCheck:
    """Exactly one child of this name is there."""
    return counted(child, least=1, most=1)


def without(*children: str) -> PartCheck:
    """None of these children is there."""
    return counted(*children, least=0, most=0)


def children_only(*names: str) -> PartCheck:
    """No child has another name than these."""
    known = frozenset(qualified(one) for one in names)
    return PartCheck(
        holds=lambda part: known.issuperset(part.tags),
        asks=f"only {', '.join(names)}",
        fix="Remove the other elements.",
        found=lambda _: "another element",
        by_outline=True,
    )


def filled(child: str) -> PartCheck:
    """A child of this name holds more than white space."""
    tag = qualified(child)

    def holds(part: Part) -> bool:
        for name, one in zip(part.tags, part.children, strict=True):
            if name == tag and text_of(one).strip(XML_SPACE):
                return True
        return False

    return PartCheck(
        holds=holds,
        asks=f"a {child} that is not empty",
        fix=f"Write {child} with a value.",
        found=lambda part: "an empty one" if part.count(tag) else "none",
    )


def not_empty(child: str) -> PartCheck:
    """No child of this name is empty; it may be absent."""
    tag = qualified(child)
    return PartCheck(
        holds=lambda part: all(text_of(one) for one in part.named(tag)),
        asks=f"no empty {child}",
        fix=f"Write a value into {child}, or leave it out.",
        found=lambda _: "an empty one",
    )


def child_is(child: str, *values: str) -> PartCheck:
    """One child of this name holds one of these values."""
    tag = qualified(child)
    return PartCheck(
        holds=lambda part: any(text_of(one) in values for one in part.named(tag)),
        asks=f"{child} {' or '.join(values)}",
        fix=f"Write {' or '.join(values)}.",
        found=lambda part: "another value" if part.count(tag) else f"no {child}",
    )


def attribute_given(name: str) -> AttributeCheck:
    """The attribute is there."""
    return AttributeCheck(
        attribute=qualified(name),
        such=lambda value: value is not None,
        asks=f"the attribute {name}",
        fix=f"Write the attribute {name}.",
    )


def attribute_filled(name: str) -> AttributeCheck:
    """The attribute is there and holds more than white space."""
    return AttributeCheck(
        attribute=qualified(name),
        such=lambda value: value is not None and bool(value.strip()),
        asks=f"the attribute {name} with a value",
        fix=f"Write the attribute {name} with a value.",
        wrong="an empty one",
    )


def attribute_is(name: str, *values: str) -> AttributeCheck:
    """The attribute is there and has one of these values."""
    return AttributeCheck(
        attribute=qualified(name),
        such=frozenset(values).__contains__,
        asks=f'{name}="{" or ".join(values)}"',
        fix=f'Write {name}="{values[0]}".',
    )


def attribute_such(
    name: str, holds: Callable[[str], bool], *, asks: str, fix: str
) -> AttributeCheck:
    """The value of the attribute, empty when it is absent, satisfies a question of its own."""
    return AttributeCheck(
        attribute=qualified(name), such=lambda value: holds(value or ""), asks=asks, fix=fix
    )


def _between(count: Callable[[Part], int], least: int, most: int | None) -> Callable[[Part], bool]:
    if most is None:
        return lambda part: least <= count(part)
    return lambda part: least <= count(part) <= most


def _how_many(count: int) -> str:
    return "none" if count == 0 else f"{count} of them"


def _range(least: int, most: int | None) -> str:
    if most is None:
        return "at least one" if least == 1 else f"at least {least}"
    if least == most:
        return {0: "no", 1: "exactly one"}.get(least, f"exactly {least}")
    return f"{least} to {most}" if least else f"at most {most}"
