"""The invented people and organisations of each sandbox country."""

from dataclasses import dataclass
from datetime import date

from eidas import LegalPerson, LevelOfAssurance, Name, NaturalPerson
from eidas.identity import PersonIdentifier

_RECEIVING_COUNTRY = "LV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """Somebody who can log in at the sandbox node."""

    key: str
    """How forms name the citizen; never leaves the sandbox."""
    natural: NaturalPerson
    legal: LegalPerson | None = None
    """The organisation for which this citizen acts, if any."""
    represents: NaturalPerson | None = None
    """The person for whom this citizen acts, if any."""
    level: LevelOfAssurance = LevelOfAssurance.HIGH
    """The strongest level of this citizen's eID."""

    @property
    def label(self) -> str:
        """The name as the citizen writes it."""
        return written_name(self.natural)

    @property
    def acts_for(self) -> str:
        """The name of whoever this citizen acts for; empty where that is nobody."""
        if self.legal is not None:
            return self.legal.legal_name.latin
        return written_name(self.represents) if self.represents is not None else ""


def written_name(person: NaturalPerson) -> str:
    """A name as its owner writes it."""
    return " ".join(name.original or name.latin for name in (person.given_name, person.family_name))


def citizens_of(country: str) -> tuple[Citizen, ...]:
    """The citizens of a sandbox country, in the order in which its login page lists them."""
    return _CITIZENS[country]


def sandbox_countries() -> tuple[str, ...]:
    """The countries that a sandbox can play."""
    return tuple(_CITIZENS)


def _person(
    identifier: str,
    given: str | tuple[str, str],
    family: str | tuple[str, str],
    born: tuple[int, int, int],
    place: str,
) -> NaturalPerson:
    country, opaque = identifier.split(":")
    return NaturalPerson(
        identifier=PersonIdentifier(country, _RECEIVING_COUNTRY, opaque),
        given_name=_name(given),
        family_name=_name(family),
        date_of_birth=date(*born),
        place_of_birth=place,
    )


def _name(written: str | tuple[str, str]) -> Name:
    return Name(written) if isinstance(written, str) else Name(written[0], written[1])


_CITIZENS = {
    "ES": (
        Citizen(
            key="ana",
            natural=_person(
                "ES:11223344B", "Ana María", "García Núñez", (1999, 4, 12), "Salamanca"
            ),
        ),
        Citizen(
            key="nikolai",
            natural=_person(
                "ES:55667788K",
                ("Nikolay", "Николай"),
                ("Petrov", "Петров"),
                (1996, 11, 3),
                "Alicante",
            ),
        ),
        Citizen(
            key="eleni",
            natural=_person(
                "ES:99001122E",
                ("Eleni", "Ελένη"),
                ("Papadopoulou", "Παπαδοπούλου"),
                (1998, 7, 21),
                "Barcelona",
            ),
        ),
        Citizen(
            key="marc",
            natural=_person("ES:33445566M", "Marc", "Puig i Ferrer", (2000, 1, 30), "Girona"),
            level=LevelOfAssurance.SUBSTANTIAL,
        ),
        Citizen(
            key="lucia",
            natural=_person("ES:77889900L", "Lucía", "Sin Registro", (1995, 2, 14), "Cádiz"),
        ),
        Citizen(
            key="jose",
            natural=_person("ES:12121212J", "José", "Pérez Pérez", (1990, 5, 5), "Sevilla"),
        ),
        Citizen(
            key="carmen",
            natural=_person("ES:23232323C", "Carmen", "Ibáñez Soto", (1978, 9, 9), "Bilbao"),
            legal=LegalPerson(
                identifier=PersonIdentifier("ES", _RECEIVING_COUNTRY, "B12345674"),
                legal_name=Name("Talleres Ñandú, S.L."),
                vat_registration="ESB12345674",
            ),
        ),
        Citizen(
            key="isabel",
            natural=_person("ES:45454545I", "Isabel", "Costa Rey", (1974, 6, 1), "Vigo"),
            represents=_person("ES:56565656A", "Alba", "Ruiz Costa", (2001, 10, 8), "Vigo"),
        ),
    ),
    "EE": (
        Citizen(
            key="liis",
            natural=_person("EE:49911230017", "Liis", "Tõnisson", (1999, 11, 23), "Tartu"),
        ),
        Citizen(
            key="juri",
            natural=_person("EE:38802290226", "Jüri", "Õunapuu", (1988, 2, 29), "Pärnu"),
        ),
    ),
    "EL": (
        Citizen(
            key="giorgos",
            natural=_person(
                "EL:20019912345",
                ("Georgios", "Γεώργιος"),
                ("Nikolaou", "Νικολάου"),
                (1997, 3, 25),
                "Patra",
            ),
        ),
    ),
}
