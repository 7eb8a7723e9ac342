"""How far the journal has gone up, and what the server said of the entries that it did not book as they were sent."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict

from sync.store import compiled, settings
from sync.store.connection import Connection
from sync.store.database import Database

_SENT = "sync.sent"


class Refusal(Struct, frozen=True):
    """An entry that the server did not book as it was sent. The entry stays in the journal."""

    seq: int
    status: str
    """`quarantined` or `conflict`: kept aside there; `refused`: not even kept."""
    reason: str
    at: str
    """When it was said, RFC 3339 in UTC."""


class Outbox:
    """The sender's cursor over the journal. It moves on the server's word only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sent = 0
        """The server has answered for every entry through this one."""
        self.refused = 0
        """How many entries are refused."""

    async def open(self) -> None:
        """Learn how far it had come."""
        self.sent, self.refused = await self._database.look_up(_read)

    async def settle(self, through: int, refusals: Sequence[Refusal] = (), taken: Sequence[int] = ()) -> None:
        """Keep what the server answered, in one transaction.

        Args:
            through: it has answered for every entry through this one; never moves the cursor back.
            refusals: what it did not book.
            taken: entries that it did book, of which an earlier refusal is forgotten.
        """
        await self._write(max(through, self.sent), refusals, taken)

    async def rewind(self, through: int) -> None:
        """Send again whatever comes after a position: the server has lost it."""
        await self._write(min(through, self.sent), (), ())

    async def refusals(self, limit: int = 100, offset: int = 0) -> list[Refusal]:
        """A page of what was refused, the oldest first."""
        return await self._database.read(_refusals, limit, offset)

    async def _write(self, sent: int, refusals: Sequence[Refusal], taken: Sequence[int]) -> None:
        count = self.refused

        def advance() -> None:
            self.sent, self.refused = sent, count

        async with self._database.writing(on_commit=advance) as writer:
            count = await writer.run(_settle, sent, refusals, taken)


def sent_through(connection: Connection) -> int:
    """The server has answered for every entry through this one."""
    value = settings.get(connection, _SENT)
    return int(value) if value else 0


def _read(connection: Connection) -> tuple[int, int]:
    return sent_through(connection), _count(connection)


def _count(connection: Connection) -> int:
    return int(connection.value(compiled.COUNT_REFUSALS))


def _settle(connection: Connection, sent: int, refusals: Sequence[Refusal], taken: Sequence[int]) -> int:
    settings.put(connection, _SENT, str(sent).encode())
    connection.many(compiled.DROP_REFUSAL, [{"seq": seq} for seq in taken])
    connection.many(compiled.PUT_REFUSAL, [asdict(refusal) for refusal in refusals])
    return _count(connection)


def _refusals(connection: Connection, limit: int, offset: int) -> list[Refusal]:
    return [Refusal(*row) for row in connection.all(compiled.REFUSALS, limit=limit, offset=offset)]
