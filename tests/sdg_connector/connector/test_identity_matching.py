"""No evidence leaves for a person who might be another one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg_connector.connector.matching import (
    ExactMatcher,
    KnownOrganisation,
    KnownPerson,
    Match,
    Matched,
)
from sdg_connector.connector.names import same_name, spellings
from sdg_connector.vocabulary import Identifier, LegalPerson, NaturalPerson

BORN = date(1990, 5, 5)


def subject(
    *, identifier: str | None = "ES/LV/1", family: str = "Pérez", given_name: str = "José"
) -> NaturalPerson:
    return NaturalPerson(
        identifier=Identifier(identifier, "eidas") if identifier else None,
        family_name=family,
        given_name=given_name,
        date_of_birth=BORN,
    )


def known(
    record: str = "r1",
    *,
    family: str = "Pérez",
    given_name: str = "José",
    born: date = BORN,
    identifiers: tuple[str, ...] = (),
) -> KnownPerson:
    return KnownPerson(
        record=record,
        family_name=family,
        given_name=given_name,
        date_of_birth=born,
        identifiers=identifiers,
    )


def match(
    person: NaturalPerson | LegalPerson, *records: KnownPerson | KnownOrganisation
) -> Matched:
    return ExactMatcher().match(person, records)


def test_two_records_of_the_same_name_and_day_are_nobodys() -> None:
    assert match(subject(), known("r1"), known("r2")) == Matched(Match.SEVERAL)


def test_a_record_with_another_identifier_is_another_person_whatever_its_name() -> None:
    assert match(subject(), known(identifiers=("2",))) == Matched(Match.NOBODY)


def test_an_identifier_with_another_day_of_birth_is_a_contradiction() -> None:
    born_elsewhere = known(identifiers=("1",), born=date(1980, 1, 1))
    assert match(subject(), born_elsewhere) == Matched(Match.NOBODY)
    assert match(subject(), born_elsewhere, known("r2")) == Matched(Match.NOBODY)


def test_an_identifier_that_two_records_share_is_ambiguous() -> None:
    shared = [known(one, identifiers=("1",)) for one in ("r1", "r2")]
    assert match(subject(), *shared) == Matched(Match.SEVERAL)


@pytest.mark.parametrize(
    "other",
    [
        known(family="Peres"),
        known(given_name="Josef"),
        known(given_name="María"),
        known(family="Pérez López"),
        known(born=date(1990, 5, 6)),
    ],
)
def test_a_name_or_day_that_differs_is_another_person(other: KnownPerson) -> None:
    assert match(subject(), other) == Matched(Match.NOBODY)


@pytest.mark.parametrize(
    ("person", "record"),
    [
        (subject(given_name="José"), known(given_name="José María")),
        (subject(given_name="José María"), known(given_name="JOSE")),
        (subject(given_name="María José"), known(given_name="José María")),
        (subject(given_name="Anna-Marija"), known(given_name="Annamarija")),
        (subject(family="García Núñez"), known(family="Núñez García")),
        (subject(family="O'Brien"), known(family="OBrien")),
        (subject(family="O'Brien"), known(family="O Brien")),
        (subject(family="Puig i Ferrer"), known(family="Puig Ferrer")),
        (subject(family="Saint-Exupéry"), known(family="Saintexupery")),
        (
            subject(family="Berzina"),
            replace(known(family="Kalniņa"), former_family_names=("Bērziņa",)),
        ),
        (
            replace(subject(family="Kalnina", given_name="Ilze"), birth_name="Ilze Berzina"),
            known(family="Bērziņa", given_name="Ilze"),
        ),
    ],
)
def test_a_name_that_is_written_otherwise_is_the_same_persons(
    person: NaturalPerson, record: KnownPerson
) -> None:
    assert match(person, record) == Matched(Match.ONE, "r1")


@pytest.mark.parametrize(
    "birth_name", ["José", "José Pérez", "", "José García", "Pérez García", "- -"]
)
def test_a_name_at_birth_never_stands_for_a_given_name_alone(birth_name: str) -> None:
    person = replace(subject(family="Kalnina"), birth_name=birth_name)
    expected = Match.ONE if "Pérez" in birth_name.split()[-1:] else Match.NOBODY
    assert match(person, known()).outcome is expected
    assert match(person, known(family="José")).outcome is Match.NOBODY


def test_a_better_fit_does_not_make_an_uncertain_match_certain() -> None:
    exact, with_a_second_name = known("r1"), known("r2", given_name="José María")
    assert match(subject(), exact, with_a_second_name) == Matched(Match.SEVERAL)
    renamed = replace(known("r3", family="Kalniņa"), former_family_names=("Pérez",))
    assert match(subject(), exact, renamed) == Matched(Match.SEVERAL)


NAMES = st.lists(
    st.sampled_from(
        ["Ana", "María", "José", "Anna", "Marija", "Müller", "Mueller", "y", "O'Brien"]
    ),
    min_size=1,
    max_size=3,
).map(" ".join)
RECORDS = st.builds(
    KnownPerson,
    record=st.sampled_from(["r1", "r2", "r3"]),
    family_name=NAMES,
    given_name=NAMES,
    date_of_birth=st.sampled_from([BORN, date(1990, 5, 6)]),
    identifiers=st.lists(st.sampled_from(["1", "2"]), max_size=1).map(tuple),
    former_family_names=st.lists(NAMES, max_size=1).map(tuple),
)
SUBJECTS = st.builds(
    NaturalPerson,
    identifier=st.sampled_from([None, Identifier("ES/LV/1", "eidas")]),
    family_name=NAMES,
    given_name=NAMES,
    date_of_birth=st.just(BORN),
    birth_name=st.one_of(st.none(), NAMES),
)


@given(SUBJECTS, st.lists(RECORDS, max_size=5))
def test_no_match_ever_comes_from_two_candidates(
    person: NaturalPerson, records: list[KnownPerson]
) -> None:
    found = match(person, *records)
    candidates = {one.record for one in records if match(person, one).outcome is Match.ONE}
    if found.outcome is Match.ONE:
        assert found.record in candidates
        by_identifier = any("1" in one.identifiers for one in records) and person.identifier
        assert by_identifier or candidates == {found.record}
    if found.outcome is Match.NOBODY and not person.identifier:
        assert not candidates
    assert match(person, *reversed(records)) == found


def test_an_organisation_is_never_matched_by_name_or_as_a_person() -> None:
    company = LegalPerson(
        legal_person_identifier=Identifier("ES/LV/1", "eidas"), legal_name="Pérez"
    )
    assert match(company, known(identifiers=("1",))) == Matched(Match.NOBODY)
    assert match(subject(), KnownOrganisation(record="r", identifiers=("1",))).outcome is (
        Match.NOBODY
    )
    assert match(company, KnownOrganisation(record="r", identifiers=("1",))) == Matched(
        Match.ONE, "r"
    )


def test_an_identifier_of_another_scheme_says_nothing() -> None:
    foreign = NaturalPerson(
        identifier=Identifier("ES/LV/1", "passport"),
        family_name="x",
        given_name="y",
        date_of_birth=BORN,
    )
    assert match(foreign, known(identifiers=("1",))) == Matched(Match.NOBODY)


def test_the_identifier_decides_over_namesakes() -> None:
    assert match(subject(), known("r1", identifiers=("1",)), known("r2")) == Matched(
        Match.ONE, "r1"
    )


@pytest.mark.parametrize(
    ("registered", "proven"),
    [
        ("Müller", "Mueller"),
        ("Müller", "Muller"),
        ("Γεώργιος", "Georgios"),
        ("Παπαδοπούλου", "Papadopoulou"),
        ("Ευθύμιος", "Efthymios"),
        ("Άννα Μπέη", "Anna Bei"),
        ("Νικολάου", "NIKOLAOU"),
        ("Йорданка", "Yordanka"),
        ("Йорданка", "Iordanka"),
        ("Щерев", "Shterev"),
        ("Ørsted", "Oersted"),
        ("Łukasz", "Lukasz"),
        ("O’Brien-Smith", "O'Brien Smith"),
        ("Bērziņš", "BERZINS"),
        ("Tõnisson", "To\u0303nisson"),
        ("Groß", "GROSS"),
    ],
)
def test_one_name_in_two_published_spellings_is_one_name(registered: str, proven: str) -> None:
    assert same_name(registered, proven)
    assert match(subject(family=proven), known(family=registered)).outcome is Match.ONE


@pytest.mark.parametrize(
    ("one", "other"),
    [("Muller", "Mueller"), ("Pavel", "Paul"), ("Ян", "Jan"), ("陈", "Chen"), ("", ""), ("-", "")],
)
def test_spellings_that_no_table_joins_are_two_names(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(st.text(max_size=40))
def test_any_text_has_lower_case_spellings_and_equals_itself(text: str) -> None:
    found = spellings(text)
    assert all(one == one.strip() and one for one in found)
    assert same_name(text, text) is bool(found)
