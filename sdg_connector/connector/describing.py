"""A description of a service on its way to a translator, and back with its provenance."""

from collections.abc import Iterable, Mapping

from procedures import Description, Origin, Phrase, Untranslated, translatable, translated
from procedures.model import Language, Maker
from translations import Translated
from translations.runs import Order


def phrase_of(made: Translated, source: Untranslated) -> Phrase:
    """The translation with its provenance, as a description keeps it."""
    return Phrase(
        language=Language(made.target_language),
        text=made.text,
        origin=Origin(
            made_by=Maker.MACHINE,
            engine=made.provenance.engine,
            version=f"{made.provenance.model} {made.provenance.model_version}".strip(),
            at=made.provenance.at,
            approved=made.provenance.approved_by_human,
            source_digest=source.digest,
        ),
    )


def description_orders(
    description: Description, *, key: str, into: str
) -> dict[str, tuple[Order, ...]]:
    """What a catalogue run has to translate, by the language it is written in.

    Keys are ``key#place``, so that a run knows each text of the description again.
    """
    missing = translatable(description, into=into)
    return {
        language: tuple(
            Order(key=f"{key}#{one.where}", text=one.source.text)
            for one in missing
            if one.source.language == language
        )
        for language in sorted({str(one.source.language) for one in missing})
    }


def described_in(
    description: Description, made: Mapping[str, Translated], *, key: str, into: str
) -> Description:
    """The description with what a run made of its texts put in; what is not there stays out."""
    missing: Iterable[Untranslated] = translatable(description, into=into)
    phrases = {
        one.where: phrase_of(made[f"{key}#{one.where}"], one)
        for one in missing
        if f"{key}#{one.where}" in made
    }
    return translated(description, phrases)
