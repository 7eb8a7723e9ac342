"""Any inputs in any order: the sums hold after each, and the store opened again gives the same till."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.small_shop import (
    BREAD,
    CARD,
    COFFEE,
    LENTILS,
    SHARED,
    SPONGE,
    TOMATOES,
    WINE,
    Shop,
    Till,
    tickets_add_up,
)
from tui_pos.errors import Refused
from tui_pos.inputs import (
    Add,
    Back,
    CashIn,
    CashOut,
    CloseSession,
    Discount,
    Enter,
    Hold,
    Input,
    OpenSession,
    Pay,
    Recall,
    Return,
    Scan,
    Select,
    SetCustomer,
    SetPrice,
    SetQuantity,
    Tender,
    VoidLine,
    VoidPayment,
    VoidTicket,
)

CODES = st.sampled_from(
    (LENTILS, COFFEE, SPONGE, WINE, TOMATOES, BREAD, SHARED, CARD, "nothing", "9520000000001")
)
TYPED = ("", "3*", "-2*", "0.350*", f"2*{LENTILS}", f"0.5*{TOMATOES}", "1,20", "lent", "x y")
LINES = st.none() | st.integers(0, 8)
AMOUNTS = st.integers(-500, 3000)
QUANTITIES = st.decimals(-5, 20, places=3)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(Scan, CODES),
    st.builds(Add, CODES),
    st.builds(Enter, st.sampled_from(TYPED)),
    st.builds(Select, st.integers(0, 8)),
    st.builds(SetQuantity, QUANTITIES, LINES),
    st.builds(SetPrice, AMOUNTS, LINES),
    st.builds(
        Discount,
        st.sampled_from(("line", "ticket")),
        st.none() | st.decimals(0, 100, places=2),
        st.none() | st.integers(0, 300),
        LINES,
    ),
    st.builds(VoidLine, LINES),
    st.builds(SetCustomer, st.sampled_from((None, "C1", "C2", "nobody"))),
    st.builds(Tender, st.sampled_from(("CASH", "CARD", "CHEQUE", "VOUCHER", "CREDIT")), st.none() | AMOUNTS),
    st.builds(CashIn, AMOUNTS, st.just("why")),
    st.builds(CashOut, AMOUNTS, st.just("why")),
    *(st.just(given) for given in (Hold(), Recall(), VoidTicket(), VoidPayment(), Pay(), Back())),
)


class Machine(RuleBasedStateMachine):
    """A supervisor gives whatever comes to mind, and the power goes now and then."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(self.template, self.folder / "till")
        self.slugs: set[str] = set()
        self.closed = 0
        self.turnover = 0

    def run(self, awaitable: Any) -> Any:
        return self.runner.run(awaitable)

    @initialize()
    def begin(self) -> None:
        async def begin() -> Till:
            self.shop = Shop(self.folder / "till")
            till = await (await self.shop.open()).sign_in("2")
            till.twin("scale").set(weight="0.415")
            return await till.open_session()

        self.till: Till = self.run(begin())

    async def _give(self, given: Input) -> None:
        try:
            outcome = await self.till.give(given)
            if outcome.pending:
                outcome = await self.till.register.card_payment()
        except Refused as refused:
            self.slugs.add(refused.slug)
            return
        if outcome.closed is not None:
            tickets_add_up(outcome.closed)
            self.closed += 1
            self.turnover += outcome.closed.total

    @rule(given=INPUTS)
    def somebody_gives(self, given: Input) -> None:
        self.run(self._give(given))

    @rule(code=st.sampled_from((LENTILS, COFFEE, TOMATOES)), by=st.sampled_from(("CASH", "CARD")))
    def sells(self, code: str, by: str) -> None:
        self.run(self._give(Scan(code)))
        self.run(self._give(Tender(by)))

    @precondition(lambda self: self.closed > 0)
    @rule(data=st.data())
    def takes_back(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self.closed))
        self.run(self._give(Return(f"1-{number:06d}", data.draw(st.none() | st.just((1,))))))

    @rule()
    def the_power_goes(self) -> None:
        async def cut() -> Till:
            before = self.till.register.state()
            till = await (await self.shop.power_cut()).sign_in("2")
            after = till.register.state()
            assert (after.ticket, after.held, after.prompt) == (before.ticket, before.held, before.prompt)
            till.twin("scale").set(weight="0.415")
            return till

        self.till = self.run(cut())

    @rule()
    def the_session_closes_and_another_opens(self) -> None:
        self.run(self._give(CloseSession({"CASH": 0})))
        self.run(self._give(OpenSession(100)))

    @invariant()
    def the_open_ticket_adds_up(self) -> None:
        if hasattr(self, "till") and self.till.register.ticket is not None:
            tickets_add_up(self.till.ticket)

    def teardown(self) -> None:
        async def end() -> None:
            assert "internal" not in self.slugs
            assert (await self.till.store.journal.verify()).ok
            tickets = await self.till.journal("ticket")
            assert [body["number"] for body in tickets] == [f"1-{n + 1:06d}" for n in range(self.closed)]
            assert await self.till.store.counter("grand_total") == self.turnover
            await self.shop.close()

        try:
            if hasattr(self, "till"):
                self.run(end())
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)


def test_any_inputs_in_any_order(template: Path) -> None:
    Machine.template = template
    few = settings(
        max_examples=20,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=few)
