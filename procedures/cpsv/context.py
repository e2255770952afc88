"""The JSON-LD words of CPSV-AP 3.2.0, so that no context has to be fetched.

The published context types texts as ``rdf:langString`` without naming a language, which makes an
invalid literal of every plain string. Here a text takes the document's ``@language``.
"""

import re
from typing import Final

from procedures.cpsv.profile import constraints

OFFICIAL_CONTEXT: Final = re.compile(
    r"https?://(?:semiceu\.github\.io|raw\.githubusercontent\.com|data\.europa\.eu)/"
    r"[\w./-]*cpsv-ap(?:_en)?\.jsonld",
    re.IGNORECASE,
)
"""Where releases publish the context."""


def _context() -> dict[str, object]:
    words: dict[str, object] = {}
    for one in constraints():
        words[one.class_name] = str(one.class_term)
        typed: dict[str, object] = {"@id": str(one.term)}
        if one.range is not None and not one.literal:
            typed["@type"] = "@id"
        elif one.range is not None and not str(one.range).endswith("langString"):
            typed["@type"] = str(one.range)
        words[f"{one.class_name}.{one.name}"] = typed
    return words


CONTEXT: Final = _context()
