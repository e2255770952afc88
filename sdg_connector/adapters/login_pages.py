"""The two small pages of a login in the reader's language, the same in every framework."""

import base64
from contextlib import suppress
from hashlib import sha256
from html import escape
from typing import Final

from babel import Locale

from eidas import (
    EidasError,
    EidasMisuse,
    LevelNotAvailable,
    LoginCancelled,
    LoginDeclined,
    LoginForm,
    LoginNotCompleted,
    ResponseRefused,
)
from translations import Messages, TranslationError, catalogue

_STYLE: Final = (
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1rem;"
    "color:#111;background:#fff}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.125rem}"
    "button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:.25rem;"
    "color:#fff;background:#0b4f9e}button:focus{outline:.2rem solid #ffbf47;outline-offset:.15rem}"
)
_STYLE_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}
TIME_RULES: Final = frozenset(
    {
        "response.issue-instant",
        "response.login-expired",
        "response.assertion-issue-instant",
        "response.confirmation-not-on-or-after",
        "response.not-on-or-after",
        "response.session-not-on-or-after",
    }
)
"""Rules of `eidas` that a right but late answer breaks."""
_ISO_CODES: Final = {"EL": "GR"}


def reader_words(chosen: str | None, accept_language: str | None) -> Messages:
    """The product's words in the language that the site chose, else the browser's, else English."""
    for wanted in (chosen or "", *(accept_language or "").split(",")[:20]):
        # The first subtag alone: a browser could spell one language in any number of ways.
        code = wanted.split(";")[0].strip().lower().replace("_", "-").split("-")[0]
        with suppress(TranslationError):
            return catalogue(code)
    return catalogue("en")


def form_page(form: LoginForm, *, country: str, words: Messages) -> str:
    """Give a page whose one button sends the person on to their country."""
    name = _country_name(country, words)
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in form.fields
    )
    return _page(
        words.text("tonode.title", country=name),
        f'<form method="post" action="{escape(form.action)}">{fields}'
        f'<button type="submit">{escape(words.text("tonode.continue", country=name))}</button>'
        "</form>",
        words,
    )


def form_headers(form: LoginForm, words: Messages) -> dict[str, str]:
    """Headers of the form page: it may be sent to the node and nowhere else."""
    policy = f"{HEADERS['Content-Security-Policy']}; form-action {form.action}"
    return headers(words) | {"Content-Security-Policy": policy}


def headers(words: Messages) -> dict[str, str]:
    """Headers of a page in this language."""
    return HEADERS | {"Content-Language": str(words.language)}


def problem_page(problem: EidasError, *, words: Messages) -> str:
    """Say in plain words why nobody was logged in; the rule is for the log, not for the page."""
    kind = problem_kind(problem)
    what, do = (escape(words.text(f"problem.{kind}.{part}")) for part in ("what", "do"))
    return _page(
        words.text(f"problem.{kind}.title"),
        f"<p>{what}</p><h2>{escape(words.text('problem.do'))}</h2><p>{do}</p>",
        words,
    )


def problem_kind(refused: Exception) -> str:
    """Which words of the catalogue (``problem.KIND.title``) explain why nobody was logged in."""
    if isinstance(refused, LevelNotAvailable):
        return "level"
    if isinstance(refused, LoginDeclined | LoginCancelled):
        return "login_declined"
    if isinstance(refused, LoginNotCompleted):
        return "login_failed"
    if isinstance(refused, ResponseRefused):
        if refused.rule == "login.unknown":
            return "return"
        return "late" if refused.rule in TIME_RULES else "tampered"
    ours = isinstance(refused, EidasMisuse) and refused.rule.startswith("login.")
    return "form" if ours else "node_down"


def _country_name(code: str, words: Messages) -> str:
    return Locale.parse(str(words.language)).territories.get(_ISO_CODES.get(code, code)) or code


def _page(title: str, body: str, words: Messages) -> str:
    return (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"><head>'
        f'<meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
