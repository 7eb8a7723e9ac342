"""Print jobs: what is to be printed, and how far it has come, kept across the end of the program.

What the content is, and what the states mean, is the business of who prints (`devices.jobs`).
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database

KEEP = 200
"""So many of the latest jobs are kept once they have ended; older ones are forgotten."""


class JobRow(Struct, frozen=True):
    """A print job as it is kept."""

    id: str
    device: str
    document: str
    ticket: str
    content: bytes
    state: str
    attempts: int = 0
    reason: str = ""


class Spool:
    """The print jobs of this till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unsettled(self) -> list[JobRow]:
        """Those that have not ended, the oldest first."""
        return await self._database.look_up(_unsettled)

    async def bytes_of(self, id_: str) -> tuple[bytes, bytes] | None:
        """The bytes that left for a job, or were about to, and their SHA-256; None: none did."""
        return await self._database.look_up(_bytes_of, id_)


def add(connection: Connection, row: JobRow, at: str) -> None:
    """Keep a new job, behind the others; jobs that ended long ago are forgotten."""
    connection.do(
        compiled.ADD_JOB,
        id=row.id,
        device=row.device,
        document=row.document,
        ticket=row.ticket,
        content=row.content,
        state=row.state,
        created_at=at,
        changed_at=at,
    )
    connection.do(compiled.FORGET_JOBS, keep=KEEP)


def move(connection: Connection, row: JobRow, data: bytes | None, at: str) -> None:
    """Keep how far a job has come; one that was never added is passed over.

    Args:
        data: the bytes that are about to leave; None: those that were kept stay.
    """
    moved = {"of": row.id, "to": row.state, "on": row.device, "tried": row.attempts, "because": row.reason}
    connection.do(compiled.MOVE_JOB, **moved, at=at)
    if data is not None:
        connection.do(compiled.JOB_BYTES, of=row.id, bytes=data, digest=sha256(data).digest())


def _unsettled(connection: Connection) -> list[JobRow]:
    return [JobRow(*row) for row in connection.all(compiled.UNSETTLED_JOBS)]


def _bytes_of(connection: Connection, id_: str) -> tuple[bytes, bytes] | None:
    row = connection.one(compiled.BYTES_OF_JOB, of=id_)
    return (bytes(row[0]), bytes(row[1])) if row and row[0] is not None else None
