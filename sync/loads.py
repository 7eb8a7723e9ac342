"""The last loads: what each brought, how fast, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from msgspec import Struct

from sync.store import Store

KEPT = 10
"""So many are remembered."""
GIVEN_UP = "cancelled"
"""The outcome of a load that somebody gave up."""
_SETTING = "feed.loads"


class LoadNote(Struct, frozen=True, kw_only=True):
    """A load that has ended."""

    at: str
    """When it ended, RFC 3339 in UTC."""
    place: str
    """Where it came from, without a password; empty: from the server."""
    full: bool
    records: int
    size: int
    """Bytes of the files that were taken up, compressed."""
    seconds: float
    error: str = ""
    """Why it changed nothing, or not all; `GIVEN_UP`; empty: it went well."""


_notes = msgspec.json.Decoder(tuple[LoadNote, ...])


@dataclass
class Tally:
    """What a load that is under way comes to.

    Args:
        place: see `LoadNote`.
    """

    place: str = ""
    full: bool = True
    records: int = 0
    size: int = 0


async def last_loads(store: Store) -> tuple[LoadNote, ...]:
    """The last loads, the newest first."""
    kept = await store.setting(_SETTING)
    try:
        return _notes.decode(kept) if kept else ()
    except msgspec.MsgspecError:
        return ()


async def note_load(store: Store, note: LoadNote) -> None:
    """Remember a load. One that fails again and again, as the one before did, takes that one's place.

    Raises:
        StoreError: it cannot be written down.
    """
    before = await last_loads(store)
    if before and note.error and _alike(before[0], note):
        before = before[1:]
    kept = (note, *before)[:KEPT]
    async with store.transaction() as transaction:
        await transaction.put_setting(_SETTING, msgspec.json.encode(kept))


def _alike(one: LoadNote, other: LoadNote) -> bool:
    return (one.place, one.full, one.error) == (other.place, other.full, other.error)
