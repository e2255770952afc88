"""Bar charts in SVG that a screen reader can tell and a printer can print.

Each bar carries its value as text, so that nothing is told by colour or length alone; the report
gives the same figures as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

_NS: Final = "http://www.w3.org/2000/svg"
_WIDTH: Final = 360
"""As wide as a phone: the letters stay readable there without scrolling."""
_ROW: Final = 46
_LABEL: Final = 18
_BAR: Final = 16
_VALUE: Final = 66
_LONGEST: Final = 46


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    label: str
    value: float
    shown: str
    """The value in words, as the reader's language writes it."""


def bar_chart(name: str, *, title: str, bars: Sequence[Bar], full: float) -> str:
    """A chart whose longest possible bar stands for ``full``; ``name`` makes its ids unique."""
    height = _ROW * len(bars) + 8
    svg = etree.fromstring(f'<svg xmlns="{_NS}"/>')
    svg.set("viewBox", f"0 0 {_WIDTH} {height}")
    svg.set("role", "img")
    svg.set("aria-labelledby", f"{name}-title {name}-desc")
    _text(svg, "title", title).set("id", f"{name}-title")
    told = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    _text(svg, "desc", told).set("id", f"{name}-desc")
    for place, bar in enumerate(bars):
        _draw(svg, bar, top=4 + place * _ROW, full=full)
    return etree.tostring(svg, encoding="unicode")


def _draw(svg: etree._Element, bar: Bar, *, top: int, full: float) -> None:
    room = _WIDTH - _VALUE
    length = room * min(max(bar.value / full, 0.0), 1.0) if full else 0.0
    label = _text(svg, "text", _short(bar.label))
    label.attrib.update({"x": "0", "y": str(top + _LABEL - 4)})
    ground = {"x": "0", "y": str(top + _LABEL), "height": str(_BAR)}
    etree.SubElement(svg, _tag("rect"), {**ground, "width": str(room), "class": "ground"})
    etree.SubElement(svg, _tag("rect"), {**ground, "width": f"{length:.1f}", "class": "bar"})
    value = _text(svg, "text", bar.shown)
    value.attrib.update({"x": str(room + 8), "y": str(top + _LABEL + _BAR - 3)})


def _text(parent: etree._Element, name: str, words: str) -> etree._Element:
    element = etree.SubElement(parent, _tag(name))
    element.text = "".join(one for one in words if one >= " ")
    return element


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _tag(name: str) -> str:
    return f"{{{_NS}}}{name}"
