"""A life situation as a page: questions, and the steps that apply, in their order."""

from html import escape
from typing import Final

from procedures import Text
from procedures.document_page import document_page
from procedures.model import Phrase
from procedures.situations import Condition, Plan, PlannedStage, PlannedStep
from sdg_connector.web.own_words import own_words
from translations import Messages

ANSWER: Final = "answer."
"""What the name of an answer begins with in a form: ``answer.born-abroad=yes``."""
_STYLE: Final = """
.sdg-situation ol{padding-left:2.2rem;margin:0}.sdg-situation li{margin:0 0 1rem}
.sdg-when{color:#6a4b00;font-weight:600;margin:.1rem 0}.sdg-note,.sdg-step-summary{margin:.1rem 0}
.sdg-step-summary{color:#4a4a4a}
fieldset{border:0;border-left:4px solid #0b4f9e;margin:0 0 1.2rem;padding:.1rem 0 .1rem .9rem}
legend{font-weight:600;padding:0}label{display:inline-flex;align-items:center;gap:.5rem;
min-height:2.75rem;margin-right:1.4rem}input[type=radio]{width:1.35rem;height:1.35rem;margin:0}
button{font:inherit;font-weight:600;color:#fff;background:#0b4f9e;border:0;border-radius:.3rem;
padding:.7rem 1.3rem}button:focus-visible,input:focus-visible{outline:3px solid #1b1b1b;
outline-offset:2px}
"""


def situation_snippet(plan: Plan, *, language: str) -> str:
    """The steps as ``<article class="sdg-situation">``, to be styled by the page around it.

    A step that depends on an open question says on what. Each text that is not in the language
    says which it is in. Every text is escaped.
    """
    page = _Page(plan, language)
    return (
        f'<article class="sdg-situation" lang="{escape(language)}"'
        f' data-identifier="{escape(plan.situation.identifier)}">'
        f"<h2>{page.span(plan.situation.title)}</h2>{page.summary()}{page.steps(heading=3)}"
        "</article>"
    )


def situation_page(plan: Plan, *, language: str, asks: bool) -> str:
    """The situation as a whole page; with ``asks`` a form puts the questions to the same address.

    Without it, for a page that no server answers, each step says on what it depends.
    """
    page = _Page(plan, language)
    title = page.phrase(plan.situation.title).text
    body = f"{page.summary()}{page.form() if asks else ''}"
    steps = f'<div class="sdg-situation">{page.steps(heading=2)}</div>'
    return document_page(title=title, language=language, body=body + steps, style=_STYLE)


class _Page:
    """The parts of the page in one language."""

    def __init__(self, plan: Plan, language: str) -> None:
        self.plan = plan
        self.language = language
        self.words: Messages = own_words(language)

    def phrase(self, text: Text) -> Phrase:
        """The text in the language, else in the one that most foreigners read (article 12)."""
        return text.best(self.language, "en", self.plan.situation.language)

    def span(self, text: Text) -> str:
        phrase = self.phrase(text)
        words = escape(phrase.text)
        if phrase.language == self.language:
            return words
        return f'<span lang="{escape(phrase.language)}">{words}</span>'

    def summary(self) -> str:
        return f'<p class="sdg-summary">{self.span(self.plan.situation.summary)}</p>'

    def form(self) -> str:
        words, situation = self.words, self.plan.situation
        if not situation.conditions:
            return ""
        return (
            f'<form method="get"><h2>{escape(words.text("situation.questions"))}</h2>'
            f"<p>{escape(words.text('situation.questions_hint'))}</p>"
            '<input type="hidden" name="format" value="html">'
            f'<input type="hidden" name="language" value="{escape(self.language)}">'
            f"{''.join(self._question(one) for one in situation.conditions)}"
            f'<button type="submit">{escape(words.text("situation.show"))}</button></form>'
        )

    def _question(self, condition: Condition) -> str:
        given = self.plan.answers.get(condition.name)
        name = escape(f"{ANSWER}{condition.name}")
        choices = "".join(
            f'<label><input type="radio" name="{name}" value="{value}"'
            f"{' checked' if given is meant else ''}>{escape(self.words.text(words))}</label>"
            for value, meant, words in (
                ("yes", True, "ask.yes"),
                ("no", False, "ask.no"),
                ("", None, "ask.unknown"),
            )
        )
        return f"<fieldset><legend>{self.span(condition.question)}</legend>{choices}</fieldset>"

    def steps(self, *, heading: int) -> str:
        stages = "".join(self._stage(one, heading) for one in self.plan.stages)
        left_out = len(self.plan.left_out)
        if not left_out:
            return stages
        said = self.words.text("situation.left_out", count=left_out)
        return f'{stages}<p class="sdg-left-out">{escape(said)}</p>'

    def _stage(self, stage: PlannedStage, heading: int) -> str:
        items = "".join(self._step(one) for one in stage.steps)
        return (
            f"<section><h{heading}>{self.span(stage.title)}</h{heading}>"
            f'<ol start="{stage.steps[0].number}">{items}</ol></section>'
        )

    def _step(self, step: PlannedStep) -> str:
        title, address = self.span(step.title), self._address(step)
        if address:
            title = f'<a href="{escape(address)}">{title}</a>'
        own_title = step.step.title is not None
        said = [
            *(self._condition("situation.when", one) for one in step.when),
            *(self._condition("situation.unless", one) for one in step.unless),
        ]
        if step.step.note is not None:
            said.append(f'<p class="sdg-note">{self.span(step.step.note)}</p>')
        if step.service is not None and not own_title:
            said.append(f'<p class="sdg-step-summary">{self.span(step.service.summary)}</p>')
        return f"<li><strong>{title}</strong>{''.join(said)}</li>"

    def _condition(self, message: str, condition: Condition) -> str:
        # The clause is put in after escaping, because it may carry a language of its own.
        frame = escape(self.words.text(message, condition="\0"))
        return f'<p class="sdg-when">{frame.replace(chr(0), self.span(condition.holds))}</p>'

    def _address(self, step: PlannedStep) -> str:
        if step.step.page is not None:
            return step.step.page
        if step.service is None:
            return ""
        page = step.service.page(self.language) or step.service.page(step.service.language)
        return "" if page is None else page.address
