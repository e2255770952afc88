"""The published XML schemas in a folder as one schema, read without the network."""

from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

from sdg_connector.conformance.schematron import CannotJudge
from sdg_connector.vocabulary.namespaces import LCM, PREFIXES, QUERY, RIM, RS, SDG

_FILES: Final = (
    (PREFIXES["xml"], "xml.xsd"),
    (PREFIXES["xlink"], "xlink.xsd"),
    ("http://www.w3.org/2005/08/addressing", "ws-addr.xsd"),
    (RIM, "rim.xsd"),
    (RS, "rs.xsd"),
    (QUERY, "query.xsd"),
    (LCM, "lcm.xsd"),
    (SDG, "SDG-GenericMetadataProfile*.xsd"),
)


class _AtHand(etree.Resolver):
    """Answers every published address with the file of that name in the folder."""

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, system_url: str, public_id: str, context: object = None) -> Any:
        del public_id
        file = self._files.get(system_url.rpartition("/")[2])
        # The stubs of lxml do not know this method of a resolver.
        return None if file is None else cast(Any, self).resolve_filename(str(file), context)


@cache
def official_schema(folder: Path) -> etree.XMLSchema | None:
    """The schema of RegRep documents with their metadata; None when the folder has none.

    Raises ``CannotJudge`` for files that do not fit together.
    """
    found = [(space, file) for space, name in _FILES for file in sorted(folder.rglob(name))[-1:]]
    if not {QUERY, SDG} <= {space for space, _ in found}:
        return None
    root = etree.Element(
        "{http://www.w3.org/2001/XMLSchema}schema", nsmap={"xs": "http://www.w3.org/2001/XMLSchema"}
    )
    for space, file in found:
        one = etree.SubElement(root, "{http://www.w3.org/2001/XMLSchema}import")
        one.set("namespace", space)
        one.set("schemaLocation", file.resolve().as_uri())
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_AtHand({file.name: file for _, file in found}))
    try:
        return etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))
    except etree.XMLSchemaParseError as error:
        raise CannotJudge(f"the schemas in {folder} do not fit together: {error}") from None
