"""What the law and the API's own words ask of a body that its structure cannot say."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from procedures.collect.calls import Call
from procedures.collect.countries import known_countries
from procedures.collect.deadlines import due
from procedures.collect.moments import read_moment
from procedures.collect.period import Period
from procedures.collect.schemas import schema_of
from procedures.collect.structure import CLAUSE, structure_findings
from procedures.errors import ProceduresMisuse
from procedures.findings import Finding, Severity

_LAW: Final = "Implementing Regulation (EU) 2020/1121"
_WORDS: Final = """
    email mail e-mail name firstname lastname surname personalcode pk personaskods phone tel
    token session sessionid sid id_token code user userid username
"""
_TELLING: Final = frozenset(_WORDS.split())
"""Names of query parameters that may carry a person."""


def findings(body: object, call: Call, *, now: datetime) -> list[Finding]:
    """All that speaks against a body, and what its sender should know."""
    found = structure_findings(body, call)
    if found or not isinstance(body, Mapping):
        return found
    found += _unknown_fields(body, call)
    for place, entry in _entries(body, call):
        found += _entry_findings(entry, call, place)
    if call.traits.for_a_period:
        found += _envelope_findings(body, call, now)
    return found


def _entries(body: Mapping[str, Any], call: Call) -> Iterator[tuple[str, Mapping[str, Any]]]:
    name = call.traits.entries
    if name is None:
        yield "", body
        return
    for number, entry in enumerate(body[name]):
        yield f"/{name}/{number}", entry


def _entry_findings(entry: Mapping[str, Any], call: Call, place: str) -> Iterator[Finding]:
    field = "sourceUrl" if call.traits.entries == "sources" else "source"
    yield from _address_findings(entry[field], f"{place}/{field}")
    if call.traits.entries == "sources":
        yield from _cell_findings(entry["statistics"], f"{place}/statistics")
    elif call in {Call.FEEDBACK, Call.FEEDBACK_BATCH}:
        yield from _feedback_findings(entry, place)


def _address_findings(address: str, where: str) -> Iterator[Finding]:
    clause = f"{_LAW}, article 2"
    try:
        parts = urlsplit(address)
        host, user = parts.hostname, parts.username
    except ValueError:
        host, user, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        message = "expected the whole web address of a page, found something else"
        yield _error("collect.address", where, message, clause, "Give scheme, host and path.")
        return
    names = {name.lower() for name, _ in parse_qsl(parts.query)}
    if user is not None or names & _TELLING:
        message = "the address may carry a person"
        fix = "Send the canonical address of the page, without its query."
        yield _error("collect.person-in-address", where, message, f"{_LAW}, article 13", fix)
    elif parts.fragment or parts.query:
        message = "the address has a query or a fragment, so one page counts as several"
        fix = "Send the canonical address of the page."
        yield _warning("collect.address-not-canonical", where, message, clause, fix)


def _cell_findings(cells: Sequence[Mapping[str, Any]], where: str) -> Iterator[Finding]:
    for number, cell in enumerate(cells):
        place = f"{where}/{number}"
        for field in ("nbVisits", "nbRequests", "avgResponseTime"):
            if cell.get(field, 0) < 0:
                message = "expected no negative number, found one"
                yield _error("collect.negative", f"{place}/{field}", message, CLAUSE, "Count anew.")
        country = cell.get("originatingCountry")
        if country is not None and country not in known_countries():
            yield _country_finding(country, f"{place}/originatingCountry")
    keys = [tuple(sorted((k, v) for k, v in cell.items() if k[:2] != "nb")) for cell in cells]
    averaged = any("avgResponseTime" in cell for cell in cells)
    if not averaged and any(count > 1 for count in Counter(keys).values()):
        message = "the same country and device stand in several rows"
        yield _error("collect.cell-twice", where, message, CLAUSE, "Add the rows up to one.")


def _country_finding(country: str, where: str) -> Finding:
    if country.upper() == "GR":
        message, fix = "expected EL for Greece, found GR", "Write EL."
    else:
        message = "expected a country of ISO 3166-1 in capitals, found another text"
        fix = "Leave visits out whose country nobody knows."
    return _error("collect.country", where, message, f"{_LAW}, Annex I", fix)


def _feedback_findings(entry: Mapping[str, Any], place: str) -> Iterator[Finding]:
    if entry.get("helpUsImprove"):
        message = "free text is not transmitted by an authority's own feedback tool"
        fix = "Keep the text at home and leave the field out."
        clause = f"{_LAW}, article 10(3)(b)"
        yield _error("collect.free-text", f"{place}/helpUsImprove", message, clause, fix)
    is_information = entry["category"] == "Information"
    if is_information and "foundInformation" not in entry:
        message = "expected the answer whether the information was found, found none"
        fix = "Ask this mandatory question on information pages."
        clause = f"{_LAW}, Annex III"
        yield _error("collect.found-information", place or "/", message, clause, fix)
    if not is_information and "foundInformation" in entry:
        message = "whether information was found is asked on information pages only"
        fix = "Leave the field out, or name the category Information."
        where = f"{place}/foundInformation"
        yield _warning("collect.found-information", where, message, f"{_LAW}, Annex III", fix)


def _envelope_findings(body: Mapping[str, Any], call: Call, now: datetime) -> Iterator[Finding]:
    entries = body[str(call.traits.entries)]
    if body["nbEntries"] != len(entries):
        message = f"expected {len(entries)} as the number of entries, found {body['nbEntries']}"
        yield _error("collect.count", "/nbEntries", message, CLAUSE, "Count the entries.")
    if not body["uniqueId"].strip():
        message, fix = "expected a unique id, found none", "Ask the API for one: GET /unique-id."
        yield _error("collect.unique-id", "/uniqueId", message, f"{_LAW}, Annex II", fix)
    named = [entry.get("sourceUrl") for entry in entries if "sourceUrl" in entry]
    if len(set(named)) != len(named):
        message = "the same page stands in several entries"
        yield _error("collect.page-twice", "/sources", message, CLAUSE, "Join them to one entry.")
    yield from _time_findings(body, call, now)


def _time_findings(body: Mapping[str, Any], call: Call, now: datetime) -> Iterator[Finding]:
    period = body["referencePeriod"]
    places = {
        "/referencePeriod/startDate": read_moment(period["startDate"]),
        "/referencePeriod/endDate": read_moment(period["endDate"]),
        "/transferDate": read_moment(body["transferDate"]),
    }
    for where, moment in places.items():
        if moment is not None and moment.utcoffset() != timedelta(0):
            message, fix = "expected a moment in UTC, found another zone", "Write it with Z."
            yield _error("collect.utc", where, message, f"{_LAW}, Annex II", fix)
    start, end, transfer = places.values()
    if start is None or end is None or transfer is None:
        return
    if end < start:
        message, fix = "the period ends before it begins", "Swap the two moments."
        yield _error("collect.period-order", "/referencePeriod", message, CLAUSE, fix)
        return
    if transfer < end:
        message = "the transfer happens before the period has ended"
        fix = "Hand the period over after its last day."
        yield _warning("collect.period-open", "/transferDate", message, call.traits.clause, fix)
    whole = Period(start.date(), end.date())
    try:
        last_day = due(call, whole)
    except ProceduresMisuse as wrong:
        fix = "Hand over whole calendar periods."
        yield _warning("collect.period", "/referencePeriod", str(wrong), call.traits.clause, fix)
        return
    if now.date() > last_day.day:
        message = f"the period {whole} was due on {last_day.day}"
        fix = "Hand it over now; a correction keeps its unique id."
        yield _warning("collect.late", "/referencePeriod", message, last_day.clause, fix)


def _unknown_fields(body: Mapping[str, Any], call: Call) -> Iterator[Finding]:
    known = schema_of(call)["properties"]
    for name in sorted(set(body) - set(known)):
        message, fix = "the API knows no such field", "Leave it out."
        yield _warning("collect.unknown-field", f"/{name}", message, CLAUSE, fix)


def _error(rule: str, where: str, message: str, clause: str, fix: str) -> Finding:
    return Finding(
        rule=rule, severity=Severity.ERROR, where=where, message=message, clause=clause, fix=fix
    )


def _warning(rule: str, where: str, message: str, clause: str, fix: str) -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, where=where, message=message, clause=clause, fix=fix
    )
