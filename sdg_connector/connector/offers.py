"""What one provider could send to prove one requirement, as it is shown before it is asked for."""

import json
from dataclasses import dataclass, replace
from typing import TypeVar

from lxml import etree

from sdg_connector.connector.errors import NothingFound
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Corner
from sdg_connector.vocabulary import (
    AccessService,
    Agent,
    DataServiceEvidenceType,
    DistributedAs,
    EdmLine,
    EvidenceRole,
    ProviderClassification,
    Publisher,
    Requirement,
    Text,
)
from sdg_connector.vocabulary.binding import read_element, write_element
from xmltrust import parse

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedForm:
    """In which of a provider's forms the evidence is asked for (TDD 4.5.1)."""

    format: str
    """Media type."""
    conforms_to: str | None = None
    """Address of a data model; None takes any."""
    subset: str | None = None
    """1.x: address of a transformation that gives a part of the evidence only."""
    language: str | None = None
    """2.0: code of LanguageCode, upper case. A provider that lacks it still answers."""
    beside: tuple[EvidenceRole, ...] = ()
    """2.0: annexes, a human-readable version, a translation, where there are any."""

    def fits(self, form: DistributedAs) -> bool:
        """Whether a provider's form is the wanted one."""
        return (
            form.format == self.format
            and self.conforms_to in {None, form.conforms_to}
            and form.transformation == self.subset
        )

    def written(self, form: DistributedAs, line: EdmLine) -> DistributedAs:
        """The form as a request of a line names it.

        The addresses of data models changed their path with line 2.0.
        """
        model = form.conforms_to
        if not line.is_packaged:
            model = model and model.replace("/datamodels/", "/distributions/", 1)
            return DistributedAs(
                format=form.format, conforms_to=model, transformation=form.transformation
            )
        languages = (self.language,) if self.language else form.languages
        return DistributedAs(
            format=form.format,
            languages=languages,
            conforms_to=model and model.replace("/distributions/", "/datamodels/", 1),
            associated_documents=tuple(one.value for one in self.beside),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceOffer:
    """One evidence type of one provider."""

    requirement: Requirement
    service: DataServiceEvidenceType
    """As the Data Service Directory lists it, with the one access service that is meant."""
    country: str
    said: tuple[ProviderClassification, ...] = ()
    """What the person answered to tell this provider from others (DSD:ERR:0005)."""

    @property
    def choice(self) -> str:
        """What is proved by which type: of the offers with the same, the person picks one."""
        return f"{self.requirement.identifier} {self.service.classification}"

    @property
    def access(self) -> AccessService:
        """The access service that would be asked."""
        return self.service.access_services[0]

    @property
    def publisher(self) -> Publisher:
        """The evidence provider; raises ``NothingFound`` when the directory names none."""
        if self.access.publisher is None:
            raise NothingFound("the directory names an access service without a provider")
        return self.access.publisher

    @property
    def provider(self) -> Agent:
        """The provider as a request names it."""
        return Agent(identifier=self.publisher.identifier, names=self.publisher.names)

    @property
    def receiver(self) -> Corner:
        """The provider's access point; raises ``OwnMistake`` when its identifier has no scheme."""
        if self.access.identifier.scheme is None:
            raise OwnMistake("an access service needs an identifier with a scheme")
        return Corner(self.access.identifier.value, self.access.identifier.scheme)

    @property
    def line(self) -> EdmLine:
        """The newest line that both sides speak; raises ``NoCommonLine``."""
        return EdmLine.choose(self.access.conforms_to)

    @property
    def formats(self) -> tuple[str, ...]:
        """Media types that the provider can send."""
        return tuple(dict.fromkeys(one.format for one in self.service.distributed_as))

    @property
    def titles(self) -> tuple[Text, ...]:
        """Names of the evidence type."""
        return self.service.titles

    def asked(self, wanted: "WantedForm | None" = None) -> DataServiceEvidenceType:
        """The evidence type as the request repeats it, in the one form that is wanted.

        Without a wish: PDF where the provider has it, else its first form. Raises ``OwnMistake``
        for a form that the provider does not have.
        """
        forms = self.service.distributed_as
        if wanted is None:
            wanted = WantedForm(format="application/pdf")
            chosen = next((one for one in forms if wanted.fits(one)), next(iter(forms), None))
        else:
            chosen = next((one for one in forms if wanted.fits(one)), None)
            if chosen is None:
                raise OwnMistake("the provider does not have the evidence in the form asked for")
        written = None if chosen is None else wanted.written(chosen, self.line)
        return self.service.for_request(distribution=written)

    def to_bytes(self) -> bytes:
        """As the store keeps it: the directory's own words, of whatever line they are."""
        kept = {
            "country": self.country,
            "requirement": _kept("Requirement", self.requirement),
            "service": _kept("DataServiceEvidenceType", self.service),
            "said": [_kept("EvidenceProviderClassification", one) for one in self.said],
        }
        return json.dumps(kept).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "EvidenceOffer":
        """Back from what ``to_bytes`` gave."""
        kept = json.loads(data)
        return cls(
            requirement=_read(Requirement, kept["requirement"]),
            service=_read(DataServiceEvidenceType, kept["service"]),
            country=kept["country"],
            said=tuple(_read(ProviderClassification, one) for one in kept["said"]),
        )


def offers_of(
    requirement: Requirement,
    services: tuple[DataServiceEvidenceType, ...],
    *,
    country: str,
    said: tuple[ProviderClassification, ...] = (),
) -> tuple[EvidenceOffer, ...]:
    """One offer for each access service with a provider and a line that we speak."""
    return tuple(
        EvidenceOffer(
            requirement=requirement.reference(),
            service=replace(service, access_services=(access,)),
            country=country,
            said=said,
        )
        for service in services
        for access in service.access_services
        if access.publisher is not None
        and access.identifier.scheme is not None
        and set(access.conforms_to) & set(EdmLine)
    )


def _kept(name: str, value: object) -> str:
    return etree.tostring(write_element(name, value, version=None), encoding="unicode")


def _read(kind: type[_Value], text: str) -> _Value:
    return read_element(kind, parse(text.encode()))
