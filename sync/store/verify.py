"""Is the journal what was written, and do the books agree with it?

The law wants a check of integrity that anyone can run (BOI-TVA-DECLA-30-10-30). Nothing is trusted but the till's key:
every entry is hashed, its signature checked, and what searches and reports read is compared with what was signed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from sync.errors import Reason, n_
from sync.protocol.journal import BadEntry, Entry, check_entry
from sync.protocol.stretch import Totals
from sync.store import archives, chain, compiled, schema, settings
from sync.store.archives import Archived
from sync.store.booked import booked
from sync.store.chain import Head, Progress
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.rows import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, TICKET, ClosedRow, Problem, VerifyReport
from sync.store.tickets import closed_rows

PAGE = 200
"""Entries that are looked at in one go."""
ENOUGH = 100
"""So many problems are told; one cause often has thousands."""


class _Event(Struct):
    """What counts of a technical event."""

    code: str = ""
    public_key: str = ""
    through_seq: int = 0


def _facts(row: ClosedRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "uuid": row.uuid,
        "total": row.total,
        "change": row.change,
        "lines": row.lines,
        "vat": sorted(map(tuple, row.vat)),
        "payments": sorted(map(tuple, row.payments)),
    }


async def examine(database: Database, public_key: bytes, progress: Progress) -> VerifyReport:
    """Walk through the whole journal and compare the books with it.

    Raises:
        DamagedStore: the file cannot be read to its end.
    """
    start = await database.read(chain.start_of)
    before = await database.read(archives.archive_of, start.seq) if start.seq else None
    walk = _Walk(start, before.totals if before else Totals(), public_key)
    while page := await database.read(_page, walk.after.seq):
        # a signature takes 0.1 ms to check: not on the loop
        await asyncio.to_thread(walk.take, *page)
        progress(walk.entries)
    walk.problems += await database.read(_compare_counters, walk)
    walk.problems += await database.read(_compare_counts, start, walk)
    walk.problems += await database.read(_compare_archives, start, walk)
    walk.problems += await database.read(_check_pages)
    return VerifyReport(
        entries=walk.entries,
        tickets=walk.tickets,
        first_seq=start.seq + 1,
        last_seq=walk.after.seq,
        problems=tuple(walk.problems[:ENOUGH]),
    )


def _page(connection: Connection, after: int) -> tuple[list[Entry], dict[int, ClosedRow]] | None:
    entries = chain.entries_after(connection, after, PAGE)
    if not entries:
        return None
    of_page = connection.all(compiled.CLOSED_BETWEEN, first=entries[0].seq, last=entries[-1].seq)
    rows = closed_rows(connection, of_page)
    return entries, {row.seq: row for row in rows}


class _Walk:
    """How far the walk has come, and what it has found."""

    def __init__(self, start: Head, before: Totals, public_key: bytes) -> None:
        self.after = start
        self.entries = self.tickets = 0
        self.totals = before
        self.problems: list[Problem] = []
        self.archived: list[Archived] = []
        """What the entries say of archives."""
        self.let_go: set[int] = set()
        """Through which entries they say that others were let go."""
        self._public_key = public_key

    def take(self, entries: list[Entry], rows: dict[int, ClosedRow]) -> None:
        """Check the entries that come next against one another and against the closed tickets."""
        for entry in entries:
            try:
                check_entry(entry, self.after, self._public_key)
                self._check_body(entry, rows.get(entry.seq))
            except BadEntry as error:
                self._note(entry.seq, error.reason)
            except msgspec.MsgspecError as error:
                self._note(entry.seq, Reason(_NOT_OF_KIND, kind=entry.kind, error=error))
            self.after = Head(entry.seq, entry.hash)
            self.entries += 1

    def _note(self, position: int, reason: str) -> None:
        # a little more than is told: the walk goes on to count
        if len(self.problems) <= ENOUGH:
            self.problems.append(Problem(position, reason))

    def _check_body(self, entry: Entry, row: ClosedRow | None) -> None:
        if entry.kind == TICKET:
            self._check_ticket(entry, row)
        elif row is not None:
            raise BadEntry(
                entry.seq,
                Reason(_NO_TICKET, number=row.number),
            )
        elif entry.kind == "event":
            self._check_event(entry)

    def _check_event(self, entry: Entry) -> None:
        event = msgspec.json.decode(entry.body, type=_Event)
        if entry.seq == 1 and event.public_key != self._public_key.hex():
            raise BadEntry(entry.seq, n_("it does not name this till's key"))
        if event.code == "archived":
            self.archived.append(msgspec.json.decode(entry.body, type=Archived))
        elif event.code == "entries_let_go":
            self.let_go.add(event.through_seq)

    def _check_ticket(self, entry: Entry, row: ClosedRow | None) -> None:
        ticket = booked(entry)
        self.tickets += 1
        self._check_number(entry.seq, ticket.number)
        self.totals = self.totals.with_ticket(entry)
        if row is None:
            raise BadEntry(
                entry.seq,
                Reason(_NOT_CLOSED, number=ticket.number),
            )
        kept, signed = _facts(row), _facts(ticket)
        wrong = [name for name, value in signed.items() if kept[name] != value]
        if wrong:
            raise BadEntry(entry.seq, Reason(_KEPT_OTHERWISE, number=ticket.number, names=", ".join(wrong)))

    def _check_number(self, seq: int, text: str) -> None:
        digits = text.rpartition("-")[2]
        if not digits.isdecimal():
            raise BadEntry(seq, Reason(n_("“{number}” is no ticket number"), number=text))
        # where a till goes by another name from an enrolment on, its numbers still follow one another
        before = self.totals.last_number
        if int(digits) != before + 1:
            self._note(seq, Reason(_NUMBER_GAP, number=text, before=before))


def _compare_counters(connection: Connection, walk: _Walk) -> list[Problem]:
    totals = walk.totals
    expected = {
        TICKET: totals.last_number,
        GRAND_TOTAL: totals.grand_total,
        GRAND_TOTAL_ABSOLUTE: totals.grand_total_absolute,
    }
    return [
        Problem(0, Reason(_COUNTER, name=name, found=found, value=value))
        for name, value in expected.items()
        if (found := settings.count_of(connection, name)) != value
    ]


def _compare_counts(connection: Connection, start: Head, walk: _Walk) -> list[Problem]:
    closed, closing = schema.closed_ticket, schema.closing
    kept = connection.core.execute(
        select(func.count()).select_from(closed).where(closed.c.seq > start.seq)
    ).scalar_one()
    problems = [Problem(0, Reason(_COUNT, kept=kept, signed=walk.tickets))] if kept != walk.tickets else []
    by_kind = select(closing.c.kind, func.count().label("there"), func.max(closing.c.number).label("last"))
    return problems + [
        Problem(0, Reason(_CLOSINGS, kept=row.there, kind=row.kind, made=row.last))
        for row in connection.core.execute(by_kind.group_by(closing.c.kind))
        if row.there != row.last
    ]


def _compare_archives(connection: Connection, start: Head, walk: _Walk) -> list[Problem]:
    """What is known of archives, and of what was let go, is what was signed: on it rest the perpetual totals."""
    kept = [row for row in archives.read_all(connection) if row.last_seq >= start.seq]
    signed = [archived for archived in walk.archived if archived.last_seq >= start.seq]
    problems = [Problem(0, _ARCHIVES)] if kept != signed else []
    if start.seq and start.seq not in walk.let_go:
        problems.append(Problem(0, Reason(_GONE, position=start.seq)))
    return problems


def _check_pages(connection: Connection) -> list[Problem]:
    """The file itself: each page's own seal (SQLCipher's HMAC), then SQLite's structure."""
    seals = [row[0] for row in connection.all("PRAGMA cipher_integrity_check")]
    structure = [row[0] for row in connection.all("PRAGMA quick_check(10)")]
    return [
        Problem(0, Reason(n_("the file: {error}"), error=text))
        for text in (*seals, *structure)
        if text != "ok"
    ]


_NOT_OF_KIND = n_("its content is not that of a {kind}: {error}")
_KEPT_OTHERWISE = n_("ticket {number} is kept with another {names}")
_NUMBER_GAP = n_("ticket {number} follows number {before}: numbers must have no gap")
_COUNTER = n_("the counter {name} stands at {found} instead of {value}")
_COUNT = n_("{kept} closed tickets are kept, {signed} are in the journal")
_CLOSINGS = n_("{kept} closings of kind {kind} are kept, {made} were made")
_ARCHIVES = n_("what is kept of its archives is not what was signed")
_GONE = n_("the entries through {position} are gone, and nothing that was signed says that they were let go")
_NO_TICKET = n_("ticket {number} is kept for it, but it is no ticket")
_NOT_CLOSED = n_("ticket {number} is missing from the closed tickets")
