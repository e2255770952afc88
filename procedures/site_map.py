"""The pages of descriptions as a site map, so that search engines find every language of them.

Regulation (EU) 2018/1724, articles 18(3) and 23(1); https://www.sitemaps.org/protocol.html
"""

from collections.abc import Iterable
from typing import Any, Final

from lxml import etree

from procedures.model import Description

_MAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_PREFIXES: Final[Any] = {None: _MAP, "xhtml": _XHTML}


def site_map(descriptions: Iterable[Description]) -> bytes:
    """Every page once, with the day of its last change and its translations.

    `procedures audit` walks the result, as any crawler does.
    """
    root = etree.Element(f"{{{_MAP}}}urlset", nsmap=_PREFIXES)
    for description in descriptions:
        for page in description.pages:
            entry = etree.SubElement(root, f"{{{_MAP}}}url")
            etree.SubElement(entry, f"{{{_MAP}}}loc").text = page.address
            if description.last_change is not None:
                day = description.last_change.isoformat()
                etree.SubElement(entry, f"{{{_MAP}}}lastmod").text = day
            for other in description.pages if len(description.pages) > 1 else ():
                link = etree.SubElement(entry, f"{{{_XHTML}}}link")
                link.attrib.update(
                    {"rel": "alternate", "hreflang": other.language, "href": other.address}
                )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
