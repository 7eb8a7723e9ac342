"""Messages of the server: kept until somebody here has read them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from sync.store import schema
from sync.store.database import Database

_TABLE = schema.message


class Kept(Struct, frozen=True):
    """A message that was kept."""

    id: str
    data: bytes
    """Its JSON, as it came."""


class Inbox:
    """The messages that have come."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.last = ""
        """Id of the latest one; empty: none has come."""

    async def open(self) -> None:
        """Learn which one was the latest."""
        self.last = await self._database.look_up(_last)

    async def keep(self, messages: Sequence[Kept]) -> None:
        """Keep messages, in their order; one that is there already stays as it is."""
        if not messages:
            return

        def advance() -> None:
            self.last = messages[-1].id

        async with self._database.writing(on_commit=advance) as writer:
            await writer.run(_keep, messages)

    async def unread(self) -> list[Kept]:
        """Those that nobody has read, in their order."""
        return await self._database.look_up(_unread)


def mark_read(connection: Connection, id_: str, at: str) -> None:
    """Somebody has read a message."""
    connection.execute(update(_TABLE).where(_TABLE.c.id == id_).values(read_at=at))


def _last(connection: Connection) -> str:
    latest = select(_TABLE.c.id).order_by(_TABLE.c.position.desc()).limit(1)
    return connection.execute(latest).scalar_one_or_none() or ""


def _keep(connection: Connection, messages: Sequence[Kept]) -> None:
    first = connection.execute(select(func.coalesce(func.max(_TABLE.c.position), 0))).scalar_one() + 1
    rows = [
        {"id": message.id, "position": position, "data": message.data}
        for position, message in enumerate(messages, first)
    ]
    connection.execute(insert(_TABLE).on_conflict_do_nothing(), rows)


def _unread(connection: Connection) -> list[Kept]:
    found = connection.execute(select(_TABLE).where(_TABLE.c.read_at.is_(None)).order_by(_TABLE.c.position))
    return [Kept(row.id, row.data) for row in found]
