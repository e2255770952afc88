"""Stock argostranslate over one package: sentences as JSON in, translations and seconds out.

Its hard import of ``stanza`` would bring torch for a part that no sentence here needs, so an empty
module stands in; each sentence is one already, so the sentence model, which would be fetched from
the network, is replaced by one that leaves it whole. What translates is argostranslate's own code.
"""

import json
import sys
import time
import types

sys.modules["stanza"] = types.ModuleType("stanza")

from argostranslate import package, translate  # noqa: E402


class Whole:
    """A sentence is a sentence."""

    def split_sentences(self, text: str) -> list[str]:
        return [text]


def main() -> None:
    package.install_from_path(sys.argv[1])
    languages = {language.code: language for language in translate.get_installed_languages()}
    translation = languages["lv"].get_translation(languages["en"])
    inner = translation
    while not isinstance(inner, translate.PackageTranslation):
        inner = inner.underlying
    inner.sentencizer = Whole()
    sentences = json.load(sys.stdin)
    translation.translate(sentences[0])
    begun = time.perf_counter()
    found = [translation.translate(sentence) for sentence in sentences]
    json.dump({"translations": found, "seconds": time.perf_counter() - begun}, sys.stdout)


main()
