"""Descriptions written back as YAML or JSON, so that reading them again gives the same value."""

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

import yaml

from procedures.codes import PolicyCode
from procedures.model import Description, Phrase, Text

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | bool | Decimal | date"


def to_tree(description: Description) -> dict[str, Any]:
    """The description as plain values: what its JSON holds, without the fields left at rest.

    `procedures.from_tree` makes the same description of it.
    """
    return headed_tree(description, kind=description.kind.value, language=description.language)


def write_json(description: Description) -> bytes:
    """The description as JSON in UTF-8; `read_description` gives it back unchanged."""
    text = json.dumps(to_tree(description), ensure_ascii=False, indent=1)
    return text.encode() + b"\n"


def write_yaml(description: Description) -> bytes:
    """The description as YAML in UTF-8; `read_description` gives it back unchanged."""
    return headed_yaml(description, kind=description.kind.value, language=description.language)


def headed_tree(value: object, *, kind: str, language: str) -> dict[str, Any]:
    """Another record of the model as plain values, headed by its kind."""
    return {"kind": kind, **_record(value, language, _json_scalar)}


def headed_yaml(value: object, *, kind: str, language: str) -> bytes:
    """Another record of the model as YAML, headed by its kind."""
    tree = _record(value, language, lambda scalar: scalar)
    text = yaml.dump(
        {"kind": kind, **tree},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    return str(text).encode()


def _record(value: Any, language: str, scalar: Any) -> dict[str, Any]:
    return {
        one.name: _value(inner, language, scalar)
        for one in fields(value)
        if not _at_rest(one.default, inner := getattr(value, one.name))
    }


def _at_rest(default: object, value: object) -> bool:
    return default is not MISSING and type(value) is type(default) and value == default


def _value(value: Any, language: str, scalar: Any) -> Any:
    if isinstance(value, Text):
        return _text(value, language, scalar)
    if isinstance(value, PolicyCode):
        return str(value)
    if is_dataclass(value):
        return _record(value, language, scalar)
    if isinstance(value, tuple):
        return [_value(one, language, scalar) for one in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return str(value)
    return scalar(value)


def _text(text: Text, language: str, scalar: Any) -> Any:
    """A text that only has the description's own language is written as a string."""
    first = text.phrases[0]
    if len(text.phrases) == 1 and first.language == language and first.origin is None:
        return first.text
    return {str(one.language): _phrase(one, language, scalar) for one in text.phrases}


def _phrase(phrase: Phrase, language: str, scalar: Any) -> Any:
    if phrase.origin is None:
        return phrase.text
    return {"text": phrase.text, **_record(phrase.origin, language, scalar)}


def _json_scalar(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


class _Dumper(yaml.SafeDumper):
    """Writes amounts and days bare, as a person would."""

    def ignore_aliases(self, data: object) -> bool:
        """Repeat an equal value: the reader takes no aliases."""
        return True


_INTEGER: Final = "tag:yaml.org,2002:int"
_STRING: Final = "tag:yaml.org,2002:str"


def _amount(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = str(value)
    return dumper.represent_scalar(
        _INTEGER if text.isdecimal() and text.isascii() else _STRING, text
    )


def _words(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """YAML folds the line breaks of Unicode into spaces, unless they are escaped."""
    folded = any(character in value for character in "\x85\u2028\u2029")
    return dumper.represent_scalar(_STRING, value, style='"' if folded else None)


_Dumper.add_representer(Decimal, _amount)
_Dumper.add_representer(str, _words)
