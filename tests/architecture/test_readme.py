"""What the README promises: its thirty lines log a person in, its files and commands exist."""

import re
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import eidas
from eidas import node as node_side
from sdg_connector.cli.app import app
from xmltrust import Certificate, SignatureAlgorithm, SigningKey, TrustedKey

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory with the keys that the README has its reader make."""
    monkeypatch.chdir(tmp_path)
    for command in re.findall(r"^sdg-connector (keys make \w+)$", README, re.MULTILINE):
        done = CliRunner().invoke(app, command.split())
        assert done.exit_code == 0, done.output
    return tmp_path


def _node(folder: Path) -> node_side.ProxyService:
    """A Spanish node whose metadata and certificate lie in the folder."""
    done = CliRunner().invoke(app, ["keys", "make", "es-node"])
    assert done.exit_code == 0, done.output
    certificate = (folder / "es-node.pem").read_bytes()
    contact = {"company": "Nodo", "email": "nodo@es.example"}
    proxy = node_side.ProxyService(
        entity_id="https://node.es.example/metadata",
        single_sign_on_url="https://node.es.example/sso",
        country="ES",
        signing_key=SigningKey.load((folder / "es-node.key.pem").read_bytes(), certificate),
        algorithm=SignatureAlgorithm.RSA_PSS_SHA256,
        signing_certificates=(Certificate.load(certificate),),
        levels=(eidas.LevelOfAssurance.HIGH,),
        organisation=eidas.Organisation(name="Nodo", display_name="Nodo", url="https://es.example"),
        contacts=tuple(eidas.Contact(kind=kind, **contact) for kind in ("support", "technical")),
    )
    metadata = node_side.proxy_service_metadata(proxy, now=datetime.now(UTC), new_id=_new_id)
    (folder / "es-node.xml").write_bytes(metadata)
    return proxy


_NUMBERS = count()


def _new_id() -> str:
    return f"_{next(_NUMBERS):032x}"


def _connector(folder: Path, portal: eidas.ServiceProvider) -> eidas.ConnectorMetadata:
    certificate = Certificate.load((folder / "signing.pem").read_bytes())
    now = datetime.now(UTC)
    return eidas.ConnectorMetadata.read(
        eidas.service_provider_metadata(portal, now=now, new_id=_new_id),
        trusted=(TrustedKey.from_certificate(certificate, source="the test"),),
        now=now,
    )


def test_the_thirty_lines_log_a_person_in_and_refuse_her_answer_a_second_time(
    folder: Path,
) -> None:
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 36
    proxy = _node(folder)
    names: dict[str, Any] = {}
    exec(compile(CODE, "README.md", "exec"), names)  # noqa: S102  it is our own text
    connector = _connector(folder, names["portal"])
    pending, form = names["start"]("session")
    fields = dict(form.fields)
    asked = node_side.accept_request(
        fields["SAMLRequest"],
        proxy=proxy,
        connector=connector,
        now=datetime.now(UTC),
        replay=eidas.MemoryReplayGuard(),
        relay_state=fields["RelayState"],
    )
    answer = node_side.build_response(
        asked,
        proxy=proxy,
        connector=connector,
        natural=eidas.NaturalPerson(
            identifier=eidas.PersonIdentifier("ES", "LV", "11223344B"),
            family_name=eidas.Name("García"),
            given_name=eidas.Name("Ana"),
            date_of_birth=date(1999, 4, 12),
        ),
        level=eidas.LevelOfAssurance.HIGH,
        now=datetime.now(UTC),
        new_id=_new_id,
    )
    assert names["finish"](dict(answer.fields), pending, "session") == "Welcome, Ana"
    with pytest.raises(eidas.ResponseRefused):
        names["finish"](dict(answer.fields), pending, "session")


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)", README)
    assert len(links) > 5
    assert not [link for link in links if "://" not in link and not (ROOT / link).exists()]


def test_every_command_that_it_names_exists() -> None:
    table = README.partition("## Commands")[2].partition("## Further")[0]
    named = {
        word
        for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for word in re.findall(r"`(?:sdg-connector )?([a-z]+)", cell)
    }
    known = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    assert named == known
