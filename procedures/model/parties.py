"""Who answers for a service, and where help is found."""

from dataclasses import dataclass
from enum import StrEnum

from procedures.model.text import Text
from procedures.model.values import Email, Territory, WebAddress


class ContactKind(StrEnum):
    """What a contact is for."""

    AUTHORITY = "authority"
    ASSISTANCE = "assistance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How an office is reached (articles 9(1)(e), 10(1)(b), 11(1)(b))."""

    kind: ContactKind = ContactKind.ASSISTANCE
    name: Text | None = None
    phone: str = ""
    email: Email | None = None
    form: WebAddress | None = None
    """An enquiry form."""
    page: WebAddress | None = None
    address: str = ""
    """The postal address, which is written the same in every language."""
    hours: Text | None = None
    other: Text | None = None
    """Another way: e-address, chat, a visit."""

    @property
    def reachable(self) -> bool:
        """Whether it gives any way to reach the office."""
        return any((self.phone, self.email, self.form, self.address, self.other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The authority or entity that is competent, and answers for the content."""

    name: Text
    registration: str = ""
    """Its number in the national register of organisations."""
    page: WebAddress | None = None
    contacts: tuple[Contact, ...] = ()
    territory: tuple[Territory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalAct:
    """A legal act, technical specification or guideline that a text refers to."""

    title: Text
    page: WebAddress | None = None
    eli: str = ""
    """Its European Legislation Identifier."""
