"""A small shop for the tests of the register: a real encrypted store, virtual devices, a clock one can set."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest

from devices.counter import Counter
from devices.registry import virtual_counter
from sync.protocol import CustomerRecord, MethodRecord, ProductRecord, ShopRecord, UserRecord
from sync.store import DiskFull, KeySource, Store, open_store
from tui_pos.errors import Refused
from tui_pos.events import Event
from tui_pos.inputs import Authorize, CloseSession, Enter, Input, OpenSession, Scan, SignIn, SignOut, Tender
from tui_pos.outcomes import Outcome, Report, TicketView
from tui_pos.register import Register
from tui_pos.register.jobs import KeptJobs

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

LENTILS = "9520000000004"
COFFEE = "9520000000011"
SPONGE = "9520000000028"
TOMATOES = "4087"
BREAD = "777"
WINE = "9520000000035"
SHARED = "55"
CARD = "2900010000015"

PRODUCTS = (
    ProductRecord(LENTILS, "Lentilles vertes 500 g", 249, "5.5", "FOOD"),
    ProductRecord(COFFEE, "Café moulu 250 g", 389, "5.5", "FOOD"),
    ProductRecord(SPONGE, "Éponges, lot de 3", 179, "20", "HOUSE"),
    ProductRecord(TOMATOES, "Tomates grappe", 295, "5.5", "FOOD", weighed=True, unit="kg"),
    ProductRecord(BREAD, "Pain du jour", None, "5.5", "FOOD"),
    ProductRecord(WINE, "Vin de pays 75 cl", 650, "20", "DRINKS", other_codes=(SHARED,)),
    ProductRecord("771", "Jus de pomme", 210, "5.5", "FOOD", other_codes=(SHARED,)),
)
METHODS = (
    MethodRecord(
        "CASH", "Cash", order=1, gives_change=True, negative_allowed=True, opens_drawer=True, ceiling=100_000
    ),
    MethodRecord("CARD", "Card", order=2, negative_allowed=True, terminal=True),
    MethodRecord("CHEQUE", "Cheque", order=3),
    MethodRecord("VOUCHER", "Meal voucher", order=4, ceiling=2500, families=("FOOD",)),
    MethodRecord("CREDIT", "On account", order=5, negative_allowed=True, needs_customer=True, right="credit"),
)
CUSTOMERS = (CustomerRecord("C1", "Adèle Valmoret", cards=(CARD,)), CustomerRecord("C2", "Zoé Corvelle"))
SHOP = ShopRecord(
    "Épicerie du Pont",
    ("1 rue du Pont",),
    "09520100000015",
    "4711C",
    "FR92095201000",
    barcode_patterns=("21IIIIIWWWWWC", "23IIIIIPPPPPC", "25IIIIIINNNNC"),
)
PINS = {"1": "1111", "2": "2222", "3": "3333"}


def _pin(pin: str) -> str:
    """A hash that costs nothing to try."""
    return "scrypt$2$1$1$00$" + hashlib.scrypt(pin.encode(), salt=b"\0", n=2, r=1, p=1, dklen=32).hex()


USERS = (
    UserRecord("1", "Camille", "cashier", _pin("1111")),
    UserRecord("2", "Dominique", "supervisor", _pin("2222")),
    UserRecord("3", "Claude", "cashier", _pin("3333")),
)


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


async def make_store(profile: Path) -> None:
    """A store with the shop in it, in a folder that is there."""
    store = await open_store(profile, create=True, key_source=KeySource.FILE, clock=Clock(), on_loop=True)
    try:
        await store.catalogue.load(
            products=PRODUCTS, customers=CUSTOMERS, users=USERS, methods=METHODS, shop=SHOP, replace=True
        )
    finally:
        await store.close()


class Shop:
    """A shop with one till, which can be opened again and again."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.clock = Clock()
        self.gate = asyncio.Event()
        """Closed: slow devices are busy until it opens."""
        self.busy = asyncio.Event()
        """A slow device has begun."""
        self.tills: list[Till] = []

    async def open(self) -> Till:
        """The till, as it was left."""
        store = await open_store(self.profile, on_loop=True)
        counter = virtual_counter(sleep=self._wait)
        counter.spool.keep_in(KeptJobs(store, self.clock))
        await counter.start()
        till = Till(store, counter, await Register.open(store, counter, self.clock))
        self.tills.append(till)
        return till

    async def _wait(self, seconds: float) -> None:
        self.busy.set()
        await self.gate.wait()

    async def power_cut(self) -> Till:
        """The power goes and comes back: only what is on disk is left, and nobody is signed in."""
        await self.tills.pop().stop()
        return await self.open()

    async def close(self) -> None:
        for till in self.tills:
            await till.stop()


class Till:
    """An open till, spoken to in the words of the trade. Cash and amounts are minor units."""

    def __init__(self, store: Store, counter: Counter, register: Register) -> None:
        self.store = store
        self.counter = counter
        self.register = register
        self.told: list[Event] = []
        register.events.subscribe(self.told.append)

    async def stop(self) -> None:
        """Let go of everything at once, as a dying process does."""
        card = self.register._desk.card
        if card is not None:
            card.cancel()
            await asyncio.wait([card])
        await self.counter.stop()
        await self.store.close()

    async def give(self, given: Input) -> Outcome:
        return await self.register.accept(given)

    async def scan(self, *codes: str) -> Outcome:
        outcome = Outcome()
        for code in codes:
            outcome = await self.give(Scan(code))
        return outcome

    async def enter(self, text: str) -> Outcome:
        return await self.give(Enter(text))

    async def refused(self, given: Input) -> Refused:
        """The refusal of an input: the open ticket is as before it."""
        before = self.register.ticket
        with pytest.raises(Refused) as caught:
            await self.give(given)
        assert self.register.ticket == before
        return caught.value

    async def sign_in(self, user: str = "1") -> Till:
        await self.give(SignIn(user, PINS[user]))
        return self

    async def sign_out(self) -> None:
        await self.give(SignOut())

    async def lend(self, user: str = "2") -> Outcome:
        """A supervisor answers."""
        return await self.give(Authorize(user, PINS[user]))

    async def open_session(self, cash: int = 10_000) -> Till:
        await self.give(OpenSession(cash))
        return self

    async def pay(self, method: str, amount: int | None = None) -> Outcome:
        """A payment to its end, the terminal's part included."""
        outcome = await self.give(Tender(method, amount))
        return await self.register.card_payment() if outcome.pending else outcome

    async def sell(self, *codes: str, cash: int | None = None, by: str = "CASH") -> TicketView:
        """A sale from its first scan to its last cent."""
        await self.scan(*codes)
        return closed(await self.pay(by, cash))

    async def close_session(self, **counted: int) -> Report:
        outcome = await self.give(CloseSession(counted))
        assert outcome.report is not None
        return outcome.report

    @property
    def ticket(self) -> TicketView:
        """The open ticket, as the contract shows it."""
        view = self.register.state().ticket
        assert view is not None
        return view

    @property
    def totals(self) -> list[int]:
        return [line.total for line in self.ticket.lines]

    @property
    def due(self) -> int:
        return self.ticket.due

    async def journal(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the journal's entries of a kind, in their order."""
        entries = await self.store.journal.entries(0, 100_000)
        return [msgspec.json.decode(entry.body) for entry in entries if entry.kind == kind]

    async def events(self, code: str) -> list[dict[str, Any]]:
        """The technical events of a kind."""
        return [body for body in await self.journal("event") if body["code"] == code]

    def twin(self, name: str) -> Any:
        """A virtual device, to be steered and looked at."""
        return self.counter._staff.named(name).device


def closed(outcome: Outcome) -> TicketView:
    """The ticket that an outcome closed."""
    assert outcome.closed is not None
    return outcome.closed


def reported(outcome: Outcome) -> Report:
    """The report that an outcome brings."""
    assert outcome.report is not None
    return outcome.report


def tickets_add_up(ticket: TicketView) -> None:
    """The invariants of the contract, on an open or a closed ticket."""
    assert ticket.subtotal - ticket.discount == ticket.total
    assert sum(line.total for line in ticket.lines) == ticket.total
    assert sum(row.gross for row in ticket.vat) == ticket.total
    assert all(row.net + row.vat == row.gross for row in ticket.vat)
    if ticket.closed_at is not None:
        assert sum(payment.amount for payment in ticket.payments) - ticket.change == ticket.total
        assert ticket.number
        assert ticket.hash


@contextmanager
def full_disk() -> Iterator[None]:
    """No transaction can be committed."""

    def refuse(*_: object) -> None:
        raise DiskFull

    with mock.patch("sync.store.database._commit", refuse):
        yield


@asynccontextmanager
async def shop_in(profile: Path, template: Path) -> AsyncIterator[Shop]:
    """A shop of its own, copied from one that was made before."""
    shutil.copytree(template, profile)
    shop = Shop(profile)
    try:
        yield shop
    finally:
        await shop.close()
