"""The counter: its devices by name, and none that holds up another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from devices.counter import Counter
from devices.drawers.owner import DrawerOwner
from devices.errors import (
    BadSetting,
    NoDevice,
    UnknownDevice,
)
from devices.events import DrawerKicked, HealthChanged
from devices.health import State
from devices.owners import Owner, TerminalOwner
from devices.payments import Order
from devices.registry import virtual_counter
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.terminal import VirtualTerminal
from tests.unit.devices.counters import Note, Papers, health, printed


async def test_all_devices_are_listed_with_their_health(counter: Counter, happenings: Any) -> None:
    await happenings.until(HealthChanged, 7)

    assert [(view.name, view.kind, view.driver, view.health) for view in counter.list()] == [
        ("receipt", "printer", "virtual", "online"),
        ("drawer", "drawer", "virtual", "online"),
        ("display", "display", "virtual", "online"),
        ("scale", "scale", "virtual", "online"),
        ("terminal", "terminal", "virtual", "online"),
        ("scanner", "scanner", "virtual", "online"),
        ("labels", "label", "virtual", "online"),
    ]
    assert all(view.since and view.last_success and view.output is not None for view in counter.list())


async def test_a_listener_that_fails_does_not_stop_a_device(
    note: Note, papers: Papers, caplog: pytest.LogCaptureFixture
) -> None:
    def deaf(event: object) -> None:
        raise LookupError(event)

    counter = virtual_counter()
    counter.on_event = deaf
    async with counter:
        counter.print(note("heard by nobody"))
        await printed(counter)

    assert papers(counter) == [["heard by nobody"]]
    assert "could not be told" in caplog.text


class MuteTerminal(VirtualTerminal):
    async def probe(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        raise OSError(5, "hung up")


async def test_a_device_that_never_answers_holds_up_no_other_and_not_the_end(
    happenings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    owners: list[Owner[Any]] = [
        TerminalOwner("mute", MuteTerminal("mute")),
        DrawerOwner("drawer", VirtualDrawer()),
    ]
    async with Counter(owners, happenings) as counter:
        counter.kick()
        await happenings.until(DrawerKicked)
        assert health(counter, "mute")[0] == State.UNKNOWN
    assert "could not be let go of" in caplog.text


async def test_names_and_kinds_that_are_not_there_are_refused(counter: Counter, note: Note) -> None:
    with pytest.raises(UnknownDevice, match="kitchen"):
        counter.print(note("a"), to="kitchen")
    with pytest.raises(UnknownDevice, match="drawer"):
        counter.print(note("a"), to="drawer")
    with pytest.raises(UnknownDevice):
        counter.list("kitchen")
    with pytest.raises(UnknownDevice):
        await counter.set("kitchen", fault=None)
    with pytest.raises(BadSetting):
        await counter.set("receipt", colour="red")


async def test_a_counter_without_devices_holds_up_no_sale(note: Note) -> None:
    async with Counter() as counter:
        counter.kick()
        counter.show("a", "b")
        await printed(counter)

        assert counter.print(note("a")) is None
        with pytest.raises(NoDevice, match="scale"):
            await counter.weigh()
        assert counter.terminal_for("CARD") is None
        with pytest.raises(NoDevice, match="terminal"):
            await counter.carry_out(Order("pay", 100, "a"))
        assert counter.list() == ()
