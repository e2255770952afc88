"""A description as a piece of HTML that any page can take in."""

from html import escape
from typing import Final
from urllib.parse import quote

from procedures import Description, Topic, page_of
from procedures.page import Line, Part
from sdg_connector.web.own_words import own_words

SCRIPT: Final = """\
// Puts a description into the page: <div data-sdg-description="lv/studiju-kredits"></div>
// loads it from the API that this script came from, and data-sdg-situation="lv/parcelsanas" a
// life situation. data-language is optional.
(function () {
  "use strict";
  var home = new URL(document.currentScript.src).href.replace(/\\/embed\\.js.*$/, "");
  function fill(place) {
    var language = place.getAttribute("data-language") || document.documentElement.lang || "";
    var situation = place.getAttribute("data-sdg-situation");
    var name = situation || place.getAttribute("data-sdg-description");
    var address = home + (situation ? "/situations/" : "/descriptions/") +
      name.split("/").map(encodeURIComponent).join("/") + "?format=snippet";
    if (/^[a-z]{2,3}(-[A-Za-z]+)*$/.test(language)) { address += "&language=" + language; }
    fetch(address, { credentials: "omit" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(function (html) {
      place.innerHTML = html;
    }).catch(function () {
      // What stands in the place already (a link, say) stays for the reader.
      place.setAttribute("data-sdg-failed", "");
    });
  }
  function start() {
    document.querySelectorAll("[data-sdg-description],[data-sdg-situation]").forEach(fill);
  }
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
"""
"""What ``embed.js`` is."""
_SHORT: Final = frozenset(
    {Topic.STEPS, Topic.EVIDENCE, Topic.FEES, Topic.DEADLINES, Topic.AUTHORITY, Topic.CONTACTS}
)


def snippet(description: Description, *, language: str, whole: bool = False) -> str:
    """The description as ``<article class="sdg-description">``, to be styled by the page around it.

    Steps, evidence, fees, deadlines, authority and contacts; every part when ``whole``. Each text
    that is not in the language says which it is in. Every text is escaped.
    """
    words = own_words(language)
    page = page_of(description, language=language, words=words.text)
    parts = [part for part in page.parts if whole or part.topic in _SHORT or part.heading]
    own = description.page(language) or description.page(description.language)
    title = _span(page.title, page.language)
    if own is not None:
        title = f'<a href="{escape(own.address)}">{title}</a>'
    body = "".join(
        _part(
            part, words.text(f"topic.{part.topic}") if part.heading is None else "", page.language
        )
        for part in parts
    )
    updated = ""
    if page.updated is not None:
        label = escape(words.text("procedure.updated"))
        updated = f'<p class="sdg-updated">{label}: {escape(page.updated)}</p>'
    return (
        f'<article class="sdg-description" lang="{escape(page.language)}"'
        f' data-identifier="{escape(description.identifier)}">'
        f'<h2>{title}</h2><p class="sdg-summary">{_span(page.summary, page.language)}</p>'
        f"{body}{updated}</article>"
    )


def _part(part: Part, heading: str, language: str) -> str:
    title = escape(heading) if part.heading is None else _span(part.heading, language)
    kind = "ol" if part.ordered else "ul"
    items = "".join(f"<li>{_line(line, language)}</li>" for line in part.lines)
    listed = f"<{kind}>{items}</{kind}>"
    if part.heading is not None:
        listed = "".join(f"<p>{_line(line, language)}</p>" for line in part.lines)
    return f'<section class="sdg-{part.topic}"><h3>{title}</h3>{listed}</section>'


def _line(line: Line, language: str) -> str:
    text = _span(line, language)
    if line.address is None or not line.address.startswith(("https:", "http:", "mailto:", "tel:")):
        return text
    return f'<a href="{escape(line.address)}">{text}</a>'


def _span(line: Line, language: str) -> str:
    if line.language == language:
        return escape(line.text)
    return f'<span lang="{escape(line.language)}">{escape(line.text)}</span>'


def address_of(description: Description) -> str:
    """Where the API gives the description, under its own root."""
    return f"/descriptions/{quote(description.identifier)}"
