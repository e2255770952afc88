"""One compiled schema set for SAML and eIDAS messages, made without a network."""

import functools
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lxml import etree

from eidas.errors import EidasError

if TYPE_CHECKING:
    import xmlschema

_PUBLISHED: Final = (
    # namespace, file among the schemas that the pysaml2 distribution carries
    ("http://www.w3.org/XML/1998/namespace", "xml.xsd"),
    ("http://www.w3.org/2000/09/xmldsig#", "xmldsig-core-schema.xsd"),
    ("http://www.w3.org/2001/04/xmlenc#", "xenc-schema.xsd"),
    ("http://www.w3.org/2009/xmlenc11#", "xenc-schema-11.xsd"),
    ("urn:oasis:names:tc:SAML:2.0:assertion", "saml-schema-assertion-2.0.xsd"),
    ("urn:oasis:names:tc:SAML:2.0:protocol", "saml-schema-protocol-2.0.xsd"),
    ("urn:oasis:names:tc:SAML:2.0:metadata", "saml-schema-metadata-2.0.xsd"),
    ("urn:oasis:names:tc:SAML:metadata:algsupport", "sstc-saml-metadata-algsupport-v1.0.xsd"),
    ("urn:oasis:names:tc:SAML:metadata:attribute", "sstc-metadata-attr.xsd"),
    ("http://eidas.europa.eu/metadata/servicelist", "eidas-schema-metadata-servicelist.xsd"),
)
_OURS: Final = (
    ("http://eidas.europa.eu/saml-extensions", "extensions.xsd"),
    ("http://eidas.europa.eu/attributes/naturalperson", "natural-person.xsd"),
    ("http://eidas.europa.eu/attributes/legalperson", "legal-person.xsd"),
    (
        "http://eidas.europa.eu/attributes/naturalperson/representative",
        "natural-person-representative.xsd",
    ),
    (
        "http://eidas.europa.eu/attributes/legalperson/representative",
        "legal-person-representative.xsd",
    ),
)
_XS: Final = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One place where a document leaves its schema, free of the document's values."""

    path: str
    reason: str
    expected: str


@functools.cache
def schema() -> etree.XMLSchema:
    """Compile the whole set once; later calls give the same object."""
    sources = _sources()
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=True)
    parser.resolvers.add(_Offline(sources))
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{name}"/>'
        for namespace, name in (*_PUBLISHED, *_OURS)
    )
    root = f'<xs:schema xmlns:xs="{_XS}">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(root, parser))


def is_valid(element: etree._Element) -> bool:
    """Say whether an element and all beneath it follow their schemas."""
    return schema().validate(element)


def first_fault(element: etree._Element) -> str:
    """Name the place and kind of the first fault, never a value of the document."""
    compiled = schema()
    if compiled.validate(element):
        return ""
    # libxml2 quotes the offending value in its message; only the type of fault is safe to keep.
    entry = compiled.error_log[0]  # type: ignore[index]  # the stubs lack it
    return f"{entry.type_name.removeprefix('SCHEMAV_').lower()} at {_local_path(entry.path)}"


def explain(element: etree._Element, *, most: int = 10) -> tuple[SchemaFault, ...]:
    """Explain to a person where an element leaves its schema; slow, for reports only."""
    faults: list[SchemaFault] = []
    if etree.QName(element).namespace not in dict((*_PUBLISHED, *_OURS)):
        return (SchemaFault("", "the root element is of no schema of SAML or eIDAS", ""),)
    try:
        for problem in _slow_schema().iter_errors(element):
            faults.append(
                SchemaFault(
                    path=_local_path(problem.path or ""),
                    reason=_without_values(problem.reason or ""),
                    expected=", ".join(_last_name(item) for item in _expected(problem)),
                )
            )
            if len(faults) == most:
                break
    except (KeyError, ValueError, TypeError, AssertionError, SyntaxError):
        # xmlschema stops with errors of its own at an xsi:type that names an unknown type, and at
        # names that its XPath cannot spell.
        faults.append(SchemaFault(path="", reason="an xsi:type names no known type", expected=""))
    return tuple(faults)


@functools.cache
def _slow_schema() -> "xmlschema.XMLSchema10":
    # xmlschema takes a hundred times longer than lxml but can say what it expected.
    import xmlschema  # noqa: PLC0415  importing it costs 100 ms, which only a report may pay

    sources = _sources()
    known = [(namespace, str(sources[name])) for namespace, name in (*_PUBLISHED, *_OURS)]
    imports = "".join(f'<xs:import namespace="{namespace}"/>' for namespace, _ in known)
    return xmlschema.XMLSchema10(
        f'<xs:schema xmlns:xs="{_XS}">{imports}</xs:schema>',
        locations=known,
        allow="local",
        use_fallback=False,
    )


def _sources() -> dict[str, Path]:
    # find_spec reads where pysaml2 lies without importing it, which would cost half a second.
    spec = importlib.util.find_spec("saml2")
    if spec is None or not spec.submodule_search_locations:
        raise EidasError("installation.pysaml2", expected="pysaml2, which carries the schemas")
    published = Path(spec.submodule_search_locations[0], "data", "schemas")
    ours = Path(__file__).with_name("schemas")
    return {
        **{name: published / name for _, name in _PUBLISHED},
        **{name: ours / name for _, name in _OURS},
    }


class _Offline(etree.Resolver):
    """Give every schema location from the installed files; anything else is empty."""

    def __init__(self, sources: dict[str, Path]) -> None:
        super().__init__()
        self._sources = sources

    def resolve(  # type: ignore[override]  # the stubs lack lxml's third argument
        self, system_url: str, public_id: str, context: object
    ) -> object:
        """Answer by the last part of the address, so that nothing leaves the machine."""
        source = self._sources.get(_last_part(system_url))
        if source is None:
            return self.resolve_empty(context)  # type: ignore[attr-defined]
        return self.resolve_filename(str(source), context)  # type: ignore[attr-defined]


def _last_part(uri: str) -> str:
    return uri.rsplit("/", 1)[-1]


def _local_path(path: str) -> str:
    return re.sub(r"\{[^}]*\}|[\w.-]+:(?=\w)", "", path)


def _without_values(reason: str) -> str:
    return re.sub(r"'[^']*'(?= is not|: )|value '[^']*'|value='[^']*'", "the value", reason)


def _expected(problem: object) -> tuple[object, ...]:
    expected = getattr(problem, "expected", None) or ()
    return tuple(expected) if isinstance(expected, (list, tuple)) else (expected,)


def _last_name(item: object) -> str:
    return str(getattr(item, "local_name", None) or item)
