"""Applications are kept sealed before anybody is told, once, and come out as they went in."""

from dataclasses import replace
from pathlib import Path

import pytest

from sdg_connector.adapters.application_box import (
    ApplicationFolder,
    SentApplication,
    SentFile,
    UnknownApplication,
)
from sdg_connector.adapters.store import Sealer
from sdg_connector.connector import Gone

SENT = SentApplication(
    reference="LV-2026-7F3K-9Q2M-XW4T",
    received_at="2026-11-24T10:00:00+00:00",
    procedure="T3",
    language="en",
    person={"family_name": "García Núñez", "identifier": "ES/LV/11223344B"},
    files=(
        SentFile(
            title="Título", media_type="application/pdf", sha256="00", content=b"%PDF\x00\xff"
        ),
    ),
)
KEYS = {"2025": b"o" * 32, "2026": b"n" * 32}


def _folder(path: Path, current: str = "2026") -> ApplicationFolder:
    return ApplicationFolder(path / "applications", Sealer(KEYS, current=current))


def test_what_was_kept_comes_out_as_it_went_in(tmp_path: Path) -> None:
    _folder(tmp_path, "2025").put(SENT)
    folder = _folder(tmp_path)
    assert folder.references() == (SENT.reference,)
    assert folder.get(SENT.reference) == SENT
    folder.remove(SENT.reference)
    assert folder.references() == ()


def test_sending_twice_is_sending_once(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    folder.put(SENT)
    again = folder.put(replace(SENT, received_at="2026-11-24T10:00:05+00:00"))
    assert again == SENT


def test_no_person_stands_readable_in_the_folder_or_in_a_repr(tmp_path: Path) -> None:
    _folder(tmp_path).put(SENT)
    (path,) = (tmp_path / "applications").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    for readable in (path.read_bytes(), path.name.encode(), repr(SENT).encode()):
        assert "García".encode() not in readable
        assert b"11223344B" not in readable


def test_an_altered_or_strange_file_is_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    folder.put(SENT)
    (path,) = (tmp_path / "applications").iterdir()
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Gone):
        folder.get(SENT.reference)
    path.rename(path.with_name("LV-2026-AAAA-BBBB-CCCC.sealed"))
    with pytest.raises(Gone):
        folder.get("LV-2026-AAAA-BBBB-CCCC")


@pytest.mark.parametrize("reference", ["LV-2026-NONE", "../../etc/passwd", "lv", ""])
def test_what_is_not_there_is_said(tmp_path: Path, reference: str) -> None:
    folder = _folder(tmp_path)
    for ask in (folder.get, folder.remove):
        with pytest.raises(UnknownApplication):
            ask(reference)
