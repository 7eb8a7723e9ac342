"""Loading a catalogue while the till sells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from sync.protocol.records import CustomerRecord, ProductRecord
from sync.store import references
from sync.store.connection import Connection
from sync.store.database import Database, Writing
from sync.store.errors import DuplicateCode, Refused
from sync.store.listing import CHUNK, GENERATION_BITS, Listing
from sync.store.listings import CUSTOMERS, PRODUCTS

R = TypeVar("R")

Progress = Callable[[int], None]
"""Told how many products and customers are written so far."""


def ignore(_written: int) -> None:
    """Nobody watches the progress."""


class LoadReport(Struct, frozen=True):
    """How many of each were loaded, or are there."""

    products: int
    customers: int
    users: int
    families: int
    methods: int


def chunks(records: Iterable[R], size: int = CHUNK) -> Iterator[list[R]]:
    """The records, so many at a time."""
    left = iter(records)
    while chunk := list(islice(left, size)):
        yield chunk


class Load:
    """One load.

    Args:
        generations: which generation of each list is in use; brought up when this load's are.
    """

    def __init__(self, database: Database, generations: dict[str, int], progress: Progress) -> None:
        self._database = database
        self._generations = generations
        self._progress = progress
        self._written = 0

    async def replace(
        self,
        products: Iterable[ProductRecord],
        customers: Iterable[CustomerRecord],
        small: references.Given,
    ) -> LoadReport:
        """Write all of it beside what is in use, show it in one small transaction, then clear what was there."""
        report = [await self._stage(PRODUCTS, products), await self._stage(CUSTOMERS, customers)]
        new = {PRODUCTS.name: report[0][0], CUSTOMERS.name: report[1][0]}
        async with self._database.writing(on_commit=lambda: self._generations.update(new)) as writer:
            await writer.run(_show, new, small)
        await self._clear(PRODUCTS)
        await self._clear(CUSTOMERS)
        return _report(report[0][1], report[1][1], small)

    async def merge(
        self,
        products: Iterable[ProductRecord],
        customers: Iterable[CustomerRecord],
        small: references.Given,
    ) -> LoadReport:
        """Write it into what is in use, in one transaction."""
        async with self._database.writing() as writer:
            counts = (
                await self._merge(writer, PRODUCTS, products),
                await self._merge(writer, CUSTOMERS, customers),
            )
            await writer.run(references.put, small)
        return _report(*counts, small)

    async def _stage(self, listing: Listing[R], records: Iterable[R]) -> tuple[int, int]:
        """Write a new generation; gives it and how many records it has."""
        async with self._database.writing() as writer:
            await writer.run(listing.prepare)
        # what a load that was cut has left would otherwise stay until the end of this one
        await self._clear(listing)
        generation = await self._database.look_up(listing.next_generation)
        first = id_ = generation << GENERATION_BITS
        try:
            for chunk in chunks(records):
                rows = list(enumerate(chunk, id_))
                async with self._database.writing() as writer:
                    await _insert(writer, listing, rows)
                id_ += len(rows)
                self._count(len(rows))
        except BaseException:
            await self._clear(listing)
            raise
        return generation, id_ - first

    async def _merge(self, writer: Writing, listing: Listing[R], records: Iterable[R]) -> int:
        written = self._written
        for chunk in chunks(records):
            await writer.run(listing.put, self._generations[listing.name], chunk)
            self._count(len(chunk))
        return self._written - written

    async def _clear(self, listing: Listing[R]) -> None:
        """Take away, some at a time, whatever is not of the generation in use."""
        cleared = 1
        while cleared:
            async with self._database.writing() as writer:
                cleared = await writer.run(listing.clear_some, self._generations[listing.name])

    def _count(self, more: int) -> None:
        self._written += more
        self._progress(self._written)


async def _insert(writer: Writing, listing: Listing[R], rows: list[tuple[int, R]]) -> None:
    try:
        await writer.run(listing.insert, rows)
    except Refused as refused:
        # the rows before the one that was refused can still be seen, within the transaction that ends with this
        codes = [listing.code(record) for _, record in rows]
        known = await writer.run(listing.ids, rows[0][0] >> GENERATION_BITS, codes)
        for (id_, _), code in zip(rows, codes, strict=True):
            if known.get(code, id_) != id_:
                raise DuplicateCode(code=code) from refused
        raise


def _show(connection: Connection, generations: dict[str, int], small: references.Given) -> None:
    for listing in (PRODUCTS, CUSTOMERS):
        listing.make_current(connection, generations[listing.name])
    references.replace(connection, small)


def _report(products: int, customers: int, small: references.Given) -> LoadReport:
    return LoadReport(products, customers, len(small.users), len(small.families), len(small.methods))
