"""A card terminal that stands alone: the cashier types the amount on it, and tells the till what it says.

To the till each payment has an end that only the cashier knows, so it is asked for as after a lost answer. Nothing
that was not confirmed is ever taken for paid.
"""

from __future__ import annotations

from devices.errors import PaymentUnknown, n_
from devices.payments import Approval, Order, Progress, Stage, TerminalTotals
from devices.terminals.recovery import written_down

BY_HAND = n_("the amount is typed on the terminal by hand")


class ManualTerminal:
    """A terminal without a cable."""

    driver = "manual"

    def __init__(self, name: str) -> None:
        self.name = name

    async def probe(self) -> None:
        """It has nothing to answer with."""

    async def close(self) -> None:
        """It holds nothing."""

    async def carry_out(self, order: Order, progress: Progress) -> Approval:  # noqa: ARG002 - the cashier reads it
        """Leave it to the cashier."""
        await written_down(progress, Stage.SENDING, self.name)
        raise PaymentUnknown(device=self.name, reason=BY_HAND)

    async def recover(self, order: Order) -> Approval:  # noqa: ARG002 - only the cashier knows
        """Nothing but the cashier can tell."""
        raise PaymentUnknown(device=self.name, reason=BY_HAND)

    async def give_up(self) -> bool:
        """It hears nothing."""
        return False

    async def totals(self) -> TerminalTotals | None:
        """It tells them on its own paper."""
        return None
