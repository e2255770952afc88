"""Where memory, deliveries and runs are kept: SQLite by default, PostgreSQL by URL."""

from translations.stores.database import Database, Statements

__all__ = ["Database", "Statements"]
