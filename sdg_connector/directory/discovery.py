"""Where the Common Services of a Member State are: what the DNS says (TDD 3.4).

A NAPTR record at ``<country>.<eb|dsd>.v<major>.cs.<environment>.oots.tech.ec.europa.eu`` holds the
base URL. https://ec.europa.eu/digital-building-blocks/sites/spaces/TDD/pages/973932916
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from sdg_connector.directory.errors import DirectoryMisuse, DirectoryRefused
from sdg_connector.vocabulary import CommonServicesLine

_ZONE: Final = "oots.tech.ec.europa.eu"
_WHOLE: Final = frozenset({".*", "^.*$"})
"""The expressions that stand for the whole name: the replacement is then the address."""
_PARTS: Final = 3


class Service(StrEnum):
    """The two services, by the label and the path segment that they stand under."""

    EVIDENCE_BROKER = "eb"
    DATA_SERVICE_DIRECTORY = "dsd"


class Environment(StrEnum):
    """The environments that the DNS knows apart."""

    PRODUCTION = "prod"
    ACCEPTANCE = "acc"
    TESTING = "testing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naptr:
    """One NAPTR record (RFC 3403, 4)."""

    order: int
    preference: int
    flags: str
    regexp: str


def discovery_name(
    *, country: str, service: Service, line: CommonServicesLine, environment: Environment
) -> str:
    """The name to look up; raises ``DirectoryMisuse`` for what is no country code."""
    if len(country) != len("LV") or not (country.isascii() and country.isalpha()):
        raise DirectoryMisuse("a country is two letters, with EL for Greece")
    major = line.version[0]
    return f"{country.lower()}.{service}.v{major}.cs.{environment}.{_ZONE}"


def address_in(records: Iterable[Naptr], *, service: Service) -> str:
    """The base URL that the records of one name give, up to and without ``/rest/search``.

    RFC 3403, 4.1: the terminal record of lowest order, then of lowest preference. Raises
    ``DirectoryRefused`` when none is terminal or when that one gives no https address.
    """
    terminal = [one for one in records if one.flags.upper() == "U"]
    if not terminal:
        raise _refused("a NAPTR record with flag U", "none")
    first = min(terminal, key=lambda one: (one.order, one.preference))
    address = _replacement(first.regexp)
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.query:
        raise _refused("an https address", "another")
    path = parts.path.rstrip("/")
    if not path:
        # Records are also published with the host alone; the services lie under their names.
        path = f"/{service}"
    return f"https://{parts.netloc}{path}"


def _replacement(regexp: str) -> str:
    """RFC 3402, 3.2: delimiter, expression, delimiter, replacement, delimiter, flags."""
    parts = regexp[1:].split(regexp[:1]) if regexp else []
    if len(parts) != _PARTS or parts[0] not in _WHOLE or "\\" in parts[1]:
        raise _refused("a substitution of the whole name", "another")
    return parts[1]


def _refused(expected: str, found: str) -> DirectoryRefused:
    return DirectoryRefused(rule="TDD 3.4 discovery", expected=expected, found=found)
