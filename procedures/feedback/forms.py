"""The official questions to users of the Gateway, as data in the languages known."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SOURCE: Final = "https://eur-lex.europa.eu/eli/reg_impl/2020/1121"
"""First-level questions: Annex III. Second-level questions: the Commission's collect API."""


class Category(StrEnum):
    """What the user was asked about, as the collect API spells it."""

    INFORMATION = "Information"
    PROCEDURE = "Procedure"
    ASSISTANCE = "Assistance"


class AnswerKind(StrEnum):
    """What a question may be answered with."""

    RATING = "rating"
    """1 (worst) to 5 (best)."""
    YES_NO_PARTLY = "yes-no-partly"
    YES_NO_UNKNOWN = "yes-no-unknown"
    YES_NO_IRRELEVANT = "yes-no-irrelevant"
    YES_NO_PARTLY_IRRELEVANT = "yes-no-partly-irrelevant"
    FREE_TEXT = "free-text"

    @property
    def choices(self) -> tuple[str, ...]:
        """The published answers; always text, whatever YAML 1.1 makes of ``Yes`` and ``No``."""
        return _CHOICES[self]


_CHOICES: Final[Mapping[AnswerKind, tuple[str, ...]]] = {
    AnswerKind.RATING: ("1", "2", "3", "4", "5"),
    AnswerKind.YES_NO_PARTLY: ("Yes", "No", "Partly"),
    AnswerKind.YES_NO_UNKNOWN: ("Yes", "No", "Unknown"),
    AnswerKind.YES_NO_IRRELEVANT: ("Yes", "No", "Irrelevant"),
    AnswerKind.YES_NO_PARTLY_IRRELEVANT: ("Yes", "No", "Partly", "Irrelevant"),
    AnswerKind.FREE_TEXT: (),
}
_CHOICE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "Yes": {"en": "Yes", "lv": "Jā"},
    "No": {"en": "No", "lv": "Nē"},
    "Partly": {"en": "Partly", "lv": "Daļēji"},
    "Unknown": {"en": "I do not know", "lv": "Nezinu"},
    "Irrelevant": {"en": "Not relevant", "lv": "Neattiecas"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question."""

    id: str
    """Field of the collect API (``foundInformation``)."""
    kind: AnswerKind
    texts: Mapping[str, str]
    """The question by language; always ``en``."""
    required: bool = True

    def text(self, language: str) -> str:
        """The question in a language, else in English."""
        return self.texts.get(language, self.texts["en"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The questions of one level about one kind of service."""

    category: Category
    level: int
    """1 for the first questions, 2 for the survey that may follow."""
    questions: tuple[Question, ...]

    def question(self, identifier: str) -> Question | None:
        """The question with this id."""
        return next((found for found in self.questions if found.id == identifier), None)


def choice_text(choice: str, language: str) -> str:
    """A published answer in a language, else in English; ratings are their number."""
    words = _CHOICE_WORDS.get(choice, {})
    return words.get(language, words.get("en", choice))


def first_level(category: Category) -> Form:
    """The first questions (Implementing Regulation (EU) 2020/1121, Annex III)."""
    return Form(category=category, level=1, questions=_FIRST[category])


def second_level(category: Category) -> Form:
    """The survey after the first answer (article 6 of that Regulation)."""
    return Form(category=category, level=2, questions=_SECOND[category])


def _ask(
    identifier: str, kind: AnswerKind, english: str, latvian: str, *, required: bool = True
) -> Question:
    texts = {"en": english, "lv": latvian}
    return Question(id=identifier, kind=kind, texts=texts, required=required)


_RATE: Final = AnswerKind.RATING
_IMPROVE: Final = _ask(
    "helpUsImprove",
    AnswerKind.FREE_TEXT,
    "Help us improve",
    "Palīdziet mums uzlabot",
    required=False,
)
_ENGLISH: Final = AnswerKind.YES_NO_UNKNOWN
_PAID: Final = AnswerKind.YES_NO_IRRELEVANT
_FIRST: Final[Mapping[Category, tuple[Question, ...]]] = {
    Category.INFORMATION: (
        _ask(
            "foundInformation",
            AnswerKind.YES_NO_PARTLY,
            "Found what you were looking for?",
            "Vai atradāt meklēto?",
        ),
        _ask("rating", _RATE, "Rate this page", "Novērtējiet šo lapu"),
        _IMPROVE,
    ),
    Category.PROCEDURE: (
        _ask(
            "rating",
            _RATE,
            "Rate how easy it was to use this procedure",
            "Novērtējiet, cik viegli bija izmantot šo procedūru",
        ),
        _IMPROVE,
    ),
    Category.ASSISTANCE: (
        _ask("rating", _RATE, "Rate the service provided", "Novērtējiet sniegto pakalpojumu"),
        _IMPROVE,
    ),
}
_SECOND: Final[Mapping[Category, tuple[Question, ...]]] = {
    Category.INFORMATION: (
        _ask(
            "userFriendliness",
            _RATE,
            "Did you find the information user-friendly (could you easily identify which parts of "
            "the information is relevant to you?)",
            "Vai informācija bija lietotājam draudzīga (vai viegli atradāt to, kas attiecas uz "
            "jums)?",
        ),
        _ask("accuracy", _RATE, "Was the information accurate?", "Vai informācija bija precīza?"),
        _ask(
            "comprehensiveness",
            _RATE,
            "Was the information sufficiently comprehensive?",
            "Vai informācija bija pietiekami pilnīga?",
        ),
        _ask("clarity", _RATE, "Was the language clear to you?", "Vai valoda jums bija saprotama?"),
        _ask(
            "easyFinding",
            _RATE,
            "Was the information easy to find?",
            "Vai informāciju bija viegli atrast?",
        ),
        _ask(
            "structure",
            _RATE,
            "Was the information well-structured?",
            "Vai informācija bija labi strukturēta?",
        ),
        _ask(
            "upToDate",
            _RATE,
            "Was the information up-to-date?",
            "Vai informācija bija aktuāla?",
        ),
        _ask(
            "lastUpdate",
            _ENGLISH,
            "Was the date of the last update (publication) indicated on the page?",
            "Vai lapā bija norādīts pēdējās atjaunināšanas (publicēšanas) datums?",
        ),
        _ask(
            "ownership",
            _ENGLISH,
            "Was the name of competent authority or entity responsible for the content of the "
            "information published on the page?",
            "Vai lapā bija norādīta par informācijas saturu atbildīgā iestāde?",
        ),
        _ask(
            "legalActs",
            AnswerKind.YES_NO_IRRELEVANT,
            "Did the page include references, links to legal acts?",
            "Vai lapā bija atsauces vai saites uz tiesību aktiem?",
        ),
        _ask(
            "englishAvailability",
            _ENGLISH,
            "Was the information available in English?",
            "Vai informācija bija pieejama angļu valodā?",
        ),
    ),
    Category.PROCEDURE: (
        _ask(
            "englishAvailability",
            _ENGLISH,
            "Were the instructions for completing the procedure available in English?",
            "Vai procedūras izpildes norādījumi bija pieejami angļu valodā?",
        ),
        _ask(
            "easiness",
            _RATE,
            "Was it easy to fill in the form/submit required information?",
            "Vai bija viegli aizpildīt veidlapu un iesniegt vajadzīgo informāciju?",
        ),
        _ask(
            "nationalAuthentication",
            AnswerKind.YES_NO_IRRELEVANT,
            "Were you able to identify or authenticate yourself using your national eID or "
            "eSignature?",
            "Vai varējāt identificēties ar savas valsts elektronisko identifikāciju vai parakstu?",
        ),
        _ask(
            "complianceEvidence",
            AnswerKind.YES_NO_PARTLY_IRRELEVANT,
            "Could you provide required evidence of compliance with applicable requirements in "
            "electronic format?",
            "Vai varējāt vajadzīgos pierādījumus iesniegt elektroniski?",
        ),
        _ask(
            "onlinePayment",
            _PAID,
            "Were you able to pay any fees online?",
            "Vai varējāt samaksāt tiešsaistē?",
        ),
    ),
    Category.ASSISTANCE: (
        _ask(
            "clearOffer",
            _RATE,
            "Was it made sufficiently clear to you in advance what you could expect from the "
            "service offered?",
            "Vai iepriekš bija pietiekami skaidrs, ko no pakalpojuma varat sagaidīt?",
        ),
        _ask(
            "easiness",
            _RATE,
            "Did you find it easy to submit your query?",
            "Vai jautājumu bija viegli iesniegt?",
        ),
        _ask(
            "responsiveness",
            _RATE,
            "Was your request handled within a reasonable time?",
            "Vai jūsu pieprasījumu izskatīja saprātīgā laikā?",
        ),
        _ask(
            "delays",
            AnswerKind.YES_NO_IRRELEVANT,
            "Were you informed about any delays?",
            "Vai jūs informēja par kavēšanos?",
        ),
        _ask(
            "onlinePayment",
            _PAID,
            "Were you able to pay online for the service?",
            "Vai par pakalpojumu varējāt samaksāt tiešsaistē?",
        ),
    ),
}
