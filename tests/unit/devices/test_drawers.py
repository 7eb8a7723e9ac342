"""Drawers: opened now or never, never by a receipt, and told of when they are left open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from devices.configuration import DeviceConfig
from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.drawers.making import make_printer_drawer
from devices.drawers.owner import KICK_WITHIN, DrawerOwner
from devices.drawers.printer_drawer import Plug, PrinterDrawer
from devices.drawers.serial_drawer import SerialDrawer, make
from devices.errors import BadDevice
from devices.events import DrawerKicked, DrawerLeftOpen, DrawerStuck, HealthChanged
from devices.health import State
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.transports.pair import Cable
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.escpos import EscposPeer
from devices.virtual.peer import Plugged
from tests.waiting import PATIENCE

QUICK = Patience(status=0.2, barrier=0.3, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)
RECEIPT = Document((Text("ticket"), Cut()))


class Hands:
    """Time that only goes when it is told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def at_printer(peer: EscposPeer, plug: Plug, time: Hands | None = None) -> list[Any]:
    printer = EscposPrinter("counter", Plugged(peer), Profile(), QUICK)
    drawer = DrawerOwner("drawer", PrinterDrawer("drawer", printer, plug), time=time or Hands())
    return [PrintOwner("counter", printer, Profile()), drawer]


async def test_one_kick_is_one_pulse_outside_every_receipt(happenings: Any) -> None:
    peer = EscposPeer()
    async with Counter(at_printer(peer, Plug(pin=5)), happenings) as counter:
        counter.print(RECEIPT)
        counter.kick()
        counter.print(RECEIPT)
        await happenings.until(DrawerKicked)
        async with asyncio.timeout(PATIENCE):
            await counter.printed()

    assert peer.kicks == [5]
    assert peer._roll.pulses == 0
    assert peer.count == 2


async def test_without_paper_the_drawer_opens_and_nothing_fires_at_the_refill(happenings: Any) -> None:
    peer = EscposPeer()
    async with Counter(at_printer(peer, Plug()), happenings) as counter:
        peer.set(fault="paper_out")
        counter.print(RECEIPT)
        counter.kick()
        await happenings.until(DrawerKicked)
        assert peer.kicks == [2]
        peer.set(fault=None)
        counter.retry()
        async with asyncio.timeout(PATIENCE):
            await counter.printed()

    assert (peer.kicks, peer.count) == ([2], 1)


async def test_a_drawer_whose_printer_is_dead_stays_shut_and_is_not_opened_later(happenings: Any) -> None:
    peer = EscposPeer()
    peer.set(fault="offline")
    async with Counter(at_printer(peer, Plug()), happenings) as counter:
        counter.kick()
        (stuck,) = await happenings.until(DrawerStuck)
        peer.set(fault=None)
        counter.retry()
        await happenings.until(HealthChanged, 4)

    assert stuck.reason == "it is unplugged or switched off"
    assert peer.kicks == []


async def test_a_kick_that_waited_too_long_is_forgotten(happenings: Any) -> None:
    drawer, hands = VirtualDrawer(), Hands()
    owner = DrawerOwner("drawer", drawer, time=hands)
    counter = Counter([owner], happenings)
    counter.kick()
    hands.at += KICK_WITHIN + 0.1

    async with counter:
        await happenings.until(DrawerStuck)

    assert drawer.kicks == 0


@pytest.mark.parametrize("open_when", ["low", "high"])
async def test_a_drawer_left_open_is_told_of_once_each_time(happenings: Any, open_when: str) -> None:
    peer, hands = EscposPeer(), Hands()
    plug = Plug(open_when="low" if open_when == "low" else "high")
    owners = at_printer(peer, plug, hands)
    drawer = owners[1]
    async with Counter(owners, happenings):
        await happenings.until(HealthChanged, 2)
        for _ in range(2):
            peer.set(drawer_open=open_when == "low")
            await drawer.look()
            hands.at += 59
            await drawer.look()
            told = len(happenings.of(DrawerLeftOpen))
            hands.at += 2
            await drawer.look()
            await drawer.look()
            assert len(happenings.of(DrawerLeftOpen)) == told + 1
            assert (drawer.health.state, drawer.health.reason) == (State.ONLINE, "it stands open")
            peer.set(drawer_open=open_when != "low")
            await drawer.look()
            assert drawer.health.reason == ""

    assert [event.seconds for event in happenings.of(DrawerLeftOpen)] == [61, 61]


async def test_a_drawer_that_nobody_can_read_is_never_said_to_be_open(happenings: Any) -> None:
    peer, hands = EscposPeer(), Hands()
    owners = at_printer(peer, Plug(), hands)
    async with Counter(owners, happenings):
        peer.set(drawer_open=True)
        hands.at += 1000
        await owners[1].look()

    assert not happenings.of(DrawerLeftOpen)


async def test_a_serial_drawer_opens_at_its_bytes() -> None:
    cable = Cable()
    await cable.peer.open()
    drawer = SerialDrawer("drawer", cable.till, b"\x1bp\x00")

    await drawer.probe()
    await drawer.kick()

    assert await cable.peer.read() == b"\x1bp\x00"
    assert await drawer.opened() is None
    await drawer.close()


def test_drawers_are_made_as_they_are_configured() -> None:
    config = DeviceConfig("drawer", "drawer", "serial", "serial:/dev/ttyS0", {"bytes": "1b700019fa"})
    assert make(config)._opening == b"\x1bp\x00\x19\xfa"
    for bad in ("", "xyz"):
        with pytest.raises(BadDevice, match="hexadecimal"):
            make(DeviceConfig("drawer", "drawer", "serial", "serial:/dev/ttyS0", {"bytes": bad}))

    printer = EscposPrinter("counter", Plugged(EscposPeer()), Profile())
    options = {"pin": "5", "pulse": "300", "kick": "buffered", "open": "low", "warn": "30"}
    made = make_printer_drawer(DeviceConfig("drawer", "drawer", "escpos", "via:counter", options), printer)
    assert made._plug == Plug(5, 300, buffered=True, open_when="low")
    with pytest.raises(BadDevice, match="pin"):
        make_printer_drawer(DeviceConfig("d", "drawer", "escpos", "via:counter", {"pin": "3"}), printer)
