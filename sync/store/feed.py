"""The feed as it is kept: its cursor, changes a page at a time, and a whole catalogue beside the one in use.

A page is shown whole, with its cursor, in one transaction. A whole catalogue is written as the next generation in
small transactions, between which scans are taken, and shown in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sync.store import compiled, own_customers, references, settings
from sync.store.catalogue import Catalogue
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.errors import DuplicateCode, Refused
from sync.store.listing import CHUNK, GENERATION_BITS, Listing
from sync.store.listings import CUSTOMERS, PRODUCTS
from sync.store.loading import chunks
from sync.store.room import check_room

_CURSOR = "feed.cursor"
_AT = "feed.at"
_OWN = "feed.own"
NOTHING: Mapping[str, bytes] = MappingProxyType({})
_LISTINGS: dict[str, Listing[Any]] = {"product": PRODUCTS, "customer": CUSTOMERS}


class Change(NamedTuple):
    """One record of the feed, or that it is gone."""

    kind: str
    code: str
    record: Any
    """A `ProductRecord` or `CustomerRecord`; of other kinds the JSON as it came; None: it is gone."""


class Mark(NamedTuple):
    """How far the feed has come: see the attributes of `Feed`."""

    cursor: int | None
    at: str | None
    own: int | None = None
    beside: Mapping[str, bytes] = NOTHING
    """Settings that are written with it."""


class Feed:
    """What has come down."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self.cursor: int | None = None
        """Everything through this position of the stream is in; None: nothing was ever loaded."""
        self.at: str | None = None
        """When the server last said where the stream stands, RFC 3339 in UTC."""
        self.own: int | None = None
        """Through this position what is for this till only is in, where that is not as far as the rest: it came from
        a file, which holds nothing of the kind."""

    async def open(self) -> None:
        """Learn how far it had come."""
        self._moved(await self._database.look_up(_read))

    async def apply(
        self,
        changes: Iterable[Change],
        cursor: int,
        at: str,
        own: int | None = None,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> None:
        """Show a page of changes: all of it, with its cursor, or nothing.

        Args:
            changes: in their order; of several of one record the last one stands.
            at: when they were fetched.
            own: see `Feed.own`.
            beside: settings that are written with it.
        """
        last = {(change.kind, change.code): change for change in changes}
        moved = Mark(cursor, at, own, beside)
        async with self._database.writing(on_commit=lambda: self._moved(moved)) as writer:
            for kind, listing in _LISTINGS.items():
                generation = self._catalogue.generation(listing)
                of_kind = [change for change in last.values() if change.kind == kind]
                gone = [change.code for change in of_kind if change.record is None]
                for codes in chunks(gone):
                    await writer.run(listing.remove, generation, codes)
                for records in chunks(change.record for change in of_kind if change.record is not None):
                    await writer.run(listing.put, generation, records)
                if kind == "customer" and of_kind:
                    await writer.run(own_customers.put_unsent)
            small = [change for change in last.values() if change.kind not in _LISTINGS]
            await writer.run(_apply_small, small, moved)

    def checked(self, at: str) -> None:
        """The server says that nothing has changed; how old the feed is need not survive a restart."""
        self.at = at

    async def forget_cursor(self) -> None:
        """The next load is a full one; what is there stays in use until then."""
        async with self._database.writing(on_commit=lambda: self._moved(Mark(None, self.at))) as writer:
            await writer.run(_drop_cursor)

    async def keep(self, changes: Iterable[Change]) -> None:
        """Write records of the small kinds that no server gave: a till without one, and demos. No cursor moves."""
        async with self._database.writing() as writer:
            await writer.run(_put_small, tuple(changes))

    async def record(self, kind: str, code: str) -> bytes | None:
        """The JSON of one record of a small kind."""
        return await self._database.look_up(references.read_one, kind, code)

    async def records(self, kind: str) -> list[bytes]:
        """The JSON of all records of a small kind, in their order: offers, tariffs, settings…"""
        return await self._database.look_up(references.read_raw, kind)

    async def stage(self) -> Staging:
        """Begin to write a whole catalogue. What a load that was cut has left is cleared."""
        staging = Staging(self._database, self._catalogue, self)
        await staging.begin()
        return staging

    async def sweep(self) -> int:
        """Take away what loads have put out of use; gives how many rows that were.

        Nobody waits for it, and it lets everybody go first: it may go on while another load writes.
        """
        swept = 0
        for listing in _LISTINGS.values():
            async with self._database.writing() as writer:
                await writer.run(listing.prepare)
            swept += await _clear(self._database, self._catalogue, listing, gently=True)
        return swept

    def _moved(self, mark: Mark) -> None:
        self.cursor, self.at, self.own = mark.cursor, mark.at, mark.own


class Staging:
    """A catalogue that is being written beside the one in use. `Feed.stage` begins one."""

    def __init__(self, database: Database, catalogue: Catalogue, feed: Feed) -> None:
        self._database = database
        self._catalogue = catalogue
        self._feed = feed
        self._pace = catalogue.pace
        self._next = dict[str, int]()
        self._small = dict[tuple[str, str], Change]()
        self.written = 0
        """Records so far."""

    async def begin(self) -> None:
        """Clear what is left of others, and take the next generations."""
        for kind, listing in _LISTINGS.items():
            async with self._database.writing() as writer:
                await writer.run(listing.prepare)
            await self._clear(listing)
            generation = await self._database.look_up(listing.next_generation)
            self._next[kind] = generation << GENERATION_BITS

    async def put(self, changes: Sequence[Change]) -> None:
        """Write some records; each code must come once.

        Raises:
            DuplicateCode: it came before.
            LittleRoom: the room that is left is kept for selling.
        """
        for kind, listing in _LISTINGS.items():
            records = [change.record for change in changes if change.kind == kind]
            while records:
                size = await self._pace.turn()
                check_room(self._database.path)
                with self._pace.step(size):
                    await self._insert(kind, listing, records[:size])
                del records[:size]
        for change in changes:
            if change.kind not in _LISTINGS:
                self._small[change.kind, change.code] = change
        self.written += len(changes)

    async def keep(self, records: Iterable[tuple[str, str]]) -> None:
        """Take over records of the catalogue in use, by kind and code, where they are in it and have not come."""
        for kind, code in records:
            if await self._has(kind, code):
                continue
            if kind in _LISTINGS:
                found = await self._database.look_up(_in_use, _LISTINGS[kind], code)
            else:
                found = await self._database.look_up(references.read_one, kind, code)
            if found is not None:
                await self.put([Change(kind, code, found)])

    async def _has(self, kind: str, code: str) -> bool:
        if kind not in _LISTINGS:
            return (kind, code) in self._small
        generation = self._next[kind] >> GENERATION_BITS
        return bool(await self._database.look_up(_LISTINGS[kind].ids, generation, [code]))

    async def show(
        self, cursor: int, at: str, own: int | None = None, beside: Mapping[str, bytes] = NOTHING
    ) -> None:
        """From now on this catalogue is the one in use, and nothing of the one before it (see `Feed.sweep`).

        Args:
            own: see `Feed.own`.
            beside: settings that are written with it.
        """
        mark = Mark(cursor, at, own, beside)
        new = {kind: position >> GENERATION_BITS for kind, position in self._next.items()}

        def switch() -> None:
            for kind, generation in new.items():
                self._catalogue.use_generation(_LISTINGS[kind], generation)
            self._feed._moved(mark)  # noqa: SLF001 - the feed's own half

        async with self._database.writing(on_commit=switch) as writer:
            await writer.run(_show, new, tuple(self._small.values()), mark)

    async def drop(self) -> None:
        """Give it up: nothing of it stays."""
        for listing in _LISTINGS.values():
            await self._clear(listing)

    async def _insert(self, kind: str, listing: Listing[Any], records: list[Any]) -> None:
        rows = list(enumerate(records, self._next[kind]))
        try:
            async with self._database.writing() as writer:
                await writer.run(listing.insert, rows)
        except Refused as refused:
            raise DuplicateCode(code=await self._doubled(kind, listing, records)) from refused
        self._next[kind] += len(rows)

    async def _doubled(self, kind: str, listing: Listing[Any], records: list[Any]) -> str:
        codes = [listing.code(record) for record in records]
        within = {code for code in codes if codes.count(code) > 1}
        known = await self._database.look_up(listing.ids, self._next[kind] >> GENERATION_BITS, codes)
        return next((code for code in codes if code in within or code in known), "?")

    async def _clear(self, listing: Listing[Any]) -> None:
        await _clear(self._database, self._catalogue, listing)


async def _clear(
    database: Database, catalogue: Catalogue, listing: Listing[Any], *, gently: bool = False
) -> int:
    """Take away, a step at a time, what is not of the generation in use; gives how many rows that were.

    Args:
        gently: see `Pace.turn`; then what a load is writing stays.
    """
    total, cleared = 0, CHUNK
    while cleared:
        size = await catalogue.pace.turn(gently=gently)
        with catalogue.pace.step(size):
            async with database.writing() as writer:
                generation = catalogue.generation(listing)
                cleared = await writer.run(listing.clear_some, generation, size, later=not gently)
        total += cleared
    return total


def _in_use(connection: Connection, listing: Listing[Any], code: str) -> Any:
    """The record of the list in use that has this code as its own."""
    found = listing.find(connection, listing.current(connection), code)
    return next((record for record in found if listing.code(record) == code), None)


def _read(connection: Connection) -> Mark:
    cursor, own = (settings.get(connection, name) for name in (_CURSOR, _OWN))
    at = settings.get(connection, _AT)
    return Mark(int(cursor) if cursor else None, at.decode() if at else None, int(own) if own else None)


def _mark(connection: Connection, mark: Mark) -> None:
    for name, position in ((_CURSOR, mark.cursor), (_OWN, mark.own)):
        settings.put(connection, name, b"" if position is None else str(position).encode())
    settings.put(connection, _AT, (mark.at or "").encode())
    for name, value in mark.beside.items():
        settings.put(connection, name, value)


def _drop_cursor(connection: Connection) -> None:
    for name in (_CURSOR, _OWN):
        settings.put(connection, name, b"")


def _apply_small(connection: Connection, changes: Sequence[Change], mark: Mark) -> None:
    gone = [{"kind": change.kind, "code": change.code} for change in changes if change.record is None]
    connection.many(compiled.DROP_REFERENCE, gone)
    _put_small(connection, changes)
    _mark(connection, mark)


def _show(connection: Connection, generations: dict[str, int], small: Sequence[Change], mark: Mark) -> None:
    for kind, generation in generations.items():
        _LISTINGS[kind].make_current(connection, generation)
    own_customers.put_unsent(connection)
    connection.do(compiled.DROP_ALL_REFERENCES)
    _put_small(connection, small)
    _mark(connection, mark)


def _put_small(connection: Connection, changes: Sequence[Change]) -> None:
    present = [change for change in changes if change.record is not None]
    last = connection.value(compiled.LAST_POSITION_OF_ALL) or 0
    rows = [
        {"kind": change.kind, "code": change.code, "position": position, "data": change.record}
        for position, change in enumerate(present, last + 1)
    ]
    connection.many(compiled.PUT_REFERENCE, rows)
