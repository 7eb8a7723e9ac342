"""Devices that are pulled out and put back: found again at once where the system tells, and by the same name."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices import hotplug, registry
from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.errors import DeviceDown
from devices.events import HealthChanged
from devices.health import State
from devices.payments import Order, nobody
from devices.registry import build_counter
from devices.scales import reading
from devices.scales.toledo_8217 import Toledo8217
from devices.terminals.concert import ConcertTerminal, Limits
from devices.transports import open_transport
from devices.virtual.concert import ConcertTwin
from devices.virtual.hosting import OnPty
from devices.virtual.scales import Toledo8217Twin

PLUGGED = b"add@/devices/usb1/1-1\0ACTION=add\0SUBSYSTEM=tty\0"
PULLED_OUT = b"remove@/devices/usb1/1-1\0ACTION=remove\0SUBSYSTEM=tty\0"
STEADY = reading.Limits(answer=60.0, stable=60.0)
PATIENT = Limits(acknowledged=60.0, answer=60.0, pending=0.01)


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """The link that udev makes for an adapter by its serial number, wherever that is plugged in."""
    return tmp_path / "usb-Adapter_123-if00-port0"


def plug(adapter: Path, place: OnPty) -> None:
    """The adapter is what the system has made of it this time."""
    adapter.unlink(missing_ok=True)
    adapter.symlink_to(place.path)


def pull_out(adapter: Path) -> None:
    """udev takes its link away."""
    adapter.unlink()


@pytest.fixture
async def kernel(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[socket.socket]:
    """What the kernel says of plugs goes in here; nobody looks at a device by himself for a minute."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    monkeypatch.setattr(hotplug, "_listen", lambda: theirs)
    monkeypatch.setattr(registry, "POLL", 60.0)
    yield ours
    ours.close()


async def test_an_adapter_is_the_same_device_wherever_it_is_plugged_in(adapter: Path) -> None:
    twin = ConcertTwin()
    terminal = ConcertTerminal("pay", open_transport(f"serial:{adapter}?baud=9600"), limits=PATIENT)
    async with OnPty(twin) as first:
        plug(adapter, first)
        await terminal.carry_out(Order("pay", 100, "0190-a"), nobody)
        async with OnPty(twin) as second:
            assert second.path != first.path
            await first.unplug()
            with pytest.raises(DeviceDown):
                await terminal.carry_out(Order("pay", 200, "0190-b"), nobody)
            plug(adapter, second)
            await terminal.carry_out(Order("pay", 300, "0190-c"), nobody)
            await terminal.close()
    assert twin.charged == [100, 300]


async def test_a_terminal_that_was_pulled_out_and_put_back_between_two_payments_takes_the_next(
    adapter: Path,
) -> None:
    twin = ConcertTwin()
    terminal = ConcertTerminal("pay", open_transport(f"serial:{adapter}?baud=9600"), limits=PATIENT)
    async with OnPty(twin) as first, OnPty(twin) as second:
        plug(adapter, first)
        await terminal.carry_out(Order("pay", 100, "0190-a"), nobody)
        plug(adapter, second)
        await first.unplug()
        await terminal.carry_out(Order("pay", 200, "0190-b"), nobody)
        await terminal.close()
    assert twin.charged == [100, 200]


async def test_a_scale_that_was_pulled_out_and_put_back_between_two_loads_weighs_the_next(
    adapter: Path,
) -> None:
    twin = Toledo8217Twin()
    scale = Toledo8217("scale", open_transport(f"serial:{adapter}?baud=9600&mode=8n1"), STEADY)
    async with OnPty(twin) as first, OnPty(twin) as second:
        plug(adapter, first)
        twin.set(weight="1.250")
        assert (await scale.weigh()).grams == 1250
        plug(adapter, second)
        await first.unplug()
        twin.set(weight="0.300")
        assert (await scale.weigh()).grams == 300
        await scale.close()


async def test_what_is_plugged_in_is_found_when_the_system_says_so(
    kernel: socket.socket, adapter: Path, happenings: Any
) -> None:
    twin = Toledo8217Twin()
    twin.set(weight="1.250")
    address = f"serial:{adapter}?baud=9600&mode=8n1"
    counter: Counter = build_counter(CounterConfig((DeviceConfig("scale", "scale", "toledo-8217", address),)))
    counter.on_event = happenings
    async with counter:
        (missing,) = await happenings.until(HealthChanged)
        assert missing.health.state is State.OFFLINE

        async with OnPty(twin) as place:
            plug(adapter, place)
            kernel.send(PLUGGED)
            _, found = await happenings.until(HealthChanged, 2)
            assert found.health.state is State.ONLINE
            assert str(await counter.weigh()) == "1.250"

        pull_out(adapter)
        kernel.send(PULLED_OUT)
        *_, gone = await happenings.until(HealthChanged, 3)
        assert gone.health.state is State.OFFLINE
