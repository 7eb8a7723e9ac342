"""The journal: what happened here, in order, for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select

from sync.protocol.journal import (
    GENESIS_HASH,
    BadEntry,
    Entry,
    Identity,
    Signer,
    check_entry,
    make_entry,
)
from sync.store import schema
from sync.store.database import Database
from sync.store.errors import DamagedStore, JournalBroken
from sync.store.rows import VerifyReport

Progress = Callable[[int], None]


def ignore(_checked: int) -> None:
    """Nobody watches."""


class Head(NamedTuple):
    """A place in the journal."""

    seq: int
    hash: bytes


_COLUMNS = select(schema.journal)


def entry_of(row: Row[Any]) -> Entry:
    """The entry that a row of the journal holds."""
    return Entry(row.seq, row.kind, row.at, row.canonical, row.prev_hash, row.hash, row.signature)


def start_of(connection: Connection) -> Head:
    """What the first entry that is still here follows."""
    row = connection.execute(select(schema.retention.c.through_seq, schema.retention.c.hash)).one_or_none()
    return Head(row.through_seq, row.hash) if row else Head(0, GENESIS_HASH)


def last_entry(connection: Connection) -> Entry | None:
    """The last entry; None: there is none."""
    row = connection.execute(_COLUMNS.order_by(schema.journal.c.seq.desc()).limit(1)).one_or_none()
    return entry_of(row) if row else None


def check_last(entry: Entry, public_key: bytes) -> Head:
    """What the next entry follows, once the last one is known to be whole.

    Raises:
        JournalBroken: it is not.
    """
    try:
        check_entry(entry, Head(entry.seq - 1, entry.prev_hash), public_key)
    except BadEntry as error:
        raise JournalBroken(entry.seq, error.reason) from error
    return Head(entry.seq, entry.hash)


def append(
    connection: Connection,
    identity: Identity,
    signer: Signer,
    after: Head,
    *,
    kind: str,
    body: object,
    at: datetime,
) -> Entry:
    """Chain, sign and write the entry that follows `after`."""
    entry = make_entry(identity, signer, after, kind, body, at)
    connection.execute(
        insert(schema.journal),
        {
            "seq": entry.seq,
            "kind": entry.kind,
            "at": entry.at,
            "canonical": entry.canonical,
            "prev_hash": entry.prev_hash,
            "hash": entry.hash,
            "signature": entry.signature,
        },
    )
    return entry


class Journal:
    """The journal as it is read; a transaction writes it."""

    def __init__(self, database: Database, head: Head, identity: Identity, public_key: bytes) -> None:
        self._database = database
        self.head = head
        """Position and hash of the last entry."""
        self.identity = identity
        self.public_key = public_key

    async def entry(self, seq: int) -> Entry | None:
        """The entry at a position; None: it is not here (any more)."""
        return await self._database.look_up(_entry, seq)

    async def examine(self, progress: Progress = ignore) -> VerifyReport:
        """Check every entry, and compare the books with what was signed.

        Args:
            progress: told how many entries are checked.

        Raises:
            DamagedStore: the file cannot be read to its end.
        """
        # what only a verification needs is not imported at each start
        from sync.store.verify import examine  # noqa: PLC0415

        return await examine(self._database, self.public_key, progress)

    async def verify(self, progress: Progress = ignore) -> VerifyReport:
        """As `examine`, and raise what is wrong.

        Raises:
            JournalBroken: with the first entry that is.
            DamagedStore: the file cannot be read, or the books do not agree with the journal.
        """
        report = await self.examine(progress)
        for problem in report.problems:
            if problem.position:
                raise JournalBroken(problem.position, problem.reason)
            raise DamagedStore(path=self._database.path, reason=problem.reason)
        return report

    async def entries(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """So many entries from behind a position."""
        return await self._database.read(_entries, after, limit)


def _entry(connection: Connection, seq: int) -> Entry | None:
    row = connection.execute(_COLUMNS.where(schema.journal.c.seq == seq)).one_or_none()
    return entry_of(row) if row else None


def _entries(connection: Connection, after: int, limit: int) -> list[Entry]:
    found = _COLUMNS.where(schema.journal.c.seq > after).order_by(schema.journal.c.seq).limit(limit)
    return [entry_of(row) for row in connection.execute(found)]
