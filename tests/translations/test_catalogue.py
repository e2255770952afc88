"""The product's own words: none missing, none stale, plurals and placeholders right."""

from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from translations import Language, catalogue, offered_languages
from translations.catalogue import PLACEHOLDER
from translations.errors import MessageMisuse, MissingMessage, UnknownLanguage

LOCALE = files("translations") / "locale"


def words(language: Language) -> Catalog:
    with (LOCALE / language.value / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language.value, abort_invalid=True)


def forms(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    found = {}
    for entry in catalog:
        key = entry.id[0] if isinstance(entry.id, tuple | list) else entry.id
        if key:
            many = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
            found[key] = tuple(many)
    return found


@pytest.mark.parametrize("language", list(Language))
def test_no_message_is_missing_or_stale_or_unfinished(language: Language) -> None:
    catalog, english = words(language), forms(words(Language.ENGLISH))
    own = forms(catalog)
    assert set(own) == set(english)
    assert not catalog.obsolete
    assert not [entry.id for entry in catalog if entry.id and entry.fuzzy]
    assert not [key for key, many in own.items() if not all(form.strip() for form in many)]


@pytest.mark.parametrize("language", list(Language))
def test_every_form_has_the_placeholders_of_the_english(language: Language) -> None:
    english = forms(words(Language.ENGLISH))
    for key, many in forms(words(language)).items():
        for form in many:
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(english[key][-1])), key
            assert form.count("{") == len(PLACEHOLDER.findall(form)), key


@pytest.mark.parametrize("language", list(Language))
def test_plurals_follow_the_rule_of_the_language(language: Language) -> None:
    catalog, rule = words(language), get_plural(language.value)
    assert catalog.num_plurals == rule.num_plurals
    assert catalog.plural_expr == rule.plural_expr
    for entry in catalog:
        if isinstance(entry.id, tuple | list):
            assert len(entry.string) == rule.num_plurals


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 dokumentu"), (1, "1 dokuments"), (2, "2 dokumenti"), (10, "10 dokumenti"),
     (11, "11 dokumenti"), (21, "21 dokuments"), (1234, "1234 dokumenti")],
)  # fmt: skip
def test_latvian_counts_as_latvians_do(number: int, expected: str) -> None:
    text = catalogue("lv").count("evidence.found", number, provider="X")
    assert text.replace("\u00a0", "").startswith(expected)


def test_a_value_is_filled_in_and_never_read_as_a_placeholder() -> None:
    assert catalogue("en").text("greeting.title", name="{other}") == "Welcome, {other}"


def test_wrong_questions_get_our_own_errors() -> None:
    with pytest.raises(UnknownLanguage):
        catalogue("tlh")
    with pytest.raises(UnknownLanguage):
        catalogue("../../etc")
    with pytest.raises(MissingMessage):
        catalogue("en").text("no.such")
    with pytest.raises(MessageMisuse):
        catalogue("en").text("greeting.title")


def test_any_spelling_of_a_code_is_understood() -> None:
    assert catalogue("LV").language is catalogue("lv_LV").language is Language.LATVIAN
    assert catalogue("no").language is Language.NORWEGIAN


def test_all_languages_of_the_union_and_two_neighbours_are_offered() -> None:
    assert len(offered_languages()) == 26
    assert {catalogue(code).text("portal.language") for code in offered_languages()}
