"""One file tells an installation everything; whatever is wrong with it is said at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from eidas import service_provider_metadata
from sdg_connector.adapters.configuration import (
    AccessPointKind,
    ConfigurationRefused,
    look_over,
    read_configuration,
)
from sdg_connector.adapters.configured_exchanges import (
    access_of,
    directory_options_of,
    exchanges_of,
)
from sdg_connector.adapters.discovery import DnsDiscovery
from sdg_connector.adapters.domibus_push import DomibusPush
from sdg_connector.adapters.domibus_transport import DomibusAccess
from sdg_connector.adapters.exchanges import EmbeddedAccess, ExchangeRuntime
from sdg_connector.cli.app import app
from sdg_connector.directory.discovery import Environment
from sdg_connector.ports import Unobserved
from sdg_connector.web.configured import parts_of
from tests.support.exchange_side import runtime_options
from tests.support.installation import installation
from tests.support.memory_directory import MemoryDirectory

NOW = datetime.now(UTC)
run = CliRunner()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installation(tmp_path_factory.mktemp("installation"), now=NOW)


def changed(file: Path, tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A copy beside the keys in which texts were replaced, each of which must be there."""
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    copy = file.with_name(f"{tmp_path.name}.toml")
    copy.write_text(text)
    return copy


def refusal(path: Path, **environment: str) -> dict[str, str]:
    with pytest.raises(ConfigurationRefused) as refused:
        read_configuration(path, environment=environment)
    return {mistake.where: mistake.message for mistake in refused.value.mistakes}


SIGNING = 'signing = { key = "keys/saml-signing.key.pem", certificate'


def test_a_key_with_a_label_needs_a_module_that_holds_it(file: Path, tmp_path: Path) -> None:
    labelled = (SIGNING, 'signing = { label = "saml", certificate')
    refused = refusal(changed(file, tmp_path, labelled))
    assert refused == {"login.signing": "expected a table [hardware] where a key has a label"}
    module = '[hardware]\nlibrary = "connector.toml"\ntoken = "agency"\npin = "4711"\n[store]\n'
    refused = refusal(changed(file, tmp_path, labelled, ("[store]\n", module)))
    assert list(refused) == ["hardware.pin"]
    assert "4711" not in str(refused)


def test_a_module_that_does_not_open_is_one_of_the_mistakes(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDG_TOKEN_PIN", "4711")
    module = '[hardware]\nlibrary = "connector.toml"\ntoken = "agency"\n'
    pin = 'pin = { env = "SDG_TOKEN_PIN" }\n[store]\n'
    path = changed(
        file,
        tmp_path,
        (SIGNING, 'signing = { label = "saml", certificate'),
        ("[store]\n", module + pin),
    )
    done = run.invoke(app, ["config", "check", str(path)])
    assert done.exit_code == 1
    assert "login.signing: the token 'agency' did not open" in done.output
    assert "4711" not in done.output


def test_the_next_certificate_is_published_and_the_previous_key_still_tried(
    file: Path, tmp_path: Path
) -> None:
    rolled = """next_signing = "keys/as4.pem"
previous_encryption = { key = "keys/as4.key.pem", certificate = "keys/as4.pem" }
[[login.nodes]]"""
    path = changed(file, tmp_path, ("[[login.nodes]]", rolled))
    provider = parts_of(read_configuration(path), observer=Unobserved()).service_provider
    assert [len(provider.signing_certificates), len(provider.decryption_keys)] == [2, 2]
    assert len(provider.encryption_certificates) == 1
    metadata = service_provider_metadata(
        provider, now=NOW, new_id=lambda: "_1", valid_for=timedelta(days=1)
    )
    assert metadata.count(b'use="signing"') == 2
    assert metadata.count(b'use="encryption"') == 1


def test_every_mistake_is_said_at_once_with_its_setting(file: Path, tmp_path: Path) -> None:
    wrong = changed(
        file,
        tmp_path,
        ('public_url = "https://studies.example.lv"', 'public_url = "http://studies.example.lv"'),
        ("port = 8801", "prot = 8801"),
        ('country = "LV"', 'country = "Latvia"'),
        ('certificate = "trust/es-as4.pem"', 'certificate = "trust/nobody.pem"'),
        ('answer = "6m"', "answer = 6"),
        ('form = "json"', 'form = "xml"'),
        ('2026 = { file = "keys/store-2026.secret" }', '2026 = "a key in the file"'),
        ('journal_keeps = "366d"', 'journal_keeps = "30d"'),
    )
    found = refusal(wrong)
    assert set(found) == {
        "service.public_url",
        "service.prot",
        "organisation.country",
        "access_point.peers[0].certificate",
        "timeouts.answer",
        "log.form",
        "store.keys.2026",
        "store.journal_keeps",
    }
    assert "did you mean 'port'?" in found["service.prot"]
    assert "https" in found["service.public_url"]
    assert "a key in the file" not in "".join(found.values())


def test_a_password_in_the_url_of_the_database_is_refused_and_not_repeated(
    file: Path, tmp_path: Path
) -> None:
    wrong = changed(
        file,
        tmp_path,
        ("# url = ", "url = "),
        ("# engine_url = ", "engine_url = "),
        ("sdg@database.example.lv/exchanges", "sdg:hunter2@database.example.lv/exchanges"),
    )
    found = refusal(wrong)
    assert set(found) == {"store.url"}
    assert "hunter2" not in str(found)


def test_a_missing_section_names_each_setting_that_is_needed(file: Path, tmp_path: Path) -> None:
    text = file.read_text()
    start, end = text.index("[directory]"), text.index("[timeouts]")
    found = refusal(changed(file, tmp_path, (text[start:end], "")))
    assert set(found) == {
        "directory.evidence_broker",
        "directory.data_service_directory",
        "directory.roots",
    }


def test_common_services_that_the_dns_knows_need_no_address(file: Path, tmp_path: Path) -> None:
    named = ("evidence_broker", "data_service_directory")
    lines = [one for one in file.read_text().splitlines() if one.startswith(named)]
    without = [(line, "") for line in lines]
    environment = 'environment = "prod"'
    asking = changed(file, tmp_path, *without, (environment, 'environment = "acc"'))
    options = directory_options_of(read_configuration(asking, environment={}))
    assert not options.addresses
    assert isinstance(options.discovery, DnsDiscovery)
    assert options.discovery.environment is Environment.ACCEPTANCE
    alone = changed(file, tmp_path, *without, (environment, ""))
    assert set(refusal(alone)) == {"directory.evidence_broker", "directory.data_service_directory"}


def test_an_agencys_own_application_runs_the_exchanges(file: Path, tmp_path: Path) -> None:
    async def run() -> int:
        async with exchanges_of(read_configuration(file, environment={})) as exchanges:
            assert exchanges.started
            return len(exchanges.store.book.open_exchanges())

    assert asyncio.run(run()) == 0


def test_the_environment_wins_and_a_variable_that_leads_nowhere_is_said(file: Path) -> None:
    environment = {
        "SDG__SERVICE__PORT": "9001",
        "SDG__OBSERVE__METRICS": "true",
        "SDG__LOGIN__NODES__0__METADATA": "https://another.example.es/metadata",
        "PATH": "/usr/bin",
    }
    configuration = read_configuration(file, environment=environment)
    assert configuration.service.port == 9001
    assert configuration.observe.metrics
    assert configuration.login.nodes[0].metadata == "https://another.example.es/metadata"
    found = refusal(file, SDG__LOGIN__NODES__7__METADATA="x", SDG__SERVICE__PORT="many")
    assert set(found) == {"SDG__LOGIN__NODES__7__METADATA", "service.port"}


def test_domibus_asks_for_its_address_and_for_no_keys(file: Path, tmp_path: Path) -> None:
    keys = 'keys = { key = "keys/as4.key.pem", certificate = "keys/as4.pem" }'
    domibus = ('kind = "embedded"', 'kind = "domibus"')
    assert set(refusal(changed(file, tmp_path, domibus, (keys, "")))) == {"access_point.url"}
    url = 'url = "https://domibus.example.lv/services/wsplugin"'
    configuration = read_configuration(
        changed(file, tmp_path, domibus, (keys, url)), environment={}
    )
    assert configuration.access_point.kind is AccessPointKind.DOMIBUS
    assert configuration.access_point.keys is None


def test_one_line_of_the_configuration_chooses_the_access_point(file: Path, tmp_path: Path) -> None:
    embedded = read_configuration(file, environment={})
    file.with_name("password").write_text("correct horse\n")
    behind = (
        'kind = "domibus"\nurl = "https://domibus.example.lv/services/wsplugin"\nuser = "plugin"\n'
        'password = { file = "password" }\npush_user = "push"\n'
        'push_password = { file = "password" }'
    )
    changes = [('kind = "embedded"', behind)]
    domibus = read_configuration(changed(file, tmp_path, *changes), environment={})
    client = httpx.AsyncClient()
    assert isinstance(access_of(embedded, client), EmbeddedAccess)
    access = access_of(domibus, client)
    assert isinstance(access, DomibusAccess)
    assert access.domibus.credentials == ("plugin", "correct horse")
    assert (access.push_user, access.push_password) == ("push", "correct horse")
    assert "horse" not in repr(access)
    runtime = ExchangeRuntime.open(
        runtime_options(tmp_path / "data"), access=access, directory=MemoryDirectory()
    )
    assert isinstance(runtime.endpoint, DomibusPush)


def test_the_shipped_example_can_be_used_as_it_is(file: Path) -> None:
    configuration = read_configuration(file, environment={})
    found = look_over(configuration, now=NOW)
    assert (found.mistakes, found.warnings) == ((), ())
    assert len(found.certificates) == 6
    assert configuration.timeouts.evidence == timedelta(minutes=41)


def test_a_certificate_that_ends_soon_is_warned_about(file: Path) -> None:
    configuration = read_configuration(file, environment={})
    soon = look_over(configuration, now=NOW + timedelta(days=330)).warnings
    assert len(soon) == 6
    assert "in 34 days: replace it" in str(soon[0])
    assert "ask its owner" in str(soon[-1])
    late = look_over(configuration, now=NOW + timedelta(days=366)).warnings
    assert all("ended on" in str(one) for one in late)


def test_keys_that_do_not_fit_are_all_found_before_the_start(file: Path, tmp_path: Path) -> None:
    short = file.with_name("short.secret")
    short.write_bytes(b"too short")
    wrong = changed(
        file,
        tmp_path,
        ('certificate = "keys/saml-encryption.pem"', 'certificate = "keys/saml-signing.pem"'),
        ("keys/as4.", "keys/saml-signing."),
        ("keys/store-2026.secret", "short.secret"),
        ('certificate = "trust/es-node.pem"', 'certificate = "short.secret"'),
    )
    found = look_over(read_configuration(wrong, environment={}), now=NOW)
    assert {mistake.where for mistake in found.mistakes} == {
        "access_point.keys",
        "login.encryption",
        "store.keys.2026",
        "certificates",
    }


def test_a_database_that_does_not_answer_is_said_without_its_address(
    file: Path, tmp_path: Path
) -> None:
    away = changed(
        file,
        tmp_path,
        ('# url = "postgresql://sdg@database.example.lv', 'url = "postgresql://sdg@127.0.0.1:9'),
        (
            '# engine_url = "postgresql://sdg@database.example.lv',
            'engine_url = "postgresql://sdg@127.0.0.1:9',
        ),
    )
    found = look_over(read_configuration(away, environment={}), now=NOW)
    assert {mistake.where for mistake in found.mistakes} == {"store.url", "store.engine_url"}
    assert "127.0.0.1" not in str(found.mistakes)


def test_the_command_says_what_is_wrong_and_exits_with_one(file: Path, tmp_path: Path) -> None:
    wrong = changed(file, tmp_path, ("port = 8801", 'port = "high"'))
    result = run.invoke(app, ["config", "check", str(wrong)])
    assert result.exit_code == 1
    assert "service.port: expected a port" in result.stderr
    right = run.invoke(app, ["config", "check", str(file)])
    assert right.exit_code == 0, right.stderr
    assert "can be used" in right.stdout
    assert run.invoke(app, ["config", "check", "nothing.toml"]).exit_code == 1


def test_what_is_shown_holds_no_secret(file: Path) -> None:
    shown = run.invoke(app, ["config", "show", str(file)]).stdout
    assert "store.keys.2026 = (file " in shown
    assert "timeouts.answer = 360 s" in shown
    assert "kkkk" not in shown


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_are_a_configuration_or_a_refusal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationRefused):
        read_configuration(path, environment={})
