"""The archives that were made of this journal, and what was let go since.

Their order has no gap, and they are never forgotten: what was let go is in one of them, and its totals stay known.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct
from msgspec.structs import asdict

from sync.protocol.stretch import Totals
from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database, Writing
from sync.store.outbox import sent_through
from sync.store.pace import Pace


class Archived(Struct, frozen=True):
    """An archive that was made."""

    last_seq: int
    first_seq: int
    file: str
    """Its name."""
    folder: str
    """Where it was written to."""
    sha256: str
    """Of the file, hexadecimal."""
    made_at: str
    newest_at: str
    """The latest of its entries' times."""
    last_number: int
    grand_total: int
    grand_total_absolute: int

    @property
    def totals(self) -> Totals:
        """At its last entry."""
        return Totals(
            last_number=self.last_number,
            grand_total=self.grand_total,
            grand_total_absolute=self.grand_total_absolute,
        )


class LetGo(Struct, frozen=True):
    """What was let go last."""

    through: int = 0
    """Every entry through this one; 0: nothing ever was."""
    at: str = ""


class Needs(Struct, frozen=True):
    """Through where each part of the till can do without the entries."""

    acknowledged: int
    """The server has answered for all of them, and booked them."""
    closed: int
    """They are in the closing of a year, and so in those of its days and months."""
    session: int
    """They are older than the session that is open."""


class Archives:
    """The archives of this till."""

    def __init__(self, database: Database, pace: Pace) -> None:
        self._database = database
        self._pace = pace
        self.turn = asyncio.Lock()
        """Held by whoever makes an archive, or lets entries go."""

    async def all(self) -> list[Archived]:
        """The archives, the oldest first."""
        return await self._database.look_up(read_all)

    async def last(self) -> Archived | None:
        """The newest one."""
        return await self._database.look_up(_one, compiled.LAST_ARCHIVE)

    async def holding(self, seq: int) -> Archived | None:
        """The one that holds an entry."""
        return await self._database.look_up(_one, compiled.ARCHIVE_OF, seq=seq)

    async def holding_number(self, number: int) -> Archived | None:
        """The one that holds the ticket with this number, prefix left out."""
        return await self._database.look_up(_one, compiled.ARCHIVE_OF_NUMBER, number=number)

    async def let_go(self) -> LetGo:
        """What was let go last."""
        return await self._database.look_up(let_go)

    async def needs(self) -> Needs:
        """Through where the entries are of no more use here."""
        return await self._database.look_up(_needs)

    async def sweep(self) -> int:
        """Take away what was let go, as slowly as somebody who sells wants it; gives how many entries went.

        Killed at any point, the next one goes on.
        """
        through, gone = (await self.let_go()).through, 0
        while through:
            size = await self._pace.turn()
            with self._pace.step(size):
                async with self._database.writing() as writer:
                    went = await writer.run(_sweep, through, size)
            gone += went
            if not went:
                break
        return gone


def add(connection: Connection, archived: Archived) -> None:
    """Write down that an archive was made; the database refuses one that does not follow the last."""
    connection.do(compiled.ADD_ARCHIVE, **asdict(archived))


def put_let_go(writer: Writing, through: int, at: str) -> None:
    """From now on these entries are no more of this journal; `Archives.sweep` takes them away."""
    writer.later(_put_let_go, through, at)


def let_go(connection: Connection) -> LetGo:
    """What was let go last."""
    row = connection.one(compiled.LET_GO)
    return LetGo(*row) if row else LetGo()


def read_all(connection: Connection) -> list[Archived]:
    """The archives, the oldest first."""
    return [Archived(*row) for row in connection.all(compiled.ARCHIVES)]


def archive_of(connection: Connection, seq: int) -> Archived | None:
    """The archive that holds an entry."""
    return _one(connection, compiled.ARCHIVE_OF, seq=seq)


def _one(connection: Connection, statement: str, /, **values: int) -> Archived | None:
    row = connection.one(statement, **values)
    return Archived(*row) if row else None


def _needs(connection: Connection) -> Needs:
    refused = connection.value(compiled.FIRST_REFUSED)
    session = connection.one(compiled.CURRENT_SESSION)
    sent, last = sent_through(connection), int(connection.one(compiled.LAST_ENTRY)[0])  # type: ignore[index]
    return Needs(
        acknowledged=min(sent, refused - 1) if refused else sent,
        closed=connection.value(compiled.CLOSED_THROUGH, kind="year") or 0,
        session=session[2] - 1 if session else last,
    )


def _put_let_go(connection: Connection, through: int, at: str) -> None:
    row = connection.one(compiled.ENTRY, seq=through)
    # without the entry, the hash that the next one names is not known: the database refuses
    connection.do(compiled.PUT_LET_GO, one=1, through_seq=through, hash=row[5] if row else None, at=at)


def _sweep(connection: Connection, through: int, size: int) -> int:
    first = connection.value(compiled.FIRST_SEQ)
    last = min(through, first + size - 1)
    if last < first:
        return 0
    connection.do(compiled.DROP_CLOSED, through=last)
    connection.do(compiled.DROP_ENTRIES, through=last)
    return int(last - first + 1)
