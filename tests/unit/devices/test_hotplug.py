"""Hot-plug: one call for what is plugged in, none for what is not ours."""

from __future__ import annotations

import asyncio
import socket
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.hotplug import HotPlug, about_devices
from tests.waiting import PATIENCE

PLUGGED = b"add@/devices/usb1/1-2\0ACTION=add\0DEVPATH=/devices/usb1/1-2\0SUBSYSTEM=usb\0SEQNUM=1\0"
BY_UDEV = (
    b"libudev\0\xfe\xed\xca\xfe"
    + pack("=7I", 40, 40, 55, 0, 0, 0, 0)
    + b"ACTION=add\0SUBSYSTEM=tty\0DEVNAME=/dev/ttyUSB0\0"
)
DISK = b"add@/devices/sda\0ACTION=add\0SUBSYSTEM=block\0"
CHANGED = b"change@/devices/usb1\0ACTION=change\0SUBSYSTEM=usb\0"


@pytest.mark.parametrize(
    ("event", "ours"), [(PLUGGED, True), (BY_UDEV, True), (DISK, False), (CHANGED, False)]
)
def test_only_what_comes_or_goes_on_a_counter_counts(event: bytes, ours: bool) -> None:
    assert about_devices(event) is ours


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_none(event: bytes) -> None:
    assert about_devices(event) in (True, False)


async def test_the_dozen_events_of_one_plug_are_one_call() -> None:
    calls: list[None] = []
    called = asyncio.Event()

    def changed() -> None:
        calls.append(None)
        called.set()

    kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    plug = HotPlug(changed, settling=0.02)
    assert plug.start(ours)
    for event in (DISK, *[PLUGGED] * 6, BY_UDEV):
        kernel.send(event)
    async with asyncio.timeout(PATIENCE):
        await called.wait()
    called.clear()
    kernel.send(PLUGGED)
    async with asyncio.timeout(PATIENCE):
        await called.wait()

    assert len(calls) == 2
    plug.stop()
    kernel.close()


async def test_a_system_that_does_not_say_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK", raising=False)
    plug = HotPlug(lambda: None)

    assert not plug.start()
    plug.stop()


async def test_listening_to_the_kernel_begins_and_ends_without_a_trace() -> None:
    plug = HotPlug(lambda: None)
    plug.start()
    plug.stop()
    plug.stop()
