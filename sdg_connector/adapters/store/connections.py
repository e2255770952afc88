"""A few open connections of the driver, handed out one after the other."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Final

import sqlalchemy as sa

from sdg_connector.adapters.store.transaction import DriverConnection

_AT_ONCE: Final = 16
_KEPT: Final = 8
_PATIENCE_SECONDS: Final = 30.0


class Connections:
    """The pool of one database; the connection that was used last is used next."""

    def __init__(
        self,
        make: Callable[[], DriverConnection],
        *,
        is_usable: Callable[[DriverConnection], bool],
    ) -> None:
        self._make = make
        self._is_usable = is_usable
        self._idle: list[DriverConnection] = []
        self._places = BoundedSemaphore(_AT_ONCE)
        self._closed = False

    def take(self) -> DriverConnection:
        """A connection that nobody else has until it is given back.

        Raises SQLAlchemy's ``TimeoutError`` when all stay taken, and its errors of the driver.
        """
        if not self._places.acquire(timeout=_PATIENCE_SECONDS):
            raise sa.exc.TimeoutError("every connection of the database is taken")
        try:
            while True:
                try:
                    connection = self._idle.pop()
                except IndexError:
                    return self._make()
                if self._is_usable(connection):
                    return connection
                connection.close()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, connection: DriverConnection, *, lost: bool) -> None:
        """Its transaction has ended; one that is ``lost`` is not used again."""
        try:
            if lost or len(self._idle) >= _KEPT:
                connection.close()
            else:
                self._idle.append(connection)
        finally:
            self._places.release()
        if self._closed:
            self.close()

    def close(self) -> None:
        """Close those that are idle now, and each of the others when it is given back."""
        self._closed = True
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return
            connection.close()
