"""Views of pages in a web server's access log: combined, common, with a virtual host, or JSON.

The address and the browser of a visitor tell a country, a kind of device and whether two views are
one visit; neither leaves this module.
"""

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from procedures.statistics.devices import device_of, is_robot
from procedures.statistics.hits import Hit

_QUOTED: Final = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE: Final = re.compile(
    rf"(?:(?P<host>[\w.-]+)(?::\d+)? )?(?P<ip>[0-9A-Fa-f.:]+) \S+ \S+ \[(?P<at>[^\]]{{20,40}})\] "
    rf"{_QUOTED} (?P<status>\d{{3}}) \S+(?: {_QUOTED} {_QUOTED})?(?: (?P<rest>.*))?\s*"
)
_COUNTRY: Final = re.compile(r'"?([A-Z]{2})"?')
_NOT_PAGES: Final = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|eot|xml|txt|json|pdf|zip|mp4)$",
    re.IGNORECASE,
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_LONGEST: Final = 16_384
_JSON_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "at": ("time", "timestamp", "@timestamp", "time_iso8601", "ts", "StartUTC"),
    "ip": ("remote_addr", "remote_ip", "client_ip", "ClientHost", "ip"),
    "host": ("host", "server_name", "RequestHost"),
    "path": ("request_uri", "uri", "path", "RequestPath"),
    "method": ("request_method", "method", "RequestMethod"),
    "status": ("status", "DownstreamStatus"),
    "agent": ("http_user_agent", "user_agent", "request_User-Agent"),
    "country": ("country", "country_code", "geoip_country_code", "geoip2_data_country_code"),
}
"""Names of nginx, Caddy and Traefik for the same things."""
CountryOf = Callable[[str], str | None]


def read_access_log(
    lines: Iterable[str],
    *,
    country_of: CountryOf = lambda ip: None,
    left_out: Counter[str] | None = None,
) -> Iterator[Hit]:
    """The views of people: GET, answered with 200 or 304, no robot, no picture or script.

    ``country_of`` tells the country of an IP address where the log does not name it (as the last
    word of a line, or in a field). ``left_out`` counts the other lines by reason. No line raises.
    """
    counted = Counter[str]() if left_out is None else left_out
    salt = secrets.token_bytes(16)
    for line in lines:
        found = _json_line(line) if line.startswith("{") else _text_line(line)
        if found is None:
            counted["unreadable"] += 1
            continue
        reason = _reason(found)
        if reason:
            counted[reason] += 1
            continue
        agent, ip = found["agent"], found["ip"]
        known = hashlib.blake2b(f"{ip} {agent}".encode("utf-8", "replace"), key=salt, digest_size=8)
        host = found["host"]
        yield Hit(
            address=f"https://{host}{found['path']}" if host else found["path"],
            country=found["country"] or country_of(ip),
            device=device_of(agent),
            at=found["at"],
            visit=known.hexdigest(),
        )


def _text_line(line: str) -> dict[str, Any] | None:
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    if found is None:
        return None
    method, _, target = found[4].partition(" ")
    at = _moment(found["at"])
    if at is None:
        return None
    country = _COUNTRY.fullmatch((found["rest"] or "").rpartition(" ")[2])
    return {
        "at": at,
        "ip": found["ip"],
        "host": found["host"],
        "method": method,
        "path": target.rpartition(" ")[0] or target,
        "status": found["status"],
        "agent": found[7] or "",
        "country": country[1] if country else None,
    }


def _json_line(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line) if len(line) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    inner = said.get("request")
    flat = {**said, **inner} if isinstance(inner, dict) else said
    found = {
        name: next((flat[one] for one in names if flat.get(one) is not None), "")
        for name, names in _JSON_NAMES.items()
    }
    at = _any_moment(found["at"])
    if at is None or not isinstance(found["path"], str):
        return None
    texts = {name: str(value) for name, value in found.items() if name != "at"}
    headers = flat.get("headers")
    if not texts["agent"] and isinstance(headers, dict):
        agents = headers.get("User-Agent")
        texts["agent"] = str(agents[0]) if isinstance(agents, list) and agents else ""
    return {**texts, "at": at, "host": texts["host"].partition(":")[0]}


def _reason(found: Mapping[str, Any]) -> str:
    if found["method"] != "GET":
        return "no GET"
    if found["status"] not in {"200", "304"}:
        return "not answered"
    path = found["path"].partition("?")[0]
    if not path.startswith("/"):
        return "unreadable"
    if _NOT_PAGES.search(path):
        return "no page"
    return "robot" if is_robot(found["agent"]) else ""


def _any_moment(value: object) -> datetime | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        at = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return _moment(str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    """``10/Oct/2026:13:55:36 +0300``; by hand, since strptime would take most of the time."""
    start = _minute(text[:17], text[21:])
    try:
        return None if start is None else start.replace(second=int(text[18:20]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _minute(text: str, zone: str) -> datetime | None:
    try:
        return datetime.fromisoformat(
            f"{text[7:11]}-{_MONTHS[text[3:6]]:02d}-{text[:2]}T{text[12:17]}{zone[:3]}:{zone[3:5]}"
        )
    except (ValueError, KeyError):
        return None
