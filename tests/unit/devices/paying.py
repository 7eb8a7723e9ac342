"""What the tests of every card terminal share."""

from __future__ import annotations

import pytest

from devices.errors import PaymentUnknown
from devices.payments import Order, nobody
from devices.ports import Steerable, Terminal


async def lost(terminal: Terminal, twin: Steerable, order: Order, fault: str) -> None:
    """An order whose answer is lost by this fault, which is over afterwards."""
    twin.set(fault=fault)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(order, nobody)
    twin.set(fault=None)
