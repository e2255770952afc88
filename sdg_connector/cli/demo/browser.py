"""A person's browser without a screen: keeps cookies by host, follows redirects, fills in forms."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx
from lxml import html

from sdg_connector.errors import OwnMistake


class LostTheWay(OwnMistake):
    """A page does not offer what the journey needs next."""


@dataclass(slots=True)
class Browser:
    """One person in front of the pages."""

    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(follow_redirects=True, timeout=30, trust_env=False)
    )
    page: httpx.Response | None = None

    def go(self, url: str) -> None:
        """Open an address."""
        self.page = self.client.get(url)

    @property
    def tree(self) -> html.HtmlElement:
        """The present page; raises `LostTheWay` when there is none."""
        if self.page is None:
            raise LostTheWay("no page is open")
        return html.document_fromstring(self.page.content)

    @property
    def name(self) -> str:
        """The name that the present page gives itself."""
        return str(next(iter(self.tree.xpath("//main/@data-page")), ""))

    @property
    def heading(self) -> str:
        """The heading of the present page."""
        found = self.tree.xpath("//h1")
        return " ".join(found[0].text_content().split()) if found else ""

    def fields(self, form: str) -> dict[str, str]:
        """What a form of the present page holds already; raises `LostTheWay`."""
        return {str(name): str(value) for name, value in self._form(form).form_values()}

    def submit(self, form: str, **values: str) -> None:
        """Send a form of the present page with these values besides what it holds already.

        Raises `LostTheWay` when the page has no such form: it says on which page the person is.
        """
        found = self._form(form)
        action = urljoin(self._address, found.get("action") or "")
        fields = self.fields(form) | values
        if str(found.get("method", "get")).lower() == "get":
            self.page = self.client.get(action, params=fields)
        else:
            self.page = self.client.post(action, data=fields)

    def _form(self, name: str) -> html.FormElement:
        found = next(iter(self.tree.xpath("//form[@id=$name]", name=name)), None)
        if found is None:
            raise LostTheWay(f"the page {self.name!r} ({self.heading}) has no form {name!r}")
        return found

    @property
    def _address(self) -> str:
        return "" if self.page is None else str(self.page.url)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
