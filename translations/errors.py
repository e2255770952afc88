"""What can go wrong on the way from public text to public text in another language.

::

    TranslationError
    ├── Misuse                 you asked for what cannot be
    │   ├── UnknownLanguage    not a language code, or not one the product speaks
    │   ├── PairNotInstalled   no model for this pair; the message says what to install
    │   ├── MissingMessage     the product has no such words
    │   ├── MessageMisuse      the words need a value that was not given
    │   └── PersonalDataRefused  the text looks personal and the engine is not on this machine
    ├── FileRefused            bytes that are not what they should be
    │   ├── PackageRefused     an Argos package that is broken or unsafe
    │   └── ExchangeRefused    an XLIFF, TMX, TBX, PO or CSV file that cannot be read
    ├── EngineFailed           the engine gave no usable answer
    │   ├── EngineRefused      it answered with an error
    │   ├── EngineUnavailable  it did not answer
    │   └── EnginePending      it took the texts and will call back
    ├── DeliveryRefused        somebody called back who should not, or with what was not asked for
    └── StoreUnavailable       the database does not answer
"""

from dataclasses import dataclass


class TranslationError(Exception):
    """Root of this package's errors; ``str()`` is a sentence that quotes no translated text."""


class Misuse(TranslationError):
    """You asked for something that cannot be done as asked."""


class UnknownLanguage(Misuse):
    """The code names no language, or none that the product speaks."""


class PairNotInstalled(Misuse):
    """No model translates this pair; the message names the command that installs one."""


class MissingMessage(Misuse):
    """The product's own words hold no message under this id."""


class MessageMisuse(Misuse):
    """A message was asked for without the values that its placeholders need."""


class PersonalDataRefused(Misuse):
    """The text holds what looks like a person's data, and the engine is not on this machine."""


@dataclass(slots=True)
class FileRefused(TranslationError):
    """Bytes from outside break the rule of their format."""

    rule: str
    """The broken rule, by the name of its format and clause (``argos package: metadata``)."""
    expected: str
    """What the rule asks for, in words."""
    found: str
    """What came instead."""

    def __str__(self) -> str:
        return f"{self.rule}: expected {self.expected}, found {self.found}"


class PackageRefused(FileRefused):
    """An Argos package is broken or unsafe; nothing of it was installed."""


class ExchangeRefused(FileRefused):
    """An exchange file cannot be read; nothing of it was imported."""


@dataclass(slots=True)
class EngineFailed(TranslationError):
    """An engine gave no usable answer."""

    engine: str
    """The engine's short name (``etranslation``)."""
    reason: str
    """What happened, in words, without the text that was sent."""
    code: str = ""
    """The engine's own code (``-11200``, ``429``); empty when it has none."""

    def __str__(self) -> str:
        code = f" ({self.code})" if self.code else ""
        return f"{self.engine}: {self.reason}{code}"


class EngineRefused(EngineFailed):
    """The engine answered with an error: quota, rights, a pair it does not know."""


class EngineUnavailable(EngineFailed):
    """The engine did not answer, or not in the agreed time."""


class EnginePending(EngineFailed):
    """The engine took the texts and will deliver; ask again after its callback."""


class DeliveryRefused(TranslationError):
    """A callback has not the right secret, or delivers what was not asked for."""


class StoreUnavailable(TranslationError):
    """The database that keeps memory, deliveries or runs does not answer."""
