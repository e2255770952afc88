"""The questions that the published rules ask about a value: its shape, or the list it is from."""

import re
from collections.abc import Collection
from typing import Final

from sdg_connector.vocabulary.code_lists import (
    countries,
    electronic_address_schemes,
    languages,
    procedures,
)
from sdg_connector.vocabulary.codes import (
    EAS_PREFIX,
    UNREGISTERED_PREFIX,
    IdentifierScheme,
    JurisdictionLevel,
    LevelOfAssurance,
    MediaType,
)
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.part import Part, squeezed, text_of
from sdg_connector.vocabulary.rules.rule import AttributeCheck, PartCheck, TextCheck
from sdg_connector.vocabulary.rules.shapes import attribute_such

_UUID: Final = "[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}"
_REPOSITORY: Final = r"https://sr(?:\.[a-z0-9]+)?\.oots\.tech\.(?:ec\.)?europa\.eu"
"""The host of April 2023, the present one, and its acceptance environments."""
NEW_HOST: Final = "the host of the semantic repository got its .ec in October 2023"
"""Why a published pattern of line 1.0 refuses what we accept."""


def matching(
    pattern: str, *, asks: str, fix: str, ignore_case: bool = False, squeeze: bool = True
) -> TextCheck:
    """The value matches, anywhere unless the pattern says ``\\A`` or ``\\Z``."""
    search = re.compile(pattern, re.IGNORECASE if ignore_case else 0).search

    def holds(text: str) -> bool:
        return search(squeezed(text) if squeeze else text) is not None

    return TextCheck(holds=holds, asks=asks, fix=fix)


def one_of(*values: str) -> TextCheck:
    """The value is one of these, letter by letter."""
    return in_list(frozenset(values), asks=" or ".join(values), fix=f"Write {' or '.join(values)}.")


def in_list(values: Collection[str], *, asks: str, fix: str) -> TextCheck:
    """The value is in a list, letter by letter."""
    return TextCheck(holds=values.__contains__, asks=asks, fix=fix)


def at_least(characters: int) -> TextCheck:
    """The value has so many characters, the space around it left out."""
    return TextCheck(
        holds=lambda text: len(squeezed(text)) >= characters,
        asks=f"text of at least {characters} character{'s' if characters > 1 else ''}",
        fix="Write the text, or leave the element out.",
    )


def uuid() -> TextCheck:
    """A bare UUID."""
    return matching(rf"\A{_UUID}\Z", asks="a UUID", fix="Write a UUID, without urn:uuid:.")


def ends_in_uuid() -> TextCheck:
    """A UUID at the end: the published pattern of line 1.0 has no start anchor."""
    return matching(f"{_UUID}\\Z", asks="a UUID", fix="Write a UUID.")


def uuid_urn() -> TextCheck:
    """``urn:uuid:`` and a UUID."""
    return matching(
        rf"(?i:urn:uuid:){_UUID}\Z", asks="urn:uuid: and a UUID", fix="Write urn:uuid: and a UUID."
    )


def attribute_uuid_urn(name: str) -> AttributeCheck:
    """The attribute holds ``urn:uuid:`` and a UUID."""
    holds = uuid_urn().holds
    return attribute_such(
        name,
        holds,
        asks=f"{name} with urn:uuid: and a UUID",
        fix=f"Write urn:uuid: and a new UUID as {name}.",
    )


def requirement_address() -> TextCheck:
    """The address of a requirement in the semantic repository."""
    return _address("requirements", _UUID, "a requirement", "the Evidence Broker")


def evidence_type_address() -> TextCheck:
    """The address of an evidence type in the semantic repository."""
    return _address(
        "evidencetypeclassifications",
        f"(?:[a-zA-Z]{{2}}|oots)/{_UUID}",
        "an evidence type",
        "the directory",
    )


def _address(folder: str, rest: str, what: str, source: str) -> TextCheck:
    return matching(
        rf"{_REPOSITORY}/{folder}/{rest}\Z",
        asks=f"the address of {what} in the semantic repository",
        fix=f"Copy the address that {source} gave.",
    )


def distribution_address() -> TextCheck:
    """The address of a data model: ``distributions`` in line 1.0, ``datamodels`` later."""
    return matching(
        rf"\A{_REPOSITORY}/(?:distributions|datamodels)/",
        asks="the address of a data model in the semantic repository",
        fix="Copy the ConformsTo that the Data Service Directory gave.",
    )


def date_time() -> TextCheck:
    """A date and a time, as far as the published pattern looks."""
    return matching(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}",
        asks="an xs:dateTime",
        fix="Write date and time, such as 2026-05-04T10:30:00Z.",
    )


def day() -> TextCheck:
    """A day."""
    return matching(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}", asks="a day", fix="Write the day, such as 2001-02-03."
    )


def whole_day() -> TextCheck:
    """A day and nothing around it."""
    return matching(
        r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z",
        asks="a day as YYYY-MM-DD",
        fix="Write the day, such as 2001-02-03.",
    )


def eidas_identifier() -> TextCheck:
    """Two countries and the person's own part.

    Line 1.0 looks for nine letters or digits anywhere, later lines for six to 256 characters at
    the end; either will do.
    """
    return matching(
        r"[a-z]{2}/[a-z]{2}/(?:[a-z0-9]{9}|\S{6,256}\Z)",
        asks="an eIDAS identifier: two countries and the person's own part",
        fix="Copy the PersonIdentifier of the eIDAS login unchanged.",
        ignore_case=True,
        squeeze=False,
    )


def country(*more: str) -> TextCheck:
    """A code of CountryIdentificationCode, ``EL`` for Greece, or one of those added."""
    return in_list(
        countries() | frozenset(more),
        asks="a country of two letters, with EL for Greece",
        fix="Write the code of the list in upper case.",
    )


def language() -> TextCheck:
    """A code of LanguageCode, in upper case."""
    return in_list(
        languages(),
        asks="a language code in upper case",
        fix="Write the code of the language in upper case, such as EN.",
    )


def procedure() -> TextCheck:
    """A code of Procedures."""
    return in_list(
        frozenset(procedures()),
        asks="a code of the procedure list",
        fix="Write the code of the procedure, such as T3.",
    )


SVG: Final = "published with a tab before image/svg+xml, so it refuses that format"
"""The deviation of every rule that asks for a media type."""


def media_type() -> TextCheck:
    """A code of OOTSMediaTypes."""
    return in_list(
        frozenset(MediaType),
        asks="a media type of the list OOTSMediaTypes",
        fix="Write a listed media type, such as application/pdf.",
    )


def level_of_assurance() -> TextCheck:
    """A code of LevelsOfAssurance."""
    return one_of(*LevelOfAssurance)


def jurisdiction_level() -> TextCheck:
    """A code of JurisdictionLevel."""
    return one_of(*JurisdictionLevel)


def exception_type(*names: str) -> TextCheck:
    """The local part of ``xsi:type`` is one of these exceptions."""
    local = {name.rpartition(":")[2] for name in names}
    return TextCheck(
        holds=lambda text: text.rpartition(":")[2] in local,
        asks=f"an exception type of the list ({', '.join(names)})",
        fix="Write the type that the error code has in its list.",
    )


def agent_scheme() -> AttributeCheck:
    """``schemeID`` names a code of EAS, or an unregistered scheme."""
    return attribute_such(
        "schemeID",
        lambda value: _is_listed_scheme(value) or value.startswith(UNREGISTERED_PREFIX),
        asks="a scheme of the list EAS, or an unregistered one",
        fix=f"Write {EAS_PREFIX} and a code of the list.",
    )


def agent_scheme_and_length() -> PartCheck:
    """A code of EAS, or unregistered within a country; the identifier is short."""
    scheme = qualified("schemeID")

    def holds(part: Part) -> bool:
        return _is_known_scheme(part.element.get(scheme, "")) and len(part.text) < 256

    return PartCheck(
        holds=holds,
        asks="a scheme of EAS or an unregistered one of a country, and fewer than 256 characters",
        fix=f"Write {EAS_PREFIX} and a code of the list.",
    )


def _is_listed_scheme(value: str) -> bool:
    return value.rpartition(EAS_PREFIX)[2] in electronic_address_schemes() and EAS_PREFIX in value


def _is_known_scheme(value: str) -> bool:
    if value.startswith(EAS_PREFIX):
        return value.removeprefix(EAS_PREFIX) in electronic_address_schemes()
    rest = value.removeprefix(UNREGISTERED_PREFIX)
    if rest == value:
        return False
    return rest in {"", ":oots"} or rest.removeprefix(":") in countries()


def https_value() -> PartCheck:
    """``rim:Value`` is an https address."""
    tag = qualified("rim:Value")
    return PartCheck(
        holds=lambda part: any(
            text_of(one).lower().startswith("https://") for one in part.named(tag)
        ),
        asks="an https address",
        fix="Give the address over https.",
        found=lambda part: "another location" if part.count(tag) else "none",
    )


def model_for(kind: str) -> PartCheck:
    """A distribution in a structured format says which data model it follows."""
    form, model = qualified("sdg:Format"), qualified("sdg:ConformsTo")
    return PartCheck(
        holds=lambda part: (
            part.count(model) > 0 or not any(kind in text_of(one) for one in part.named(form))
        ),
        asks=f"a ConformsTo beside the Format {kind}",
        fix="Name the data model of the semantic repository.",
        found=lambda _: "none",
    )


def participant_scheme() -> TextCheck:
    """A code of IdentifierSchemes."""
    return one_of(*IdentifierScheme)
