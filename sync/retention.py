"""What the till may let go: old entries that the server has, that an archive holds, and that nothing here needs.

The law keeps tickets for six years, and lets a till have them purged only when the server has acknowledged them and a
full archive holds them (BOI-TVA-DECLA-30-10-30). Entries go an archive at a time, the oldest first: that they go is
written to the journal and made durable before the first of them does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct

from sync.archive_files import place_of
from sync.errors import Reason, SyncError, n_
from sync.ports import Clock
from sync.protocol import stamp
from sync.protocol.archive import file_digest
from sync.protocol.stretch import years_after
from sync.server import ServerTime
from sync.store import Archived, Store
from sync.store.archives import Needs

LEGAL_YEARS = 6
"""LPF art. L102 B; CGI art. 286 I-3° bis."""
LET_GO = "entries_let_go"
"""The code of the entry that others were let go."""


EVERY = 86_400.0
"""Seconds between two looks for what may go: that it goes is never urgent."""
AFTER = 600.0
"""Seconds after a start or a failure: a till that was just opened has other things to do."""


class Outcome(Struct, frozen=True):
    """What was let go, and what holds up the rest."""

    through: int
    """Every entry through this one is gone; 0: none ever went."""
    gone: int
    """How many went just now."""
    held: str
    """Why no more of them: a key of the catalogues, or a `Reason`."""


class Retention:
    """Lets go what may go, once a day and on demand.

    Args:
        time: the server's time, as it is known here.
        meet: says hello where it was not said, so that the time is known.
        linked: returns once the server answers.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        time: ServerTime,
        meet: Callable[[], Awaitable[None]],
        linked: Callable[[], Awaitable[None]],
    ) -> None:
        self.keep: Callable[[], Awaitable[int]] = _for_ever
        """Gives how many years entries are kept, as the till is set; 0: for ever."""
        self._store = store
        self._clock = clock
        self._time = time
        self._meet = meet
        self._linked = linked
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Look every day, until cancelled."""
        wait = AFTER
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            self._changed.clear()
            await self._linked()
            try:
                await self.let_go()
                wait = EVERY
            except SyncError:
                wait = AFTER

    def changed(self) -> None:
        """The till is set otherwise: look soon."""
        self._changed.set()

    async def let_go(self) -> Outcome:
        """Let go what may go now.

        Raises:
            SyncError: the server's time cannot be had; nothing went.
            StoreError: the database refused; what was let go so far is.
        """
        years = await self.keep()
        if years:
            await self._meet()
        return await let_go(self._store, self._clock, years, self._time.now())

    async def standing(self) -> Outcome:
        """What was let go, and what holds up the rest."""
        return await held_up(self._store, self._clock, await self.keep())


async def _for_ever() -> int:
    return 0


async def let_go(store: Store, clock: Clock, years: int, server_time: datetime) -> Outcome:
    """Let go what may go now; killed at any point, the next call goes on.

    Args:
        years: how long entries are kept; 0: for ever.
        server_time: by the server's clock. What is too young by either clock stays.

    Raises:
        StoreError: the database refused; what was let go so far is.
    """
    async with store.archives.turn:
        gone = await store.archives.sweep()
        now = stamp(min(clock.now(), server_time))
        while True:
            through = (await store.archives.let_go()).through
            archived, held = await _next(store, years, now, through)
            if archived is None:
                return Outcome(through, gone, held)
            await _mark(store, clock, archived, through)
            gone += await store.archives.sweep()


async def held_up(store: Store, clock: Clock, years: int) -> Outcome:
    """As `let_go`, without doing it."""
    through = (await store.archives.let_go()).through
    archived, held = await _next(store, years, stamp(clock.now()), through)
    if archived is None:
        return Outcome(through, 0, held)
    return Outcome(through, 0, Reason(_DUE, position=archived.last_seq))


async def _next(store: Store, years: int, now: str, through: int) -> tuple[Archived | None, str]:
    """The next archive whose entries may go; else why it may not."""
    if not years:
        return None, _FOR_EVER
    archived = await store.archives.holding(through + 1)
    if archived is None:
        return None, Reason(_NOT_ARCHIVED, position=through + 1)
    held = _held(archived, await store.archives.needs())
    until = years_after(archived.newest_at, max(years, LEGAL_YEARS))
    if not held and now < until:
        held = Reason(_YOUNG, position=archived.last_seq, day=until[:10])
    held = held or await asyncio.to_thread(_lacks, store, archived)
    return (None, held) if held else (archived, "")


def _held(archived: Archived, needs: Needs) -> str:
    """What in this till still needs entries of an archive; empty: nothing does."""
    if archived.last_seq > needs.acknowledged:
        return Reason(_UNSENT, position=needs.acknowledged + 1)
    if archived.last_seq > needs.closed:
        return Reason(_NOT_CLOSED, position=needs.closed)
    return _SESSION if archived.last_seq > needs.session else ""


def _lacks(store: Store, archived: Archived) -> str:
    """What is wrong with the file of an archive; empty: it is as it was written. Reads it: not on the loop."""
    path = place_of(store, archived)
    if path is None:
        return Reason(_AWAY, file=archived.file, folder=archived.folder)
    try:
        whole = file_digest(path) == archived.sha256
    except OSError:
        whole = False
    return "" if whole else Reason(_ALTERED, file=str(path))


async def _mark(store: Store, clock: Clock, archived: Archived, through: int) -> None:
    at = clock.now()
    async with store.transaction() as transaction:
        body = {
            "code": LET_GO,
            "user": None,
            "first_seq": through + 1,
            "through_seq": archived.last_seq,
            "archive": archived.file,
            "sha256": archived.sha256,
            "last_number": archived.last_number,
            "grand_total": archived.grand_total,
            "grand_total_absolute": archived.grand_total_absolute,
        }
        await transaction.let_go(archived.last_seq, at)
        await transaction.append("event", body, at=at)


_FOR_EVER = n_("tickets are kept for ever")
_NOT_ARCHIVED = n_("no archive holds entry {position}: make one")
_UNSENT = n_("the server has not booked entry {position}")
_NOT_CLOSED = n_("no year is closed beyond entry {position}")
_SESSION = n_("the cash session that is open has entries among them")
_YOUNG = n_("the entries through {position} are kept until {day}")
_AWAY = n_("the archive {file} is not in {folder}: bring it back")
_ALTERED = n_("the archive {file} is not as it was written")
_DUE = n_("the entries through {position} go with the next exchange")
