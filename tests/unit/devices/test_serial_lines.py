"""Serial lines, on pseudo-terminals: their pace, their hang-ups, and who may hold them."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import Iterator

import pytest

from devices.transports import TransportError, open_transport


class Pty:
    """A pseudo-terminal: the till has the path, the test has the other side."""

    def __init__(self) -> None:
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self._slave)
        self._there = True

    def unplug(self) -> None:
        if self._there:
            self._there = False
            os.close(self._slave)
            os.close(self.master)


@pytest.fixture
def wire() -> Iterator[Pty]:
    wire = Pty()
    yield wire
    wire.unplug()


async def test_a_serial_line_carries_bytes_both_ways_at_its_pace(wire: Pty) -> None:
    line = open_transport(f"serial:{wire.path}?baud=9600&mode=8n1", "scale")
    await line.open()
    assert line.pace == 960

    await line.write(b"W")
    assert os.read(wire.master, 10) == b"W"
    os.write(wire.master, b"\x0201.250\r")

    assert await line.read() == b"\x0201.250\r"
    await line.close()


async def test_a_serial_line_that_is_full_waits_until_it_is_emptied(wire: Pty) -> None:
    line = open_transport(f"serial:{wire.path}", "printer")
    await line.open()
    data = bytes(range(1, 251)) * 400
    writing = asyncio.create_task(line.write(data))
    await asyncio.wait([writing], timeout=0)
    received = bytearray()
    while len(received) < len(data):
        try:
            received += os.read(wire.master, 4096)
        except BlockingIOError:
            assert not writing.done()
            await asyncio.sleep(0)

    await writing
    assert bytes(received) == data
    await line.close()


async def test_a_serial_line_that_is_unplugged_hangs_up(wire: Pty) -> None:
    line = open_transport(f"serial:{wire.path}", "scale")
    await line.open()
    reading = asyncio.create_task(line.read())
    await asyncio.wait([reading], timeout=0)
    wire.unplug()

    assert await reading == b""
    assert not line.is_open
    with pytest.raises(TransportError, match="cannot be used"):
        await line.write(b"W")


async def test_a_serial_port_is_held_by_one_alone(wire: Pty) -> None:
    first, second = (open_transport(f"serial:{wire.path}", name) for name in ("scale", "printer"))
    await first.open()

    with pytest.raises(TransportError, match="another program"):
        await second.open()

    await first.close()
    await second.open()
    await second.close()


async def test_a_stuck_serial_device_does_not_hold_up_its_closing(wire: Pty) -> None:
    line = open_transport(f"serial:{wire.path}", "printer")
    await line.open()
    writing = asyncio.create_task(line.write(bytes(100_000)))
    await asyncio.wait([writing], timeout=0)
    writing.cancel()

    async with asyncio.timeout(2):
        await line.close()
