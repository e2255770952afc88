"""The questions about the form in which an evidence is asked for."""

from typing import Final

from sdg_connector.vocabulary.codes import EvidenceRole
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.part import text_of
from sdg_connector.vocabulary.rules.rule import PartCheck

ASSOCIATED_DOCUMENTS: Final = tuple(
    role.value for role in EvidenceRole if role is not EvidenceRole.MAIN
)
"""What may be asked for beside an evidence (line 2.0)."""


def unstructured_alone() -> PartCheck:
    """Only XML and JSON follow a data model."""
    form, model = qualified("sdg:Format"), qualified("sdg:ConformsTo")
    return PartCheck(
        holds=lambda part: (
            part.count(model) == 0
            or part.count(form) == 0
            or any(kind in text_of(one) for one in part.named(form) for kind in ("xml", "json"))
        ),
        asks="no ConformsTo beside a format without structure",
        fix="Leave ConformsTo out, or ask for XML or JSON.",
        found=lambda _: "one",
    )
