"""Data carried here on a stick or a share: the whole, or increments that go on from where this till stands.

Everything is signed by the server for this shop, checked in the store before anything is made of it, and shown as on
the line: the whole at once, an increment a page at a time, each with its cursor. What is for this till only is not in
such files: what the till has of it stays, and the line brings what is newer (`Feed.own`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from sync import snapshot
from sync.errors import (
    BadReply,
    BadSnapshot,
    Behind,
    Hole,
    Missing,
    Older,
    Reason,
    SyncError,
    Unreadable,
    n_,
)
from sync.events import Events
from sync.exports import INDEX, MANIFEST, Share
from sync.loads import Tally
from sync.membership import Membership
from sync.protocol.wire import HANDLE, Commit, ExportIndex, FeedLine, Increment, Manifest, Remove
from sync.pull import Meter, Puller, changes_of
from sync.store import Store
from sync.store.feed import NOTHING

T = TypeVar("T", Manifest, Increment, ExportIndex)


class Loaded(Struct, frozen=True):
    """What a load from a share came to."""

    records: int
    note: SyncError | None = None
    """What whoever asked for it should know: why the whole came instead of changes, or that it is older."""


class Carried:
    """Loads from shares.

    Args:
        beside: settings that are written with whatever is shown.
    """

    def __init__(
        self,
        store: Store,
        puller: Puller,
        events: Events,
        membership: Membership,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> None:
        self._store = store
        self._puller = puller
        self._events = events
        self._key = membership.key
        self._shop = membership.shop_id
        self._till = membership.till_id
        self._beside = beside

    async def whole(self, share: Share) -> Loaded:
        """Bring everything, and what goes on from it.

        Raises:
            Loading: another load is under way.
            GivenUp: somebody gave it up; what is there stays in use.
            SyncError: it cannot be read, or is not what the server signed; what is there stays in use.
        """
        async with self._puller.loads(Tally(share.shown)) as tally:
            return await self._whole(share, tally)

    async def changes(self, share: Share) -> Loaded:
        """Bring what has changed; everything, where that does not go on from where this till stands, and is not older.

        Raises:
            Behind: what is there is older than what this till has.
            Loading, GivenUp, SyncError: as of `whole`.
        """
        async with self._puller.loads(Tally(share.shown, full=False)) as tally:
            if not await self._puller.goes_on():
                return await self._whole(share, tally, forward=True)
            try:
                await self._follow(share, await self._index(share), tally)
            except (Hole, Missing) as error:
                hole = error if isinstance(error, Hole) else Hole(reason=str(error))
                try:
                    loaded = await self._whole(share, tally, forward=True)
                except Missing as missing:
                    raise hole from missing
                return Loaded(loaded.records, loaded.note or hole)
            return Loaded(tally.records)

    async def is_ahead(self, share: Share) -> bool:
        """Whether there is anything that this till does not have yet. Nobody waits for this look.

        Raises:
            SyncError: it cannot be read, or is not what the server signed.
        """
        index = await self._index(share)
        reaches = max((index.cursor, *map(_until, index.increments)))
        return not await self._puller.goes_on() or reaches > (self._store.feed.cursor or 0)

    async def _whole(self, share: Share, tally: Tally, *, forward: bool = False) -> Loaded:
        """As `whole`.

        Args:
            forward: do not go back to older data.
        """
        index = None if share.manifest else await self._index(share)
        name = index.whole if index is not None else share.manifest or MANIFEST
        manifest = await self._document(share, name, Manifest)
        here = self._store.feed.cursor or 0
        older = manifest.cursor < here
        if older and forward:
            raise Behind(there=manifest.cursor, here=here)
        mine = [
            (line.withheld.kind, line.withheld.code)
            for line in manifest.also
            if line.withheld is not None and self._till in line.withheld.tills
        ]
        tally.full, tally.size = True, manifest.size
        own = self._own(manifest.cursor)
        tally.records = await self._puller.take(share, manifest, (), mine, own, self._beside)
        if index is None:
            return Loaded(tally.records, Older() if older else None)
        try:
            await self._follow(share, index, tally)
        except SyncError as error:
            # everything is there, as of the whole: it is told that the changes are not
            return Loaded(tally.records, error if isinstance(error, Hole) else Hole(reason=str(error)))
        older = older and manifest.cursor == self._store.feed.cursor
        return Loaded(tally.records, Older() if older else None)

    async def _index(self, share: Share) -> ExportIndex:
        return await self._document(share, INDEX, ExportIndex)

    async def _follow(self, share: Share, index: ExportIndex, tally: Tally) -> None:
        """Apply the increments that are ahead of this till, once all of them are known to be there in a row."""
        steps = await self._ahead(share, index)
        download = Meter(self._events, "download", sum(step.size for step in steps))
        write = Meter(self._events, "write", sum(step.lines for step in steps))
        before = tally.records
        for step in steps:
            await snapshot.download(self._store, share, step, download.done)
            download.begin_after(step.size)
            tally.size += step.size
            await self._apply(step, write, tally, before)
            await self._store.downloads.drop(step.sha256)

    async def _ahead(self, share: Share, index: ExportIndex) -> list[Increment]:
        cursor = reached = self._store.feed.cursor or 0
        steps: list[Increment] = []
        for name in index.increments:
            if _until(name) <= cursor:
                continue
            step = await self._document(share, name, Increment)
            if step.until <= cursor:
                continue
            if step.after > reached or (steps and step.after != reached):
                raise Hole(reason=Reason(_GOES_ON, there=step.after, here=reached))
            if step.schema != HANDLE:
                raise Hole(
                    reason=Reason(
                        _OF_VERSION,
                        there=step.schema,
                        here=HANDLE,
                    )
                )
            steps.append(step)
            reached = step.until
        if not steps and reached < index.cursor:
            raise Hole(reason=Reason(_SHORT, reached=reached, whole=index.cursor))
        return steps

    async def _apply(self, step: Increment, meter: Meter, tally: Tally, before: int) -> None:
        """Show the pages of an increment that this till does not have yet.

        Args:
            before: records that came before the first increment.
        """
        feed = self._store.feed
        async for lines, commit in snapshot.pages(self._store.downloads.read(step.sha256)):
            if commit.cursor <= (feed.cursor or 0):
                continue
            own = self._own(commit.cursor)
            try:
                changes = list(changes_of(self._translated(lines)))
            except msgspec.MsgspecError as error:
                raise BadSnapshot(
                    reason=Reason(n_("a record cannot be read: {error}"), error=error)
                ) from error
            page = changes, Commit(commit.cursor)
            tally.records += await self._puller.apply(page, own, self._beside)
            meter.done(tally.records - before)
        if feed.cursor != step.until:
            raise Hole(reason=Reason(_CUT, reached=feed.cursor, until=step.until))

    def _own(self, cursor: int) -> int | None:
        """Where what is for this till only is up to date, once the rest is as of `cursor`."""
        feed = self._store.feed
        had = feed.cursor or 0 if feed.own is None else feed.own
        return had if had < cursor else None

    def _translated(self, lines: Iterable[FeedLine]) -> Iterable[FeedLine]:
        """What the lines mean for this till."""
        for line in lines:
            if line.withheld is None:
                yield line
            elif self._till not in line.withheld.tills:
                yield FeedLine(remove=Remove(line.withheld.kind, line.withheld.code))

    async def _document(self, share: Share, name: str, kind: type[T]) -> T:
        """A document of the server's for this shop, as it lies there."""
        content = await share.read(name)
        try:
            document = snapshot.read_signed(content, kind, self._key)
        except BadReply as error:
            raise Unreadable(
                reason=Reason(_CUT_SHORT, place=share.shown, name=name, reason=error.reason)
            ) from error
        if document.shop != self._shop:
            raise BadSnapshot(reason=n_("they are the data of another shop"))
        return document


def _until(name: str) -> int:
    """Where an increment ends by its name, which saves reading it; unknown: beyond everything."""
    found = re.search(r"-(\d{1,15})\.json$", name)
    return int(found[1]) if found else 2**63


_CUT_SHORT = n_("{place}/{name} is cut or damaged ({reason})")
_GOES_ON = n_("they go on from {there}, these data from {here}")
_OF_VERSION = n_("their records are of version {there}; this program reads {here}")
_SHORT = n_("they end at {reached}, the whole at {whole}")
_CUT = n_("they end at {reached} instead of {until}")
