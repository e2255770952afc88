"""How eTranslation is asked, in both generations of its interface."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from translations.engines.calls import answer_of, engine_client, json_of
from translations.errors import EngineRefused, EngineUnavailable

NAME = "etranslation"
V2_URL = "https://language-tools.ec.europa.eu/etranslation/api"
V1_URL = "https://webgate.ec.europa.eu/etranslation/si"
MAX_CHARACTERS = 5_000
"""Of one snippet of text (``textToTranslate``)."""
_BLOCKED = 3
"""The level of ``GET /status`` at which nothing is accepted."""
_REASONS: Mapping[int, str] = {
    -11200: "the quota is used up", -20028: "too many requests at once",
    -90000: "the application is not authorised", -10500: "language models are not allowed",
    -10419: "a glossary cannot go with a language model", -20001: "the request is not valid",
    -20004: "the source language is not valid", -20005: "the target languages are not valid",
    -20006: "the domain is not valid", -20021: "the target language is not available",
    -20025: "the text is too long", -40010: "the server is overloaded",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One text to ask for."""

    reference: str
    """What comes back with the delivery (``externalReference``); names the text, not a person."""
    text: str
    source: str
    target: str


class Interface(Protocol):
    """One generation of eTranslation's interface."""

    @property
    def domain(self) -> str:
        """The subject of the texts (``GEN``, ``SPD``)."""
        ...

    def offers(self, *, source: str, target: str) -> bool:
        """Whether the domain has this pair."""
        ...

    def ask(self, snippet: Snippet, *, callback: str) -> int:
        """Hand a text over; the number of the request. Raises `EngineFailed`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ETranslationV2:
    """REST v2: JSON, Basic authentication, results pushed as JSON."""

    application: str
    password: str = field(repr=False)
    domain: str = "GEN"
    username: str = ""
    """Who asks at the agency, as eTranslation's accounting wants it; may be empty."""
    url: str = V2_URL
    transport: httpx.BaseTransport | None = field(default=None, repr=False)

    def _client(self) -> httpx.Client:
        client = engine_client(self.url, transport=self.transport)
        client.auth = httpx.BasicAuth(self.application, self.password)
        return client

    def offers(self, *, source: str, target: str) -> bool:
        """Whether ``GET /getDomains`` lists the pair; raises `EngineUnavailable` when blocked."""
        with self._client() as client:
            status = _answer(client, "GET", "/status")
            if isinstance(status, dict) and status.get("level") == _BLOCKED:
                raise EngineUnavailable(NAME, "it accepts nothing at the moment", "level 3")
            domains = _answer(client, "GET", "/getDomains")
        return _pair(source, target) in _pairs(domains, self.domain)

    def ask(self, snippet: Snippet, *, callback: str) -> int:
        """``POST /askTranslate``; the delivery and both notifications go to the callback."""
        caller = {"externalReference": snippet.reference}
        if self.username:
            caller["username"] = self.username
        asked: dict[str, Any] = {
            "sourceLanguage": snippet.source.upper(),
            "targetLanguages": [snippet.target.upper()],
            "domain": self.domain,
            "callerInformation": caller,
            "textToTranslate": snippet.text,
            "notifications": {"success": {"http": callback}, "failure": {"http": callback}},
            "deliveries": {"http": callback},
        }
        with self._client() as client:
            answer = _answer(client, "POST", "/askTranslate", json=asked)
        return _request_number(
            answer.get("requestId") if isinstance(answer, dict) else None, answer
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ETranslationV1:
    """The first REST interface: Digest authentication, a bare number back, callbacks as forms."""

    application: str
    password: str = field(repr=False)
    username: str = ""
    domain: str = "GEN"
    url: str = V1_URL
    transport: httpx.BaseTransport | None = field(default=None, repr=False)

    def _client(self) -> httpx.Client:
        client = engine_client(self.url, transport=self.transport)
        client.auth = httpx.DigestAuth(self.application, self.password)
        return client

    def offers(self, *, source: str, target: str) -> bool:
        """Whether ``get-domains`` lists the pair."""
        with self._client() as client:
            domains = _answer(client, "GET", "/get-domains")
        return _pair(source, target) in _pairs(domains, self.domain)

    def ask(self, snippet: Snippet, *, callback: str) -> int:
        """``POST translate``; a negative number is an error of the service."""
        asked = {
            "externalReference": snippet.reference,
            "callerInformation": {"application": self.application, "username": self.username},
            "sourceLanguage": snippet.source.upper(),
            "targetLanguages": [snippet.target.upper()],
            "textToTranslate": snippet.text,
            "domain": self.domain,
            "requesterCallback": callback,
            "errorCallback": callback,
        }
        with self._client() as client:
            answer = _answer(client, "POST", "/translate", json=asked)
        return _request_number(answer, answer)


def _answer(client: httpx.Client, method: str, path: str, **content: Any) -> Any:
    """The JSON of an answer; the service's own codes become words."""
    try:
        return json_of(answer_of(client, NAME, method, path, **content), NAME)
    except EngineRefused as error:
        if re.fullmatch(r"-\d{1,9}", error.code):
            raise refusal(int(error.code)) from None
        raise


def _pair(source: str, target: str) -> str:
    return f"{source.upper()}-{target.upper()}"


def _pairs(domains: object, domain: str) -> frozenset[str]:
    """The pairs of a domain, from an object keyed by domain or a list of domains."""
    entries = domains.items() if isinstance(domains, dict) else []
    named = {str(key): value for key, value in entries}
    if isinstance(domains, list):
        named = {str(e.get("domain")): e for e in domains if isinstance(e, dict)}
    found = named.get(domain)
    listed = found.get("languagePairs") if isinstance(found, dict) else found
    return (
        frozenset(str(pair).upper() for pair in listed) if isinstance(listed, list) else frozenset()
    )


def _request_number(number: object, answer: object) -> int:
    if isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return number
    code = answer.get("errorCode") if isinstance(answer, dict) else number
    if isinstance(code, int) and code < 0:
        raise refusal(code)
    raise EngineRefused(NAME, "it answered without the number of the request")


def refusal(code: int) -> EngineRefused | EngineUnavailable:
    """The error for one of eTranslation's codes."""
    reason = _REASONS.get(code, "it refused the text")
    if code in {-20028, -40010}:
        return EngineUnavailable(NAME, reason, str(code))
    return EngineRefused(NAME, reason, str(code))
