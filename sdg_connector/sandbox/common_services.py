"""The Evidence Broker and the Data Service Directory over HTTP, as the Commission runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sdg_connector.directory import (
    Needed,
    write_data_services,
    write_directory_error,
    write_evidence_types,
    write_more_needed,
    write_requirements,
)
from sdg_connector.directory.signing import sign_answer
from sdg_connector.sandbox.catalogue import (
    QUESTION,
    REQUIREMENT_ID,
    CountryCatalogue,
    requirements,
)
from sdg_connector.sandbox.switches import DirectoryAnswer, SandboxSwitches
from sdg_connector.vocabulary import DsdErrorCode, EbErrorCode
from xmltrust import SigningKey

MEDIA_TYPE: Final = "application/x-ebrs+xml"
_QUERY: Final = "urn:fdc:oots:{}:ebxml-regrep:queries:{}"
_REQUIREMENTS: Final = _QUERY.format("eb", "requirements-by-procedure-and-jurisdiction")
_EVIDENCE_TYPES: Final = _QUERY.format("eb", "evidence-types-by-requirement-and-jurisdiction")
_DATA_SERVICES: Final = _QUERY.format("dsd", "dataservices-by-evidencetype-and-jurisdiction")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonServices:
    """Answers both directories, signed and with HTTP 200 whatever the outcome is (TDD 3.6)."""

    countries: tuple[str, ...]
    switches: SandboxSwitches
    key: SigningKey
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def evidence_broker(self, request: Request) -> Response:
        """GET /eb/rest/search."""
        if self.switches.directory is DirectoryAnswer.DOWN:
            return Response(status_code=503)
        asked = request.query_params
        if asked.get("queryId") == _REQUIREMENTS:
            found = requirements(asked.get("procedure-id"), asked.get("country-code"))
            if not found:
                return self._answer(write_directory_error(EbErrorCode.EMPTY_RESULT))
            return self._answer(write_requirements(found, new_id=self._object_id))
        if asked.get("queryId") != _EVIDENCE_TYPES:
            return self._answer(write_directory_error(EbErrorCode.QUERY_UNKNOWN))
        if asked.get("requirement-id") != REQUIREMENT_ID:
            return self._answer(write_directory_error(EbErrorCode.REQUIREMENT_UNKNOWN))
        country = asked.get("country-code", "")
        if country not in self.countries:
            return self._answer(write_directory_error(EbErrorCode.EMPTY_RESULT))
        types = CountryCatalogue(country).requirement_with_types()
        return self._answer(write_evidence_types((types,), new_id=self._object_id))

    async def data_services(self, request: Request) -> Response:
        """GET /dsd/rest/search."""
        if self.switches.directory is DirectoryAnswer.DOWN:
            return Response(status_code=503)
        asked = request.query_params
        if asked.get("queryId") != _DATA_SERVICES:
            return self._answer(write_directory_error(DsdErrorCode.QUERY_UNKNOWN))
        country = asked.get("country-code", "")
        nobody = self.switches.directory is DirectoryAnswer.NOBODY
        known = country in self.countries and not nobody
        if not known or asked.get("evidence-type-classification") != (
            CountryCatalogue(country).classification
        ):
            return self._answer(write_directory_error(DsdErrorCode.NO_DATA_SERVICE))
        service = CountryCatalogue(country).data_service()
        if self.switches.directory is DirectoryAnswer.ASKS:
            said = asked.get(QUESTION.key)
            values = QUESTION.supported_value
            if said is None:
                needed = Needed(evidence_type=service.for_request(), concepts=(QUESTION,))
                return self._answer(write_more_needed([needed]))
            if values is None or said not in values.strings:
                return self._answer(write_directory_error(DsdErrorCode.INCORRECT_VALUE))
        return self._answer(write_data_services((service,), new_id=self._object_id))

    def _object_id(self) -> str:
        return f"urn:uuid:{self.new_id()}"

    def _answer(self, body: bytes) -> Response:
        headers = sign_answer(body, key=self.key, now=self.now())
        if self.switches.directory is DirectoryAnswer.TAMPERED:
            body += b"\n"
        return Response(body, media_type=MEDIA_TYPE, headers=headers)
