"""Printers that say by themselves that something has changed (automatic status), and those that must be asked."""

from __future__ import annotations

import asyncio
from typing import Any

from devices.counter import Counter
from devices.drawers.owner import DrawerOwner
from devices.drawers.printer_drawer import Plug, PrinterDrawer
from devices.events import DrawerLeftOpen, HealthChanged
from devices.health import State
from devices.owners import Owner
from devices.printers.owner import PrintOwner
from devices.printers.patience import Patience
from devices.printers.printer import EscposPrinter
from devices.printers.profile import Profile
from devices.printers.status import SPEAK_UP
from devices.virtual.escpos import EscposPeer
from devices.virtual.peer import Plugged
from tests.waiting import PATIENCE

QUICK = Patience(status=0.2, barrier=0.2, poll=0.05, stuck=0.1, settle=0.1, quiet=0.02)


class Cable(Plugged):
    """A cable to a twin that remembers what went over it."""

    def __init__(self, peer: EscposPeer) -> None:
        super().__init__(peer)
        self.sent = b""

    async def write(self, data: bytes) -> None:
        self.sent += data
        await super().write(data)


def printer(cable: Cable, profile: Profile | None = None) -> EscposPrinter:
    return EscposPrinter("counter", cable, profile or Profile(), QUICK)


def unpolled(device: EscposPrinter, happenings: Any) -> Counter:
    """A counter with a printer that is not looked at by itself."""
    return Counter([PrintOwner("counter", device, Profile())], happenings)


async def test_paper_that_runs_out_is_known_without_a_job_and_so_is_its_return(happenings: Any) -> None:
    peer = EscposPeer()
    async with unpolled(printer(Cable(peer)), happenings) as counter:
        await happenings.until(HealthChanged, 1)
        await counter.look("counter")
        await settled(peer)

        peer.set(fault="paper_out")
        (_, out) = await happenings.until(HealthChanged, 2)
        assert (out.health.state, out.health.reason) == (State.DEGRADED, "paper is out")

        peer.set(fault=None)
        back = (await happenings.until(HealthChanged, 3))[-1]
        assert back.health.state is State.ONLINE


async def test_a_printer_is_asked_once_a_connection_and_only_after_it_has_answered_a_status(
    happenings: Any,
) -> None:
    cable = Cable(EscposPeer())
    device = printer(cable)
    for _ in range(3):
        await device.ready()
    assert cable.sent.count(SPEAK_UP) == 1

    await device.close()
    await device.ready()
    assert cable.sent.count(SPEAK_UP) == 2
    await device.close()


async def test_a_printer_that_answers_no_status_or_must_not_be_asked_is_left_alone() -> None:
    for profile, fault in (
        (Profile(speaks_up=False), None),
        (Profile(confirms=False), None),
        (None, "no_barrier"),
    ):
        cable = Cable(EscposPeer())
        cable._peer.set(fault=fault)  # type: ignore[attr-defined]
        device = printer(cable, profile)
        await asyncio.gather(device.ready(), return_exceptions=True)
        await device.close()

        assert SPEAK_UP not in cable.sent


async def test_a_drawer_that_springs_open_is_seen_at_once(happenings: Any) -> None:
    peer = EscposPeer()
    device = printer(Cable(peer))
    hung = PrinterDrawer("drawer", device, Plug(open_when="low"))
    owners: list[Owner[Any]] = [
        PrintOwner("counter", device, Profile()),
        DrawerOwner("drawer", hung, left_open=0.0),
    ]
    async with Counter(owners, happenings) as counter:
        await counter.look("counter")
        await settled(peer)
        assert not happenings.of(DrawerLeftOpen)
        peer.set(drawer_open=True)

        (told,) = await happenings.until(DrawerLeftOpen, 1)
    assert told.device == "drawer"


async def settled(peer: EscposPeer) -> None:
    """The printer has read that it is to speak up, and said how it is."""
    async with asyncio.timeout(PATIENCE):
        await peer.spoke_up.wait()
