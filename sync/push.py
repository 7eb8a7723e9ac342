"""The journal goes up: a cursor over it, which moves on the server's word only.

An entry that the server does not book never holds up those behind it: what it says of that entry is kept, and shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from sync.archive_files import ArchivedEntries
from sync.errors import (
    BadReply,
    BadRequest,
    EntriesLetGo,
    EpochPassed,
    Stopped,
    TooLarge,
    Unauthorized,
    UpgradeNeeded,
    n_,
)
from sync.events import Alarm, EntryRefused, Events, SentChanged
from sync.ports import Clock
from sync.protocol import Entry, stamp
from sync.protocol.bodies import pack
from sync.protocol.reasons import heard, unreadable
from sync.protocol.wire import MAX_BODY, MAX_ENTRIES, Pushed, push_of
from sync.server import Server
from sync.standing import Standing
from sync.store import Refusal, Store

_ENTRIES = "/v1/journal"
_TAKEN = frozenset({"stored", "duplicate"})


class Sender:
    """Sends the journal.

    Args:
        greet: says hello, after the server did not accept who we are.
    """

    def __init__(
        self,
        store: Store,
        server: Server,
        events: Events,
        clock: Clock,
        standing: Standing,
        greet: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._server = server
        self._events = events
        self._clock = clock
        self._standing = standing
        self._greet = greet
        self._turn = asyncio.Lock()
        self._acked = 0
        self._archived = ArchivedEntries(store)

    async def drain(self) -> int:
        """Send until nothing is left; gives how many entries the server has answered for.

        Raises:
            SyncError: it could not be finished. What was answered stays answered.
        """
        async with self._turn:
            began = self._store.outbox.sent
            while self._store.unsent:
                self._standing.check()
                entries = await self._unsent()
                await self._send_or_greet(entries)
                if self._store.outbox.sent == entries[0].seq - 1:
                    raise BadReply(reason=n_("the server takes nothing further"))
            return self._store.outbox.sent - began

    async def retry(self, seqs: Sequence[int]) -> None:
        """Send refused entries again, each by itself: what was wrong with them may have been mended there.

        Raises:
            SyncError: as `drain`.
        """
        async with self._turn:
            for seq in seqs:
                self._standing.check()
                entry = await self._store.journal.entry(seq)
                if entry is not None:
                    await self._send([entry])

    async def _unsent(self) -> list[Entry]:
        """The next entries to send: where a server has lost what was let go here, from the archives.

        Raises:
            Stopped: they are in an archive that is not here.
        """
        after = self._store.outbox.sent
        if after >= (await self._store.archives.let_go()).through:
            self._standing.lacking = None
            return await self._store.journal.entries(after, MAX_ENTRIES)
        try:
            entries = await self._archived.after(after, MAX_ENTRIES)
        except EntriesLetGo as error:
            self._standing.lack(error.slug, error.cause)
            raise Stopped(reason=error.cause) from error
        self._standing.lacking = None
        return entries

    async def _send_or_greet(self, entries: list[Entry]) -> None:
        try:
            await self._send(entries)
        except (Unauthorized, EpochPassed):
            # hello puts clock and epoch right, or says to stop; once more then, and the rest is for the next round
            await self._greet()
            self._standing.check()
            await self._send(await self._unsent())
        except UpgradeNeeded as error:
            self._standing.stop("upgrade_needed", error.reason)
            raise

    async def _send(self, entries: list[Entry]) -> None:
        """Send entries in a row; where the server balks at them, half of them at a time."""
        if not entries:
            return
        packed, encoding = pack(msgspec.json.encode(push_of(entries)))
        if len(packed) > MAX_BODY and len(entries) > 1:
            await self._halve(entries)
            return
        try:
            async with self._standing.in_order:
                answer = await self._server.send("POST", _ENTRIES, packed, encoding)
        except (BadRequest, TooLarge) as error:
            if len(entries) > 1:
                await self._halve(entries)
            else:
                await self._keep([entries[0].seq], [self._refusal(entries[0].seq, "refused", error.reason)])
            return
        try:
            pushed = msgspec.json.decode(answer, type=Pushed)
        except msgspec.MsgspecError as error:
            raise BadReply(reason=unreadable(error)) from error
        await self._take(entries, pushed)

    async def _halve(self, entries: list[Entry]) -> None:
        middle = len(entries) // 2
        await self._send(entries[:middle])
        await self._send(entries[middle:])

    async def _take(self, entries: list[Entry], pushed: Pushed) -> None:
        """Take the server's word on each entry, up to the first of which it says nothing."""
        said = {result.seq: result for result in pushed.results}
        answered = []
        for entry in entries:
            if entry.seq not in said:
                break
            answered.append(said[entry.seq])
        if not answered and pushed.acked_through < entries[0].seq - 1:
            # it wants what comes before them first
            await self._greet()
            return
        if not answered:
            raise BadReply(reason=n_("it says nothing of the entries that were sent"))
        refusals = [
            self._refusal(result.seq, result.status, str(heard(result.reason, result.cause)))
            for result in answered
            if result.status not in _TAKEN
        ]
        await self._keep([result.seq for result in answered], refusals)
        if pushed.acked_through < min(entries[0].seq - 1, self._acked):
            # it holds less than it said before: it was brought back from a backup
            self._acked = pushed.acked_through
            await self._greet()
        self._acked = pushed.acked_through

    def _refusal(self, seq: int, status: str, reason: str) -> Refusal:
        return Refusal(seq, status, reason, stamp(self._clock.now()))

    async def _keep(self, answered: list[int], refusals: list[Refusal]) -> None:
        """Write the answer down, move the cursor, and tell of it."""
        outbox = self._store.outbox
        # an entry that is sent again by itself lies behind the cursor, or moves it by one
        through = answered[-1] if answered[0] <= outbox.sent + 1 else outbox.sent
        taken = set(answered) - {refusal.seq for refusal in refusals} if outbox.refused else ()
        await outbox.settle(through, refusals, tuple(taken))
        self._events.tell(SentChanged(outbox.sent, self._store.unsent))
        for refusal in refusals:
            self._events.tell(EntryRefused(refusal.seq, refusal.status, refusal.reason))
            if refusal.status != "quarantined":
                self._events.tell(Alarm(refusal.status, f"{refusal.seq}: {refusal.reason}"))
