"""A browser without a screen: follows redirects, keeps cookies by host, fills in forms."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx
from lxml import html


@dataclass(slots=True)
class Walker:
    """One person's browser."""

    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(follow_redirects=True, timeout=20)
    )
    page: httpx.Response | None = None

    def go(self, url: str, **headers: str) -> "Walker":
        """Open an address."""
        self.page = self.client.get(url, headers=headers)
        return self

    @property
    def tree(self) -> html.HtmlElement:
        """The present page."""
        assert self.page is not None
        return html.fromstring(self.page.text)

    @property
    def name(self) -> str:
        """``data-page`` of the present page."""
        return str(self.tree.xpath("//main/@data-page")[0])

    @property
    def heading(self) -> str:
        """The heading of the present page."""
        return " ".join(self.tree.xpath("//h1")[0].text_content().split())

    def submit(self, form: str, **values: str) -> "Walker":
        """Send a form of the present page, with these values besides what it holds already."""
        assert self.page is not None
        found = self.tree.get_element_by_id(form)
        fields = dict(found.form_values()) | values
        action = urljoin(str(self.page.url), found.action or "")
        if found.method == "GET":
            self.page = self.client.get(action, params=fields)
        else:
            self.page = self.client.post(action, data=fields)
        return self

    def log_in(self, portal: str, citizen: str, *, level: str = "substantial") -> "Walker":
        """From the service page to the greeting."""
        self.go(f"{portal}/en/").submit("start").submit("country-form", country="ES", level=level)
        self.submit("to-node").submit("login", citizen=citizen, decision="continue")
        return self.submit("consent", decision="agree").submit("to-portal")
