"""A virtual card terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.errors import Declined, PaymentUnknown
from devices.ports import Approval
from devices.virtual.twin import SLOWNESS, Sleep, Twin

ANSWERS = ("approved", "refused", "lost", "slow")
MASKED_PAN = "************0007"


class VirtualTerminal(Twin):
    """Approves, refuses, answers late, or pays and loses its answer on the way (`lost`: the costly case)."""

    faults = ("offline",)

    def __init__(self, name: str = "terminal", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.answer = "approved"
        self.asked = 0
        self.payments: list[tuple[str, Approval]] = []
        """What has moved money, by the till's reference; refunds negative."""

    async def pay(self, amount: int, reference: str) -> Approval:
        """Take `amount` minor units."""
        return await self._move(amount, reference)

    async def refund(self, amount: int, reference: str) -> Approval:
        """Give `amount` minor units back."""
        return await self._move(-amount, reference)

    def output(self) -> Mapping[str, Any]:
        """How often it was asked, and the payments that it made."""
        payments = [
            {"amount": paid.amount, "reference": reference, "authorisation": paid.authorisation}
            for reference, paid in self.payments
        ]
        return {"asked": self.asked, "payments": payments}

    async def _move(self, amount: int, reference: str) -> Approval:
        await self._begin()
        self.asked += 1
        answer = self.answer
        if answer == "refused":
            raise Declined(device=self.name, reason=Declined.reason)
        if answer == "slow":
            await self._sleep(SLOWNESS)
        approval = Approval(amount, f"A{self.asked:05d}", MASKED_PAN)
        self.payments.append((reference, approval))
        if answer == "lost":
            raise PaymentUnknown(device=self.name)
        return approval

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "answer" and value in ANSWERS:
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + ", answer=" + "|".join(ANSWERS)
