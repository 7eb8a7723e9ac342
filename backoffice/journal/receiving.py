"""Entries arrive: stored exactly once, then entered into the books, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backoffice import schema
from backoffice.alarms import raise_alarm
from backoffice.bulk import insert_rows
from backoffice.feed.publishing import Change, publish
from backoffice.journal.books import Entered, Place, enter
from backoffice.journal.checking import Received
from backoffice.journal.closings import judge_reached
from sync.protocol.reasons import cause, recognised, spelled
from sync.protocol.wire import EntryResult, Pushed

FAR_AHEAD = 1_000
"""Positions behind a gap that are stored; what is further ahead is sent again once the gap is filled."""

_ENTRY, _TILL = schema.entry, schema.till
_ENTRY_COLUMNS = tuple(schema.entry.columns.keys())

Status = Literal["stored", "duplicate", "quarantined", "conflict"]

BudgetChanges = Callable[[Connection, Place, set[str]], tuple[list[Change], list[tuple[str, str]]]]
"""What the purchases of customers do to their budgets: changes of the feed, and alarms."""


class Sorted(Struct):
    """What the entries of a batch are beside those that are held."""

    results: list[EntryResult]
    new: list[Received]
    conflicts: list[tuple[Received, str]]


def receive(
    connection: Connection, till: int, entries: Sequence[Received], now: str, budgets: BudgetChanges
) -> Pushed:
    """Store a batch of entries of a till and enter them into the books. Gives the server's word.

    What was here before is a duplicate, or still in quarantine: the word may have been lost, or is asked for again.
    What contradicts it is kept aside as a conflict, with an alarm.
    """
    row = connection.execute(select(_TILL).where(_TILL.c.id == till).with_for_update()).one()
    entries = [entry for entry in entries if entry.seq <= row.last_seq + FAR_AHEAD]
    if not entries:
        return Pushed(row.last_seq)
    sorted_ = _sort(connection, row, entries)
    place = Place(till, row.shop, now)
    _store(connection, till, sorted_.new, now)
    entered = enter(connection, place, sorted_.new)
    held = _still_waiting(connection, till, sorted_.results)
    results = held + _judged(connection, till, sorted_.new, entered, now)
    acked = _advance(connection, row, sorted_.new, now)
    if acked > entries[-1].seq:
        entered.customers |= _customers_between(connection, till, entries[-1].seq + 1, acked)
    if acked > row.last_seq:
        entered.alarms += judge_reached(connection, till, row.last_seq, acked)
    _put_aside(connection, place, sorted_.conflicts)
    _finish(connection, place, entered, budgets)
    return Pushed(acked, tuple(sorted(results, key=lambda result: result.seq)))


def _sort(connection: Connection, till: Row[Any], entries: Sequence[Received]) -> Sorted:
    """Tell new entries from duplicates and conflicts."""
    first, last = entries[0].seq, entries[-1].seq
    mine = (_ENTRY.c.till == till.id) & _ENTRY.c.seq.between(first - 1, last + 1)
    there = connection.execute(select(_ENTRY.c.seq, _ENTRY.c.hash, _ENTRY.c.prev_hash).where(mine))
    held: dict[int, Any] = {row.seq: row for row in there}
    hashes = {seq: row.hash for seq, row in held.items()} | {till.base_seq: till.base_hash}
    found = Sorted([], [], [])
    forked = _follows_conflict(connection, till.id, entries[0]) if first - 1 not in hashes else False
    for entry in entries:
        status, reason = _compare(entry, till.base_seq, held, hashes, forked)
        if status == "new":
            found.new.append(entry)
            hashes[entry.seq] = entry.hash
            continue
        if status == "conflict":
            found.conflicts.append((entry, reason))
            forked = True
        found.results.append(_result(entry.seq, status, reason))
    return found


def _compare(
    entry: Received, base: int, held: dict[int, Any], hashes: dict[int, bytes], forked: bool
) -> tuple[Literal["new", "duplicate", "conflict"], str]:
    if entry.seq in held:
        if held[entry.seq].hash == entry.hash:
            return "duplicate", ""
        return "conflict", cause("position_taken")
    if entry.seq <= base:
        return "duplicate", cause("before_base")
    before, after = hashes.get(entry.seq - 1), held.get(entry.seq + 1)
    if forked or (before is not None and before != entry.prev_hash):
        return "conflict", cause("other_before")
    if after is not None and after.prev_hash != entry.hash:
        return "conflict", cause("other_after")
    return "new", ""


def _still_waiting(connection: Connection, till: int, results: Sequence[EntryResult]) -> list[EntryResult]:
    """What was held before, told apart from what the books have not taken so far."""
    held = [result.seq for result in results if result.status == "duplicate"]
    if not held:
        return list(results)
    table = schema.quarantine.c
    mine = (table.till == till) & table.seq.between(held[0], held[-1]) & table.resolved_at.is_(None)
    reasons = {row.seq: row.reason for row in connection.execute(select(table.seq, table.reason).where(mine))}
    return [
        _result(result.seq, "quarantined", recognised(reasons[result.seq]))
        if result.seq in reasons
        else result
        for result in results
    ]


def _follows_conflict(connection: Connection, till: int, entry: Received) -> bool:
    """Whether what the entry follows was put aside: then it belongs to the same other journal."""
    table = schema.conflict.c
    mine = (table.till == till) & (table.seq == entry.seq - 1) & (table.hash == entry.prev_hash)
    return connection.execute(select(table.seq).where(mine)).first() is not None


def _result(seq: int, status: Status, reason: str = "") -> EntryResult:
    return EntryResult(seq, status, str(reason), spelled(reason))


def _store(connection: Connection, till: int, entries: Sequence[Received], now: str) -> None:
    rows = [
        (
            till,
            entry.seq,
            entry.epoch,
            entry.kind,
            entry.at,
            now,
            entry.canonical,
            entry.prev_hash,
            entry.hash,
            entry.signature,
        )
        for entry in entries
    ]
    insert_rows(connection, "entry", _ENTRY_COLUMNS, rows)


def _judged(
    connection: Connection, till: int, entries: Sequence[Received], entered: Entered, now: str
) -> list[EntryResult]:
    """Put into quarantine what the books did not take."""
    results, rows = [], []
    for entry in entries:
        reason = entry.problem or entered.reasons.get(entry.seq)
        if reason is None:
            results.append(EntryResult(entry.seq, "stored"))
            continue
        results.append(_result(entry.seq, "quarantined", reason))
        rows.append({"till": till, "seq": entry.seq, "kind": entry.kind, "reason": str(reason), "since": now})
        entered.alarms.append(
            ("quarantine", cause("entry_waits", seq=entry.seq, kind=entry.kind, reason=reason))
        )
    if rows:
        connection.execute(insert(schema.quarantine), rows)
    return results


def _advance(connection: Connection, till: Row[Any], entries: Sequence[Received], now: str) -> int:
    """Move the till's position over what is held without a gap; gives it."""
    last_seq, last_hash = till.last_seq, till.last_hash
    for entry in entries:
        if entry.seq == last_seq + 1:
            last_seq, last_hash = entry.seq, entry.hash
    top = max([till.top_seq, last_seq, *(entry.seq for entry in entries)])
    if last_seq > till.last_seq and top > last_seq:
        behind = select(_ENTRY.c.seq, _ENTRY.c.hash).where(
            _ENTRY.c.till == till.id, _ENTRY.c.seq.between(last_seq + 1, top)
        )
        for row in connection.execute(behind.order_by(_ENTRY.c.seq)):
            if row.seq != last_seq + 1:
                break
            last_seq, last_hash = row.seq, row.hash
    values = {"last_seq": last_seq, "last_hash": last_hash, "top_seq": top, "seen_at": now}
    connection.execute(update(_TILL).where(_TILL.c.id == till.id).values(values))
    return int(last_seq)


def _customers_between(connection: Connection, till: int, first: int, last: int) -> set[str]:
    """Whose purchases were waiting behind a gap that is filled now."""
    ticket = schema.ticket.c
    wanted = select(ticket.customer).where(
        ticket.till == till, ticket.seq.between(first, last), ticket.customer.is_not(None)
    )
    return {row.customer for row in connection.execute(wanted)}


def _put_aside(connection: Connection, place: Place, conflicts: Sequence[tuple[Received, str]]) -> None:
    if not conflicts:
        return
    rows = [
        {
            "till": place.till,
            "seq": entry.seq,
            "hash": entry.hash,
            "prev_hash": entry.prev_hash,
            "canonical": entry.canonical,
            "signature": entry.signature,
            "received_at": place.now,
            "reason": str(reason),
        }
        for entry, reason in conflicts
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # said once, however often it is sent
    for row in rows:
        kept = connection.execute(dialect.insert(schema.conflict).values(row).on_conflict_do_nothing())
        if kept.rowcount:
            text = cause("entry_contradicts", seq=row["seq"], reason=row["reason"])
            raise_alarm(connection, place.shop, place.till, "conflict", text, place.now)


def _finish(connection: Connection, place: Place, entered: Entered, budgets: BudgetChanges) -> None:
    if entered.customers:
        changes, alarms = budgets(connection, place, entered.customers)
        entered.changes += changes
        entered.alarms += alarms
    for kind, text in entered.alarms:
        raise_alarm(connection, place.shop, place.till, kind, text, place.now)
    if entered.changes:
        publish(connection, place.shop, entered.changes, place.now)
