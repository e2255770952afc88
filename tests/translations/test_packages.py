"""Argos packages, whole and broken, and every way in which stock Argos fails on them."""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translations.demo_model import PACKAGE_NAME, demo_package_path
from translations.engines.argos import ArgosEngine
from translations.engines.packages import PackageStore, read_package
from translations.errors import Misuse, PackageRefused, PairNotInstalled, UnknownLanguage


def files() -> dict[str, bytes]:
    with zipfile.ZipFile(demo_package_path()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(folder: Path, contents: dict[str, bytes], name: str = "p.argosmodel") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in contents.items():
            archive.writestr(member, data)
    return path


def changed(folder: Path, **metadata: object) -> Path:
    contents = files()
    known = json.loads(contents[f"{PACKAGE_NAME}/metadata.json"])
    contents[f"{PACKAGE_NAME}/metadata.json"] = json.dumps(known | metadata).encode()
    return package(folder, contents)


def without(member: str) -> dict[str, bytes]:
    return {name: data for name, data in files().items() if not name.endswith(member)}


BROKEN = {
    "metadata": without("metadata.json"),
    "tokenizer": without("sentencepiece.model"),
    "model": without("model.bin"),
    "layout": files() | {"other/metadata.json": b"{}"},
    "paths": files() | {f"{PACKAGE_NAME}/../../evil.txt": b"x"},
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_package_is_refused_by_rule_and_leaves_nothing_behind(
    rule: str, tmp_path: Path
) -> None:
    store = PackageStore(tmp_path / "packages")
    with pytest.raises(PackageRefused) as refused:
        store.install(package(tmp_path, BROKEN[rule]))
    assert refused.value.rule == f"argos package: {rule}"
    assert store.packages() == ()
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize(
    "metadata",
    [{"from_code": "not a code"}, {"to_code": 7}, {"package_version": "1.x"}, {"type": "sbd"},
     {"target_prefix": []}],
)  # fmt: skip
def test_wrong_metadata_is_refused(metadata: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(PackageRefused):
        read_package(changed(tmp_path, **metadata))


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageRefused):
        read_package(tmp_path / "missing.argosmodel")
    other = tmp_path / "text.argosmodel"
    other.write_text("no zip")
    with pytest.raises(PackageRefused):
        read_package(other)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_000_000), st.binary(min_size=1, max_size=40))
def test_damaged_bytes_are_refused_or_read(place: int, damage: bytes) -> None:
    data = bytearray(demo_package_path().read_bytes())
    data[place : place + len(damage)] = damage
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.argosmodel"
        path.write_bytes(bytes(data))
        with contextlib.suppress(PackageRefused):
            found = read_package(path)
            assert (found.source, found.target) == ("lv", "en")


def test_a_stray_folder_does_not_break_the_others(tmp_path: Path) -> None:
    store = PackageStore(tmp_path / "packages")
    store.install(demo_package_path())
    (tmp_path / "packages" / "__MACOSX").mkdir()
    assert [found.name for found in store.packages()] == [PACKAGE_NAME]
    assert [name for name, _ in store.strays()] == ["__MACOSX"]
    found = ArgosEngine.installed(store).translate(["Kontakti"], source="lv", target="en")
    assert found[0].text == "Contacts"


def test_the_newest_package_of_a_pair_speaks(tmp_path: Path) -> None:
    newer = changed(tmp_path, package_version="0.10")
    engine = ArgosEngine.load(demo_package_path(), newer)
    assert engine.identity(source="lv", target="en").version == "0.10"


def test_a_replaced_package_is_the_one_that_speaks(tmp_path: Path) -> None:
    store = PackageStore(tmp_path / "packages")
    store.install(demo_package_path())
    store.install(changed(tmp_path, package_version="0.2"))
    engine = ArgosEngine.installed(store)
    assert engine.identity(source="lv", target="en").version == "0.2"
    store.remove(PACKAGE_NAME)
    assert store.packages() == ()
    with pytest.raises(Misuse):
        store.remove("../packages")


def test_a_pivot_is_taken_only_when_it_was_asked_for(tmp_path: Path) -> None:
    onward = changed(tmp_path, from_code="en", to_code="de")
    with pytest.raises(PairNotInstalled, match="lv to de"):
        ArgosEngine.load(demo_package_path(), onward).identity(source="lv", target="de")
    engine = ArgosEngine.load(demo_package_path(), onward, pivot="en")
    assert "+" in engine.identity(source="lv", target="de").model
    assert engine.translate(["Kontakti"], source="lv", target="de")[0].text


def test_codes_are_read_in_any_spelling_and_nonsense_is_named(engine: ArgosEngine) -> None:
    assert engine.translate(["Kontakti"], source="lv-LV", target="EN")[0].text == "Contacts"
    with pytest.raises(UnknownLanguage):
        engine.translate(["Kontakti"], source="?", target="en")
    with pytest.raises(PairNotInstalled, match="installed: lv to en"):
        engine.translate(["Kontakti"], source="lv", target="sw")


def test_a_model_that_does_not_load_is_named(tmp_path: Path) -> None:
    contents = files() | {f"{PACKAGE_NAME}/model/model.bin": b"no model"}
    engine = ArgosEngine.load(package(tmp_path, contents))
    with pytest.raises(PackageRefused, match="CTranslate2"):
        engine.translate(["Kontakti"], source="lv", target="en")
    contents = files() | {f"{PACKAGE_NAME}/sentencepiece.model": b"no model"}
    engine = ArgosEngine.load(package(tmp_path, contents))
    with pytest.raises(PackageRefused, match="sentencepiece"):
        engine.translate(["Kontakti"], source="lv", target="en")


def test_eight_threads_at_once_load_one_model() -> None:
    engine = ArgosEngine.load(demo_package_path())
    found: list[str] = []
    loaded: list[int] = []

    def work() -> None:
        found.append(engine.translate(["Kontakti"], source="lv", target="en")[0].text)
        loaded.append(id(engine.models[0].loaded()[0]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Contacts"] * 8
    assert len(set(loaded)) == 1


def test_underscores_and_empty_sentences_come_back(engine: ArgosEngine) -> None:
    found = engine.translate(["", " \n", "Kontakti"], source="lv", target="en")
    assert [candidate.text for candidate in found] == ["", " \n", "Contacts"]


def test_importing_the_package_takes_little_memory() -> None:
    pytest.importorskip("resource")
    code = (
        "import resource; used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "before = used(); import translations; print(used() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 30_000, "kilobytes"


def test_the_extra_takes_little_disk() -> None:
    """What ``translate`` brings; torch and its kin would be twenty times as much."""
    brought = ["ctranslate2", "sentencepiece", "numpy", "pyyaml", "setuptools"]
    size = sum(
        Path(str(file.locate())).stat().st_size
        for name in brought
        for file in metadata.files(name) or ()
        if Path(str(file.locate())).exists()
    )
    assert 50_000_000 < size <= 250_000_000


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, translations, translations.engines.argos; "
        "print([m for m in ('torch','spacy','stanza','argostranslate','ctranslate2',"
        "'sentencepiece','numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_sentence_model_is_needed_and_no_folder_name_matters(tmp_path: Path) -> None:
    contents = {name: data for name, data in files().items() if "minisbd" not in name}
    folder = tmp_path / "stanza" / "spacy"
    folder.mkdir(parents=True)
    engine = ArgosEngine.load(package(folder, contents))
    assert engine.translate(["Kontakti"], source="lv", target="en")[0].text == "Contacts"


def test_two_thousand_calls_leave_no_memory_behind(engine: ArgosEngine) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is read from /proc")
    for _ in range(50):
        engine.translate(["Kontakti"], source="lv", target="en")
    before = resident()
    for _ in range(2_000):
        engine.translate(["Kontakti"], source="lv", target="en")
    assert resident() - before < 20_000_000


def spoken_pieces(engine: ArgosEngine, sentence: str) -> tuple[list[str], list[str]]:
    """The pieces that the model reads and writes for a sentence."""
    translator, tokenizer = engine.models[0].loaded()
    pieces = tokenizer.pieces(sentence)
    return pieces, translator.translate_batch([pieces])[0].hypotheses[0]


def byte_pairs(pieces: list[str]) -> list[str]:
    """SentencePiece's pieces of one sentence, written as BPE writes them."""
    written = []
    for number, piece in enumerate(pieces):
        last = number + 1 == len(pieces) or pieces[number + 1].startswith("▁")
        written.append(piece.removeprefix("▁") + ("" if last else "@@"))
    return written


def merges(written: list[str]) -> list[str]:
    lines = []
    for piece in written:
        core = piece.removesuffix("@@")
        parts = list(core) if piece.endswith("@@") else [*core[:-1], core[-1] + "</w>"]
        grown = parts[0]
        for part in parts[1:]:
            lines.append(f"{grown} {part}")
            grown += part
    return list(dict.fromkeys(lines))


def test_a_package_with_byte_pairs_truly_translates(engine: ArgosEngine, tmp_path: Path) -> None:
    """The model of the demonstration, its pieces renamed as a ``bpe.model`` package has them."""
    pytest.importorskip("sacremoses")
    before, after = spoken_pieces(engine, "Kontakti")
    renamed = dict(zip(before, byte_pairs(before), strict=True))
    renamed |= dict(zip(after, byte_pairs(after), strict=True))
    contents = without("sentencepiece.model")
    place = f"{PACKAGE_NAME}/model/shared_vocabulary.json"
    vocabulary = [renamed.get(piece, f"{piece}\N{BULLET}") if piece not in {"<s>", "</s>", "<unk>"}
                  else piece for piece in json.loads(contents[place])]  # fmt: skip
    contents[place] = json.dumps(vocabulary).encode()
    lines = ["#version: 0.2", *merges(byte_pairs(before))]
    contents[f"{PACKAGE_NAME}/bpe.model"] = "\n".join(lines).encode()
    found = read_package(package(tmp_path, contents))
    assert found.tokenizer_kind == "bpe"
    candidates = ArgosEngine.over([found]).translate(["Kontakti"], source="lv", target="en")
    assert candidates[0].text == "Contacts"


def test_a_target_prefix_is_given_to_the_model_and_taken_off_again(
    engine: ArgosEngine, tmp_path: Path
) -> None:
    _, after = spoken_pieces(engine, "Reģistrācijas maksa ir 30 eiro.")
    bound = ArgosEngine.load(changed(tmp_path, target_prefix=after[0]))
    found = bound.translate(["Reģistrācijas maksa ir 30 eiro."], source="lv", target="en")
    assert after[0].removeprefix("▁") + " " + found[0].text == ("The registration fee is 30 euros.")
