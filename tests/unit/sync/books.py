"""What the tests do with a store, in the words of the trade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sync.protocol import Entry, stamp
from sync.store import (
    GRAND_TOTAL,
    GRAND_TOTAL_ABSOLUTE,
    TICKET,
    ClosedRow,
    SessionRow,
    Store,
    Transaction,
)
from sync.store.cipher import open_raw
from sync.store.keys import find_secret

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class FixedClock:
    """Always noon."""

    def now(self) -> datetime:
        return NOON


class Books:
    """A till's books: a session that opens with the first sale, and tickets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    async def open_session(self, opening: int = 10_000) -> SessionRow:
        at = self.tick()
        async with self.store.transaction() as transaction:
            number = await transaction.next_number("session")
            entry = await transaction.append("session", {"number": number, "float": opening}, at=at)
            row = SessionRow(number, stamp(at), entry.seq, opening, "1")
            await transaction.open_session(row)
        return row

    async def close_session(self, session: int) -> None:
        at = self.tick()
        async with self.store.transaction() as transaction:
            entry = await transaction.append("closing", {"session": session}, at=at)
            await transaction.close_session(session, entry.seq, stamp(at))

    async def move_cash(self, session: int, amount: int, reason: str = "float") -> None:
        async with self.store.transaction() as transaction:
            entry = await transaction.append("cash", {"amount": amount, "reason": reason}, at=self.tick())
            await transaction.cash_moved(session, entry.seq, amount, reason)

    async def note(self, text: str = "drawer_opened") -> Entry:
        async with self.store.transaction() as transaction:
            return await transaction.append("event", {"code": text}, at=self.tick())

    async def sell(
        self,
        total: int = 1055,
        *,
        cash: int | None = None,
        customer: str | None = None,
        refund_of: str | None = None,
    ) -> ClosedRow:
        session = await self.store.sessions.current() or await self.open_session()
        async with self.store.transaction() as transaction:
            return await self.write_ticket(
                transaction, session.id, total, cash=cash, customer=customer, refund_of=refund_of
            )

    async def write_ticket(
        self,
        transaction: Transaction,
        session: int,
        total: int,
        *,
        cash: int | None = None,
        customer: str | None = None,
        refund_of: str | None = None,
    ) -> ClosedRow:
        """All that closing a ticket writes, in a transaction that is open."""
        at = self.tick()
        number = f"1-{await transaction.next_number(TICKET):06d}"
        net = round(total / 1.055)
        paid = total if cash is None else cash
        body: dict[str, Any] = {
            "number": number,
            "uuid": f"uuid-{number}",
            "total": total,
            "change": paid - total,
            "vat": [{"rate": "5.5", "net": net, "vat": total - net, "gross": total}],
            "payments": [{"method": "CASH", "amount": paid}],
            "lines": [{"n": 1, "code": "3017620422003", "total": total}],
        }
        entry = await transaction.append(TICKET, body, at=at)
        row = ClosedRow(
            number=number,
            uuid=f"uuid-{number}",
            seq=entry.seq,
            session=session,
            closed_at=stamp(at),
            total=total,
            change=paid - total,
            lines=1,
            user="1",
            customer=customer,
            refund_of=refund_of,
            vat=(("5.5", net, total - net, total),),
            payments=(("CASH", paid, 1),),
        )
        await transaction.keep_closed(row)
        await transaction.add_to_counter(GRAND_TOTAL, total)
        await transaction.add_to_counter(GRAND_TOTAL_ABSOLUTE, abs(total))
        return row

    async def keep(self, uuid: str, lines: dict[int, bytes], dropped: tuple[int, ...] = ()) -> None:
        async with self.store.transaction() as transaction:
            await transaction.keep_open(uuid, f"header of {uuid}".encode(), lines, dropped)

    async def hold(self, uuid: str) -> None:
        async with self.store.transaction() as transaction:
            await transaction.set_held(uuid, held=True, at=self.tick())

    async def take_up(self, uuid: str) -> None:
        async with self.store.transaction() as transaction:
            await transaction.set_held(uuid, held=False, at=self.tick())


def meddle(profile: Path, *statements: str) -> None:
    """Change the database as its owner could, who has the key and takes the triggers away first."""
    secret, _ = find_secret(profile)
    connection = open_raw(profile / "till.db", secret.database_key, read_only=False)
    try:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()
