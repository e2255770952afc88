"""The diploma register of a sandbox country: who holds what, and who is certainly meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Diploma:
    """One record of the register."""

    number: str
    holder_identifier: str
    """National part of the holder's eIDAS identifier; empty where the record is older than eIDs."""
    given_name: str
    """Empty where the holder is an organisation, whose name stands as the family name."""
    family_name: str
    date_of_birth: date
    title: str
    """The qualification, in the language of the country."""
    title_en: str
    institution: str
    grade: str
    issued: date
    credits: int
    """ECTS credit points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whose record is looked for, as the evidence request names the person."""

    identifier: str
    """National part of the eIDAS identifier."""
    given_name: str
    family_name: str
    date_of_birth: date


@dataclass(frozen=True, slots=True)
class Register:
    """The records of one country."""

    diplomas: Sequence[Diploma]

    def of_person(self, person: Sought) -> Diploma | None:
        """The one record that certainly is this person's, else None.

        Implementing Regulation (EU) 2022/1463, article 16: evidence is exchanged only when the
        identity matches one record. The identifier decides where the record has one; otherwise the
        names and the date of birth must point at a single record.
        """
        named = [
            diploma for diploma in self.diplomas if diploma.holder_identifier == person.identifier
        ]
        if not named:
            named = [
                diploma
                for diploma in self.diplomas
                if not diploma.holder_identifier and _same_person(diploma, person)
            ]
        return named[0] if len(named) == 1 else None

    def of_organisation(self, identifier: str) -> Diploma | None:
        """The one record of an organisation, by the national part of its identifier."""
        named = [one for one in self.diplomas if one.holder_identifier == identifier]
        return named[0] if len(named) == 1 and not named[0].given_name else None


def register_of(country: str) -> Register:
    """The register of a sandbox country."""
    return Register(_DIPLOMAS[country])


def _same_person(diploma: Diploma, person: Sought) -> bool:
    return (
        diploma.date_of_birth == person.date_of_birth
        and diploma.given_name.casefold() == person.given_name.casefold()
        and diploma.family_name.casefold() == person.family_name.casefold()
    )


def _diploma(
    number: str,
    holder: str,
    name: tuple[str, str],
    born: date,
    title: tuple[str, str],
    **rest: object,
) -> Diploma:
    return Diploma(
        number=number,
        holder_identifier=holder,
        given_name=name[0],
        family_name=name[1],
        date_of_birth=born,
        title=title[0],
        title_en=title[1],
        institution=str(rest["institution"]),
        grade=str(rest["grade"]),
        issued=date.fromisoformat(str(rest["issued"])),
        credits=int(str(rest["credits"])),
    )


_INFORMATICS = ("Grado en Ingeniería Informática", "Bachelor in Computer Engineering")
_DIPLOMAS: dict[str, tuple[Diploma, ...]] = {
    "ES": (
        _diploma(
            "ES-2021-0001734",
            "11223344B",
            ("Ana María", "García Núñez"),
            date(1999, 4, 12),
            _INFORMATICS,
            institution="Universidad de la Ribera",
            grade="8,7",
            issued="2021-07-09",
            credits=240,
        ),
        _diploma(
            "ES-2019-0000412",
            "55667788K",
            ("Nikolay", "Petrov"),
            date(1996, 11, 3),
            ("Grado en Matemáticas", "Bachelor in Mathematics"),
            institution="Universidad de la Ribera",
            grade="9,1",
            issued="2019-06-28",
            credits=240,
        ),
        _diploma(
            "ES-2020-0003321",
            "",
            ("Eleni", "Papadopoulou"),
            date(1998, 7, 21),
            ("Grado en Biología", "Bachelor in Biology"),
            institution="Universitat de la Costa",
            grade="7,9",
            issued="2020-07-15",
            credits=240,
        ),
        _diploma(
            "ES-2022-0000077",
            "33445566M",
            ("Marc", "Puig i Ferrer"),
            date(2000, 1, 30),
            ("Grado en Enfermería", "Bachelor in Nursing"),
            institution="Universitat de la Costa",
            grade="8,2",
            issued="2022-07-01",
            credits=240,
        ),
        _diploma(
            "ES-2012-0009001",
            "",
            ("José", "Pérez Pérez"),
            date(1990, 5, 5),
            ("Grado en Derecho", "Bachelor of Laws"),
            institution="Universidad de la Ribera",
            grade="6,8",
            issued="2012-07-02",
            credits=240,
        ),
        _diploma(
            "ES-2013-0009002",
            "",
            ("José", "Pérez Pérez"),
            date(1990, 5, 5),
            ("Grado en Historia", "Bachelor in History"),
            institution="Universitat de la Costa",
            grade="7,4",
            issued="2013-07-04",
            credits=240,
        ),
        _diploma(
            "ES-2023-0000560",
            "56565656A",
            ("Alba", "Ruiz Costa"),
            date(2001, 10, 8),
            ("Grado en Física", "Bachelor in Physics"),
            institution="Universitat de la Costa",
            grade="9,0",
            issued="2023-07-03",
            credits=240,
        ),
        _diploma(
            "ES-2018-0000071",
            "B12345674",
            ("", "Talleres Ñandú, S.L."),
            date(2004, 3, 15),
            ("Acreditación como centro de formación", "Accreditation as a training centre"),
            institution="Universidad de la Ribera",
            grade="A",
            issued="2018-09-03",
            credits=60,
        ),
    ),
    "EE": (
        _diploma(
            "EE-2021-118",
            "49911230017",
            ("Liis", "Tõnisson"),
            date(1999, 11, 23),
            ("Informaatika bakalaureus", "Bachelor of Science in Informatics"),
            institution="Emajõe Ülikool",
            grade="4,6",
            issued="2021-06-21",
            credits=180,
        ),
    ),
    "EL": (
        _diploma(
            "EL-2020-5541",
            "20019912345",
            ("Georgios", "Nikolaou"),
            date(1997, 3, 25),
            ("Πτυχίο Φυσικής", "Bachelor in Physics"),
            institution="University of the Gulf",
            grade="8,0",
            issued="2020-07-10",
            credits=240,
        ),
    ),
}
