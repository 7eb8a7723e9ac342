"""Entries that the books did not take: listed, and tried again once the reason is mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select, update

from backoffice import schema
from backoffice.alarms import raise_alarm
from backoffice.budgets import budget_changes
from backoffice.feed.publishing import publish
from backoffice.journal.books import Place, enter
from backoffice.journal.checking import Origin, Received, check_again
from backoffice.journal.closings import judge_over
from backoffice.journal.signatures import Here
from backoffice.server import Server
from sync.protocol.wire import SentEntry


class Tried(Struct, frozen=True):
    """What came of another try."""

    till: str
    seq: int
    kind: str
    reason: str | None
    """None: it is in the books now."""


def waiting(connection: Connection, till: int | None = None) -> list[Row[Any]]:
    """The entries in quarantine, with the identifier of their till."""
    table = schema.quarantine
    wanted = select(table, schema.till.c.uuid).join(schema.till, schema.till.c.id == table.c.till)
    wanted = wanted.where(table.c.resolved_at.is_(None)).order_by(table.c.till, table.c.seq)
    return list(connection.execute(wanted.where(table.c.till == till) if till is not None else wanted))


async def retry(server: Server, till: int | None = None, seq: int | None = None) -> list[Tried]:
    """Try entries in quarantine again, each by itself: all, those of a till, or one."""
    tried = []
    for row in await server.database.read(waiting, till):
        if seq is not None and row.seq != seq:
            continue
        received, place = await _again(server, row)
        reason = await server.database.write(_enter, received, place)
        tried.append(Tried(row.uuid, row.seq, row.kind, reason))
    return tried


async def _again(server: Server, row: Row[Any]) -> tuple[Received, Place]:
    entry, till, origin = await server.database.read(_stored, row.till, row.seq)
    sent = SentEntry(
        entry.seq,
        bytes(entry.canonical).decode("utf-8", "surrogateescape"),
        entry.hash.hex(),
        entry.signature.hex(),
    )
    received = await check_again(sent, bytes(entry.prev_hash), origin, Here())
    return received, Place(row.till, till.shop, server.stamp())


def _stored(connection: Connection, till: int, seq: int) -> tuple[Row[Any], Row[Any], Origin]:
    entry, table, key = schema.entry, schema.till, schema.till_key
    row = connection.execute(select(entry).where(entry.c.till == till, entry.c.seq == seq)).one()
    of = connection.execute(
        select(table, schema.shop.c.uuid.label("shop_uuid"))
        .join(schema.shop, schema.shop.c.id == table.c.shop)
        .where(table.c.id == till)
    ).one()
    keys = connection.execute(select(key.c.epoch, key.c.public_key).where(key.c.till == till))
    known = {found.epoch: bytes(found.public_key) for found in keys}
    return row, of, Origin(of.shop_uuid, of.number, of.epoch, known)


def _enter(connection: Connection, received: Received, place: Place) -> str | None:
    table = schema.quarantine
    mine = (table.c.till == place.till) & (table.c.seq == received.seq)
    entered = enter(connection, place, [received])
    reason = received.problem or entered.reasons.get(received.seq)
    if reason is not None:
        connection.execute(update(table).where(mine).values(reason=str(reason)))
        return reason
    connection.execute(update(table).where(mine).values(resolved_at=place.now))
    for kind, text in judge_over(connection, place.till, received.seq):
        raise_alarm(connection, place.shop, place.till, kind, text, place.now)
    changes = entered.changes
    if entered.customers:
        changes += budget_changes(connection, place, entered.customers)[0]
    if changes:
        publish(connection, place.shop, changes, place.now)
    return None


def by_position(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """What came of other tries, as rows."""
    return [
        {
            "till": one.till,
            "seq": one.seq,
            "kind": one.kind,
            "in_books": one.reason is None,
            "reason": str(one.reason or ""),
        }
        for one in tried
    ]
