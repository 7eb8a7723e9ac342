"""Card payments in any order, with any end, and power cuts between: what the bank has moved is what the tickets say."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from devices.errors import Declined, DeviceDown, PaymentUnknown
from devices.payments import Approval, Order, Progress, Stage
from devices.virtual.terminal import VirtualTerminal
from tests.small_shop import LENTILS, Shop, Till, shop_in
from tui_pos.errors import Refused
from tui_pos.inputs import Input, OpenSession, ResolvePayment, Tender, VoidPayment
from tui_pos.sale.prompt import Context


class Step(Struct, frozen=True):
    """One thing that is asked of the terminal, and how it goes."""

    wanted: Literal["pay", "part", "cancel"]
    end: Literal["approved", "declined", "away", "lost after", "lost before", "cut after", "cut before"]
    """`after` and `before` the money has moved; `cut`: the power goes."""
    remembers: bool
    """The terminal can tell how its last order ended."""


class Bank:
    """What has really happened: it stands in for the terminal, and outlives the till."""

    def __init__(self) -> None:
        self.step = Step("pay", "approved", remembers=True)
        self.moved: dict[str, int] = {}
        """Minor units, by the till's reference."""
        self.asked: list[str] = []
        self.heard = asyncio.Event()

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """As the step wants it."""
        if self.step.end == "away":
            raise DeviceDown(device="terminal")
        await progress(Stage.SENDING)
        self.asked.append(order.reference)
        if self.step.end == "declined":
            raise Declined(device="terminal")
        if not self.step.end.endswith("before"):
            self.moved[order.reference] = order.signed
        self.heard.set()
        if self.step.end.startswith("cut"):
            await asyncio.Event().wait()
        if self.step.end.startswith("lost"):
            raise PaymentUnknown(device="terminal")
        return self._approval(order)

    async def recover(self, order: Order) -> Approval:
        """Only what is surely known."""
        if self.step.remembers and order.reference in self.moved:
            return self._approval(order)
        raise PaymentUnknown(device="terminal")

    def _approval(self, order: Order) -> Approval:
        return Approval(order.signed, f"A{len(self.asked):05d}", "************0007")


class Counter:
    """A shop with a till, spoken to step by step."""

    def __init__(self, shop: Shop, bank: Bank) -> None:
        self.shop = shop
        self.bank = bank
        self.till: Till
        self.slugs: set[str] = set()
        """Of the refusals."""

    async def begin(self) -> None:
        self.till = await (await self.shop.open()).sign_in("2")
        await self.till.give(OpenSession(0))

    async def take(self, step: Step) -> None:
        """One step to its end, and past all doubt."""
        if self.till.register.ticket is None:
            await self.till.scan(LENTILS)
        self.bank.step, self.bank.heard = step, asyncio.Event()
        given: Input = Tender("CARD", 1 if step.wanted == "part" and self.till.due > 1 else None)
        if step.wanted == "cancel":
            given = VoidPayment()
        try:
            pending = (await self.till.give(given)).pending
        except Refused as refused:
            # there was nothing to take back
            self.slugs.add(refused.slug)
            return
        assert pending
        await self._ended(step)
        if self.till.register.prompt().context == Context.PAYMENT_UNKNOWN:
            # the cashier reads the terminal, and tells the truth
            paid = self.bank.asked[-1] in self.bank.moved
            await self.till.give(ResolvePayment(paid=paid, reason="read from the terminal"))

    async def _ended(self, step: Step) -> None:
        if step.end.startswith("cut"):
            await self.bank.heard.wait()
            self.till = await (await self.shop.power_cut()).sign_in("2")
            recovery = self.till.register._desk.recovery
            assert recovery is not None
            await asyncio.wait([recovery])
            return
        try:
            await self.till.register.card_payment()
        except Refused as refused:
            self.slugs.add(refused.slug)

    async def by_card(self) -> Any:
        """What all tickets say that was paid by card, minor units."""
        tickets = await self.till.journal("ticket")
        payments: list[Any] = [payment for body in tickets for payment in body["payments"]]
        ticket = self.till.register.ticket
        still_open = () if ticket is None else ticket.payments
        return sum(payment["amount"] for payment in payments) + sum(payment.amount for payment in still_open)


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(("pay", "part", "cancel")),
        st.sampled_from(
            ("approved", "declined", "away", "lost after", "lost before", "cut after", "cut before")
        ),
        st.booleans(),
    ),
    max_size=7,
)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_what_the_bank_has_moved_is_what_the_tickets_say(
    steps: list[Step], template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        bank = Bank()
        monkeypatch.setattr(VirtualTerminal, "carry_out", bank.carry_out)
        monkeypatch.setattr(VirtualTerminal, "recover", bank.recover)
        with tempfile.TemporaryDirectory() as folder:
            async with shop_in(Path(folder) / "till", template) as shop:
                counter = Counter(shop, bank)
                await counter.begin()
                for step in steps:
                    await counter.take(step)
                    assert await counter.by_card() == sum(bank.moved.values())
                assert counter.slugs <= {"not_allowed", "declined", "device_failed", "payment_unknown"}
                assert len(set(bank.asked)) == len(bank.asked), "no order was ever sent twice"
                assert (await counter.till.store.journal.verify()).ok

    asyncio.run(run())
