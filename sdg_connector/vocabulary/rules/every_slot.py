"""The questions about RegRep slots that every later rule file repeats."""

from typing import Final

from sdg_connector.vocabulary.rules.part import Part
from sdg_connector.vocabulary.rules.rule import PartCheck
from sdg_connector.vocabulary.rules.shapes import exactly_one

COLLECTION: Final = "rim:SlotValue[@xsi:type='rim:CollectionValueType']"
SET: Final = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"
_ONE_CHARACTER: Final = ("LocatorDesignator",)
_TWO_CHARACTERS: Final = (
    "Description",
    "Name",
    "Title",
    "Note",
    "EvidenceTypeClassification",
    "FullAddress",
    "PostCode",
    "PostCityName",
    "Thoroughfare",
    "PlaceOfBirth",
    "TownOfBirth",
    "PhoneNumber",
    "EmailAddress",
    "LegalPhoneNumber",
    "LegalEmailAddress",
    "nonLatin",
    "ValueExpression",
    "AttributeName",
    "AttributeValue",
)
ONE_CHARACTER: Final = " | ".join(f"sdg:{one}" for one in _ONE_CHARACTER)
TWO_CHARACTERS: Final = " | ".join(f"sdg:{one}" for one in _TWO_CHARACTERS)


def one_value() -> PartCheck:
    """A slot holds exactly one value."""
    return exactly_one("rim:SlotValue")


def filled_value() -> PartCheck:
    """A slot value holds an element."""
    return PartCheck(
        holds=lambda part: bool(part.children),
        asks="an element in the slot value",
        fix="Write the value, or leave the slot out.",
        found=lambda _: "none",
        by_outline=True,
    )


def together(first: str, second: str) -> PartCheck:
    """Two slots stand both or neither."""
    return PartCheck(
        holds=lambda part: bool(part.slots(first)) is bool(part.slots(second)),
        asks=f"{first} and {second} together",
        fix=f"Write both {first} and {second}, or neither.",
        found=lambda part: f"only {first if part.slots(first) else second}",
        by_outline=True,
    )


def alone_in_its_language() -> PartCheck:
    """No other element of this name stands beside it in the same language."""
    lang = "lang"

    def holds(part: Part) -> bool:
        parent = part.element.getparent()
        if parent is None:
            return True
        mine = str(part.element.tag).rpartition("}")[2], part.element.get(lang)
        same = [
            one
            for one in parent.iterchildren("*")
            if (str(one.tag).rpartition("}")[2], one.get(lang)) == mine
        ]
        return len(same) == 1

    return PartCheck(
        holds=holds,
        asks="one text in each language",
        fix="Keep one of the texts of this language.",
        found=lambda _: "several in one language",
    )
