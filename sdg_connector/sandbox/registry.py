"""The registries behind the Common Services, as strict as the real ones: Life Cycle Management.

TDD 3.1.5 and 3.2.5. What breaks a published rule gets the code that the rule asks for; what is
another Member State's is refused; nothing is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sdg_connector.directory import (
    DirectoryRefused,
    Submission,
    read_submission,
    write_submission_answer,
)
from sdg_connector.directory.judging import breaches
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.sandbox.data_service import EXCEPTION, Reply
from sdg_connector.sandbox.switches import RegistryAnswer, SandboxSwitches
from sdg_connector.vocabulary import (
    AccessService,
    EvidenceType,
    EvidenceTypeList,
    LcmErrorCode,
    ReferenceFramework,
)
from sdg_connector.vocabulary.identifiers import is_uuid_urn

RESPONSE: Final = "SubmitObjectsResponse"
_FORCED: Final = {
    RegistryAnswer.OBJECT: LcmErrorCode.OBJECT,
    RegistryAnswer.ASSOCIATION: LcmErrorCode.ASSOCIATION,
    RegistryAnswer.DATASET: LcmErrorCode.DATASET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Answers the submissions of one Member State."""

    country: str
    """Whose access point submits: it registers what is its own."""
    switches: SandboxSwitches

    def answer(self, document: bytes) -> Reply:
        """Success, or the code that a broken rule asks for."""
        request_id = _id_of(document)
        problem, detail = self._problem(document)
        return Reply(
            action=RESPONSE if problem is None else EXCEPTION,
            document=write_submission_answer(request_id, problem=problem, detail=detail),
        )

    def _problem(self, document: bytes) -> tuple[LcmErrorCode | None, str | None]:
        forced = _FORCED.get(self.switches.registry)
        if forced is not None:
            return forced, None
        try:
            submission = read_submission(document)
        except DirectoryRefused as refused:
            return LcmErrorCode.of(refused.wire_code) or LcmErrorCode.DATASET, refused.rule
        broken = breaches(document)
        if broken:
            return LcmErrorCode.OBJECT, broken[0]
        foreign = {one for one in _countries(submission) if one not in (self.country, "EU")}
        if foreign:
            return LcmErrorCode.DATASET, f"data of {', '.join(sorted(foreign))}"
        return None, None


def _countries(submission: Submission) -> Iterator[str]:
    for one in submission.objects:
        value = one.value
        if isinstance(value, AccessService):
            places = () if value.publisher is None else value.publisher.jurisdictions
            yield from (each.country for each in places)
        elif isinstance(value, EvidenceType | EvidenceTypeList | ReferenceFramework):
            yield from (each.country for each in value.jurisdictions)


def _id_of(document: bytes) -> str | None:
    try:
        found = read_root(document).get("id", "")
    except RegRepRefused:
        return None
    return found if is_uuid_urn(found) else None
