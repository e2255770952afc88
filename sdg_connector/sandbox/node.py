"""The sandbox's eIDAS node: a signed request in, a citizen's login and consent, the answer out."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from eidas import (
    EidasError,
    LegalPerson,
    LevelOfAssurance,
    LoginForm,
    NaturalPerson,
    PersonKind,
)
from eidas.levels import NOTIFIED, Comparison
from eidas.node import (
    LoginRequest,
    ProxyService,
    Refusal,
    Switches,
    WrongAnswer,
    build_refusal,
    build_response,
)
from sdg_connector.adapters.addresses import Addresses, origin_of
from sdg_connector.adapters.key_kinds import KeyKind
from sdg_connector.adapters.new_keys import key_pem, new_key, self_signed
from sdg_connector.adapters.pages import read_form
from sdg_connector.sandbox.citizens import Citizen, citizens_of, written_name
from sdg_connector.sandbox.pages import SandboxPages, country_name
from sdg_connector.sandbox.peers import ConnectorPeers
from sdg_connector.sandbox.switches import LoginAnswer, LoginFault, SandboxSwitches
from xmltrust import Certificate, SignatureAlgorithm, SigningKey

_MAX_OPEN_LOGINS: Final = 1000
_REFUSAL: Final = "REFUSAL_"
_LATE: Final = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class SandboxNode:
    """Login and consent of one country. A login in progress is known by a token in its forms."""

    country: str
    pages: SandboxPages
    proxy: ProxyService
    peers: ConnectorPeers
    switches: SandboxSwitches
    addresses: Addresses
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    logins: dict[str, LoginRequest] = field(default_factory=dict)

    async def sign_on(self, request: Request) -> Response:
        """POST of a SAML request: check it and show the citizens."""
        form = await read_form(request, csrf=None)
        try:
            login = await self.peers.accept(
                form.get("SAMLRequest", ""),
                relay_state=form.get("RelayState", ""),
                proxy=self.proxy,
            )
        except EidasError:
            return self.pages.problem(request, status=400)
        while len(self.logins) >= _MAX_OPEN_LOGINS:
            del self.logins[next(iter(self.logins))]
        token = secrets.token_urlsafe(24)
        self.logins[token] = login
        return self._login_page(request, token, login, wrong=False)

    async def login(self, request: Request) -> Response:
        """POST: who it is; then what would be sent."""
        form = await read_form(request, csrf=None)
        token = form.get("login", "")
        login = self.logins.get(token)
        if login is None:
            return self.pages.problem(request, status=400)
        if form.get("decision") == "cancel":
            return await self._refuse(request, token, Refusal.CANCELLED)
        citizen = self._citizen(form.get("citizen", ""))
        if citizen is None:
            return self._login_page(request, token, login, wrong=True)
        return self.pages.render(
            request,
            "consent",
            service=_service(login),
            login=token,
            citizen=citizen,
            attributes=_attributes(citizen, login),
        )

    async def consent(self, request: Request) -> Response:
        """POST: the answer goes back through the browser."""
        form = await read_form(request, csrf=None)
        token = form.get("login", "")
        citizen = self._citizen(form.get("citizen", ""))
        login = self.logins.get(token)
        if login is None or citizen is None:
            return self.pages.problem(request, status=400)
        if form.get("decision") != "agree":
            return await self._refuse(request, token, Refusal.CONSENT_DECLINED)
        if not _strong_enough(citizen.level, login):
            return await self._refuse(request, token, Refusal.LEVEL_NOT_AVAILABLE)
        fault = self.switches.fault
        if fault.name.startswith(_REFUSAL):
            return await self._refuse(request, token, Refusal[fault.name.removeprefix(_REFUSAL)])
        del self.logins[token]
        now = self.now()
        if self.switches.login is LoginAnswer.EXPIRED:
            now -= _LATE
        older = fault is LoginFault.SIGNED_BY_PKCS1
        natural, legal, acting = _who(citizen, login)
        answer = build_response(
            login,
            proxy=replace(self.proxy, algorithm=SignatureAlgorithm.RSA_SHA256)
            if older
            else self.proxy,
            connector=await self.peers.connector(login.issuer),
            natural=natural,
            legal=legal,
            representative=acting,
            level=citizen.level,
            now=now,
            new_id=self.new_id,
            switches=_switches(fault, now),
        )
        if self.switches.login is LoginAnswer.TAMPERED:
            answer = _tampered(answer)
        return self._back(request, login, answer)

    async def _refuse(self, request: Request, token: str, refusal: Refusal) -> Response:
        login = self.logins.pop(token)
        answer = build_refusal(
            login,
            proxy=self.proxy,
            connector=await self.peers.connector(login.issuer),
            refusal=refusal,
            now=self.now(),
            new_id=self.new_id,
        )
        return self._back(request, login, answer)

    def _back(self, request: Request, login: LoginRequest, answer: LoginForm) -> Response:
        action = self.addresses.reach(answer.action)
        return self.pages.render(
            request,
            "back",
            service=_service(login),
            action=action,
            fields=answer.fields,
            forms_to=(origin_of(action),),
        )

    def _login_page(
        self, request: Request, token: str, login: LoginRequest, *, wrong: bool
    ) -> Response:
        return self.pages.render(
            request,
            "login",
            status=422 if wrong else 200,
            service=_service(login),
            service_country=country_name("LV", self.pages.words(request).language),
            login=token,
            wrong=wrong,
            citizens=[
                citizen
                for citizen in citizens_of(self.country)
                if citizen.legal is not None or not _wants_organisation(login)
            ],
        )

    def _citizen(self, key: str) -> Citizen | None:
        return next((one for one in citizens_of(self.country) if one.key == key), None)


def _switches(fault: LoginFault, now: datetime) -> Switches:
    """What the fault asks of the node; a key of nobody's is made when it is needed."""
    if fault in {LoginFault.SIGNED_BY_ANOTHER, LoginFault.ENCRYPTED_FOR_ANOTHER}:
        key = new_key(KeyKind.RSA_3072)
        shown = self_signed(
            key, common_name="nobody", organisation="nobody", country="ES", now=now, days=1
        )
        if fault is LoginFault.ENCRYPTED_FOR_ANOTHER:
            return Switches(recipient=Certificate.load(shown))
        return Switches(signing_key=SigningKey.load(key_pem(key, password=None), shown))
    named = [fault.name.lower()] if fault.name in WrongAnswer.__members__ else []
    return Switches.of(named)


def _service(login: LoginRequest) -> str:
    return login.provider_name or login.issuer


def _wants_organisation(login: LoginRequest) -> bool:
    return login.person_kind is PersonKind.LEGAL


def _who(
    citizen: Citizen, login: LoginRequest
) -> tuple[NaturalPerson | None, LegalPerson | None, NaturalPerson | None]:
    """Whom the answer is about, and who acts for them (SAML attribute profile 1.4, 2.8)."""
    if citizen.legal is not None and _wants_organisation(login):
        return None, citizen.legal, citizen.natural
    if citizen.represents is not None:
        return citizen.represents, None, citizen.natural
    return citizen.natural, None, None


def _strong_enough(level: LevelOfAssurance, login: LoginRequest) -> bool:
    """SAML Core 3.3.2.2.1: ``minimum`` takes the asked level or a better one."""
    if login.comparison is Comparison.EXACT:
        return level.value in login.levels
    return NOTIFIED.index(level) >= NOTIFIED.index(LevelOfAssurance(login.levels[0]))


def _attributes(citizen: Citizen, login: LoginRequest) -> tuple[tuple[str, str], ...]:
    """What the consent page lists: word and value."""
    if citizen.legal is not None and _wants_organisation(login):
        return (
            ("greeting.company", citizen.legal.legal_name.latin),
            ("greeting.identifier", citizen.legal.identifier.value),
            ("behalf.by", citizen.label),
        )
    person: NaturalPerson = citizen.represents or citizen.natural
    acting = () if citizen.represents is None else (("behalf.by", citizen.label),)
    latin, name = f"{person.given_name.latin} {person.family_name.latin}", written_name(person)
    own = () if latin == name else (("greeting.latin", latin),)
    return (
        ("greeting.name", name),
        *own,
        *acting,
        ("greeting.birth", person.date_of_birth.isoformat()),
        ("greeting.identifier", person.identifier.value),
    )


def _tampered(answer: LoginForm) -> LoginForm:
    """The answer with one character of its signature changed, as somebody on the way might do."""
    fields = dict(answer.fields)
    message = base64.b64decode(fields["SAMLResponse"])
    place = message.index(b"SignatureValue>") + len(b"SignatureValue>")
    changed = b"B" if message[place : place + 1] != b"B" else b"C"
    fields["SAMLResponse"] = base64.b64encode(
        message[:place] + changed + message[place + 1 :]
    ).decode("ascii")
    return replace(answer, fields=tuple(fields.items()))
