"""Messages of the server: kept until somebody here has read them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database


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
    connection.do(compiled.MESSAGE_READ, of=id_, at=at)


def _last(connection: Connection) -> str:
    return connection.value(compiled.LAST_MESSAGE) or ""


def _keep(connection: Connection, messages: Sequence[Kept]) -> None:
    _, last = connection.one(compiled.LAST_MESSAGE) or ("", 0)
    rows = [
        {"id": message.id, "position": position, "data": message.data}
        for position, message in enumerate(messages, last + 1)
    ]
    connection.many(compiled.ADD_MESSAGE, rows)


def _unread(connection: Connection) -> list[Kept]:
    return [Kept(*row) for row in connection.all(compiled.UNREAD)]
