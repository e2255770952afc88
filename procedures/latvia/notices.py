"""The notice that a translation by a machine carries on the Latvian portal."""

from collections.abc import Mapping
from typing import Final

_NOTICES: Final[Mapping[str, str]] = {
    "lv": "Šis teksts ir mašīntulkojums. Noteicošais ir teksts latviešu valodā.",
    "en": "This text is a machine translation. The text in Latvian prevails.",
    "et": "See tekst on masintõlge. Määrav on lätikeelne tekst.",
    "lt": "Šis tekstas išverstas mašininiu būdu. Pirmenybė teikiama tekstui latvių kalba.",
    "de": "Dieser Text ist eine maschinelle Übersetzung. Maßgeblich ist der lettische Text.",
    "fr": "Ce texte est une traduction automatique. Le texte letton fait foi.",
    "es": "Este texto es una traducción automática. Prevalece el texto en letón.",
    "pl": "Ten tekst to tłumaczenie maszynowe. Rozstrzyga tekst łotewski.",
    "fi": "Tämä teksti on konekäännös. Latviankielinen teksti on ratkaiseva.",
    "sv": "Den här texten är maskinöversatt. Den lettiska texten gäller.",
}


def notice(language: str) -> str:
    """What Cabinet Regulation No 400, point 10, asks to say; in English where we have no words."""
    return _NOTICES.get(language, _NOTICES["en"])
