"""The chain that the journal is: where it starts and ends, and its entries in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sync.protocol.journal import GENESIS_HASH, BadEntry, Entry, check_entry
from sync.store import compiled
from sync.store.connection import Connection
from sync.store.errors import JournalBroken

Progress = Callable[[int], None]


def ignore(_checked: int) -> None:
    """Nobody watches."""


class Head(NamedTuple):
    """A place in the journal."""

    seq: int
    hash: bytes


def start_of(connection: Connection) -> Head:
    """What the first entry that is still here follows."""
    row = connection.one(compiled.START)
    return Head(*row) if row else Head(0, GENESIS_HASH)


def last_entry(connection: Connection) -> Entry | None:
    """The last entry; None: there is none."""
    row = connection.one(compiled.LAST_ENTRY)
    return Entry(*row) if row else None


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


def entries_after(connection: Connection, after: int, limit: int) -> list[Entry]:
    """So many entries from behind a position."""
    return [Entry(*row) for row in connection.all(compiled.ENTRIES, after=after, limit=limit)]
