"""Budgets over months, with cables out and in at any time: tills and server come to what a plain recount says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from backoffice.budgets import begin_month, month_now, set_rule
from backoffice.feed.publishing import find
from backoffice.shops import find_shop
from sync.protocol import CustomerRecord
from sync.protocol.terms import BudgetRecord, TariffRecord
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.till import SimTill
from tui_pos.inputs import Return, Scan, SetCustomer, Tender
from tui_pos.outcomes import TicketView
from tui_pos.sale.months import month_after, month_before

HOUSEHOLD = CustomerRecord("H1", "Household 1011", "QF1")
FIFTH = TariffRecord(code="QF1", label="Band 1", percent="20")
MONTHLY = 1_500
PARIS = ZoneInfo("Europe/Paris")
FIRST = "2026-11"


class Sale(NamedTuple):
    """What the household took, and may bring back."""

    ticket: TicketView
    month: str
    value: int


class Grocery:
    """A shop with one household, and what a recount says of its budget."""

    def __init__(self, backend: Backend, tills: list[SimTill], seed: int, *, carries_over: bool) -> None:
        self.tills = tills
        self.random = random.Random(f"{seed} {carries_over}")
        self._backend = backend
        self._carries_over = carries_over
        self._taken = Counter[str]()
        self._sales: dict[str, list[Sale]] = {till.name: [] for till in tills}

    @property
    def month(self) -> str:
        return f"{self._backend.clock.now().astimezone(PARIS):%Y-%m}"

    def left(self) -> int:
        """What is left of the present month by all tickets there are."""
        month, left = FIRST, MONTHLY - self._taken[FIRST]
        while month < self.month:
            month = month_after(month)
            left = MONTHLY - self._taken[month] + (left if self._carries_over else 0)
        return left

    async def grant(self) -> None:
        await self._backend.put(HOUSEHOLD, FIFTH)
        budget = BudgetRecord(customer="H1", month=FIRST, amount=0, balance=0)
        await self._backend.server.database.write(
            lambda connection: set_rule(
                connection,
                find_shop(connection).id,
                budget,
                monthly=MONTHLY,
                carries_over=self._carries_over,
                at="x",
            )
        )

    def pass_time(self, **time: float) -> None:
        """All clocks go on, and nobody does anything meanwhile."""
        for clock in (self._backend.clock, *(till.clock for till in self.tills)):
            clock.wrong_by += timedelta(**time)

    async def begin_month(self) -> None:
        """What the server does every minute."""
        now: datetime = self._backend.clock.now()

        def work(connection: Connection) -> None:
            shop = find_shop(connection).id
            begin_month(connection, shop, month_now(connection, shop, now), "x")

        await self._backend.server.database.write(work)

    async def told(self) -> int:
        """What is left, in the server's last word."""
        budget = await self._backend.server.database.read(
            lambda connection: find(connection, find_shop(connection).id, "budget", "H1")
        )
        assert isinstance(budget, BudgetRecord)
        return budget.balance

    async def sell(self, till: SimTill) -> None:
        await till.register.accept(SetCustomer("H1"))
        await till.register.accept(Scan(self.random.choice(PRODUCTS).code))
        sale = (await till.register.accept(Tender("CASH"))).closed
        assert sale is not None
        value = sum(line.value or 0 for line in sale.lines)
        self._taken[self.month] += value
        self._sales[till.name].append(Sale(sale, self.month, value))

    async def take_back(self, till: SimTill) -> None:
        """Goods of this month or of the last one come back, where some were sold here; others may be taken for them."""
        recent = [sale for sale in self._sales[till.name] if sale.month >= month_before(self.month)]
        if not recent:
            return
        sale = self.random.choice(recent)
        self._sales[till.name].remove(sale)
        await till.register.accept(Return(sale.ticket.number or ""))
        exchanged = self.random.random() < 0.5
        if exchanged:
            await till.register.accept(Scan(self.random.choice(PRODUCTS).code))
        back = (await till.register.accept(Tender("CASH"))).closed
        assert back is not None
        self._taken[sale.month] -= sale.value
        if exchanged:
            self._taken[self.month] += back.lines[-1].value or 0

    async def news(self, till: SimTill) -> None:
        await till.pushed()
        await till.engine.load_changes()
        await till.register.refresh()

    async def shown(self, till: SimTill) -> int | None:
        """What the till says is left."""
        await till.register.accept(SetCustomer("H1"))
        pane = till.register.customer_pane()
        assert pane is not None
        await till.register.accept(SetCustomer(None))
        return pane.budget


@pytest.fixture
async def tills(backend: Backend, tmp_path: Path) -> AsyncIterator[list[SimTill]]:
    made = [SimTill(backend, tmp_path, name) for name in ("1", "2")]
    yield made
    for till in made:
        await till.stop()


async def opened(backend: Backend, tills: list[SimTill], seed: int, *, carries_over: bool) -> Grocery:
    grocery = Grocery(backend, tills, seed, carries_over=carries_over)
    await grocery.grant()
    for till in tills:
        await till.enrol()
        await till.start()
    return grocery


@pytest.mark.parametrize("carries_over", [False, True])
@pytest.mark.parametrize("seed", range(3))
async def test_a_till_alone_is_right_at_any_time_with_or_without_its_server(
    backend: Backend, tills: list[SimTill], seed: int, carries_over: bool
) -> None:
    grocery = await opened(backend, tills, seed, carries_over=carries_over)
    till = tills[0]
    for _ in range(40):
        grocery.pass_time(days=grocery.random.uniform(0, 6))
        till.wire.plugged = grocery.random.random() < 0.4
        await grocery.random.choice((grocery.sell, grocery.sell, grocery.take_back))(till)
        if grocery.random.random() < 0.7:
            await grocery.begin_month()
        if till.wire.plugged:
            await grocery.news(till)
        assert await grocery.shown(till) == grocery.left()


@pytest.mark.parametrize("carries_over", [False, True])
@pytest.mark.parametrize("seed", range(3))
async def test_two_tills_and_their_server_agree_once_all_cables_are_back(
    backend: Backend, tills: list[SimTill], seed: int, carries_over: bool
) -> None:
    grocery = await opened(backend, tills, seed, carries_over=carries_over)
    for _ in range(40):
        grocery.pass_time(days=grocery.random.uniform(0, 4))
        till = grocery.random.choice(tills)
        till.wire.plugged = grocery.random.random() < 0.5
        await grocery.random.choice((grocery.sell, grocery.sell, grocery.take_back))(till)
        await grocery.begin_month()
    for till in (*tills, *tills):
        till.wire.plugged = True
        await grocery.news(till)
    assert await grocery.told() == grocery.left()
    for till in tills:
        assert await grocery.shown(till) == grocery.left()
