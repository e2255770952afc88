"""The frame of an HTML report: readable on a phone, on paper and by a screen reader, no script."""

from html import escape
from typing import Final

_STYLE: Final = """
:root{color-scheme:light}
body{font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:78rem;
margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
a{color:#0b4f9e}code{font-size:.85em;overflow-wrap:anywhere;color:#4a4a4a}
.scroll{overflow-x:auto}
.scroll:focus-visible,a:focus-visible{outline:3px solid #0b4f9e;outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid #8a8a8a}
thead th{border-bottom:2px solid #1b1b1b}
td ul{margin:0;padding-left:1.1rem}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;list-style:none;padding:0}
.good{color:#0b5d2a}.fair{color:#6a4b00}.bad{color:#a3160b}
.good::before{content:"✓ "}.fair::before{content:"○ "}.bad::before{content:"✗ "}
@media print{body{max-width:none}.scroll{overflow:visible}}
"""


def document_page(*, title: str, language: str, body: str, style: str = "") -> str:
    """A whole page around ``body``, which must be HTML already; ``style`` adds to its own."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
