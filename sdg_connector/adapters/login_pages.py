"""The two small pages of a login, the same in every framework."""

from html import escape

from eidas import EidasError, LoginForm, LoginNotCompleted

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def form_page(form: LoginForm) -> str:
    """Give a page whose one button sends the person on to their country."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in form.fields
    )
    return _page(
        "Continue to your country",
        f'<form method="post" action="{escape(form.action)}">{fields}'
        '<button type="submit">Continue</button></form>',
    )


def form_headers(form: LoginForm) -> dict[str, str]:
    """Headers of the form page: it may be sent to the node and nowhere else."""
    policy = HEADERS["Content-Security-Policy"]
    return HEADERS | {"Content-Security-Policy": f"{policy}; form-action {form.action}"}


def problem_page(problem: EidasError) -> str:
    """Say in plain words why nobody was logged in; the rule is for the log, not for the page."""
    if isinstance(problem, LoginNotCompleted):
        return _page(problem.TITLE, f"<p>{escape(problem.ADVICE)}</p>")
    return _page(
        "You were not logged in",
        "<p>The answer could not be trusted. Please start again from the service.</p>",
    )


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
