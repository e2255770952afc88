"""Where the rules of an evidence response look."""

from typing import Final

_STATUS: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType"


def slot(name: str) -> str:
    """The value of a slot of the response."""
    return f"query:QueryResponse/rim:Slot[@name='{name}']/rim:SlotValue"


RESPONSE: Final = "query:QueryResponse"
SUCCESS: Final = f"{RESPONSE}[@status='{_STATUS}:Success']"
UNAVAILABLE: Final = f"{RESPONSE}[@status='{_STATUS}:Unavailable']"
SPECIFICATION: Final = slot("SpecificationIdentifier")
IDENTIFIER: Final = slot("EvidenceResponseIdentifier")
ISSUED: Final = slot("IssueDateTime")
AVAILABLE: Final = slot("ResponseAvailableDateTime")
PROVIDER: Final = slot("EvidenceProvider")
PROVIDER_AGENT: Final = f"{PROVIDER}/rim:Element/sdg:Agent"
REQUESTER: Final = slot("EvidenceRequester")
REQUESTER_AGENT: Final = f"{REQUESTER}/sdg:Agent"
_LISTED: Final = "rim:RegistryObjectList/rim:RegistryObject"
OBJECT: Final = f"{RESPONSE}/{_LISTED}"
PACKAGE: Final = f"{OBJECT}[@xsi:type='rim:RegistryPackageType']"
PACKED: Final = f"{OBJECT}/{_LISTED}"
"""An object inside a package of line 2.0."""
PACKED_DOCUMENT: Final = f"{PACKED}[@xsi:type!='rim:AssociationType']"
ASSOCIATION: Final = f"{PACKED}[@xsi:type='rim:AssociationType']"
_METADATA: Final = "rim:Slot[@name='EvidenceMetadata']/rim:SlotValue"


def each(where: str, rest: str = "") -> str:
    """The same place in an object of a flat list and in one of a package."""
    return f"{OBJECT}/{where}{rest} | {PACKED}/{where}{rest}"


METADATA: Final = each(_METADATA)


def evidence(rest: str = "") -> str:
    """A place inside the description of an evidence."""
    return each(f"{_METADATA}/sdg:Evidence", f"/{rest}" if rest else "")


def main_distribution() -> str:
    """The distribution of each evidence, supplements left out."""
    main = f"{PACKED}[rim:Classification/@classificationNode='MainEvidence']"
    rest = f"{_METADATA}/sdg:Evidence/sdg:Distribution"
    return f"{OBJECT}/{rest} | {main}/{rest}"
