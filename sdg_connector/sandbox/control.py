"""The tester's page: how the sandbox behaves, who lives there, and what its register holds."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sdg_connector.adapters.pages import read_form
from sdg_connector.errors import OwnMistake
from sdg_connector.sandbox.citizens import Citizen, citizens_of
from sdg_connector.sandbox.documents import documents_of
from sdg_connector.sandbox.pages import SandboxPages
from sdg_connector.sandbox.register import Diploma, Register, Sought
from sdg_connector.sandbox.switches import LoginFault, RegistryAnswer, SandboxSwitches


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Switches by form or JSON; holdings as digests."""

    country: str
    pages: SandboxPages
    switches: SandboxSwitches
    register: Register
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    async def show(self, request: Request) -> Response:
        """GET: the page."""
        return self.pages.render(
            request,
            "control",
            csrf=self.csrf,
            switches=[
                (name, present, [(str(value), _code(value)) for value in type(present)])
                for name, present in self.switches.present()
            ],
            people=[(citizen.label, self._held(citizen)) for citizen in citizens_of(self.country)],
        )

    async def change(self, request: Request) -> Response:
        """POST: set switches, from the page's form or as a JSON object."""
        is_json = request.headers.get("content-type", "").startswith("application/json")
        try:
            if is_json:
                self.switches.change(await request.json())
            else:
                form = dict(await read_form(request, csrf=self.csrf))
                form.pop("csrf", None)
                self.switches.change(form)
        except (OwnMistake, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        if is_json:
            return JSONResponse(dict(self.switches.present()))
        return RedirectResponse("/", status_code=303)

    async def holdings(self, request: Request) -> Response:
        """GET: the SHA-256 of each file of the register, by record number."""
        return JSONResponse(
            {
                diploma.number: {
                    document.media_type: document.sha256 for document in documents_of(diploma)
                }
                for diploma in self.register.diplomas
            }
        )

    def _held(self, citizen: Citizen) -> str:
        diploma: Diploma | None
        if citizen.legal is not None:
            diploma = self.register.of_organisation(citizen.legal.identifier.opaque)
        else:
            person = citizen.represents or citizen.natural
            diploma = self.register.of_person(
                Sought(
                    identifier=person.identifier.opaque,
                    given_name=person.given_name.latin,
                    family_name=person.family_name.latin,
                    date_of_birth=person.date_of_birth,
                )
            )
        return diploma.title if diploma else ""


def _code(value: StrEnum) -> str:
    """The name to show where a value has no words: faults and codes are named as tests do."""
    if value is LoginFault.RIGHT:
        return "–"
    named = isinstance(value, LoginFault | RegistryAnswer) and value is not RegistryAnswer.RIGHT
    return str(value) if named else ""
