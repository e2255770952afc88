"""Where the rules of an error response look."""

from typing import Final

_STATUS: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType"


def slot(name: str) -> str:
    """The value of a slot of the response."""
    return f"query:QueryResponse/rim:Slot[@name='{name}']/rim:SlotValue"


def exception_slot(name: str) -> str:
    """The value of a slot of the exception, as the content rules write it."""
    return f"{EXCEPTION}/rim:Slot[@name='{name}']/rim:SlotValue"


def any_exception_slot(name: str) -> str:
    """The value of a slot of an exception, as the structure rules write it."""
    return f"rs:Exception/rim:Slot[@name='{name}']/rim:SlotValue"


RESPONSE: Final = "query:QueryResponse"
FAILURE: Final = f"{RESPONSE}[@status='{_STATUS}:Failure']"
EXCEPTION: Final = f"{RESPONSE}/rs:Exception"
SPECIFICATION: Final = slot("SpecificationIdentifier")
IDENTIFIER: Final = slot("EvidenceResponseIdentifier")
PROVIDER: Final = slot("ErrorProvider")
PROVIDER_AGENT: Final = f"{PROVIDER}/sdg:Agent"
REQUESTER: Final = slot("EvidenceRequester")
REQUESTER_AGENT: Final = f"{REQUESTER}/sdg:Agent"
