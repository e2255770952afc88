"""The sentences that the demonstration model learns from, with the combinations it never sees."""

import random
from collections.abc import Iterator
from importlib.resources import files
from itertools import product

Pair = tuple[str, str]
"""A Latvian sentence with its English translation."""

HELD_OUT_SHARE = 0.25
"""The share of slot combinations that training never sees, so that a test can ask for them."""

# nominative, accusative, genitive, feminine, English with article
DOCUMENTS = (
    ("diploms", "diplomu", "diploma", False, "a diploma"),
    ("diploma pielikums", "diploma pielikumu", "diploma pielikuma", False, "a diploma supplement"),
    ("sekmju izraksts", "sekmju izrakstu", "sekmju izraksta", False, "a transcript of records"),
    ("atestāts", "atestātu", "atestāta", False, "a school leaving certificate"),
    ("izziņa", "izziņu", "izziņas", True, "a statement"),
    ("licence", "licenci", "licences", True, "a licence"),
    ("atļauja", "atļauju", "atļaujas", True, "a permit"),
    ("pase", "pasi", "pases", True, "a passport"),
    ("personas apliecība", "personas apliecību", "personas apliecības", True, "an identity card"),
    ("dzimšanas apliecība", "dzimšanas apliecību", "dzimšanas apliecības", True,
     "a birth certificate"),
)  # fmt: skip

# nominative, locative, dative, genitive, English
AUTHORITIES = (
    ("augstskola", "augstskolā", "augstskolai", "augstskolas", "higher education institution"),
    ("universitāte", "universitātē", "universitātei", "universitātes", "university"),
    ("pašvaldība", "pašvaldībā", "pašvaldībai", "pašvaldības", "municipality"),
    ("ministrija", "ministrijā", "ministrijai", "ministrijas", "ministry"),
    ("uzņemšanas komisija", "uzņemšanas komisijā", "uzņemšanas komisijai",
     "uzņemšanas komisijas", "admission committee"),
    ("Akadēmiskās informācijas centrs", "Akadēmiskās informācijas centrā",
     "Akadēmiskās informācijas centram", "Akadēmiskās informācijas centra",
     "Academic Information Centre"),
    ("Izglītības un zinātnes ministrija", "Izglītības un zinātnes ministrijā",
     "Izglītības un zinātnes ministrijai", "Izglītības un zinātnes ministrijas",
     "Ministry of Education and Science"),
    ("Studiju un zinātnes administrācija", "Studiju un zinātnes administrācijā",
     "Studiju un zinātnes administrācijai", "Studiju un zinātnes administrācijas",
     "Study and Science Administration"),
)  # fmt: skip

DURATIONS = (
    ("viena mēneša laikā", "within one month"),
    ("divu nedēļu laikā", "within two weeks"),
    ("trīs mēnešu laikā", "within three months"),
    ("vienas darbdienas laikā", "within one working day"),
    ("piecu darbdienu laikā", "within five working days"),
    ("desmit darbdienu laikā", "within ten working days"),
    ("30 dienu laikā", "within 30 days"),
    ("20 darbdienu laikā", "within 20 working days"),
)

FEES = ("5", "7", "10", "15", "20", "25", "30", "35", "45", "50", "70", "90", "110", "130")

# locative, genitive, English
COUNTRIES = (
    ("Spānijā", "Spānijas", "Spain"), ("Igaunijā", "Igaunijas", "Estonia"),
    ("Lietuvā", "Lietuvas", "Lithuania"), ("Vācijā", "Vācijas", "Germany"),
    ("Francijā", "Francijas", "France"), ("Itālijā", "Itālijas", "Italy"),
    ("Polijā", "Polijas", "Poland"), ("Somijā", "Somijas", "Finland"),
    ("ārvalstīs", "ārvalstu", ""),
)  # fmt: skip

MONTHS = (
    ("janvārī", "janvārim", "January"), ("februārī", "februārim", "February"),
    ("martā", "martam", "March"), ("aprīlī", "aprīlim", "April"), ("maijā", "maijam", "May"),
    ("jūnijā", "jūnijam", "June"), ("jūlijā", "jūlijam", "July"),
    ("augustā", "augustam", "August"), ("septembrī", "septembrim", "September"),
    ("oktobrī", "oktobrim", "October"), ("novembrī", "novembrim", "November"),
    ("decembrī", "decembrim", "December"),
)  # fmt: skip

LEVELS = (
    ("bakalaura", "bachelor's"),
    ("maģistra", "master's"),
    ("doktora", "doctoral"),
    ("koledžas", "college"),
)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _definite(english: str) -> str:
    return "the " + english.split(" ", 1)[1]


def written() -> tuple[Pair, ...]:
    """The sentences written one by one, in the order of ``sentences.txt``."""
    lines = files(__package__).joinpath("sentences.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("|") for line in lines if line.strip())
    return tuple((latvian, english) for latvian, english in pairs)


def templated() -> tuple[Pair, ...]:
    """Every combination of the slots, in a fixed order."""
    return (*_documents(), *_authorities(), *_places_and_dates())


def split(seed: int = 2018) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """The pairs to learn from, and the combinations held out of training."""
    combinations = list(templated())
    random.Random(seed).shuffle(combinations)  # noqa: S311  a reproducible shuffle, no secret
    cut = int(len(combinations) * HELD_OUT_SHARE)
    return (*written(), *combinations[cut:]), tuple(combinations[:cut])


def _documents() -> Iterator[Pair]:
    for (name, _, genitive, feminine, english), (latvian_time, time) in product(
        DOCUMENTS, DURATIONS
    ):
        issued = "izsniegta" if feminine else "izsniegts"
        yield (
            f"{_capital(name)} tiek {issued} {latvian_time}.",
            f"{_capital(_definite(english))} is issued {time}.",
        )
        yield (
            f"{_capital(genitive)} atzīšana notiek {latvian_time}.",
            f"Recognition of {english} takes place {time}.",
        )
    for (_, _, genitive, _, english), fee in product(DOCUMENTS, FEES):
        yield (
            f"Maksa par {genitive} saņemšanu ir {fee} eiro.",
            f"The fee for receiving {english} is {fee} euros.",
        )
    for (name, accusative, _, feminine, english), authority in product(DOCUMENTS, AUTHORITIES):
        nominative, locative, dative, _, authority_english = authority
        yield (
            f"Lai saņemtu {accusative}, iesniedziet pieteikumu {locative}.",
            f"To receive {english}, submit an application to the {authority_english}.",
        )
        yield (
            f"{_capital(accusative)} izsniedz {nominative}.",
            f"{_capital(_definite(english))} is issued by the {authority_english}.",
        )
        lost = "nozaudēta" if feminine else "nozaudēts"
        yield (
            f"Ja {name} ir {lost}, ziņojiet {dative}.",
            f"If {_definite(english)} has been lost, report it to the {authority_english}.",
        )
    for name, accusative, genitive, _, english in DOCUMENTS:
        yield f"{_capital(genitive)} saņemšana", f"Obtaining {english}"
        yield f"{_capital(genitive)} atzīšana", f"Recognition of {english}"
        yield f"Pievienojiet {accusative}.", f"Attach {english}."
        yield f"Nepieciešams dokuments: {name}.", f"Document required: {english}."


def _authorities() -> Iterator[Pair]:
    for authority, (latvian_time, time) in product(AUTHORITIES, DURATIONS):
        nominative, _, dative, genitive, english = authority
        yield (
            f"{_capital(nominative)} pieņem lēmumu {latvian_time}.",
            f"The {english} takes a decision {time}.",
        )
        yield (
            f"{_capital(genitive)} lēmumu var apstrīdēt {latvian_time}.",
            f"The decision of the {english} may be contested {time}.",
        )
        yield (
            f"Pieteikumu izskata {nominative} {latvian_time}.",
            f"The application is examined by the {english} {time}.",
        )
        yield (
            f"Par izmaiņām paziņojiet {dative} {latvian_time}.",
            f"Notify the {english} of changes {time}.",
        )
    for nominative, locative, _, genitive, english in AUTHORITIES:
        yield f"Pakalpojumu sniedz {nominative}.", f"The service is provided by the {english}."
        yield (
            f"Pieteikumu var iesniegt {locative} klātienē vai tiešsaistē.",
            f"The application can be submitted to the {english} in person or online.",
        )
        yield (
            f"Vairāk informācijas var saņemt {locative}.",
            f"More information can be obtained from the {english}.",
        )
        yield (
            f"Lēmumu pieņem {nominative}.",
            f"The decision is taken by the {english}.",
        )
        yield (
            f"{_capital(genitive)} tīmekļa vietne",
            f"Website of the {english}",
        )


def _places_and_dates() -> Iterator[Pair]:
    for (locative, genitive, english), (latvian_level, level) in product(COUNTRIES, LEVELS):
        place = f"in {english}" if english else "abroad"
        yield (
            f"{_capital(locative)} iegūta {latvian_level} grāda atzīšana",
            f"Recognition of a {level} degree obtained {place}",
        )
        yield (
            f"Jums ir {latvian_level} grāds, kas iegūts {locative}.",
            f"You have a {level} degree obtained {place}.",
        )
        if english:
            yield (
                f"Pieteikties var {genitive} pilsoņi ar {latvian_level} grādu.",
                f"Citizens of {english} with a {level} degree can apply.",
            )
    for (_, dative, month), day in product(MONTHS, (1, 5, 10, 15, 20, 25, 28)):
        yield (
            f"Pieteikumi jāiesniedz līdz {day}. {dative}.",
            f"Applications must be submitted by {day} {month}.",
        )
        yield (
            f"Dokumenti jāiesniedz līdz {day}. {dative}.",
            f"Documents must be submitted by {day} {month}.",
        )
    for (locative, _, month), (latvian_level, level) in product(MONTHS, LEVELS):
        yield (
            f"{_capital(latvian_level)} studijas sākas {locative}.",
            f"{_capital(level)} studies start in {month}.",
        )
