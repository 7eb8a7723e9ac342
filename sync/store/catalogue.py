"""The feed's side of the store: products and customers by code and by name, and the shop's own settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sync.protocol.records import (
    CustomerRecord,
    FamilyRecord,
    MethodRecord,
    ProductRecord,
    ShopRecord,
    UserRecord,
)
from sync.store import references
from sync.store.database import Database
from sync.store.listing import Listing
from sync.store.listings import CUSTOMERS, PRODUCTS
from sync.store.loading import Load, LoadReport, Progress, chunks, ignore
from sync.store.pace import Pace

R = TypeVar("R")


class Catalogue:
    """What the shop sells, to whom, by whom and for what."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._generations = {PRODUCTS.name: 0, CUSTOMERS.name: 0}
        self.pace = Pace()
        """How fast a load of the feed writes: it gives way to whoever looks for something here."""

    async def open(self) -> None:
        """Learn which generation of each list is in use."""
        for listing in (PRODUCTS, CUSTOMERS):
            self._generations[listing.name] = await self._database.look_up(listing.current)

    def generation(self, listing: Listing[R]) -> int:
        """The generation of a list that is in use."""
        return self._generations[listing.name]

    def use_generation(self, listing: Listing[R], generation: int) -> None:
        """Another generation is in use: it was made current in the database."""
        self._generations[listing.name] = generation

    # --- finding

    async def find(self, code: str) -> tuple[ProductRecord, ...]:
        """The products that have this code among theirs: none, one, or several that share it."""
        return await self._find(PRODUCTS, code)

    async def search(self, text: str, limit: int = 50, offset: int = 0) -> tuple[ProductRecord, ...]:
        """A page of the products whose label has words that begin as those of `text` do, in the catalogue's order.

        Case, accents and ligatures do not matter; an empty text lists all.
        """
        return await self._search(PRODUCTS, text, limit, offset)

    async def customer(self, code: str) -> CustomerRecord | None:
        """The customer with this code or card, the first of several."""
        return next(iter(await self.holders(code)), None)

    async def holders(self, code: str) -> tuple[CustomerRecord, ...]:
        """The customers with this code or card: several where tills that were offline gave one card twice.

        Whose own code it is comes alone, before those with such a card.
        """
        found = await self._find(CUSTOMERS, code)
        own = tuple(one for one in found if one.code == code)
        return own or found

    async def customers(self, text: str, limit: int = 50, offset: int = 0) -> tuple[CustomerRecord, ...]:
        """A page of the customers, found by the beginnings of name, code or card."""
        return await self._search(CUSTOMERS, text, limit, offset)

    async def users(self) -> tuple[UserRecord, ...]:
        """Whoever may work here, in the order given."""
        return await self._all("user", UserRecord)

    async def user(self, code: str) -> UserRecord | None:
        """Somebody who may work here."""
        return next((user for user in await self.users() if user.code == code), None)

    async def methods(self) -> tuple[MethodRecord, ...]:
        """The payment methods, in the order given."""
        return await self._all("method", MethodRecord)

    async def families(self) -> tuple[FamilyRecord, ...]:
        """The families of products, in the order given."""
        return await self._all("family", FamilyRecord)

    async def shop(self) -> ShopRecord | None:
        """The shop."""
        return next(iter(await self._all("shop", ShopRecord)), None)

    async def counts(self) -> LoadReport:
        """How many of each there are."""
        products = await self._database.read(PRODUCTS.size, self._generations[PRODUCTS.name])
        customers = await self._database.read(CUSTOMERS.size, self._generations[CUSTOMERS.name])
        small = await self._database.read(references.count)
        return LoadReport(products, customers, small["user"], small["family"], small["method"])

    async def _find(self, listing: Listing[R], code: str) -> tuple[R, ...]:
        self.pace.looked_for()
        return tuple(await self._database.look_up(listing.find, self._generations[listing.name], code))

    async def _search(self, listing: Listing[R], text: str, limit: int, offset: int) -> tuple[R, ...]:
        self.pace.looked_for()
        generation = self._generations[listing.name]
        return tuple(await self._database.read(listing.search, generation, text, limit, offset))

    async def _all(self, kind: str, type_: type[R]) -> tuple[R, ...]:
        return tuple(await self._database.look_up(references.read, kind, type_))

    # --- writing

    async def put_products(self, records: Iterable[ProductRecord]) -> int:
        """Write products in the place of those with the same codes, or as new ones: all of them, or none.

        Gives how many. Scans wait until it ends: for a whole catalogue, `load` it.
        """
        return await self._put(PRODUCTS, records)

    async def put_customers(self, records: Iterable[CustomerRecord]) -> int:
        """As `put_products`."""
        return await self._put(CUSTOMERS, records)

    async def _put(self, listing: Listing[R], records: Iterable[R]) -> int:
        count = 0
        async with self._database.writing() as writer:
            for chunk in chunks(records):
                await writer.run(listing.put, self._generations[listing.name], chunk)
                count += len(chunk)
        return count

    async def load(
        self,
        *,
        products: Iterable[ProductRecord] = (),
        customers: Iterable[CustomerRecord] = (),
        users: Iterable[UserRecord] = (),
        families: Iterable[FamilyRecord] = (),
        methods: Iterable[MethodRecord] = (),
        shop: ShopRecord | None = None,
        replace: bool,
        progress: Progress = ignore,
    ) -> LoadReport:
        """Load a catalogue: what is there stays in use until all of it is written.

        Args:
            shop: None leaves the one that is there.
            replace: everything else that was there goes. Without it what is given is added, or takes the place of what
                has the same code, in one transaction, for which scans wait.
            progress: told how many products and customers are written.

        Raises:
            DuplicateCode: two records have one code. Nothing changed.
        """
        load = Load(self._database, self._generations, progress)
        small = references.Given(tuple(users), tuple(families), tuple(methods), shop)
        if replace:
            return await load.replace(products, customers, small)
        return await load.merge(products, customers, small)
