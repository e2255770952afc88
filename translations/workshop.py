"""What a translator is made of, as plain values that can go to another process or machine."""

from dataclasses import dataclass, replace
from pathlib import Path

from translations.demo_model import demo_package_path
from translations.engines import Engine
from translations.engines.argos import ArgosEngine, Decoding
from translations.engines.configured import EngineSettings, configured_engine
from translations.engines.packages import PackageStore
from translations.errors import Misuse
from translations.exchange import read_tbx
from translations.memory import Memory
from translations.terms import Glossary, read_terms_csv, starter_glossary
from translations.translate import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Engines, memory and terms by their places; `translator` opens them."""

    packages: Path | None = None
    """Folder of installed Argos packages; the engine when no other is named."""
    demo_model: bool = False
    """The small shipped model, which knows one domain only."""
    pivot: str | None = None
    beam_size: int | None = None
    threads: int | None = None
    """Of the Argos engine; all processors when None."""
    engines: tuple[EngineSettings, ...] = ()
    """Remote engines by preference; Argos comes last when packages are given."""
    memory: str | None = None
    """Path or ``postgresql://`` address."""
    terms: tuple[Path, ...] = ()
    """Glossaries as ``.csv`` or ``.tbx``; a later one replaces the concepts of an earlier one."""
    starter_terms: bool = False
    names: tuple[str, ...] = ()
    localise: bool = False
    allow_personal_data: bool = False

    def translator(self) -> Translator:
        """Open everything; raises `TranslationError` for what is missing or broken."""
        return Translator(
            engine=self.engine(), memory=Memory(self.memory) if self.memory else None,
            glossary=self.glossary(), names=self.names, localise=self.localise,
            allow_personal_data=self.allow_personal_data,
        )  # fmt: skip

    def engine(self) -> Engine:
        """The engine, or the chain of them."""
        return configured_engine(self.engines, self._argos())

    def _argos(self) -> ArgosEngine | None:
        decoding = replace(Decoding(), beam_size=self.beam_size) if self.beam_size else None
        if self.demo_model:
            return ArgosEngine.load(demo_package_path(), decoding=decoding, threads=self.threads)
        if self.packages is None:
            return None
        return ArgosEngine.installed(
            PackageStore(self.packages), decoding=decoding, pivot=self.pivot, threads=self.threads
        )

    def glossary(self) -> Glossary | None:
        """All glossaries as one, or None when none is named."""
        if not self.terms and not self.starter_terms:
            return None
        concepts = list(starter_glossary().concepts) if self.starter_terms else []
        for path in self.terms:
            concepts += read_terms(path).concepts
        return Glossary(concepts)


def read_terms(path: Path) -> Glossary:
    """A glossary from a ``.tbx`` or ``.csv`` file; raises `ExchangeRefused` or `Misuse`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path.name} cannot be read: {error.strerror}") from None
    return read_tbx(data) if path.suffix.lower() in {".tbx", ".xml"} else read_terms_csv(data)
