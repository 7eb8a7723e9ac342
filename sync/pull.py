"""The feed comes down: changes a page at a time, or all of it from a snapshot. Either is shown whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import msgspec

from sync import snapshot
from sync.errors import BadReply, BadSnapshot, Busy, GivenUp, Gone, Loading, Reason, SyncError, n_
from sync.events import Events, FeedChanged, LoadBegan, LoadEnded, Progress
from sync.kinds import KINDS, RECORDS, change_of
from sync.loads import GIVEN_UP, LoadNote, Tally, note_load
from sync.ports import Clock
from sync.protocol import stamp
from sync.protocol.wire import HANDLE, STREAM, TILL_STREAM, Commit, FeedLine, Manifest
from sync.server import Server
from sync.store import Change, Store, StoreError
from sync.store.feed import NOTHING

PAGE = 500
SNAPSHOT = f"/v1/snapshots/{STREAM}"
ASKED = 120
"""So often a snapshot is asked for that is being made."""
_RECORDS = "feed.records"
"""The setting that says which records the program knew that loaded the feed."""

Page: TypeAlias = tuple[list[Change], Commit]
"""Changes, and where they end."""

_line = msgspec.json.Decoder(FeedLine)


class Puller:
    """Brings the feed down.

    Args:
        server_key: what snapshots are checked with.
    """

    def __init__(self, store: Store, server: Server, events: Events, clock: Clock, server_key: bytes) -> None:
        self._store = store
        self._server = server
        self._events = events
        self._clock = clock
        self._server_key = server_key
        self._turn = asyncio.Lock()
        self._load: asyncio.Task[Any] | None = None
        self._given_up = False
        self._read_alike = False

    @property
    def loading(self) -> bool:
        """Whether a load is under way."""
        return self._load is not None

    def cancel(self) -> None:
        """Give up the load under way: what is in use stays as it is. Whoever asked for it gets `GivenUp`."""
        if self._load is not None and not self._given_up:
            self._given_up = True
            self._load.cancel()

    async def changes(self) -> int:
        """Bring what has changed, or everything where that cannot be told; gives how many records came.

        Raises:
            SyncError: it was not finished. The pages that were whole are shown.
        """
        if not await self.goes_on():
            return await self.full()
        try:
            async with self._turn:
                return await self._changes()
        except Gone as gone:
            return await self.full(gone.snapshot)

    async def watch(self, wait: float) -> int:
        """As `changes`; where there are none, let the server answer once there are some.

        A full load that is asked for meanwhile does not wait for the answer.

        Args:
            wait: seconds that the server may take, at the most.
        """
        cursor = self._store.feed.cursor
        if cursor is None or not await self.goes_on():
            return await self.full()
        try:
            if self._store.feed.own is not None:
                return await self.changes()
            page = await self._page(cursor, wait)
            async with self._turn:
                if self._store.feed.cursor != cursor:
                    return 0
                count = await self.apply(page)
                return count + (await self._changes() if page[1].more else 0)
        except Gone as gone:
            return await self.full(gone.snapshot)

    async def goes_on(self) -> bool:
        """Whether changes can go on from what is here: it was loaded by a program that knew the same records."""
        if not self._read_alike:
            self._read_alike = await self._store.setting(_RECORDS) == RECORDS.encode()
        return self._read_alike and self._store.feed.cursor is not None

    async def full(self, address: str = "") -> int:
        """Bring everything, and show it in the place of what is there; gives how many records it is.

        Args:
            address: the path of the snapshot's manifest, where the server has named one.

        Raises:
            Loading: another load is under way.
            GivenUp: see `cancel`.
            SyncError: it was not finished; what is there stays in use.
        """
        async with self.loads(Tally()) as tally:
            manifest = await self._manifest(address if address.startswith("/v1/") else SNAPSHOT)
            tally.size = manifest.size
            tally.records = await self.take(snapshot.Line(self._server), manifest, manifest.also)
            tally.records += await self._changes()
            return tally.records

    async def take(
        self,
        source: snapshot.Source,
        manifest: Manifest,
        also: Iterable[FeedLine],
        kept: Iterable[tuple[str, str]] = (),
        own: int | None = None,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> int:
        """Bring the snapshot that a manifest describes, and show it; gives how many records it is.

        Args:
            also: records beside those of the blob.
            kept: kind and code of records that stay as they are here, should they not come.
            own: see `sync.store.feed.Feed.own`.
            beside: settings that are written in the moment in which it is shown.

        Raises:
            SyncError: it was not finished; what is there stays in use.
        """
        if manifest.schema != HANDLE:
            raise BadSnapshot(
                reason=Reason(
                    _OF_VERSION,
                    there=manifest.schema,
                    here=HANDLE,
                )
            )
        downloads = self._store.downloads
        meter = Meter(self._events, "download", manifest.size)
        await snapshot.download(self._store, source, manifest, meter.done)
        meter = Meter(self._events, "write", manifest.rows)
        staging = await self._store.feed.stage()
        try:
            async for batch in snapshot.batches(also, downloads.read(manifest.sha256)):
                await staging.put(batch)
                meter.done(staging.written)
            await staging.keep(kept)
            at, known = stamp(self._clock.now()), {_RECORDS: RECORDS.encode()}
            await staging.show(manifest.cursor, at, own, {**known, **beside})
        except BaseException:
            await asyncio.shield(staging.drop())
            raise
        await downloads.drop(manifest.sha256)
        self._events.tell(FeedChanged(frozenset(KINDS), manifest.cursor))
        return staging.written

    @asynccontextmanager
    async def loads(self, tally: Tally) -> AsyncIterator[Tally]:
        """One load at a time, no changes meanwhile; its beginning and its end are told, and what it came to is noted.

        Raises:
            Loading: another load is under way.
            GivenUp: see `cancel`.
        """
        if self._load is not None:
            raise Loading
        self._load, self._given_up = asyncio.current_task(), False
        began = asyncio.get_running_loop().time()
        try:
            self._events.tell(LoadBegan())
            async with self._turn:
                yield tally
        except (SyncError, StoreError) as error:
            await self._ended(tally, began, str(error), error)
            raise
        except asyncio.CancelledError:
            if not self._given_up or self._load is None or self._load.uncancel():
                self._events.tell(LoadEnded(GIVEN_UP))
                raise
            # the load is what was to end, and not the task: a loop goes on
            await self._ended(tally, began, GIVEN_UP)
            raise GivenUp from None
        else:
            await self._ended(tally, began)
        finally:
            self._load = None

    async def _ended(
        self, tally: Tally, began: float, error: str = "", cause: SyncError | StoreError | None = None
    ) -> None:
        """Note what became of a load, and tell its end."""
        seconds = round(asyncio.get_running_loop().time() - began, 3)
        note = LoadNote(at=stamp(self._clock.now()), seconds=seconds, error=error, **vars(tally))
        # where the disk is full, that was told by the load itself
        with suppress(StoreError):
            await note_load(self._store, note)
        self._events.tell(LoadEnded(error or None, tally.records, cause))

    async def _manifest(self, address: str) -> Manifest:
        """The server's latest manifest; a large one may take it a while to make."""
        for _ in range(ASKED):
            try:
                content = await self._server.fetch("GET", address)
            except Busy as error:
                busy = error
                await asyncio.sleep(max(1.0, error.after or 0.0))
            else:
                return snapshot.read_manifest(content, self._server_key)
        raise busy

    async def _changes(self) -> int:
        count, more = await self._own(), True
        while more:
            page = await self._page(self._store.feed.cursor or 0)
            count += await self.apply(page)
            more = page[1].more
        return count

    async def _own(self) -> int:
        """What is for this till only, where the rest came from a file, which holds nothing of the kind."""
        count = 0
        while (own := self._store.feed.own) is not None:
            changes, commit = await self._page(own, stream=TILL_STREAM)
            here = Commit(self._store.feed.cursor or 0)
            count += await self.apply((changes, here), own=commit.cursor if commit.more else None)
        return count

    async def _page(self, cursor: int, wait: float = 0, stream: str = STREAM) -> Page:
        target = f"/v1/changes?stream={stream}&handle={HANDLE}&cursor={cursor}&limit={PAGE}&wait={wait:.0f}"
        page = read_page(await self._server.fetch("GET", target, extra=wait))
        ends = page[1]
        if ends.cursor < cursor or (ends.more and ends.cursor == cursor):
            # taken up, it would bring back what is older, or be asked for without end
            raise BadReply(reason=Reason(_GOES_BACK, ends=ends.cursor, cursor=cursor))
        return page

    async def apply(self, page: Page, own: int | None = None, beside: Mapping[str, bytes] = NOTHING) -> int:
        """Show a page of changes with where it ends; gives how many records it has.

        Args:
            own, beside: see `sync.store.feed.Feed.apply`.
        """
        changes, commit = page
        feed, at = self._store.feed, stamp(self._clock.now())
        if changes or (commit.cursor, own) != (feed.cursor, feed.own):
            await feed.apply(changes, commit.cursor, at, own, beside)
        feed.checked(at)
        if changes:
            self._events.tell(FeedChanged(frozenset(change.kind for change in changes), commit.cursor))
        return len(changes)


def read_page(body: bytes) -> Page:
    """The changes of a page and its end.

    Raises:
        BadReply: it was cut, or holds what cannot be read.
    """
    changes: list[Change] = []
    try:
        lines = [_line.decode(line) for line in body.split(b"\n") if line]
        commit = lines.pop().commit if lines else None
        changes = list(changes_of(lines))
    except msgspec.MsgspecError as error:
        raise BadReply(reason=Reason(n_("a record of the feed: {error}"), error=error)) from error
    if commit is None:
        raise BadReply(reason=n_("the page of changes was cut"))
    return changes, commit


def changes_of(lines: Iterable[FeedLine]) -> Iterable[Change]:
    """The changes that lines bring.

    Raises:
        msgspec.MsgspecError: one of them cannot be read.
    """
    for line in lines:
        if (change := change_of(line)) is not None:
            yield change


class Meter:
    """Tells how far a load has come, and what is left: at most ten times a second."""

    def __init__(self, events: Events, phase: str, total: int) -> None:
        self._events = events
        self._phase = phase
        self._total = total
        self._loop = asyncio.get_running_loop()
        self._began = self._told = self._loop.time()
        self._first: int | None = None
        self._before = 0

    def begin_after(self, count: int) -> None:
        """What is told from now on comes after so much more that is done."""
        self._before += count

    def done(self, count: int) -> None:
        """So much is done."""
        count += self._before
        now = self._loop.time()
        if self._first is None:
            self._first = count
        if now - self._told < 0.1 and count < self._total:
            return
        self._told = now
        speed = (count - self._first) / (now - self._began) if now > self._began else 0
        left = round((self._total - count) / speed, 1) if speed else None
        self._events.tell(Progress(self._phase, count, self._total, left))


_GOES_BACK = n_("the page of changes behind {cursor} ends at {ends}")
_OF_VERSION = n_("its records are of version {there}; this program reads {here}")
