"""Engines by settings: which kind, where, and in which file its secret lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from translations.engines import Engine
from translations.engines.chain import EngineChain
from translations.errors import Misuse

KINDS = ("etranslation", "etranslation-v1", "hugo", "tilde", "libretranslate", "argostranslate")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """One engine; what its kind does not use stays empty."""

    kind: str
    secret_file: str = ""
    """File that holds the key, client id or password."""
    url: str = ""
    application: str = ""
    """Name of the application, as eTranslation or Hugo.lv registered it."""
    domain: str = ""
    engine_id: str = ""
    """One system of Hugo.lv or one engine of Tilde."""
    callback_file: str = ""
    """File with the public callback address for eTranslation, secret included."""
    letterbox: str = ""
    """Path or ``postgresql://`` address that engine and receiver share."""
    patience_seconds: float = 60.0


def engine_settings(tables: object) -> tuple[EngineSettings, ...]:
    """Settings from the ``[[engine]]`` tables of a configuration; raises `Misuse` with the name."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Misuse("engines are named in [[engine]] tables")
    return tuple(_settings(table) for table in tables)


def _settings(table: Mapping[str, Any]) -> EngineSettings:
    known = EngineSettings.__dataclass_fields__
    strange = sorted(set(table) - set(known))
    if strange:
        raise Misuse(f"an engine has no setting {strange[0][:40]!r}; it has {', '.join(known)}")
    if table.get("kind") not in KINDS:
        raise Misuse(f"an engine is one of {', '.join(KINDS)}, not {str(table.get('kind'))[:40]!r}")
    for name, value in table.items():
        wanted = (int, float) if name == "patience_seconds" else str
        if not isinstance(value, wanted):
            raise Misuse(f"the engine setting {name!r} has the wrong type")
    return EngineSettings(**table)


def configured_engine(settings: Sequence[EngineSettings], last: Engine | None = None) -> Engine:
    """The engine, or the chain in the order of the settings; raises `Misuse` when there is none."""
    engines = [_engine(one) for one in settings] + ([last] if last is not None else [])
    if not engines:
        raise Misuse("no engine is named: install an Argos package or configure one")
    return engines[0] if len(engines) == 1 else EngineChain(engines=tuple(engines))


def _engine(settings: EngineSettings) -> Engine:
    """One engine; its module is loaded only when it is wanted."""
    if settings.kind == "argostranslate":
        from translations.engines.argostranslate import ArgosTranslateEngine  # noqa: PLC0415

        return ArgosTranslateEngine()
    if settings.kind == "libretranslate":
        from translations.engines.libretranslate import libretranslate  # noqa: PLC0415

        key = _secret(settings.secret_file) if settings.secret_file else ""
        return libretranslate(_needed(settings, "url"), api_key=key)
    secret = _secret(_needed(settings, "secret_file"))
    if settings.kind == "tilde":
        from translations.engines.tilde import TILDE, tilde  # noqa: PLC0415

        return tilde(
            secret, app_id=settings.application, base_url=settings.url or TILDE,
            domain=settings.domain or None, engine_id=settings.engine_id or None,
        )  # fmt: skip
    if settings.kind == "hugo":
        from translations.engines.hugo import HUGO, hugo  # noqa: PLC0415

        return hugo(
            secret, app_id=_needed(settings, "application"), base_url=settings.url or HUGO,
            system_id=settings.engine_id or None,
        )  # fmt: skip
    return _etranslation(settings, secret)


def _etranslation(settings: EngineSettings, secret: str) -> Engine:
    from translations.engines.etranslation import (  # noqa: PLC0415
        ETranslationEngine,
        ETranslationV1,
        ETranslationV2,
        Letterbox,
    )
    from translations.engines.etranslation.interface import V1_URL, V2_URL  # noqa: PLC0415

    v1 = settings.kind == "etranslation-v1"
    kind = ETranslationV1 if v1 else ETranslationV2
    interface = kind(
        application=_needed(settings, "application"), password=secret,
        domain=settings.domain or "GEN", url=settings.url or (V1_URL if v1 else V2_URL),
    )  # fmt: skip
    return ETranslationEngine(
        interface=interface, letterbox=Letterbox(_needed(settings, "letterbox")),
        callback=_secret(_needed(settings, "callback_file")),
        patience=timedelta(seconds=settings.patience_seconds),
    )  # fmt: skip


def _needed(settings: EngineSettings, name: str) -> str:
    value = str(getattr(settings, name))
    if not value:
        raise Misuse(f"the engine {settings.kind} needs the setting {name!r}")
    return value


def _secret(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"the secret file {Path(file).name!r} cannot be read") from None
