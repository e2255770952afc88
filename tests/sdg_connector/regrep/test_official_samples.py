"""Every valid official sample is read and goes back as the same document."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sdg_connector.regrep import (
    read_query_request,
    read_query_response,
    read_registry_response,
    read_submit_objects_request,
    write_query_request,
    write_query_response,
    write_registry_response,
    write_submit_objects_request,
)
from tests.support.official_schema import official_schema

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_RULES: dict[str, tuple[Callable[[bytes], Any], Callable[[Any], bytes]]] = {
    "QueryRequest": (read_query_request, write_query_request),
    "QueryResponse": (read_query_response, write_query_response),
    "SubmitObjectsRequest": (read_submit_objects_request, write_submit_objects_request),
    "RegistryResponse": (read_registry_response, write_registry_response),
}


def canonical(data: bytes) -> str:
    """C14N 2.0 with prefixes rewritten, also inside ``xsi:type``: prefixes mean nothing."""
    return ET.canonicalize(
        data.decode("utf-8-sig"),
        rewrite_prefixes=True,
        strip_text=True,
        qname_aware_attrs=[_XSI_TYPE],
    )


def there_and_back(data: bytes, root: etree._Element) -> bytes:
    read, write = _RULES[etree.QName(root).localname]
    return write(read(data))


def messages(folder: Path) -> list[tuple[Path, bytes, etree._Element]]:
    found = []
    for file in sorted(folder.rglob("*.xml")):
        data = file.read_bytes()
        try:
            root = etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))
        except etree.XMLSyntaxError:
            continue
        if etree.QName(root).localname in _RULES:
            found.append((file, data, root))
    return found


@pytest.mark.artefacts
def test_each_valid_official_sample_goes_back_as_the_same_document(artefacts: Path) -> None:
    schema = official_schema(artefacts)
    kinds: Counter[str] = Counter()
    for file, data, root in messages(artefacts / "oots/tdd-1.0"):
        if not schema.validate(root):
            continue
        kinds[etree.QName(root).localname] += 1
        written = there_and_back(data, root)
        assert canonical(written) == canonical(data), file.name
        assert schema.validate(etree.fromstring(written)), file.name
    assert sum(kinds.values()) >= 54


@pytest.mark.artefacts
@pytest.mark.parametrize("origin", ["edm-2.0-france", "preview-cyprus-1.0"])
def test_real_messages_go_back_as_the_same_document(artefacts: Path, origin: str) -> None:
    found = messages(artefacts / "oots" / origin)
    for file, data, root in found:
        assert canonical(there_and_back(data, root)) == canonical(data), file.name
    assert found
