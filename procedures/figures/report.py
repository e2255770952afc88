"""The figures as one HTML file that needs no network, no script and no colour to be read."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from procedures.figures.charts import Bar, bar_chart
from procedures.figures.compiling import Figures
from procedures.figures.measures import Ratings, Share
from procedures.figures.open_data import SMALLEST
from procedures.figures.words import Words, english

_MOST_BARS: Final = 20
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--quiet:#565656;--line:#c9c9c9;
--bar:#00528a;--ground:#e7edf2}
@media (prefers-color-scheme:dark){:root{--ink:#efefef;--paper:#141414;--quiet:#b8b8b8;
--line:#4a4a4a;--bar:#7cbcf0;--ground:#262c31}}
body{font:17px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;margin:0;
color:var(--ink);background:var(--paper)}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{line-height:1.2;font-size:clamp(1.5rem,1.1rem + 2vw,2.1rem);margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
.quiet{color:var(--quiet)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem;margin:1rem 0}
dl>div{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
dt{color:var(--quiet);font-size:.93rem}dd{margin:0;font-size:1.5rem;font-weight:700}
dd small{display:block;font-size:.85rem;font-weight:400;color:var(--quiet)}
.scroll{overflow-x:auto}figure{margin:0 0 1.25rem}svg{display:block;width:100%;
max-width:30rem;height:auto}figcaption{font-weight:700;padding:.25rem 0}
svg text{fill:var(--ink);font-size:13px}svg .bar{fill:var(--bar)}svg .ground{fill:var(--ground)}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:start;font-weight:700;padding:.25rem 0}
caption.told{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:start;vertical-align:top;padding:.45rem .75rem .45rem 0;
border-bottom:1px solid var(--line)}
td.number,th.number{text-align:end}
td.name{overflow-wrap:anywhere;min-width:12rem}
@media print{.scroll{overflow:visible}}
"""


def write_report(
    figures: Figures,
    *,
    language: str = "en",
    words: Words = english,
    smallest: int = SMALLEST,
) -> str:
    """The report in the language of the words, which also says how numbers are written.

    ``words`` gives a message of `ENGLISH` by its name in the language; without it all is English.
    """
    told = _Told(figures, language if words is not english else "en", words, smallest)
    title = told.word("title")
    return (
        f'<!doctype html>\n<html lang="{escape(told.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>"
        f'<p class="quiet">{escape(told.word("period"))}: {escape(told.period)}</p>'
        f"{told.summary()}{told.ratings()}{told.authorities()}{told.services()}{told.pages()}"
        f'<p class="quiet">{escape(told.word("note", smallest=smallest))}</p>'
        "</main></body></html>\n"
    )


class _Told:
    """The parts of the report in one language."""

    def __init__(self, figures: Figures, language: str, words: Words, smallest: int) -> None:
        self.figures = figures
        self.language = language
        self.words = words
        self.smallest = smallest

    def word(self, name: str, **values: object) -> str:
        """A message of the report."""
        return self.words(f"figures.{name}", **values)

    @property
    def period(self) -> str:
        """A month in words; a half-year as the Commission names it."""
        period = self.figures.period
        if not period.is_month:
            return str(period)
        month = format_skeleton("yMMMM", period.last, locale=self.language)
        # CLDR 48 writes a full stop too many behind the Latvian year.
        return month.replace("gada. ", "gada ")

    def summary(self) -> str:
        words, figures, all_ = self.word, self.figures, self.figures.ratings
        nps = self._points(figures.net_promoter_score)
        sus = self._points(figures.system_usability)
        facts = (
            (words("ratings"), self._number(all_.total), ""),
            (words("mean"), self._mean(all_), ""),
            (words("satisfied"), self._satisfied(all_), ""),
            (words("nps"), nps, self._answers(figures.net_promoter_answers)),
            (words("sus"), sus, self._answers(figures.system_usability_answers)),
        )
        items = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}"
            f"{f'<small>{escape(more)}</small>' if more else ''}</dd></div>"
            for name, value, more in facts
        )
        return f"<section><h2>{escape(words('summary'))}</h2><dl>{items}</dl></section>"

    def ratings(self) -> str:
        counts = self.figures.ratings.counts
        bars = [
            Bar(
                f"{self.word('rating')} {stars}",
                counts[stars - 1],
                self._number(counts[stars - 1]),
            )
            for stars in (5, 4, 3, 2, 1)
        ]
        chart = self._chart("ratings", self.word("by_rating"), bars, max(counts))
        table = self._table(
            self.word("by_rating"),
            (self.word("rating"), self.word("ratings")),
            ((bar.label, bar.shown) for bar in bars),
        )
        return f"<section><h2>{escape(self.word('ratings'))}</h2>{chart}{table}</section>"

    def authorities(self) -> str:
        known = self.figures.authorities
        if not known:
            return ""
        bars = [
            Bar(one.authority, one.ratings.mean or 0, self._mean(one.ratings))
            for one in known
            if one.ratings.total >= self.smallest
        ]
        words = self.word
        chart = self._chart("authorities", words("by_authority"), bars, 5) if bars else ""
        table = self._table(
            words("by_authority"),
            (
                words("authority"),
                words("ratings"),
                words("mean"),
                words("satisfied"),
                words("completion"),
                words("electronic"),
            ),
            (
                (
                    one.authority,
                    self._number(one.ratings.total),
                    self._mean(one.ratings),
                    self._satisfied(one.ratings),
                    self._share(one.completion),
                    self._share(one.electronic),
                )
                for one in known
            ),
        )
        return f"<section><h2>{escape(words('authorities'))}</h2>{chart}{table}</section>"

    def services(self) -> str:
        known, words = self.figures.services, self.word
        if not known:
            return ""
        charts = "".join(
            self._chart(
                name,
                words("by_service", what=words(name)),
                [
                    Bar(one.service, share.percent or 0, self._share(share))
                    for one in known
                    if (share := getattr(one, name)).whole
                ],
                100,
            )
            for name in ("completion", "electronic")
        )
        table = self._table(
            words("services"),
            (words("service"), words("authority"), words("completion"), words("electronic")),
            (
                (
                    one.service,
                    one.authority,
                    self._share(one.completion),
                    self._share(one.electronic),
                )
                for one in known
            ),
            names=2,
        )
        return f"<section><h2>{escape(words('services'))}</h2>{charts}{table}</section>"

    def pages(self) -> str:
        known, words = self.figures.pages, self.word
        if not known:
            return ""
        table = self._table(
            words("pages"),
            (words("page"), words("ratings"), words("mean"), words("satisfied"), words("found")),
            (
                (
                    one.page,
                    self._number(one.ratings.total),
                    self._mean(one.ratings),
                    self._satisfied(one.ratings),
                    " / ".join(self._number(one.found[key]) for key in ("Yes", "Partly", "No"))
                    if one.found
                    else "–",
                )
                for one in known
            ),
        )
        return f"<section><h2>{escape(words('pages'))}</h2>{table}</section>"

    def _chart(self, name: str, title: str, bars: Sequence[Bar], full: float) -> str:
        if not bars:
            return ""
        drawn = bar_chart(name, title=title, bars=bars[:_MOST_BARS], full=full)
        return f"<figure><figcaption>{escape(title)}</figcaption>{drawn}</figure>"

    def _table(
        self,
        caption: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        names: int = 1,
    ) -> str:
        """A table whose first columns are names and whose others are numbers."""
        kinds = ["name" if place < names else "number" for place in range(len(headings))]
        head = "".join(
            f'<th scope="col" class="{kind}">{escape(words.strip())}</th>'
            for kind, words in zip(kinds, headings, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td class="{kind}">{escape(cell)}</td>'
                for kind, cell in zip(kinds, row, strict=True)
            )
            + "</tr>"
            for row in rows
        )
        # Whoever scrolls by keyboard must be able to get into the box.
        return (
            f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table>'
            f'<caption class="told">{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def _number(self, value: float) -> str:
        return format_decimal(value, locale=self.language)

    def _mean(self, ratings: Ratings) -> str:
        if ratings.total < self.smallest or ratings.mean is None:
            return self.word("few") if ratings.total else self.word("none")
        return format_decimal(ratings.mean, format="0.00", locale=self.language)

    def _satisfied(self, ratings: Ratings) -> str:
        return self._share(ratings.satisfied) if ratings.total >= self.smallest else "–"

    def _share(self, share: Share) -> str:
        if share.percent is None:
            return "–"
        return f"{format_decimal(share.percent, format='0.0', locale=self.language)}\u00a0%"

    def _points(self, score: float | None) -> str:
        return self.word("none") if score is None else self._number(score)

    def _answers(self, count: int) -> str:
        return self.word("answers", count=self._number(count)) if count else ""
