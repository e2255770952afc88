"""Texts and whole descriptions into another language, sentence by sentence, in one batch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from translations.documents import ATOM, TextForm
from translations.engines import Engine
from translations.errors import Misuse, PersonalDataRefused
from translations.languages import read_code
from translations.personal import personal_kinds
from translations.rendering import Rendered, rendered
from translations.result import Origin, Provenance, Translated, TranslatedPassage
from translations.sentence import Sentence
from translations.terms import Glossary
from translations.writing import PlannedPassage, planned, written_text


class Remembers(Protocol):
    """What a translation memory tells the translator."""

    def corrected(self, text: str, *, source: str, target: str) -> str | None:
        """What a person wrote for exactly this sentence and pair of languages, or None."""
        ...

    def revision(self, *, source: str, target: str) -> int:
        """A number that grows whenever anything changes for the pair."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Public texts through one engine, with a memory of what people corrected."""

    engine: Engine
    memory: Remembers | None = None
    glossary: Glossary | None = None
    """Terms that the translation must use; what lacks them is translated again, and reported."""
    names: tuple[str, ...] = ()
    """Names that stay as they are (``Latvija.lv``)."""
    localise: bool = False
    """Whether dates and numbers take the form of the target language."""
    allow_personal_data: bool = False
    """Whether texts that look personal may go to an engine on another machine."""

    def translate(
        self,
        text: str,
        *,
        source: str,
        target: str,
        now: datetime,
        form: TextForm = TextForm.PLAIN,
        previous: Translated | None = None,
    ) -> Translated:
        """One text; raises as `translate_mapping` does."""
        found = self.translate_mapping(
            {"text": text}, source=source, target=target, now=now, form=form,
            previous={"text": previous} if previous else {},
        )  # fmt: skip
        return found["text"]

    def translate_mapping(
        self,
        texts: Mapping[str, str],
        *,
        source: str,
        target: str,
        now: datetime,
        form: TextForm | Mapping[str, TextForm] = TextForm.PLAIN,
        previous: Mapping[str, Translated] | None = None,
    ) -> dict[str, Translated]:
        """Every text under its key, all sentences of all texts in one batch.

        ``form`` may say the form of each key. Of ``previous``, what was made of each key before,
        the passages stay that are the same today, were made by the same model with the same terms,
        and that no person has corrected since.
        Links, numbers, legal acts, placeholders and names survive; markup keeps its nesting.
        Raises `UnknownLanguage`, `PairNotInstalled`, `PersonalDataRefused` (before anything is
        sent), `Misuse` for a naive ``now`` or one language twice, and `EngineFailed`.
        """
        source, target = read_code(source), read_code(target)
        if source == target:
            raise Misuse(f"the text is in {source!r} already")
        if now.tzinfo is None:
            raise Misuse("the time of a translation must carry its time zone")
        self._refuse_personal_data(texts)
        identity = self.engine.identity(source=source, target=target)
        forms = form if isinstance(form, Mapping) else dict.fromkeys(texts, form)
        provenance = Provenance(
            engine=identity.engine, model=identity.model, model_version=identity.version,
            digest=identity.digest, at=now, terms=self.glossary.digest if self.glossary else "",
        )  # fmt: skip
        plans: dict[str, tuple[str | TranslatedPassage | PlannedPassage, ...]] = {
            key: self._with_kept(
                planned(text, forms[key], source), (previous or {}).get(key), provenance
            )
            for key, text in texts.items()
        }
        spoken = self._spoken(plans, source, target)
        return {
            key: written_text(
                plan, spoken, provenance=provenance, source=source, target=target,
                glossary=self.glossary,
            )
            for key, plan in plans.items()
        }  # fmt: skip

    def _with_kept(
        self,
        plan: tuple[str | PlannedPassage, ...],
        previous: Translated | None,
        provenance: Provenance,
    ) -> tuple[str | TranslatedPassage | PlannedPassage, ...]:
        """The plan, with the passages of an earlier translation that still stand."""
        if previous is None:
            return plan
        pair = {"source": previous.source_language, "target": previous.target_language}
        known = {
            passage.source: passage
            for passage in previous.passages
            if _same_maker(passage.provenance, provenance) and self._stands(passage, **pair)
        }
        return tuple(part if isinstance(part, str) else known.get(part.raw, part) for part in plan)

    def _stands(self, passage: TranslatedPassage, *, source: str, target: str) -> bool:
        """Whether the memory says of each sentence what it said when the passage was made."""
        if self.memory is None:
            return all(segment.origin is Origin.MACHINE for segment in passage.segments)
        for segment in passage.segments:
            corrected = self.memory.corrected(segment.source, source=source, target=target)
            human = segment.target if segment.origin is Origin.HUMAN else None
            if corrected != human:
                return False
        return True

    def _refuse_personal_data(self, texts: Mapping[str, str]) -> None:
        if self.engine.is_local or self.allow_personal_data:
            return
        for key, text in texts.items():
            kinds = personal_kinds(text)
            if kinds:
                raise PersonalDataRefused(
                    f"the text {key[:40]!r} seems to hold {', '.join(kinds)}; the engine "
                    f"{self.engine.name} is not on this machine"
                )

    def _spoken(
        self,
        plans: Mapping[str, tuple[str | TranslatedPassage | PlannedPassage, ...]],
        source: str,
        target: str,
    ) -> Mapping[str, Rendered | str]:
        """The machine's sentence, or a person's, for each distinct sentence of the plans."""
        sentences = [
            piece
            for plan in plans.values()
            for part in plan
            if isinstance(part, PlannedPassage)
            for piece in part.pieces
            if isinstance(piece, Sentence)
        ]
        known: dict[str, Rendered | str] = {}
        if self.memory is not None:
            for text in {sentence.text for sentence in sentences}:
                remembered = self.memory.corrected(text, source=source, target=target)
                if remembered is not None and remembered.count(ATOM) == text.count(ATOM):
                    known[text] = remembered
        new = [sentence for sentence in sentences if sentence.text not in known]
        if new:
            known |= rendered(
                (sentence.text for sentence in new), engine=self.engine, source=source,
                target=target, names=self.names,
                linked=any(sentence.passage.spans for sentence in new), glossary=self.glossary,
                localise=self.localise,
            )  # fmt: skip
        return known


def _same_maker(one: Provenance, other: Provenance) -> bool:
    return replace(one, at=other.at, approved_by_human=other.approved_by_human) == other
