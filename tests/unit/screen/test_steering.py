"""Virtual devices are steered on the screen of the devices: a demo has the full counter, faults included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devices.configuration import DeviceConfig
from tests.small_shop import LENTILS, TOMATOES
from tui_pos.screens.devices.steering import twin_of

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def steers(seat: Counterfoil, name: str, entry: str, *typed: str) -> None:
    """Choose an entry of the menu that steers a device, and type what it asks for; then leave the devices."""
    await seat.does("devices.show")
    names = [device.name for device in seat.till.counter.list()]
    await seat.press(*["down"] * names.index(name))
    await seat.does("device.steer")
    menu: Any = seat.app.screen
    ids = [row.entry.id for row in menu.walked().rows]
    await seat.press(*["down"] * ids.index(entry), "enter")
    if typed:
        await seat.press(*typed, "enter")
    await seat.until(lambda: seat.app.screen is not menu)
    await seat.settled()


async def test_what_is_put_on_the_virtual_scale_is_weighed(seat: Counterfoil) -> None:
    await steers(seat, "scale", "weight", *"1250 g")
    await seat.press("escape")
    await seat.scan(TOMATOES)
    (line,) = seat.till.ticket.lines
    assert (str(line.quantity), line.total) == ("1.250", 369)


async def test_a_number_that_could_be_grams_or_kilograms_is_put_on_no_scale(seat: Counterfoil) -> None:
    await steers(seat, "scale", "weight", *"2.5")
    assert seat.reads("is not a weight")
    assert seat.till.twin("scale").weight == 0


async def test_more_than_the_scale_bears_is_refused(seat: Counterfoil) -> None:
    await steers(seat, "scale", "weight", *"99 kg")
    assert seat.reads("does not take weight=99.000")


async def test_a_code_that_is_held_before_the_virtual_scanner_is_sold(seat: Counterfoil) -> None:
    await steers(seat, "scanner", "scan", *LENTILS)
    await seat.until(lambda: seat.codes == [LENTILS])


@pytest.mark.parametrize(
    ("name", "entry", "told"),
    [
        ("receipt", "fault:paper_out", "paper is out"),
        ("receipt", "fault:cover", "the cover is open"),
        ("scale", "fault:offline", "unplugged"),
        ("scanner", "fault:offline", "unplugged"),
        ("display", "fault:offline", "unplugged"),
        ("labels", "fault:offline", "unplugged"),
        ("terminal", "fault:offline", "unplugged"),
    ],
)
async def test_a_fault_is_given_and_mended(seat: Counterfoil, name: str, entry: str, told: str) -> None:
    await steers(seat, name, entry)
    await seat.until(lambda: seat.reads(told))
    await seat.press("escape")
    await steers(seat, name, "well")
    twin = twin_of(seat.till.counter, name)
    assert twin is not None
    assert twin.fault is None


async def test_the_terminal_is_told_to_refuse(seat: Counterfoil) -> None:
    await steers(seat, "terminal", "answer:refused")
    assert seat.till.twin("terminal").answer == "refused"


async def test_a_real_device_cannot_be_steered(seat: Counterfoil) -> None:
    counter = seat.till.counter
    real = DeviceConfig("kitchen", "printer", "escpos", "tcp://127.0.0.1:9")
    await counter.refit(counter.fitted(counter.config.with_device(real)))
    await seat.does("devices.show")
    names = [device.name for device in counter.list()]
    await seat.press(*["down"] * names.index("kitchen"))
    await seat.does("device.steer")
    assert seat.reads("kitchen is a real device")
