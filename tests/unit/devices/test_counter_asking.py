"""What is asked of the counter is done now or never: drawers, displays, weights and payments."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from devices.counter import Counter
from devices.errors import (
    Declined,
    DeviceDown,
    NothingOnScale,
    PaymentUnknown,
    Unstable,
)
from devices.events import DrawerKicked, DrawerStuck
from devices.health import State
from devices.owners import DisplayOwner
from devices.payments import Order
from devices.registry import virtual_counter
from devices.virtual.display import VirtualDisplay
from tests.unit.devices.counters import Note, health, printed
from tests.waiting import PATIENCE


async def test_the_drawer_opens_while_the_printer_is_out_of_paper(
    counter: Counter, happenings: Any, note: Note
) -> None:
    await counter.set("receipt", fault="paper_out")
    counter.print(note("later"))
    counter.kick()
    await happenings.until(DrawerKicked)
    await counter.set("receipt", fault=None)
    await printed(counter)

    assert counter.outputs()["drawer"] == {"kicks": 1, "open": True}
    assert counter.outputs()["receipt"]["pulses"] == 0


async def test_a_kick_that_fails_is_told_and_forgotten(counter: Counter, happenings: Any) -> None:
    await counter.set("drawer", fault="offline")
    counter.kick()
    (stuck,) = await happenings.until(DrawerStuck)
    await counter.set("drawer", fault=None)
    counter.kick()
    await happenings.until(DrawerKicked)

    assert stuck.reason == "it is unplugged or switched off"
    assert counter.outputs()["drawer"]["kicks"] == 1


class WatchedDisplay(VirtualDisplay):
    def __init__(self) -> None:
        super().__init__()
        self.shown = asyncio.Event()

    async def show(self, upper: str, lower: str) -> None:
        await super().show(upper, lower)
        self.shown.set()


async def test_the_display_shows_the_latest_text_and_skips_what_came_between() -> None:
    display = WatchedDisplay()
    async with Counter([DisplayOwner("display", display)]) as counter:
        await counter.set("display", fault="offline")
        for number in range(100):
            counter.show(f"line {number}", "")
        assert health(counter, "display") == (State.OFFLINE, "it is unplugged or switched off", 1)

        await counter.set("display", fault=None)
        await asyncio.wait_for(display.shown.wait(), PATIENCE)

    assert display.lines[0].rstrip() == "line 99"
    assert display.shows == 1


async def test_the_scale_gives_kilograms_or_says_why_it_cannot(counter: Counter) -> None:
    with pytest.raises(NothingOnScale):
        await counter.weigh()

    await counter.set("scale", weight="1.250")
    assert await counter.weigh() == Decimal("1.250")
    with pytest.raises(NothingOnScale, match="scale") as packed:
        await counter.weigh(tare=1250)
    assert packed.value.reason == "what is on it weighs no more than its packaging"

    await counter.set("scale", fault="unstable")
    with pytest.raises(Unstable):
        await counter.weigh()
    assert health(counter, "scale")[0] == State.ONLINE

    await counter.set("scale", fault="offline")
    with pytest.raises(DeviceDown):
        await counter.weigh()
    assert health(counter, "scale")[:2] == (State.OFFLINE, "it is unplugged or switched off")


async def test_the_terminal_answers_or_its_payment_is_unknown(counter: Counter) -> None:
    assert (await counter.carry_out(Order("pay", 1250, "a"))).amount == 1250
    assert (await counter.carry_out(Order("refund", 250, "b"))).amount == -250

    await counter.set("terminal", answer="refused")
    with pytest.raises(Declined):
        await counter.carry_out(Order("pay", 100, "c"))
    assert health(counter, "terminal")[0] == State.ONLINE

    await counter.set("terminal", answer="lost")
    with pytest.raises(PaymentUnknown):
        await counter.carry_out(Order("pay", 100, "d"))
    assert health(counter, "terminal")[0] == State.DEGRADED

    await counter.set("terminal", fault="offline")
    with pytest.raises(DeviceDown):
        await counter.carry_out(Order("pay", 100, "e"))


async def test_a_payment_goes_on_when_its_caller_leaves(counter: Counter, slowness: Any) -> None:
    await counter.set("terminal", answer="slow")
    paying = asyncio.create_task(counter.carry_out(Order("pay", 1250, "a")))
    await slowness.began.wait()
    paying.cancel()
    await asyncio.wait([paying])

    slowness.over.set()
    await counter.set("terminal", answer="approved")
    await counter.carry_out(Order("pay", 100, "b"))

    payments = counter.outputs()["terminal"]["payments"]
    assert [payment["reference"] for payment in payments] == ["a", "b"]


async def test_a_payment_cut_off_by_the_tills_end_is_unknown(slowness: Any) -> None:
    counter = virtual_counter(sleep=slowness)
    await counter.start()
    await counter.set("terminal", answer="slow")
    paying = asyncio.create_task(counter.carry_out(Order("pay", 1250, "a")))
    await slowness.began.wait()
    behind = asyncio.create_task(counter.carry_out(Order("pay", 500, "b")))
    await asyncio.wait([behind], timeout=0)

    await counter.stop()

    with pytest.raises(PaymentUnknown):
        await paying
    with pytest.raises(DeviceDown):
        await behind
