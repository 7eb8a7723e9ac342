"""The till's store: its books, its tickets and its catalogue, in one encrypted file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from sync.protocol.journal import Entry, Identity, Signer
from sync.store import settings
from sync.store.archives import Archives
from sync.store.catalogue import Catalogue
from sync.store.database import Database
from sync.store.download import Download
from sync.store.feed import Feed
from sync.store.inbox import Inbox
from sync.store.journal import Journal
from sync.store.keys import KeySource
from sync.store.migrations import HEAD
from sync.store.outbox import Outbox
from sync.store.sessions import Sessions
from sync.store.spool import Spool
from sync.store.tickets import Tickets
from sync.store.transaction import Transaction

IDENTITY = "identity"
"""The setting that says whose journal it is."""


class Store:
    """What a till keeps. `open_store` opens one."""

    def __init__(
        self, *, profile: Path, database: Database, journal: Journal, signer: Signer, key_source: KeySource
    ) -> None:
        self.profile = profile
        self.key_source = key_source
        self.journal = journal
        self.catalogue = Catalogue(database)
        self.tickets = Tickets(database)
        self.sessions = Sessions(database)
        self.outbox = Outbox(database)
        self.feed = Feed(database, self.catalogue)
        self.downloads = Download(database)
        self.inbox = Inbox(database)
        self.spool = Spool(database)
        self.archives = Archives(database, self.catalogue.pace)
        self.signer = signer
        """Signs in the till's name: journal entries, and requests to the server."""
        self.on_append: list[Callable[[], None]] = []
        """Called after each transaction that has added to the journal; they return at once."""
        self._database = database

    @property
    def till_id(self) -> str:
        """The till's number in its shop."""
        return self.journal.identity.till

    @property
    def schema_version(self) -> str:
        """The revision of the database's schema."""
        return HEAD

    @property
    def public_key(self) -> bytes:
        """What the journal's signatures are checked with."""
        return self.signer.public_key

    async def open(self) -> None:
        """Learn what each part keeps in memory; `open_store` does it."""
        await self.catalogue.open()
        await self.outbox.open()
        await self.feed.open()
        await self.inbox.open()

    @property
    def unsent(self) -> int:
        """How many entries of the journal the server has not answered for."""
        return max(0, self.journal.head.seq - self.outbox.sent)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Writes that belong together: durable when the block ends, undone by whatever is raised in it.

        Transactions wait for one another. Reads, those made within the block too, see what is committed.

        Raises:
            StoreError: it could not be kept. Everything is as before.
        """
        async with self._transaction(self.journal.identity) as transaction:
            yield transaction

    @asynccontextmanager
    async def enrolment(self, identity: Identity) -> AsyncIterator[Transaction]:
        """A transaction after which the journal goes on under another identity: what it writes is under that one.

        Raises:
            StoreError: as `transaction`; the till is who it was.
        """
        async with self._transaction(identity) as transaction:
            await transaction.put_setting(IDENTITY, msgspec.json.encode(identity))
            yield transaction

    async def restore(self, entries: Sequence[Entry]) -> None:
        """Take back entries that this till has signed and lost, behind its last one: journal and books, all or none.

        Tickets that are open or held, and settings, stay as they are.

        Raises:
            JournalBroken: they are not this till's, or do not follow its last entry.
        """
        from sync.store.restoring import restore  # noqa: PLC0415 - hardly ever

        head = self.journal.head

        def advance() -> None:
            self.journal.head = head

        async with self._database.writing(on_commit=advance) as writer:
            # inside: somebody may have sold while we waited for our turn
            head = await writer.run(restore, self.journal.head, entries, self.public_key)

    @asynccontextmanager
    async def _transaction(self, identity: Identity) -> AsyncIterator[Transaction]:
        transaction: Transaction | None = None

        def advance() -> None:
            if transaction is None:
                return
            added = transaction.head != self.journal.head
            self.journal.head, self.journal.identity = transaction.head, identity
            for listener in self.on_append if added else ():
                listener()

        async with self._database.writing(on_commit=advance) as writer:
            transaction = Transaction(writer, self.journal.head, identity, self.signer)
            yield transaction

    async def setting(self, name: str) -> bytes | None:
        """What was kept last under a name."""
        return await self._database.look_up(settings.get, name)

    async def counter(self, name: str) -> int:
        """What a counter has come to."""
        return await self._database.look_up(settings.count_of, name)

    async def close(self) -> None:
        """Wait for the transaction under way, and close the file."""
        await self._database.close()
