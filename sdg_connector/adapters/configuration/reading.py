"""Read the configuration: a TOML file, and variables of the environment that win over it."""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sdg_connector.adapters.configuration.errors import ConfigurationRefused, Mistake
from sdg_connector.adapters.configuration.model import (
    JOURNAL_KEEPS,
    AccessPointKind,
    AccessPointSection,
    Configuration,
    DirectorySection,
    HardwareSection,
    LogForm,
    LoginSection,
    LogLevel,
    LogSection,
    NodeSection,
    ObserveSection,
    PeerSection,
    RegistrySection,
    RevocationSection,
    Secret,
    ServiceSection,
    StoreSection,
    VouchedSection,
)
from sdg_connector.adapters.configuration.table import FromEnvironment, Table
from sdg_connector.as4 import OOTS_PARTY_TYPE, SecurityProfile
from sdg_connector.connector import IntermediaryPlatform, OwnOrganisation, Timeouts
from sdg_connector.directory.discovery import Environment
from sdg_connector.vocabulary import Text

PREFIX: Final = "SDG__"
"""``SDG__STORE__URL`` sets ``store.url``; a number counts in a list: ``SDG__LOGIN__NODES__0__…``.
"""
_COUNTRY: Final = r"[A-Z]{2}"
_CODE: Final = r"[A-Z]{1,2}[0-9]{1,2}"
_URN: Final = r"urn:[A-Za-z0-9][A-Za-z0-9-]*:\S+"
_EMAIL: Final = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_HOST: Final = r"[A-Za-z0-9.-]+"


def read_configuration(
    path: Path, *, environment: Mapping[str, str] | None = None
) -> Configuration:
    """Read a file with the environment's overrides.

    Raises ``ConfigurationRefused`` with every mistake at once: unknown and missing settings,
    values of another kind, files that cannot be read, secrets that stand in the file.
    """
    settings = read_toml(path)
    mistakes: list[Mistake] = []
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith(PREFIX):
            _override(settings, name, value, mistakes)
    table = Table(settings, mistakes, path.resolve().parent)
    configuration = _configuration(table)
    table.finish()
    if mistakes:
        raise ConfigurationRefused(mistakes)
    return configuration


def read_toml(path: Path) -> dict[str, Any]:
    """The settings of a file as they stand; raises ``ConfigurationRefused``."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as problem:
        raise ConfigurationRefused(
            [Mistake(str(path), f"cannot be read ({problem.strerror or 'an error'})")]
        ) from problem
    except UnicodeDecodeError as problem:
        raise ConfigurationRefused([Mistake(str(path), "expected UTF-8")]) from problem
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise ConfigurationRefused([Mistake(str(path), f"is not TOML: {problem}")]) from problem


def _override(settings: dict[str, Any], name: str, value: str, mistakes: list[Mistake]) -> None:
    """Put one variable in its place; a part of the way that is missing is made."""
    *way, last = name.removeprefix(PREFIX).lower().split("__")
    inner: Any = settings
    for step in way:
        if isinstance(inner, dict):
            inner = inner.setdefault(step, {})
        elif isinstance(inner, list) and step.isdigit() and int(step) < len(inner):
            inner = inner[int(step)]
        else:
            inner = None
    if isinstance(inner, dict) and last and all(way):
        inner[last] = FromEnvironment(value)
    else:
        mistakes.append(Mistake(name, "leads to no setting"))


def _configuration(table: Table) -> Configuration:
    service = table.table("service", _service)
    hardware = table.table_or_none("hardware", _hardware)
    return Configuration(
        service=service,
        organisation=table.table("organisation", _organisation),
        login=table.table("login", lambda inner: _login(inner, hardware)),
        store=table.table("store", lambda inner: _store(inner, service)),
        access_point=table.table("access_point", lambda inner: _access_point(inner, hardware)),
        directory=table.table("directory", _directory),
        timeouts=table.table("timeouts", _timeouts),
        log=table.table("log", _log),
        observe=table.table("observe", _observe),
    )


def _service(table: Table) -> ServiceSection:
    public_url = table.address("public_url").rstrip("/")
    if public_url and urlsplit(public_url).path:
        table.wrong("public_url", "expected an origin, without a path")
    return ServiceSection(
        public_url=public_url,
        data=table.place("data", default="data"),
        host=table.text("host", default="127.0.0.1"),
        port=table.port("port", default=8801) or 0,
        procedure=table.matching("procedure", _CODE, "a code of Annex II such as T3", default="T3"),
        description=table.file_or_none("description"),
        tls=table.key_pair_or_none("tls"),
        operations_port=table.port("operations_port", default=None),
    )


def _organisation(table: Table) -> OwnOrganisation:
    names = table.texts("names")
    return OwnOrganisation(
        identifier=table.text("identifier"),
        scheme=table.matching("scheme", _URN, "the URN of an identifier scheme"),
        names=tuple(Text(name, language.upper()) for language, name in names.items()),
        country=table.matching("country", _COUNTRY, "two capital letters"),
        platform=table.table_or_none("platform", _platform),
    )


def _platform(table: Table) -> IntermediaryPlatform:
    names = table.texts("names")
    return IntermediaryPlatform(
        identifier=table.text("identifier"),
        scheme=table.matching("scheme", _URN, "the URN of an identifier scheme"),
        names=tuple(Text(name, language.upper()) for language, name in names.items()),
        country=table.matching("country", _COUNTRY, "two capital letters"),
    )


def _hardware(table: Table) -> HardwareSection:
    return HardwareSection(
        library=table.file("library"), token=table.text("token"), pin=table.secret("pin")
    )


def _login(table: Table, hardware: HardwareSection | None) -> LoginSection:
    return LoginSection(
        signing=table.own_key("signing", hardware),
        encryption=table.own_key("encryption", hardware),
        next_signing=table.file_or_none("next_signing"),
        previous_encryption=table.own_key_or_none("previous_encryption", hardware),
        contact_email=table.matching("contact_email", _EMAIL, "an e-mail address of an office"),
        nodes=table.tables(
            "nodes",
            lambda node: NodeSection(
                country=node.matching("country", _COUNTRY, "two capital letters"),
                metadata=node.address("metadata", schemes=("https",)),
                certificate=node.file("certificate"),
            ),
        ),
    )


def _store(table: Table, service: ServiceSection) -> StoreSection:
    url = _database(table, "url", f"sqlite:///{service.data.resolve() / 'exchanges.sqlite'}")
    engine_url = _database(
        table, "engine_url", f"sqlite:///{service.data.resolve() / 'workflows.sqlite'}"
    )
    if ("engine_url" in table.settings) != ("url" in table.settings):
        table.wrong("engine_url", "expected url and engine_url together, or neither")
    keys = table.table("keys", _store_keys)
    current = table.text("current_key")
    if keys and current and current not in keys:
        table.wrong("current_key", f"expected the name of one of store.keys, found {current!r}")
    keeps = table.length("journal_keeps", default=JOURNAL_KEEPS)
    if keeps < timedelta(days=365):
        table.wrong("journal_keeps", "expected twelve months or more (article 17 of 2022/1463)")
    return StoreSection(
        url=url,
        engine_url=engine_url,
        keys=keys,
        current_key=current,
        password=table.secret_or_none("password"),
        worker=table.matching("worker", r"[A-Za-z0-9._-]{1,64}", "a short name", default="local"),
        journal_keeps=keeps,
    )


def _database(table: Table, name: str, default: str) -> str:
    """The URL of a database. What stands there is never repeated: it may hold a password."""
    value = table.text(name, default=default)
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        table.wrong(name, "expected sqlite:///FILE or postgresql://HOST/NAME")
    elif ":" in urlsplit(value).netloc.rpartition("@")[0]:
        table.wrong(name, "expected no password in the URL: it belongs into store.password")
    return value


def _store_keys(table: Table) -> dict[str, Secret]:
    if not table.settings:
        table.wrong("NAME", 'expected at least one key: NAME = { file = "…" }')
    return {name: table.secret(name) for name in table.settings}


def _access_point(table: Table, hardware: HardwareSection | None) -> AccessPointSection:
    kind = table.choice("kind", AccessPointKind, default=AccessPointKind.EMBEDDED)
    domibus = kind is AccessPointKind.DOMIBUS
    keys = (table.own_key_or_none if domibus else table.own_key)("keys", hardware)
    profile = table.choice("profile", SecurityProfile, default=SecurityProfile.RSA)
    decryption = table.own_key_or_none("decryption", hardware)
    if profile is SecurityProfile.EDDSA and decryption is None and not domibus:
        table.wrong("decryption", "expected an X25519 key of its own where profile is eddsa")
    port, tls = table.port("port", default=None), table.key_pair_or_none("tls")
    client_authorities = table.file_or_none("client_authorities")
    if (tls is not None or client_authorities is not None) and port is None:
        table.wrong("port", "expected a port of its own for an endpoint with TLS")
    if client_authorities is not None and tls is None:
        table.wrong("tls", "expected our own TLS key where callers must show a certificate")
    return AccessPointSection(
        kind=kind or AccessPointKind.EMBEDDED,
        party=table.text("party"),
        party_type=table.matching("party_type", _URN, "a URN", default=OOTS_PARTY_TYPE),
        peers=table.tables("peers", _peer_behind_domibus if domibus else _peer),
        keys=keys,
        profile=profile or SecurityProfile.RSA,
        decryption=decryption,
        url=table.address("url") if domibus else "",
        user=table.text("user", default="") if domibus else "",
        password=table.secret_or_none("password") if domibus else None,
        push_user=table.text("push_user", default="") if domibus else "",
        push_password=table.secret_or_none("push_password") if domibus else None,
        port=port,
        tls=tls,
        client_authorities=client_authorities,
        client=table.key_pair_or_none("client"),
        authorities=table.file_or_none("authorities"),
        revocation=table.table_or_none("revocation", _revocation) or RevocationSection(),
    )


def _revocation(table: Table) -> RevocationSection:
    usual = RevocationSection()
    return RevocationSection(
        recheck=table.length("recheck", default=usual.recheck),
        grace=table.length("grace", default=usual.grace),
    )


def _peer_behind_domibus(table: Table) -> PeerSection:
    return _peer(table, domibus=True)


def _peer(table: Table, *, domibus: bool = False) -> PeerSection:
    hosts = table.list_of_texts("preview_hosts")
    vouched = table.table_or_none("vouched_for", _vouched)
    following = table.file_or_none("next_certificate")
    if vouched is not None and following is not None:
        table.wrong("next_certificate", "expected none where an authority vouches for the party")
    return PeerSection(
        country=table.matching("country", _COUNTRY, "two capital letters"),
        party=table.text("party"),
        endpoint=(table.address_or_none("endpoint") or "")
        if domibus
        else table.address("endpoint"),
        certificate=table.file_or_none("certificate") if domibus else table.file("certificate"),
        preview_hosts=hosts,
        party_type=table.matching("party_type", _URN, "a URN", default=OOTS_PARTY_TYPE),
        next_certificate=following,
        encryption_certificate=table.file_or_none("encryption_certificate"),
        vouched_for=vouched,
    )


def _vouched(table: Table) -> VouchedSection:
    subject = table.text("subject", default="")
    dns_name = table.matching("dns_name", _HOST, "a host name", default="")
    if not subject and not dns_name:
        table.wrong("subject", "expected subject or dns_name: the name that was agreed")
    return VouchedSection(
        authorities=table.file("authorities"),
        subject=subject,
        dns_name=dns_name,
        intermediates=table.file_or_none("intermediates"),
    )


def _directory(table: Table) -> DirectorySection:
    environment = table.choice_or_none("environment", Environment)
    address = table.address_or_none if environment else table.address
    return DirectorySection(
        evidence_broker=address("evidence_broker"),
        data_service_directory=address("data_service_directory"),
        environment=environment,
        dnssec=table.flag("dnssec", default=False),
        roots=table.file("roots"),
        registry=table.table_or_none("registry", _registry),
    )


def _registry(table: Table) -> RegistrySection:
    """Where Domibus sends, its PMode knows the address and its trust store the certificate."""
    return RegistrySection(
        party=table.text("party"),
        party_type=table.matching("party_type", _URN, "a URN", default=OOTS_PARTY_TYPE),
        endpoint=table.address_or_none("endpoint") or "",
        certificate=table.file_or_none("certificate"),
        recipient=table.text("recipient"),
        recipient_type=table.matching("recipient_type", _URN, "a URN"),
    )


def _timeouts(table: Table) -> Timeouts:
    usual = Timeouts()
    return Timeouts(
        answer=table.length("answer", default=usual.answer),
        leaving=table.length("leaving", default=usual.leaving),
        evidence=table.length("evidence", default=usual.evidence),
        keeping=table.length("keeping", default=usual.keeping),
        later=table.length("later", default=usual.later),
        pause=table.length("pause", default=usual.pause),
    )


def _log(table: Table) -> LogSection:
    return LogSection(
        form=table.choice("form", LogForm, default=LogForm.TEXT) or LogForm.TEXT,
        level=table.choice("level", LogLevel, default=LogLevel.INFO) or LogLevel.INFO,
    )


def _observe(table: Table) -> ObserveSection:
    usual = ObserveSection()
    return ObserveSection(
        metrics=table.flag("metrics", default=False),
        traces=table.address_or_none("traces") or "",
        certificate_warning=table.length("certificate_warning", default=usual.certificate_warning),
    )
