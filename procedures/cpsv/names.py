"""The namespaces of CPSV-AP, and the Union's authority lists that its values come from."""

from collections.abc import Mapping
from typing import Final

from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, OWL, RDF, RDFS, SKOS, TIME, XSD

CPSV: Final = Namespace("http://purl.org/vocab/cpsv#")
CV: Final = Namespace("http://data.europa.eu/m8g/")
ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
ELI: Final = Namespace("http://data.europa.eu/eli/ontology#")
LOCN: Final = Namespace("http://www.w3.org/ns/locn#")
SCHEMA: Final = Namespace("https://schema.org/")
OURS: Final = Namespace("urn:sdg-connector:terms#")
"""What articles 9 to 11 of Regulation (EU) 2018/1724 ask for and CPSV-AP has no word for."""
PREFIXES: Final = {
    "adms": ADMS,
    "cpsv": CPSV,
    "cv": CV,
    "dcat": DCAT,
    "dct": DCTERMS,
    "eli": ELI,
    "foaf": FOAF,
    "locn": LOCN,
    "org": ORG,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "sdg": OURS,
    "skos": SKOS,
    "time": TIME,
    "xsd": XSD,
}
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
NUTS: Final = "http://data.europa.eu/nuts/code/"
COM_CHANNEL: Final = "http://data.europa.eu/snb/com-channel/"
VOCABULARIES: Final = (
    AUTHORITY,
    NUTS,
    "http://data.europa.eu/snb/",
    "http://purl.org/adms/",
    "http://data.europa.eu/ux2/nace2/",
)
"""Where the concepts of official vocabularies live, which no description repeats."""

LANGUAGES: Final[Mapping[str, str]] = {
    "bg": "BUL", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN", "de": "DEU",
    "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA",
    "ga": "GLE", "gl": "GLG", "hr": "HRV", "hu": "HUN", "is": "ISL", "it": "ITA", "ka": "KAT",
    "lb": "LTZ", "lt": "LIT", "lv": "LAV", "mk": "MKD", "mt": "MLT", "nb": "NOB", "nl": "NLD",
    "nn": "NNO", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK",
    "sl": "SLV", "sq": "SQI", "sr": "SRP", "sv": "SWE", "tr": "TUR", "uk": "UKR",
}  # fmt: skip
"""ISO 639-1 to the codes of the authority list ``language``."""
COUNTRIES: Final[Mapping[str, str]] = {
    "AL": "ALB", "AT": "AUT", "BA": "BIH", "BE": "BEL", "BG": "BGR", "CH": "CHE", "CY": "CYP",
    "CZ": "CZE", "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP", "FI": "FIN", "FR": "FRA",
    "GB": "GBR", "GE": "GEO", "GR": "GRC", "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL",
    "IT": "ITA", "LI": "LIE", "LT": "LTU", "LU": "LUX", "LV": "LVA", "MD": "MDA", "ME": "MNE",
    "MK": "MKD", "MT": "MLT", "NL": "NLD", "NO": "NOR", "PL": "POL", "PT": "PRT", "RO": "ROU",
    "RS": "SRB", "SE": "SWE", "SI": "SVN", "SK": "SVK", "TR": "TUR", "UA": "UKR", "XK": "1A0",
}  # fmt: skip
"""ISO 3166-1 alpha-2 to the codes of the authority list ``country``."""
_LANGUAGE_OF: Final = {code: language for language, code in LANGUAGES.items()}
_COUNTRY_OF: Final = {code: country for country, code in COUNTRIES.items()}


def language_uri(language: str) -> URIRef:
    """The concept of a language; of our own when the authority list is not known to have it."""
    code = LANGUAGES.get(language.split("-", maxsplit=1)[0])
    return URIRef(f"{AUTHORITY}language/{code}") if code else OURS[f"language-{language}"]


def language_of(uri: str) -> str | None:
    """The ISO 639-1 code of a concept, or of the ISO 639 code that older descriptions give."""
    name = _last(uri)
    if uri.startswith(str(OURS)):
        return name.removeprefix("language-")
    return _LANGUAGE_OF.get(name.upper()) or (name.lower() if name.lower() in LANGUAGES else None)


def country_uri(country: str) -> URIRef:
    """The concept of a country; of our own when the authority list is not known to have it."""
    code = COUNTRIES.get(country)
    return URIRef(f"{AUTHORITY}country/{code}") if code else OURS[f"country-{country}"]


def country_of(uri: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a concept of the lists ``country``, ``atu`` or NUTS 0."""
    name = _last(uri)
    if uri.startswith(str(OURS)):
        return name.removeprefix("country-") if name.startswith("country-") else None
    if uri.startswith(NUTS):
        short = {"EL": "GR", "UK": "GB"}.get(name, name)
        return short if short in COUNTRIES else None
    return _COUNTRY_OF.get(name.upper()[:3])


def currency_uri(currency: str) -> URIRef:
    """The concept of a currency by its ISO 4217 code."""
    return URIRef(f"{AUTHORITY}currency/{currency}")


def new_graph() -> Graph:
    """A graph whose prefixes are those that people know."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def _last(uri: str) -> str:
    return uri.rstrip("/").replace("#", "/").rpartition("/")[2]
