"""Turn foreign bytes into a graph without the network, entities or surprises."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rdflib import Graph
from rdflib.exceptions import ParserError
from rdflib.plugins.parsers.notation3 import BadSyntax

from procedures.cpsv.context import CONTEXT, OFFICIAL_CONTEXT
from procedures.cpsv.names import new_graph
from procedures.errors import Refused
from xmltrust.errors import XmlRefused
from xmltrust.parse import Limits, parse

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_TRIPLES: Final = 2_000_000
_LIMITS: Final = Limits(
    max_bytes=MAX_BYTES, max_depth=64, max_elements=500_000, max_attributes=500_000
)
_RDF_XML: Final = re.compile(r"\s*(?:<\?xml|<!--|<(?:\w+:)?RDF\b)")
_MAX_DEPTH: Final = 100


class RdfRefused(Refused):
    """A file cannot be read as RDF; the message says why and where."""


def open_graph(data: bytes) -> Graph:
    """Read Turtle, N-Triples, JSON-LD or RDF/XML; the format is seen from the text.

    No context, no vocabulary and no entity is ever fetched. Raises `RdfRefused` for all bytes that
    are none of them.
    """
    if len(data) > MAX_BYTES:
        raise RdfRefused(f"expected at most {MAX_BYTES} bytes, found {len(data)}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RdfRefused("expected UTF-8, found other bytes") from None
    read = _reader(text)
    with _own_errors():
        graph = read(text)
    if not len(graph):
        raise RdfRefused("expected a description in RDF, found no statement")
    return graph


def _reader(text: str) -> Callable[[str], Graph]:
    start = text.lstrip()[:1]
    if start == "{" or (start == "[" and re.match(r"\s*\[\s*[{\"\]]", text)):
        return _json_ld
    return _rdf_xml if _RDF_XML.match(text) else _turtle


def _turtle(text: str) -> Graph:
    if _nesting(text) > _MAX_DEPTH:
        raise RdfRefused(f"expected at most {_MAX_DEPTH} levels of brackets")
    return new_graph().parse(data=text, format="turtle", publicID="urn:file:")


def _nesting(text: str) -> int:
    """An upper bound of how deep brackets go; strings may count too, which only makes it larger."""
    deepest = level = 0
    for bracket in re.findall(r"[\[\](){}]", text):
        level = max(0, level + (1 if bracket in "[({" else -1))
        deepest = max(deepest, level)
    return deepest


def _rdf_xml(text: str) -> Graph:
    parse(text.encode(), limits=_LIMITS, comments_allowed=True)
    return new_graph().parse(data=text, format="xml", publicID="urn:file:")


def _json_ld(text: str) -> Graph:
    tree = json.loads(text)
    known = _without_remote(tree, 0)
    return new_graph().parse(data=json.dumps(known), format="json-ld", base="urn:file:")


def _without_remote(tree: Any, depth: int) -> Any:
    """The tree with the official context put in, and no other address of a context left."""
    if depth > _MAX_DEPTH:
        raise RdfRefused(f"expected at most {_MAX_DEPTH} levels")
    if isinstance(tree, list):
        return [_without_remote(one, depth + 1) for one in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        name: _context(value, depth + 1)
        if name == "@context"
        else _without_remote(value, depth + 1)
        for name, value in tree.items()
        if name != "@import"
    }


def _context(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return [_context(one, depth + 1) for one in value]
    if isinstance(value, str):
        if OFFICIAL_CONTEXT.fullmatch(value):
            return dict(CONTEXT)
        raise RdfRefused(f"expected the context in the file, found the address {value[:100]}")
    return _without_remote(value, depth + 1)


@contextmanager
def _own_errors() -> Iterator[None]:
    """rdflib and its parsers raise whatever they meet: each becomes a sentence of ours."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    except RdfRefused:
        raise
    except XmlRefused as error:
        raise RdfRefused(str(error)) from None
    except BadSyntax as error:
        line = getattr(error, "lines", 0) + 1
        raise RdfRefused(f"not Turtle: an error near line {line}") from None
    except json.JSONDecodeError as error:
        raise RdfRefused(f"not JSON: an error in line {error.lineno}") from None
    except (ParserError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise RdfRefused(f"not RDF: {type(error).__name__}") from None
    except Exception as error:  # noqa: BLE001  rdflib's parsers have no root of their errors
        raise RdfRefused(f"not RDF: {type(error).__name__}") from None
    finally:
        logger.disabled = before
