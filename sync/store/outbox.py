"""How far the journal has gone up, and what the server said of the entries that it did not book as they were sent."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from sync.store import schema, settings
from sync.store.database import Database

_SENT = "sync.sent"
_TABLE = schema.refusal
_PUT = insert(_TABLE)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["seq"],
    set_={name: _PUT.excluded[name] for name in ("status", "reason", "at")},
)


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


def _read(connection: Connection) -> tuple[int, int]:
    value = settings.get(connection, _SENT)
    return int(value) if value else 0, _count(connection)


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(_TABLE)).scalar_one())


def _settle(connection: Connection, sent: int, refusals: Sequence[Refusal], taken: Sequence[int]) -> int:
    settings.put(connection, _SENT, str(sent).encode())
    if taken:
        connection.execute(delete(_TABLE).where(_TABLE.c.seq.in_(taken)))
    if refusals:
        rows = [{name: getattr(refusal, name) for name in Refusal.__struct_fields__} for refusal in refusals]
        connection.execute(_PUT, rows)
    return _count(connection)


def _refusals(connection: Connection, limit: int, offset: int) -> list[Refusal]:
    found = connection.execute(select(_TABLE).order_by(_TABLE.c.seq).limit(limit).offset(offset))
    return [Refusal(row.seq, row.status, row.reason, row.at) for row in found]
