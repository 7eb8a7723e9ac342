"""A virtual card terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.errors import BUSY, Declined, DeviceDown, DeviceError, PaymentUnknown, n_
from devices.payments import Approval, Order, Progress, Stage, TerminalTotals
from devices.terminals.recovery import written_down
from devices.virtual.twin import SLOWNESS, Sleep, Twin

ANSWERS = ("approved", "refused", "partial", "slow", "late", "lost")
ABANDONED = n_("abandoned on the terminal")
MASKED_PAN = "************0007"


class VirtualTerminal(Twin):
    """Approves, refuses, takes its time, or pays and loses its answer on the way.

    An answer that is `late` is found when the till asks for it; one that is `lost` is not: the costly case. Both, and
    `slow`, can be set as its answer or as its fault. While it is `busy` it takes no order.
    """

    faults = ("offline", "busy", "slow", "late", "lost")

    def __init__(self, name: str = "terminal", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.answer = "approved"
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.payments: list[tuple[str, Approval]] = []
        """What has moved money, by the till's reference; refunds negative."""
        self.added_up: TerminalTotals | None = None
        self._give_up: asyncio.Event | None = None
        """Set when it is asked to give up what it takes its time for."""

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Move money, as its answer says."""
        await self._begin()
        await written_down(progress, Stage.SENDING, self.name)
        self.asked += 1
        self.was_asked.set()
        if self.answer == "refused":
            raise Declined(device=self.name, reason=Declined.reason)
        if "slow" in (self.answer, self.fault) and await self._told_to_give_up():
            raise Declined(device=self.name, reason=ABANDONED)
        partial = self.answer == "partial" and order.action == "pay"
        amount = order.signed // 2 if partial else order.signed
        approval = Approval(amount, f"A{self.asked:05d}", MASKED_PAN)
        self.payments.append((order.reference, approval))
        if {"lost", "late"} & {self.answer, self.fault}:
            raise PaymentUnknown(device=self.name)
        return approval

    async def recover(self, order: Order) -> Approval:
        """Tell how an order ended, if its answer was `late`; of one that is `lost` it knows nothing."""
        self._raise_trouble()
        found = dict(self.payments).get(order.reference)
        if "late" in (self.answer, self.fault) and found is not None:
            return found
        raise PaymentUnknown(device=self.name)

    async def give_up(self) -> bool:
        """While it takes its time, it can be told to stop."""
        if self._give_up is not None:
            self._give_up.set()
        return self._give_up is not None

    async def _told_to_give_up(self) -> bool:
        """Take its time; whether it was asked to give up meanwhile."""
        self._give_up = asyncio.Event()
        pause = asyncio.ensure_future(self._sleep(SLOWNESS))
        asked = asyncio.ensure_future(self._give_up.wait())
        try:
            await asyncio.wait((pause, asked), return_when=asyncio.FIRST_COMPLETED)
            return asked.done()
        finally:
            pause.cancel()
            asked.cancel()
            self._give_up = None

    async def totals(self) -> TerminalTotals | None:
        """What it was told to have added up."""
        self._raise_trouble()
        return self.added_up

    async def _begin(self) -> None:
        """Fail as its fault says; it is slow only once it was asked."""
        self._raise_trouble()

    def trouble(self) -> DeviceError | None:
        """What its fault makes it raise."""
        return DeviceDown(device=self.name, reason=BUSY) if self.fault == "busy" else super().trouble()

    def output(self) -> Mapping[str, Any]:
        """How often it was asked, and the payments that it made."""
        payments = [
            {"amount": paid.amount, "reference": reference, "authorisation": paid.authorisation}
            for reference, paid in self.payments
        ]
        return {"asked": self.asked, "payments": payments}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "answer" and value in ANSWERS:
            return value
        if setting == "added_up" and (value is None or isinstance(value, int)):
            return None if value is None else TerminalTotals(value, len(self.payments))
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + ", answer=" + "|".join(ANSWERS) + ", added_up=AMOUNT|null"
