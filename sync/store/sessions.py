"""Cash sessions and closings, and what sessions and stretches of the journal come to."""

from __future__ import annotations

from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.rows import ClosingRow, SessionRow, Sums


class Sessions:
    """The cash sessions of this till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self) -> SessionRow | None:
        """The session that is open."""
        return await self._database.look_up(_current)

    async def one(self, session: int) -> SessionRow | None:
        """A session."""
        return await self._database.look_up(_one, session)

    async def sums(self, session: int) -> Sums:
        """What a session comes to so far."""
        return await self._database.read(_of_session, session)

    async def sums_between(self, first_seq: int, last_seq: int) -> Sums:
        """What the journal's entries between two positions come to, both included."""
        return await self._database.read(_between, first_seq, last_seq)

    async def last_closing(self, kind: str) -> ClosingRow | None:
        """The last closing of a kind."""
        return await self._database.look_up(_last_closing, kind)

    async def closings(self, kind: str, limit: int = 50, offset: int = 0) -> list[ClosingRow]:
        """The closings of a kind, the last one first."""
        return await self._database.look_up(_closings, kind, limit, offset)


def _current(connection: Connection) -> SessionRow | None:
    row = connection.one(compiled.CURRENT_SESSION)
    return SessionRow(*row) if row else None


def _one(connection: Connection, session: int) -> SessionRow | None:
    row = connection.one(compiled.SESSION, id=session)
    return SessionRow(*row) if row else None


def _of_session(connection: Connection, session: int) -> Sums:
    from sync.store import sums  # noqa: PLC0415 - reports are on Core, which a start does without

    return sums.of_session(connection, session)


def _between(connection: Connection, first_seq: int, last_seq: int) -> Sums:
    from sync.store import sums  # noqa: PLC0415 - as above

    return sums.between(connection, first_seq, last_seq)


def _last_closing(connection: Connection, kind: str) -> ClosingRow | None:
    return next(iter(_closings(connection, kind, 1, 0)), None)


def _closings(connection: Connection, kind: str, limit: int, offset: int) -> list[ClosingRow]:
    found = connection.all(compiled.CLOSINGS, kind=kind, limit=limit, offset=offset)
    return [ClosingRow(*row) for row in found]
