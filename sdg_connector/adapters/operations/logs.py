"""Log lines for people or for machines; neither holds a person.

Lines of ours are written as ``name=value`` pairs, so a machine gets each as a field. Of an error
only the class and the places in the code are kept: its text may repeat what somebody sent. Our own
errors name rules and no persons, so their sentence stays.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO

from sdg_connector.errors import ConnectorError

_PLACE: Final = re.compile(r"(?:(\w+)=)?%[rsd]")
"""A value in a message, perhaps with its name before it."""
_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Lines(logging.Formatter):
    """One line of text for each event, with the time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = f"{moment} {record.levelname:<7} {record.name} {record.getMessage()}"
        return f"{line}\n{told(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record, with the pairs of its message as fields."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["error"] = told(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def write_logs(*, as_json: bool, level: str, stream: TextIO | None = None) -> logging.Handler:
    """Send every logger's lines from a level on to a stream, standard error by default."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A client of ours says each address that it opens, with what stands in it.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    return handler


def told(error: _ExceptionInfo) -> str:
    """Class and places of an error, and the sentence where it is one of ours."""
    kind, value, trace = error
    if kind is None or value is None:
        return ""
    frames = [
        f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    ]
    sentence = f": {value}" if isinstance(value, ConnectorError) else ""
    return "\n".join([f"{kind.__module__}.{kind.__qualname__}{sentence}", *frames])


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """The values of ``name=%s`` in a message, by name."""
    names = _PLACE.findall(str(record.msg))
    if not isinstance(record.args, tuple) or len(names) != len(record.args):
        return {}
    return {name: value for name, value in zip(names, record.args, strict=True) if name}
