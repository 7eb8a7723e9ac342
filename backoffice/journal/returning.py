"""A till's own entries go back to it, when it came back from a backup that is older than they are."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from backoffice import schema
from sync.protocol.wire import SentEntry

_encode = msgspec.json.Encoder().encode


def entries_after(connection: Connection, till: int, after: int, limit: int) -> bytes:
    """So many entries of a till behind a position, one `SentEntry` a line."""
    entry = schema.entry
    wanted = (
        select(entry.c.seq, entry.c.canonical, entry.c.hash, entry.c.signature)
        .where(entry.c.till == till, entry.c.seq > after)
        .order_by(entry.c.seq)
        .limit(limit)
    )
    return b"".join(
        _encode(
            SentEntry(row.seq, row.canonical.decode("utf-8", "replace"), row.hash.hex(), row.signature.hex())
        )
        + b"\n"
        for row in connection.execute(wanted)
    )
