"""Registers of others: what fits becomes a description, what does not is told, nothing is lost."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from procedures import DescriptionRefused, catalogue, read_description, to_tree
from procedures.importing import (
    Common,
    Imported,
    MappingRefused,
    RegisterRefused,
    read_codes,
    read_json_records,
    read_mapping,
    read_netherlands,
    read_ptv,
    read_table,
    read_xzufi,
    table_csv,
    table_xlsx,
)
from procedures.importing.plain_text import from_html, from_markdown, one_by_one
from procedures.importing.worded_terms import single_amount, single_length
from procedures.sheet_rows import SheetRefused
from sdg_connector.cli.app import app

HERE = Path(__file__).parent / "registers"
EVERY = catalogue.load_all()


def held(name: str) -> bytes:
    return (HERE / name).read_bytes()


def tree_of(found: Imported) -> dict[str, Any]:
    assert found.description is not None, found.mistakes
    return to_tree(found.description)


# What is no register's file.

BOMB = b'<!DOCTYPE a [<!ENTITY b "c">]><a xmlns="http://xoev.de/schemata/xzufi/2_2_0">&b;</a>'


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"{}", b"1", b'[{"a": 1}]', b"[" * 9999])
def test_what_is_no_answer_of_a_register_is_refused(data: bytes) -> None:
    with pytest.raises(RegisterRefused):
        read_ptv([data])
    with pytest.raises(RegisterRefused):
        read_netherlands(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "well-formed"),
        (BOMB, "DOCTYPE"),
        (b"<a/>", "namespace none"),
        (b'<a xmlns="http://xoev.de/schemata/xzufi/1_0_0"/>', "expected XZuFi 2.1 to 2.3"),
        (b'<a xmlns="http://xoev.de/schemata/xzufi/2_3_0"/>', "found none"),
    ],
)
def test_what_is_no_xzufi_is_refused_by_its_rule(data: bytes, said: str) -> None:
    with pytest.raises(RegisterRefused, match=said):
        read_xzufi(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_field_of_any_shape_gives_a_description_or_mistakes(data: st.DataObject) -> None:
    service = json.loads(held("ptv_services.json"))["itemList"][0]
    channel = json.loads(held("ptv_channels.json"))[2]
    product = json.loads(held("nl_products.json"))["results"][0]
    for record in (service, channel, product, product["vertalingen"][0]):
        name = data.draw(st.sampled_from(sorted(record)))
        if name != "serviceChannelType":
            record[name] = data.draw(JSON)
    for found in (
        *read_ptv([json.dumps(service).encode(), json.dumps(channel).encode()]),
        *read_netherlands(json.dumps(product).encode()),
    ):
        assert found.description is not None or found.mistakes or found.left


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='title,;"\n.[]0=', max_size=40).map(str.encode))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    with contextlib.suppress(SheetRefused):
        assert all(one.mistakes for one in read_table(data))


# Finland.


def finnish() -> tuple[Imported, ...]:
    return read_ptv([held("ptv_services.json"), held("ptv_channels.json")])


def test_a_finnish_service_comes_with_its_channels() -> None:
    tree = tree_of(finnish()[0])
    assert tree["title"] == {"fi": "Muuttoilmoitus", "sv": "Anmälan om flyttning"}
    assert tree["authority"]["name"] == "Digi- ja väestötietovirasto"
    assert [one["text"] for one in tree["steps"]] == [
        "Sinulla on kotikunta Suomessa.",
        "Täytä lomake verkossa.",
    ]
    assert tree["fees"] == [{"amount": "12.50", "title": "Hinta 12,50 euroa."}]
    assert tree["deadlines"][0]["length"] == "P5D"
    assert tree["deadlines"][0]["working_days"] is True
    assert tree["services"][0]["page"] == "https://muutto.example.fi/ilmoitus"
    assert tree["channels"] == ["online", "phone", "in-person"]
    assert tree["contacts"][1]["address"] == "Lintulahdenkuja 2, 00530 Helsinki"
    assert tree["territory"] == ["FI_091"]
    assert tree["audience"] == ["citizens"]


def test_what_a_finnish_service_says_beyond_is_told() -> None:
    service, draft, bare = finnish()
    told = "\n".join(service.left)
    for part in (
        "Lomake is in no file",
        "BusinessSubRegions 7",
        "KR3",
        "ValidityTime (fi): Voimassa toistaiseksi.",
        "AlternativeName (fi): Osoitteenmuutos",
        "fundingType: PubliclyFunded",
        "general description 5d1f0a52-0001-4a2b-9c00-0000000000aa is in no file",
    ):
        assert part in told
    assert draft.description is None
    assert draft.mistakes == ()
    assert {one.path for one in bare.mistakes} == {"summary", "authority"}


def test_a_general_description_speaks_before_the_service() -> None:
    general = {
        "id": "5d1f0a52-0001-4a2b-9c00-0000000000aa",
        "names": [],
        "descriptions": [{"language": "fi", "value": "Muutosta ilmoitetaan.", "type": "Summary"}],
        "legislation": [{"names": [{"language": "fi", "value": "Väestötietolaki"}]}],
    }
    files = [held("ptv_services.json"), held("ptv_channels.json"), json.dumps([general]).encode()]
    found = read_ptv(files)[0]
    assert tree_of(found)["summary"]["fi"].startswith("Muutosta ilmoitetaan.\nIlmoita uusi")
    assert [one["title"] for one in tree_of(found)["acts"]] == ["Väestötietolaki", "Kotikuntalaki"]
    assert not [one for one in found.left if one.startswith("generalDescriptionId")]


# Germany.


def test_a_german_service_comes_with_its_office_and_its_online_service() -> None:
    codes = read_codes(b"key;code\n99036003012000;II/V2\n99036003012000;I/C1\n")
    (found,) = read_xzufi(held("xzufi.xml"), common=Common(codes=codes))
    tree = tree_of(found)
    assert tree["codes"] == ["II/V2", "I/C1"]
    assert tree["title"]["en"] == "Register a vehicle from a Member State"
    assert tree["summary"] == "Ihr Fahrzeug war im Ausland zugelassen."
    assert [one["text"] for one in tree["steps"]] == [
        "Sie wohnen in Deutschland.",
        "Antrag stellen",
        "Kennzeichen reservieren (https://example.de/k)",
    ]
    assert tree["evidence"][1]["title"]["en"] == "Proof of insurance"
    assert tree["fees"] == [{"amount": "27.60", "title": "Die Gebühr beträgt 27,60 Euro."}]
    assert [one["length"] for one in tree["deadlines"]] == ["P3D", "P14D"]
    assert tree["acts"][1]["page"] == "https://www.gesetze-im-internet.de/fzv_2023/"
    assert tree["authority"]["contacts"][0]["email"] == "zulassung@example.de"
    assert tree["services"] == [{"title": "i-Kfz", "page": "https://i-kfz.example.de/"}]
    assert (tree["published"], tree["updated"], tree["reviewed"]) == (
        "2024-01-02",
        "2026-06-01",
        "2026-05-04",
    )
    assert set(found.left) == {
        "modulKosten: no single amount in: Schilder kosten 20 € bis 30 €.",
        "modulText 16 (Hinweise, de): Bringen Sie das Fahrzeug mit.",
        "typisierung: 2/3",
    }


def test_a_leika_key_that_no_code_answers_is_told() -> None:
    (found,) = read_xzufi(held("xzufi.xml"))
    assert "referenzLeiKa: 99036003012000" in found.left


# The Netherlands.


def test_a_dutch_product_comes_whole_in_both_languages() -> None:
    product, absent = read_netherlands(held("nl_products.json"))
    tree = tree_of(product)
    assert [one["text"]["en"] for one in tree["steps"]] == ["Log in", "Pay", "Receive the extract"]
    assert tree["fees"][0]["methods"] == ["internet-bank", "card"]
    assert {one["kind"] for one in tree["means"]} == {"notified-eid", "national-eid"}
    assert tree["silence"]["tacit_approval"] is False
    assert tree["updated"] == "2026-08-21"
    assert tree["authority"]["contacts"][0]["hours"] == "maandag: 09:00-17:00. Op afspraak"
    assert tree["redress"][0]["text"]["nl"].endswith("(https://utrecht.example.nl/bezwaar) maken.")
    assert absent.description is None
    assert absent.left == (
        "productAanwezig: the organisation does not offer it. Doet de provincie.",
    )


def test_silence_that_says_nothing_is_not_taken_for_consent() -> None:
    tree = json.loads(held("nl_products.json"))["results"][0]
    for words, approval in (
        ("De vergunning is dan van rechtswege verleend.", True),
        ("Er is geen vergunning van rechtswege.", False),
        ("Bel de gemeente.", None),
    ):
        tree["vertalingen"][0]["wtdBijGeenReactie"] = words
        (found,) = read_netherlands(json.dumps(tree).encode())
        said = tree_of(found).get("silence")
        assert (said and said["tacit_approval"]) is approval
        assert any(words in one for one in found.left) is (approval is None)


# Tables.


def test_an_agencys_table_is_read_by_its_mapping() -> None:
    (found,) = read_table(held("cards.csv"), mapping=read_mapping(held("cards.mapping.yaml")))
    tree = tree_of(found)
    assert tree["identifier"] == "lv/stavvieta"
    assert tree["title"] == {"lv": "Stāvvietas atļauja", "en": "Parking permit"}
    assert tree["fees"] == [{"amount": "1250.50", "methods": ["card", "cash"]}]
    assert [one["text"] for one in tree["steps"]] == ["Iesniedziet", "Samaksājiet"]
    assert tree["no_evidence"] is True
    assert tree["reviewed"] == "2026-10-05"
    assert found.left == ("column Nodaļa: Satiksme",)


def test_every_wrong_cell_is_named_by_row_and_column() -> None:
    mapping = read_mapping(held("cards.mapping.yaml"))
    rows = held("cards.csv").decode().splitlines()
    wrong = "b;;;Apraksts.;divi;zelts;x;varbūt;31.13.2026;;"
    found = read_table("\n".join([rows[0], rows[1], wrong]).encode(), mapping=mapping)
    assert found[0].description is not None
    assert {(one.line, one.path) for one in found[1].mistakes} == {
        (3, "column Nosaukums"),
        (3, "column Maksa"),
        (3, "column Maksāšana"),
        (3, "column Tiešsaistē"),
        (3, "column Pārbaudīts"),
    }


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("columns: {}", "expected headings"),
        ("columns: {A: title}\nother: 1", "other: there is no such key"),
        ("columns: {A: 'title..en'}", "expected a field such as"),
        ("columns: {A: '[0]'}", "expected a field such as"),
        ("columns: {A: 'steps[].text'}", "split together with"),
        ("columns: {A: {to: title, split: ';'}}", "split together with"),
        ("columns: {A: {to: title, form: roman}}", "form: expected one of"),
        ("columns: {A: {to: title, values: [1]}}", "values: expected words"),
        ("columns: {A: {too: title}}", "too: there is no such key"),
        ("columns: {A: title}\nignore: B", "ignore: expected a list"),
        ("columns: {A: title}\nfields: B", "fields: expected fields"),
        ("columns: [", "not YAML"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_mistake(mapping: str, said: str) -> None:
    with pytest.raises(MappingRefused, match=said):
        read_mapping(mapping.encode())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "row of headings"),
        (b"Title here\nx\n", r"line 1: column 1 \(Title here\): expected a field"),
        (b"title,title\nx,y\n", "heading is there twice"),
        (b"steps[],title\nx,y\n", "column 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"PK\x03\x04nonsense", "xlsx"),
        (b'title\n"x', "csv"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(table: bytes, said: str) -> None:
    with pytest.raises(SheetRefused, match=said):
        read_table(table)


def test_a_heading_that_is_no_field_is_told_with_its_row() -> None:
    (found,) = read_table(b"Title\nx\n")
    assert "line 2: column Title: Title: there is no such field; did you mean title?" in map(
        str, found.mistakes
    )


RECORDS = [
    {
        "id": 7,
        "name": {"lv": "Atļauja", "en": "Permit"},
        "about": "Atļauja stāvēt.",
        "office": "Dome",
        "channels": ["web", "desk"],
        "fee": 12.5,
        "open": True,
        "steps": [{"text": "Iesniedziet"}],
    },
    {"id": 8, "fee": "daudz"},
]
OF_RECORDS = b"""
fields: {kind: procedure, language: lv, country: LV}
columns:
  id: {to: identifier, prefix: lv/}
  name.lv: title.lv
  name.en: title.en
  about: summary
  office: authority.name
  channels: {to: "channels[]", split: ";", values: {web: online, desk: in-person}}
  fee: "fees[0].amount"
  open: no_evidence
"""


def test_records_of_json_are_read_by_a_mapping() -> None:
    mapping = read_mapping(OF_RECORDS)
    good, wrong = read_json_records(json.dumps(RECORDS).encode(), mapping=mapping)
    tree = tree_of(good)
    assert tree["title"] == {"lv": "Atļauja", "en": "Permit"}
    assert tree["channels"] == ["online", "in-person"]
    assert (tree["fees"][0]["amount"], tree["no_evidence"]) == ("12.5", True)
    assert good.left == ("column steps[0].text: Iesniedziet",)
    assert "column fee" in {one.path for one in wrong.mistakes}
    for data in (b"{}", b"[1]", b"", b"[[]]"):
        with pytest.raises(RegisterRefused):
            read_json_records(data, mapping=mapping)


def test_a_mapped_column_that_is_not_there_is_told_before_any_row() -> None:
    with pytest.raises(SheetRefused, match="column Kods: the table has no such column"):
        read_table(b"Nosaukums\nx\n", mapping=read_mapping(b"columns: {Kods: identifier}"))


@pytest.mark.parametrize("write", [table_csv, table_xlsx])
def test_the_whole_catalogue_goes_through_a_table_and_comes_back(write: Any) -> None:
    back = read_table(write(EVERY))
    assert [one.description for one in back] == list(EVERY)
    assert not any(one.left for one in back)


def test_no_cell_is_a_formula_and_none_is_changed_by_that() -> None:
    tree = to_tree(EVERY[0])
    for title in ("=1+1", "+371 67", "'=1", "''@", "-", "\t=x"):
        given_one = read_description(json.dumps({**tree, "title": title}).encode())
        written = table_csv([given_one])
        assert b"\n=" not in written
        assert b",=" not in written
        (back,) = read_table(written)
        assert back.description is not None
        assert back.description.title.phrases[0].text == title.strip()


# What all of them share.


def test_fields_of_all_services_fill_what_a_record_lacks() -> None:
    common = Common.read(b"summary: {fi: Lyhyesti.}\nauthority: {name: {fi: Kunta}}\n")
    service, _, bare = read_ptv([held("ptv_services.json")], common=common)
    assert tree_of(bare)["authority"]["name"] == "Kunta"
    assert tree_of(service)["authority"]["name"] == "Digi- ja väestötietovirasto"
    with pytest.raises(DescriptionRefused):
        Common.read(b"[]")


def test_wrong_codes_are_all_named() -> None:
    with pytest.raises(RegisterRefused) as refused:
        read_codes(b"key;code\na;II/T2\nb\nc;T2\n")
    assert [one.line for one in refused.value.mistakes] == [3, 4]
    with pytest.raises(RegisterRefused, match="UTF-8"):
        read_codes(b"\xff")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<p>a<br>b</p><ul><li>c<li><b>d</b></ul>", ("a", "b", "c", "d")),
        ("a &amp; b<script>x</script>", ("a & b",)),
        ('<a href="javascript:x">y</a> z<', ("y z<",)),
        ("1 < 2\n\nund", ("1 < 2", "und")),
    ],
)
def test_html_becomes_plain_blocks(text: str, blocks: tuple[str, ...]) -> None:
    assert from_html(text) == blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (
            "# Kop\ntekst **vet** en\nverder\n\n* een\n* twee",
            ("Kop", "tekst vet en verder", "een", "twee"),
        ),
        ("1. a\n   b\n2) c", ("a b", "c")),
        ("[x](https://a.example/b)", ("x (https://a.example/b)",)),
        ("snake_case_name 2*3", ("snake_case_name 2*3",)),
    ],
)
def test_markdown_becomes_plain_blocks(text: str, blocks: tuple[str, ...]) -> None:
    assert from_markdown(text) == blocks


def test_points_are_paired_only_where_every_language_has_as_many() -> None:
    assert one_by_one({"nl": ("a", "b"), "en": ("c", "d")}) == [
        {"nl": "a", "en": "c"},
        {"nl": "b", "en": "d"},
    ]
    assert one_by_one({"nl": ("a", "b"), "en": ("c",)}) == [{"nl": "a\nb", "en": "c"}]
    assert one_by_one({}) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("€ 16,80", "16.80"),
        ("1.234,50 €", "1234.50"),
        ("EUR 1 200", "1200"),
        ("Die Gebühr beträgt 27,60 Euro.", "27.60"),
        ("12,50 € oder 12,50 EUR", "12.50"),
        ("kostenlos", "0"),
        ("Het is gratis.", "0"),
        ("nicht kostenlos", None),
        ("20 € bis 30 €", None),
        ("100", None),
    ],
)
def test_an_amount_is_taken_only_where_there_is_one(text: str, amount: str | None) -> None:
    found = single_amount([text])
    assert (None if found is None else str(found)) == amount


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("binnen 8 weken", ("P8W", False)),
        ("5 arkipäivää", ("P5D", True)),
        ("1 Monat", ("P1M", False)),
        ("2 bis 4 Wochen", None),
        ("2-4 Wochen", None),
        ("5 Tage, 3 Wochen", None),
        ("morgen", None),
    ],
)
def test_a_time_is_taken_only_where_there_is_one(
    text: str, length: tuple[str, bool] | None
) -> None:
    assert single_length([text]) == length


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["procedures", *words])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_reads_each_register_and_reports(tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("key;code\n99036003012000;II/V2\n")
    out, report = str(tmp_path / "out"), tmp_path / "report.json"
    ptv = [str(HERE / "ptv_services.json"), str(HERE / "ptv_channels.json")]
    status, said, problems = run(
        "import", *ptv, "--from", "ptv", "--out", out, "--report", str(report)
    )
    assert status == 2
    assert "Nimi vain: authority: this field is missing" in problems
    assert "fi/5d1f0a52-0001-4a2b-9c00-000000000001.yaml" in said
    rows = json.loads(report.read_text())
    assert [bool(one["description"]) for one in rows] == [True, False, False]
    assert rows[0]["not_taken_over"]
    xzufi = str(HERE / "xzufi.xml")
    status, said, _ = run("import", xzufi, "--from", "xzufi", "--codes", str(codes), "--out", out)
    assert status == 0
    assert read_description(Path(said.strip()).read_bytes()).identifier == "de/8965321"
    assert run("import", str(HERE / "nl_products.json"), "--from", "nl", "--out", out)[0] == 0
    table, mapping = str(HERE / "cards.csv"), str(HERE / "cards.mapping.yaml")
    assert run("import", table, "--mapping", mapping, "--out", out)[0] == 0
    assert run("import", table, "--out", out)[0] == 2
    assert run("import", table, "--mapping", table, "--out", out)[0] == 2
    assert run("import", xzufi, "--from", "nl", "--out", out)[0] == 2
    records, of_records = tmp_path / "records.json", tmp_path / "records.yaml"
    records.write_text(json.dumps(RECORDS[:1]))
    of_records.write_bytes(OF_RECORDS)
    reading = ["import", str(records), "--from", "json", "--out", out]
    assert run(*reading, "--mapping", str(of_records))[0] == 0
    assert run(*reading)[0] == 2


def test_the_catalogue_leaves_as_a_table_and_comes_back_by_command(tmp_path: Path) -> None:
    for form in ("csv", "xlsx"):
        table, out = tmp_path / f"all.{form}", tmp_path / form
        assert run("export", "--to", form, "--out", str(table))[0] == 0
        assert run("import", str(table), "--out", str(out))[0] == 0
        back = [read_description(one.read_bytes()) for one in sorted(out.rglob("*.yaml"))]
        assert sorted(back, key=lambda one: one.identifier) == list(EVERY)
    assert run("export", "--to", "xlsx")[0] == 2
