"""Evidence messages of any content that the published rules allow, for property tests."""

from datetime import UTC, date, datetime

from hypothesis import strategies as some

from sdg_connector.evidence import (
    EvidenceDocument,
    EvidenceFailure,
    EvidencePackage,
    EvidenceProblem,
    EvidenceRequest,
    EvidenceResponse,
    PreviewRequired,
)
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    Distribution,
    EdmErrorCode,
    EdmLine,
    Evidence,
    EvidenceRole,
    EvidenceType,
    Gender,
    Identifier,
    IdentifierScheme,
    IsAbout,
    LegalPerson,
    LevelOfAssurance,
    MediaType,
    NaturalPerson,
    Period,
    ProviderClassification,
    Requirement,
    SectorSpecificAttribute,
    SupportedValue,
    Text,
)
from sdg_connector.vocabulary.code_lists import (
    countries,
    electronic_address_schemes,
    languages,
    procedures,
)

SR = "https://sr.oots.tech.ec.europa.eu"
WORDS = some.text("aZ0žЖ漢𝄞\u0301-_<>&'\"]%", min_size=2, max_size=8)
"""Letters of several scripts and planes, and what XML must escape."""
UUIDS = some.uuids().map(str)
URNS = UUIDS.map("urn:uuid:{}".format)
COUNTRIES = some.sampled_from(sorted(countries()))
LANGUAGES = some.sampled_from(sorted(languages()))
DAYS = some.dates(min_value=date(1000, 1, 1))
MOMENTS = some.datetimes(
    min_value=datetime(1000, 1, 2),  # noqa: DTZ001  hypothesis wants a bare bound
    timezones=some.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
FORMATS = some.sampled_from([one.value for one in MediaType])
TEXTS = some.builds(Text, WORDS, LANGUAGES)
MODELS = UUIDS.map(f"{SR}/datamodels/{{}}".format)


def texts(least: int = 1) -> some.SearchStrategy[tuple[Text, ...]]:
    """Texts in several languages, one in each: rule R-EDM-ERR-S030 asks for that."""
    return some.lists(TEXTS, min_size=least, max_size=2, unique_by=lambda one: one.language).map(
        tuple
    )


SCHEMES = some.sampled_from(sorted(electronic_address_schemes())).map(
    "urn:cef.eu:names:identifier:EAS:{}".format
) | some.just("urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots")
EIDAS = some.builds(
    lambda one, other, own: Identifier(f"{one}/{other}/{own}", "eidas"),
    COUNTRIES,
    COUNTRIES,
    some.text("abzXYZ019", min_size=9, max_size=20),
)
ADDRESSES = some.builds(
    Address,
    full_address=some.none() | WORDS,
    locator_designator=some.none() | WORDS,
    post_code=some.none() | WORDS,
    post_city_name=some.none() | WORDS,
    thoroughfare=some.none() | WORDS,
    country=COUNTRIES,
    region=some.none(),
)


def agents(kind: AgentClassification | None) -> some.SearchStrategy[Agent]:
    """An agent of this classification, with an address; without, its reference."""
    whole = some.builds(
        Agent,
        identifier=some.builds(Identifier, WORDS, SCHEMES),
        names=texts(),
        address=ADDRESSES,
        jurisdiction=some.none(),
        classification=some.just(kind),
    )
    return whole if kind is not None else whole.map(Agent.reference)


@some.composite
def persons(draw: some.DrawFn, line: EdmLine) -> NaturalPerson:
    """A person of a request in this line."""
    newer = line.version >= (1, 1)
    optional = {
        "nationalities": some.lists(COUNTRIES, max_size=2).map(tuple),
        "country_of_birth": some.none() | COUNTRIES,
        "town_of_birth": some.none() | WORDS,
        "country_of_residence": some.none() | COUNTRIES,
        "phone_number": some.none() | WORDS,
        "email_address": some.none() | WORDS,
    }
    return NaturalPerson(
        level_of_assurance=draw(some.sampled_from(LevelOfAssurance)),
        identifier=draw(EIDAS),
        family_name=draw(WORDS),
        given_name=draw(WORDS),
        date_of_birth=draw(DAYS),
        birth_name=draw(some.none() | WORDS),
        place_of_birth=draw(some.none() | WORDS),
        current_address=draw(some.none() | ADDRESSES),
        gender=draw(some.sampled_from(Gender)).value,
        attributes=tuple(draw(some.lists(_scopes(), max_size=1))),
        **({name: draw(strategy) for name, strategy in optional.items()} if newer else {}),
    )


@some.composite
def organisations(draw: some.DrawFn, line: EdmLine) -> LegalPerson:
    """A legal person of a request in this line."""
    newer = line.version >= (1, 1)
    scheme = some.sampled_from([one.value for one in IdentifierScheme])
    return LegalPerson(
        level_of_assurance=draw(some.sampled_from(LevelOfAssurance)),
        identifiers=draw(some.lists(some.builds(Identifier, WORDS, scheme), max_size=2).map(tuple)),
        legal_person_identifier=draw(EIDAS),
        legal_name=draw(WORDS),
        registered_address=draw(some.none() | ADDRESSES),
        phone_number=draw(some.none() | WORDS) if newer else None,
        email_address=draw(some.none() | WORDS) if newer else None,
    )


def _scopes() -> some.SearchStrategy[SectorSpecificAttribute]:
    return some.builds(
        SectorSpecificAttribute,
        name=WORDS,
        uri=some.just("http://data.europa.eu/p4s/attributes/PowerOfRepresentationScope"),
        value=some.sampled_from(sorted(procedures())),
    )


@some.composite
def evidence_types(draw: some.DrawFn, line: EdmLine) -> DataServiceEvidenceType:
    """What a request asks for."""
    form = draw(FORMATS)
    structured = "xml" in form or "json" in form
    packaged = line.is_packaged
    roles = some.sampled_from([one.value for one in EvidenceRole if one is not EvidenceRole.MAIN])
    return DataServiceEvidenceType(
        identifier=draw(UUIDS),
        classification=f"{SR}/evidencetypeclassifications/{draw(COUNTRIES)}/{draw(UUIDS)}",
        titles=draw(texts()),
        descriptions=draw(texts(0)),
        distributed_as=(
            DistributedAs(
                format=form,
                conforms_to=draw(MODELS) if structured else None,
                languages=draw(some.lists(LANGUAGES, max_size=2).map(tuple)) if packaged else (),
                associated_documents=draw(some.lists(roles, max_size=2).map(tuple))
                if packaged
                else (),
            ),
        ),
    )


@some.composite
def requests(draw: some.DrawFn, lines: tuple[EdmLine, ...] = tuple(EdmLine)) -> EvidenceRequest:
    """An evidence request of one of these lines."""
    line = draw(some.sampled_from(lines))
    second = draw(some.booleans())
    newest, newer = line.is_packaged, line.version >= (1, 2)
    requirements = some.builds(
        Requirement,
        identifier=UUIDS.map(f"{SR}/requirements/{{}}".format),
        names=texts(),
        descriptions=texts(0) if newer else some.just(()),
        reference_frameworks=some.just(()),
        evidence_type_lists=some.just(()),
    )
    requesters = some.tuples(agents(AgentClassification.EVIDENCE_REQUESTER)) | some.tuples(
        agents(AgentClassification.EVIDENCE_REQUESTER),
        agents(AgentClassification.INTERMEDIARY_PLATFORM),
    )
    return EvidenceRequest(
        request_id=draw(URNS),
        line=line,
        issued_at=draw(MOMENTS),
        procedure=draw(some.sampled_from(sorted(procedures()))),
        requirements=draw(some.lists(requirements, min_size=1, max_size=2).map(tuple)),
        requester=draw(requesters),
        provider=draw(agents(None)),
        evidence_type=draw(evidence_types(line)),
        subject=draw(persons(line) | organisations(line)),
        preview_possible=draw(some.booleans()),
        explicit_request=draw(some.booleans()),
        preview_location="https://preview.example/1" if second else None,
        return_location="https://portal.example/2" if second and newest else None,
        provider_classification=draw(some.lists(_concepts(), max_size=1).map(tuple)),
        representative=draw(some.none() | persons(line)),
        representing_organisation=draw(some.none() | organisations(line))
        if line.version >= (1, 1)
        else None,
    )


def _concepts() -> some.SearchStrategy[ProviderClassification]:
    return some.builds(
        ProviderClassification,
        identifier=UUIDS.map(Identifier),
        type=some.just("Codelist"),
        value_expression=WORDS,
        descriptions=texts(),
        supported_value=some.builds(
            SupportedValue,
            strings=some.tuples(WORDS),
            dates=some.just(()),
            booleans=some.just(()),
        ),
    )


@some.composite
def documents(draw: some.DrawFn, role: EvidenceRole, line: EdmLine) -> EvidenceDocument:
    """A document of an answer."""
    own = draw(UUIDS)
    form = draw(FORMATS)
    structured = "xml" in form or "json" in form
    about = draw(persons(line) | organisations(line))
    metadata = Evidence(identifier=own)
    if role is EvidenceRole.MAIN:
        metadata = Evidence(
            identifier=own,
            is_about=IsAbout.of(about),
            issuing_authority=draw(agents(None)),
            conformant_to=EvidenceType(
                classification=f"{SR}/evidencetypeclassifications/{draw(COUNTRIES)}/{draw(UUIDS)}",
                titles=draw(texts()),
                descriptions=draw(texts()),
            ),
            issuing_date=draw(DAYS),
            distribution=Distribution(
                format=form,
                languages=draw(some.lists(LANGUAGES, max_size=2).map(tuple)),
                conforms_to=draw(MODELS) if structured else None,
            ),
            validity_period=draw(some.none() | some.builds(Period, start=DAYS, end=DAYS)),
        )
    supplement = role is not EvidenceRole.MAIN
    return EvidenceDocument(
        object_id=f"urn:uuid:{own}",
        metadata=metadata,
        content_id=f"{draw(UUIDS)}@provider.example",
        title=draw(WORDS),
        role=role,
        classification_id=draw(URNS) if line.is_packaged else None,
        association_id=draw(URNS) if supplement else None,
    )


@some.composite
def responses(draw: some.DrawFn, lines: tuple[EdmLine, ...] = tuple(EdmLine)) -> EvidenceResponse:
    """An answer with evidence, of one of these lines."""
    line = draw(some.sampled_from(lines))
    packages = []
    for _ in range(draw(some.integers(0, 2))):
        roles = draw(some.lists(some.sampled_from(EvidenceRole), max_size=2))
        supplements = [one for one in roles if one is not EvidenceRole.MAIN]
        main = draw(documents(EvidenceRole.MAIN, line))
        packages.append(
            EvidencePackage(
                package_id=draw(URNS) if line.is_packaged else main.object_id,
                main=main,
                supplements=tuple(draw(documents(one, line)) for one in supplements)
                if line.is_packaged
                else (),
            )
        )
    provider = agents(AgentClassification.EVIDENCE_PROVIDER)
    return EvidenceResponse(
        request_id=draw(URNS),
        response_id=draw(UUIDS),
        line=line,
        issued_at=draw(MOMENTS),
        provider=(draw(provider),),
        requester=draw(agents(None)),
        packages=tuple(packages),
        available_at=draw(MOMENTS) if not packages and draw(some.booleans()) else None,
    )


@some.composite
def failures(draw: some.DrawFn, lines: tuple[EdmLine, ...] = tuple(EdmLine)) -> EvidenceFailure:
    """An error answer of one of these lines."""
    line = draw(some.sampled_from(lines))
    code = draw(some.sampled_from(EdmErrorCode))
    preview = PreviewRequired(
        location="https://preview.example/1",
        descriptions=draw(texts()),
        method=None if line.is_packaged else "GET",
    )
    wanted = code is EdmErrorCode.MISSING_AUTHORIZATION
    return EvidenceFailure(
        request_id=draw(URNS),
        response_id=draw(UUIDS),
        line=line,
        provider=draw(agents(AgentClassification.ERROR_PROVIDER)),
        requester=draw(agents(None)),
        problems=(
            EvidenceProblem(
                code=code,
                at=draw(MOMENTS),
                detail=draw(some.none() | WORDS),
                preview=preview if wanted else None,
            ),
        ),
    )
