"""The journal: what happened here, in order, for ever."""

from __future__ import annotations

from sync.protocol.journal import Entry, Identity
from sync.store import compiled
from sync.store.chain import Head, Progress, entries_after, ignore
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.errors import DamagedStore, JournalBroken
from sync.store.rows import VerifyReport


def add(connection: Connection, entry: Entry) -> None:
    """Write an entry; the database refuses one that does not follow the last."""
    connection.do(
        compiled.ADD_ENTRY,
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        canonical=entry.canonical,
        prev_hash=entry.prev_hash,
        hash=entry.hash,
        signature=entry.signature,
    )


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
        return await self._database.read(entries_after, after, limit)


def _entry(connection: Connection, seq: int) -> Entry | None:
    row = connection.one(compiled.ENTRY, seq=seq)
    return Entry(*row) if row else None
