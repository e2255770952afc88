"""What was asked of eTranslation and what it delivered, kept until it is used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from translations.stores import Database

_SCHEMA = """
create table if not exists letter (
    reference text primary key,
    target text not null,
    asked_at text not null,
    request text,
    delivered text,
    refused text,
    answered_at text
);
create index if not exists letter_request on letter (request, target);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One text that was asked for."""

    reference: str
    asked_at: datetime
    delivered: str | None
    refused: int | None
    """The service's error code, when it gave the text back untranslated."""


class Letterbox:
    """Letters by their reference, in SQLite or PostgreSQL; shared by engine and receiver."""

    def __init__(self, place: Path | str = ":memory:") -> None:
        """Open it, and make it when it is new."""
        self._database = Database(place, schema={"sqlite": _SCHEMA, "postgresql": _SCHEMA})

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def letter(self, reference: str) -> Letter | None:
        """What is known of a text, or None when it was never asked for."""
        rows = self._database.rows(
            "select asked_at, delivered, refused from letter where reference = ?", (reference,)
        )
        if not rows:
            return None
        asked_at, delivered, refused = rows[0]
        return Letter(
            reference=reference, asked_at=datetime.fromisoformat(asked_at), delivered=delivered,
            refused=None if refused is None else int(refused),
        )  # fmt: skip

    def claim(self, reference: str, *, target: str, now: datetime, lost_after: timedelta) -> bool:
        """Whether it is on the caller to ask for this text.

        True once, and again when what was asked did not come within ``lost_after`` or was refused.
        """
        given_up = (now - lost_after).isoformat()
        with self._database.writing() as statements:
            made = statements.run(
                "insert into letter (reference, target, asked_at) values (?, ?, ?)"
                " on conflict (reference) do update set asked_at = excluded.asked_at,"
                " request = null, refused = null"
                " where letter.delivered is null"
                " and (letter.refused is not null or letter.asked_at < ?)"
                " returning reference",
                (reference, target, now.isoformat(), given_up),
            )
        return bool(made)

    def took(self, reference: str, *, request: int) -> None:
        """Note the number under which the service took the text."""
        with self._database.writing() as statements:
            statements.run(
                "update letter set request = ? where reference = ?", (str(request), reference)
            )

    def forget(self, reference: str) -> None:
        """Give up a claim that could not be asked for."""
        with self._database.writing() as statements:
            statements.run(
                "delete from letter where reference = ? and delivered is null", (reference,)
            )

    def deliver(
        self, reference: str, *, target: str, text: str | None, code: int | None, now: datetime
    ) -> bool:
        """Keep a delivery or a refusal; False when nobody asked or it came before.

        A translation stays when a refusal comes after it.
        """
        with self._database.writing() as statements:
            done = statements.run(
                "update letter set delivered = ?, refused = ?, answered_at = ?"
                " where reference = ? and target = ? and delivered is null returning reference",
                (text, None if code is None else str(code), now.isoformat(), reference, target),
            )
        return bool(done)

    def reference_of(self, request: int, *, target: str) -> str | None:
        """The text that the service took under this number."""
        rows = self._database.rows(
            "select reference from letter where request = ? and target = ?", (str(request), target)
        )
        return None if not rows else str(rows[0][0])

    def waiting(self) -> int:
        """How many texts were asked for and have no answer yet."""
        rows = self._database.rows(
            "select count(*) from letter where delivered is null and refused is null"
        )
        return int(rows[0][0])

    def clear(self, *, before: datetime) -> int:
        """Remove what was answered before a time; how many."""
        with self._database.writing() as statements:
            gone = statements.run(
                "delete from letter where answered_at < ? returning reference",
                (before.isoformat(),),
            )
        return len(gone)
