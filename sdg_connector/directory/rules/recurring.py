"""The rules that the files of the Common Services repeat under their own numbers."""

from typing import Final

from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary.namespaces import QUERY, qualified
from sdg_connector.vocabulary.rules import (
    ALL,
    ROOT,
    Lines,
    PartCheck,
    Rule,
    attribute_filled,
    attribute_given,
    attribute_is,
    country,
    ends_in_uuid,
    filled,
    language,
    model_for,
    not_empty,
    root_in,
    root_is,
    rule,
)
from sdg_connector.vocabulary.rules.part import text_of

RESPONSE: Final = "query:QueryResponse"
_STATUS: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType"
SUCCESS: Final = f"{RESPONSE}[@status='{_STATUS}:Success']"
FAILURE: Final = f"{RESPONSE}[@status='{_STATUS}:Failure']"
LIST: Final = f"{RESPONSE}/rim:RegistryObjectList"
OBJECT: Final = f"{LIST}/rim:RegistryObject"
EXCEPTION: Final = f"{RESPONSE}/rs:Exception"
HOST: Final = "both hosts of the semantic repository are accepted, and the group oots"
MODEL_HOST: Final = "both hosts of the semantic repository are accepted, and datamodels"
LATER_CODES: Final = "the procedure codes of later releases are known too"
SEVERAL: Final = "published for one child only; it cannot be evaluated where several stand"


def answer(
    root: str, namespace: str, given: str, status: str, *, wanted: ResponseStatus
) -> tuple[Rule, ...]:
    """The root of an answer and its status; the arguments are the ids of the four rules."""
    return (
        rule(root, ROOT, root_is("QueryResponse")),
        rule(namespace, ROOT, root_in(QUERY)),
        rule(given, RESPONSE, attribute_given("status")),
        rule(status, RESPONSE, attribute_is("status", wanted)),
    )


def spoken(listed: str, given: str, place: str, *, lines: Lines = ALL) -> tuple[Rule, Rule]:
    """A text names its language, by a code of the list."""
    return (
        rule(listed, f"{place}/@lang", language(), lines=lines),
        rule(given, place, attribute_filled("lang"), lines=lines),
    )


def concept(
    place: str,
    *,
    identifier: str,
    type_: str,
    description: str,
    listed: str,
    given: str,
    value: str = "",
) -> tuple[Rule, ...]:
    """A question about the provider, or the provider's answer to it."""
    answered = (rule(value, place, filled("sdg:SupportedValue")),) if value else ()
    return (
        rule(identifier, f"{place}/sdg:Identifier", ends_in_uuid()),
        rule(type_, place, filled("sdg:Type")),
        rule(description, place, not_empty("sdg:Description")),
        *spoken(listed, given, f"{place}/sdg:Description"),
        *answered,
    )


def forms(xml: str, json: str, transformed: str, place: str, *, lines: Lines) -> tuple[Rule, ...]:
    """What a structured form says about its data model."""
    model, transformation = qualified("sdg:ConformsTo"), qualified("sdg:Transformation")
    return (
        rule(xml, place, model_for("xml")),
        rule(json, place, model_for("json")),
        rule(
            transformed,
            place,
            PartCheck(
                holds=lambda part: part.count(transformation) != 1 or part.count(model) > 0,
                asks="a ConformsTo beside the Transformation",
                fix="Name the data model that is transformed.",
                found=lambda _: "none",
            ),
            lines=lines,
        ),
    )


def somewhere(number: str, place: str) -> Rule:
    """A jurisdiction is a country of the list."""
    return rule(number, f"{place}/sdg:AdminUnitLevel1", country("EU"), deviation="EU is known too")


def serves_a_line() -> PartCheck:
    """An access service names a line of the data model."""
    tag = qualified("sdg:ConformsTo")
    return PartCheck(
        holds=lambda part: any(text_of(one).startswith("oots-edm:v") for one in part.named(tag)),
        asks="a ConformsTo that names a line, such as oots-edm:v1.2",
        fix="Write the line of the data model that the access service speaks.",
        found=lambda part: "another value" if part.count(tag) else "none",
    )
