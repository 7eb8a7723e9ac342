"""A shop of many years: books that are sold in, closed and archived, for the tests of archives and retention."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sync.archiving import archive
from sync.protocol import stamp
from sync.store import Archived, Store
from tests.unit.sync.books import Books


class SetClock:
    """Says what it is set to."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


class OldBooks(Books):
    """Books with the dates that a test wants."""

    def __init__(self, store: Store, began: datetime) -> None:
        super().__init__(store)
        self.now = began

    async def sell_in(self, year: int, tickets: int = 3) -> None:
        """Some tickets of a year, one of them a refund, and the closing of all its periods."""
        self.now = self.now.replace(year=year)
        for n in range(tickets):
            await self.sell(1000 + n if n else -250)
        session = await self.store.sessions.current()
        assert session is not None
        await self.close_session(session.id)
        await self.close_periods()

    async def close_periods(self, *kinds: str) -> None:
        for kind in kinds or ("day", "month", "year"):
            last = await self.store.sessions.last_closing(kind)
            at = self.tick()
            async with self.store.transaction() as transaction:
                number = await transaction.next_number(kind)
                first = last.last_seq + 1 if last else 1
                body = {"kind": kind, "number": number, "first_seq": first, "closed_at": stamp(at)}
                entry = await transaction.append("closing", body, at=at)
                await transaction.keep_closing(kind, number, first, entry.seq, b"{}")

    async def archived(self, folder: Path) -> tuple[Archived, ...]:
        return await archive(self.store, folder, SetClock(self.now), program="tui-pos test")

    async def acknowledged(self) -> None:
        """The server has answered for everything."""
        await self.store.outbox.settle(self.store.journal.head.seq)
