"""Stock argostranslate over one package: a line of JSON texts in, a line of translations out.

Its hard import of ``stanza`` would bring torch for a part that no text here needs, so an empty
module stands in; the sentence model, which would be fetched from the network, is replaced by a rule
that cuts where a sentence of these texts ends. What translates is argostranslate's own code.
"""

import json
import re
import sys
import types

sys.modules["stanza"] = types.ModuleType("stanza")

from argostranslate import package, translate  # noqa: E402


class Rule:
    """A sentence ends at its mark before a capital letter."""

    def split_sentences(self, text: str) -> list[str]:
        return re.split(r"(?<=[.!?])\s+(?=[A-ZĀČĒĢĪĶĻŅŠŪŽ])", text)


def main() -> None:
    package.install_from_path(sys.argv[1])
    languages = {language.code: language for language in translate.get_installed_languages()}
    translation = languages["lv"].get_translation(languages["en"])
    inner = translation
    while not isinstance(inner, translate.PackageTranslation):
        inner = inner.underlying
    inner.sentencizer = Rule()
    for line in sys.stdin:
        found = [translation.translate(text) for text in json.loads(line)]
        print(json.dumps(found), flush=True)


main()
