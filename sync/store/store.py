"""The till's store: its books, its tickets and its catalogue, in one encrypted file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sync.protocol.journal import Signer
from sync.store import settings
from sync.store.catalogue import Catalogue
from sync.store.database import Database
from sync.store.journal import Journal
from sync.store.keys import KeySource
from sync.store.migrations import HEAD
from sync.store.sessions import Sessions
from sync.store.tickets import Tickets
from sync.store.transaction import Transaction


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
        self._database = database
        self._signer = signer

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
        return self._signer.public_key

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Writes that belong together: durable when the block ends, undone by whatever is raised in it.

        Transactions wait for one another. Reads, those made within the block too, see what is committed.

        Raises:
            StoreError: it could not be kept. Everything is as before.
        """
        transaction: Transaction | None = None

        def advance() -> None:
            if transaction is not None:
                self.journal.head = transaction.head

        async with self._database.writing(on_commit=advance) as writer:
            transaction = Transaction(writer, self.journal.head, self.journal.identity, self._signer)
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
