"""Descriptions in the SDG search service model 1.00, the slim form that a finder indexes.

https://github.com/SEMICeu/SDG-search-service-model. Its published context takes the class
``foaf:Document`` for the property ``hasWebpage``; here the property is ``foaf:page``.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rdflib.namespace import DCTERMS, FOAF, RDFS, SKOS

from procedures.codes import entry, knows
from procedures.cpsv.export import subject_of
from procedures.cpsv.names import CPSV, CV, NUTS, OURS, country_uri, language_uri
from procedures.model import AssistanceService, Description, Kind, Text

_CONTEXT: Final[Mapping[str, Any]] = {
    "PublicService": str(CPSV.PublicService),
    "Webpage": str(FOAF.Document),
    "PublicOrganisation": str(CV.PublicOrganisation),
    "Location": str(DCTERMS.Location),
    "Output": str(CV.Output),
    "Event": str(CV.Event),
    "identifier": str(DCTERMS.identifier),
    "name": str(DCTERMS.title),
    "description": str(DCTERMS.description),
    "preferredLabel": str(SKOS.prefLabel),
    "label": str(RDFS.label),
    "policyCode": {"@id": str(DCTERMS.type), "@type": "@id"},
    "type": {"@id": str(DCTERMS.type), "@type": "@id"},
    "hasCompetentAuthority": str(CV.hasCompetentAuthority),
    "hasWebpage": str(FOAF.page),
    "hasLanguage": {"@id": str(DCTERMS.language), "@type": "@id"},
    "isGroupedBy": str(CV.isGroupedBy),
    "produces": str(CPSV.produces),
    "spatial": str(DCTERMS.spatial),
}


def search_service(
    descriptions: Iterable[Description], *, base: str | None = None
) -> dict[str, Any]:
    """One JSON-LD document with every description that a finder of procedures indexes.

    Life event and output follow from the policy code where the description does not say them.
    Assistance services are left out: the model has no policy code for them.
    """
    return {
        "@context": dict(_CONTEXT),
        "@graph": [
            _service(one, base)
            for one in descriptions
            if one.kind is not Kind.ASSISTANCE and not isinstance(one, AssistanceService)
        ],
    }


def _service(description: Description, base: str | None) -> dict[str, Any]:
    places = description.territory or (description.country,)
    country = str(country_uri(description.country))
    known = [entry(code) for code in description.codes if knows(code)]
    events = {one.code.area: one.code.annex for one in known}
    outputs = {
        language: words
        for one in known
        for language in ("en", "lv")
        if (words := one.output(language)) is not None
    }
    return {
        "@id": str(subject_of(description, base=base)),
        "@type": "PublicService",
        "identifier": description.identifier,
        "name": _words(description.title),
        "description": _words(description.summary),
        "policyCode": [f"{OURS}annex-{code.annex.value}-{code.code}" for code in description.codes],
        "hasCompetentAuthority": {
            "@type": "PublicOrganisation",
            "preferredLabel": _words(description.authority.name),
            "identifier": description.authority.registration or None,
            "spatial": {"@id": country, "@type": "Location"},
        },
        "hasWebpage": [
            {
                "@id": str(page.address),
                "@type": "Webpage",
                "identifier": str(page.address),
                "hasLanguage": str(language_uri(page.language)),
                "type": f"{OURS}service-{description.kind.value}",
            }
            for page in description.pages
        ],
        "spatial": [
            {
                "@id": country if place == description.country else NUTS + place,
                "@type": "Location",
                "identifier": str(place),
            }
            for place in places
        ],
        "isGroupedBy": [
            {"@id": f"{OURS}annex-{annex.value}-{area}", "@type": "Event"}
            for area, annex in events.items()
        ],
        "produces": [{"@type": "Output", "name": _tagged(outputs)}] if outputs else [],
    }


def _words(text: Text) -> list[dict[str, str]]:
    return _tagged({str(one.language): one.text for one in text.phrases})


def _tagged(words: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in words.items()]
