"""What the journals come to, for whoever asks: each till's figures, and closed tickets as they were received."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from backoffice import schema
from sync.protocol import read_envelope
from sync.protocol.wire import Books

PAGE = 500


def journal_figures(connection: Connection, till: int | None = None) -> list[dict[str, Any]]:
    """Of each till: entries held, last position without a gap, tickets, their total, and what is in quarantine."""
    tills = select(schema.till).order_by(schema.till.c.id)
    if till is not None:
        tills = tills.where(schema.till.c.id == till)
    found = []
    for row in connection.execute(tills).all():
        books = _books(connection, row)
        found.append(
            {
                "till": row.uuid,
                "number": row.number,
                "name": row.name,
                "entries": books.entries,
                "last_seq": books.last_seq,
                "tickets": books.tickets,
                "total": books.total,
                "quarantined": books.quarantined,
                "conflicts": books.conflicts,
            }
        )
    return found


def books_of(connection: Connection, till: int) -> Books:
    """What the books say of one till."""
    return _books(connection, connection.execute(select(schema.till).where(schema.till.c.id == till)).one())


def _books(connection: Connection, till: Row[Any]) -> Books:
    entry, ticket, quarantine, conflict = schema.entry, schema.ticket, schema.quarantine, schema.conflict
    sums = select(func.count(), func.coalesce(func.sum(ticket.c.total), 0)).where(ticket.c.till == till.id)
    tickets, total = connection.execute(sums).one()

    def count(table: Table, *conditions: ColumnElement[bool]) -> int:
        wanted = select(func.count()).select_from(table).where(table.c.till == till.id, *conditions)
        return int(connection.execute(wanted).scalar_one())

    return Books(
        entries=count(entry),
        last_seq=till.last_seq,
        last_hash=till.last_hash.hex() if till.last_seq else "",
        tickets=tickets,
        total=int(total),
        quarantined=count(quarantine, quarantine.c.resolved_at.is_(None)),
        conflicts=count(conflict),
    )


def tickets_page(
    connection: Connection, till: int | None, after: tuple[int, int]
) -> tuple[list[bytes], tuple[int, int] | None]:
    """A page of closed tickets as they were received, each a JSON object with its hash; and where the next begins.

    Args:
        after: till and position of the last one had; (0, 0) at first.
    """
    entry, ticket = schema.entry, schema.ticket
    behind = (entry.c.till > after[0]) | ((entry.c.till == after[0]) & (entry.c.seq > after[1]))
    wanted = (
        select(entry.c.till, entry.c.seq, entry.c.canonical, entry.c.hash)
        .join(ticket, (ticket.c.till == entry.c.till) & (ticket.c.seq == entry.c.seq))
        .where(behind)
        .order_by(entry.c.till, entry.c.seq)
        .limit(PAGE)
    )
    if till is not None:
        wanted = wanted.where(entry.c.till == till)
    rows = connection.execute(wanted).all()
    lines = [_with_hash(row.canonical, row.hash) for row in rows]
    return lines, (rows[-1].till, rows[-1].seq) if len(rows) == PAGE else None


def _with_hash(canonical: bytes, digest: bytes) -> bytes:
    body: dict[str, Any] = msgspec.json.decode(read_envelope(canonical).body)
    return msgspec.json.encode({**body, "hash": digest.hex()})


def status_figures(connection: Connection) -> dict[str, Any]:
    """The server in figures."""

    def count(table: Any, *conditions: Any) -> int:
        return int(
            connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
        )

    feed = schema.feed
    kinds = connection.execute(
        select(feed.c.kind, func.count().label("how_many"))
        .where(feed.c.data.is_not(None))
        .group_by(feed.c.kind)
    )
    alarms = connection.execute(
        select(schema.alarm, schema.till.c.number)
        .outerjoin(schema.till, schema.till.c.id == schema.alarm.c.till)
        .where(schema.alarm.c.seen_at.is_(None))
        .order_by(schema.alarm.c.id.desc())
        .limit(20)
    )
    return {
        "shops": count(schema.shop),
        "tills": count(schema.till, schema.till.c.revoked_at.is_(None)),
        "entries": count(schema.entry),
        "tickets": count(schema.ticket),
        "quarantined": count(schema.quarantine, schema.quarantine.c.resolved_at.is_(None)),
        "conflicts": count(schema.conflict),
        "feed": {row.kind: row.how_many for row in kinds},
        "alarms": [{"at": row.at, "till": row.number, "kind": row.kind, "text": row.text} for row in alarms],
    }
