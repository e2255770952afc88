"""A document of a preview where it lies: opened when somebody wants its octets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.content import Content, chunks_of


@dataclass(slots=True)
class PreviewedDocument:
    """One document of a preview in the encrypted store.

    The page that names it does not open it, and a preview that is stored again leaves it where it
    lies. What was opened is kept: a decision digests the document, and sends it.
    """

    payloads: Payloads = field(repr=False, compare=False)
    payload: str
    size: int
    _opened: Content | None = field(default=None, init=False, repr=False, compare=False)

    def chunks(self) -> Iterator[bytes]:
        """The octets; raises ``Gone`` when they were erased, or cannot be opened."""
        if self._opened is None:
            self._opened = self.payloads.content(self.payload)
        return chunks_of(self._opened)
