"""Cables: bytes out, bytes in, and what is said when they break."""

from __future__ import annotations

import asyncio
import os
import pty
import stat
import tty
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.core

from devices.transports import Tcp, Transport, TransportError, Usb, open_transport
from devices.transports.pair import Cable
from devices.transports.tcp import TcpTransport
from devices.transports.usb import UsbTransport

DEAD_PORT = 9
"""Nobody listens to `discard` on loopback."""


@pytest.fixture
async def echo() -> AsyncIterator[asyncio.Server]:
    """Says back what it is told, until it is told `bye`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(100)) and data != b"bye":
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server
    server.close()


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def test_tcp_carries_bytes_both_ways(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    assert not line.is_open
    await line.open()
    await line.open()

    await line.write(b"W")

    assert await line.read() == b"W"
    await line.close()
    with pytest.raises(TransportError):
        await line.read()


async def test_tcp_that_hangs_up_gives_nothing_and_is_open_no_more(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    await line.open()
    await line.write(b"bye")

    assert await line.read() == b""
    with pytest.raises(TransportError):
        await line.write(b"x")
    with pytest.raises(TransportError):
        await line.read()
    await line.open()
    await line.write(b"W")
    assert await line.read() == b"W"
    await line.close()


async def test_a_reader_that_gives_up_loses_no_byte(echo: asyncio.Server) -> None:
    line = open_transport(f"tcp://127.0.0.1:{port_of(echo)}", "printer")
    await line.open()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await line.read()

    await line.write(b"W")

    assert await line.read() == b"W"
    await line.close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (f"tcp://127.0.0.1:{DEAD_PORT}", "refuses"),
        ("tcp://no.such.host.invalid:9100", "not known"),
        ("serial:/dev/nothing", "not there"),
        ("file:/dev/nothing", "not there"),
        ("file:/nowhere/paper", "not there"),
    ],
)
async def test_what_cannot_be_reached_says_why_and_has_sent_nothing(address: str, reason: str) -> None:
    line = open_transport(address, "printer")

    with pytest.raises(TransportError, match="printer") as raised:
        await line.open()

    assert reason in raised.value.reason
    assert raised.value.untouched
    assert not line.is_open
    await line.close()


async def test_a_peer_that_does_not_pick_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", never)
    line = TcpTransport(Tcp("192.0.2.1", 9100), "printer", connect_within=0.01)

    with pytest.raises(TransportError, match="unplugged"):
        await line.open()


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


async def test_a_plain_file_is_made_for_its_owner_alone_and_appended_to(tmp_path: Path) -> None:
    line = open_transport(f"file:{tmp_path}/paper.bin", "printer")
    await line.open()
    assert not line.answers
    await line.write(b"one")
    await line.close()
    await line.open()
    await line.write(b"two")

    with pytest.raises(TransportError, match="only be written"):
        await line.read()
    await line.close()
    assert (tmp_path / "paper.bin").read_bytes() == b"onetwo"
    assert stat.S_IMODE((tmp_path / "paper.bin").stat().st_mode) == 0o600


async def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = open_transport(f"file:{tmp_path}/pipe", "printer")

    with pytest.raises(TransportError) as raised:
        await line.open()

    assert raised.value.untouched


PRINT_SERVICE = """#!/bin/sh
echo "$(basename $0) $*" >> {folder}/asked
[ -e {folder}/broken ] && exit 1
[ $(basename $0) = lp ] && cat >> {folder}/printed
echo "Ticket accepting requests since today"
"""


@pytest.fixture
def print_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A print service that writes down what it is asked."""
    for name in ("lp", "lpstat"):
        command = tmp_path / name
        command.write_text(PRINT_SERVICE.format(folder=tmp_path))
        command.chmod(0o700)
    monkeypatch.setattr("devices.transports.cups._PLAIN", {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    return tmp_path


async def test_a_print_queue_takes_each_write_as_a_raw_job(print_service: Path) -> None:
    line = open_transport("cups:Ticket", "printer")
    await line.open()
    await line.write(b"\x1b@one")

    assert (print_service / "printed").read_bytes() == b"\x1b@one"
    assert (print_service / "asked").read_text().splitlines() == [
        "lpstat -a Ticket",
        "lp -s -d Ticket -o raw -",
    ]
    with pytest.raises(TransportError):
        await line.read()
    await line.close()


async def test_a_job_that_the_print_service_refuses_has_not_left(print_service: Path) -> None:
    line = open_transport("cups:Ticket", "printer")
    await line.open()
    (print_service / "broken").touch()

    with pytest.raises(TransportError) as raised:
        await line.write(b"one")

    assert raised.value.untouched
    with pytest.raises(TransportError, match="not there"):
        await line.open()


async def test_a_machine_without_a_print_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.transports.cups._PLAIN", {"PATH": "/nowhere"})
    line = open_transport("cups:Ticket", "printer")

    with pytest.raises(TransportError, match="no print service"):
        await line.open()


class UsbPrinter:
    """A composite device as pyusb shows one: a keyboard, and a printer with two pipes."""

    def __init__(self, serial: str = "A1") -> None:
        self.serial_number = serial
        self.held = {0, 1}
        self.claimed: list[int] = []
        self.received = bytearray()
        self.say = bytearray()
        self.gone = False
        self.busy = 0
        keyboard = Interface(0, 3, [])
        printer = Interface(1, 7, [Pipe(self, 0x01), Pipe(self, 0x82)])
        self._configuration = [keyboard, printer]

    def __iter__(self) -> Iterator[list[Interface]]:
        return iter([self._configuration])

    def get_active_configuration(self) -> list[Interface]:
        if self.gone:
            raise usb.core.USBError("gone", errno=19)
        return self._configuration

    def set_configuration(self) -> None:
        self.get_active_configuration()

    def is_kernel_driver_active(self, interface: int) -> bool:
        return interface in self.held

    def detach_kernel_driver(self, interface: int) -> None:
        self.held.discard(interface)


class Interface(list[Any]):
    def __init__(self, number: int, kind: int, pipes: list[Pipe]) -> None:
        super().__init__(pipes)
        self.bInterfaceNumber, self.bInterfaceClass = number, kind


class Pipe:
    bmAttributes = 2  # noqa: N815 - pyusb's name
    wMaxPacketSize = 64  # noqa: N815

    def __init__(self, device: UsbPrinter, address: int) -> None:
        self._device = device
        self.bEndpointAddress = address

    def write(self, data: bytes, timeout: int) -> int:
        if self._device.gone:
            raise usb.core.USBError("gone", errno=19)
        if self._device.busy:
            self._device.busy -= 1
            raise usb.core.USBTimeoutError("busy", errno=110)
        self._device.received += data[:512]
        return min(512, len(data))

    def read(self, size: int, timeout: int) -> bytes:
        if self._device.gone:
            raise usb.core.USBError("gone", errno=19)
        if not self._device.say:
            raise usb.core.USBTimeoutError("nothing", errno=110)
        data = bytes(self._device.say[:size])
        del self._device.say[:size]
        return data


@pytest.fixture
def usb_printers(monkeypatch: pytest.MonkeyPatch) -> list[UsbPrinter]:
    devices = [UsbPrinter("other"), UsbPrinter("A1")]

    def claim(device: UsbPrinter, interface: int) -> None:
        assert not device.held, "every interface is taken from the system's drivers first"
        device.claimed.append(interface)

    monkeypatch.setattr("usb.util.claim_interface", claim)
    monkeypatch.setattr("usb.util.release_interface", lambda device, interface: None)
    monkeypatch.setattr("usb.util.dispose_resources", lambda device: None)
    return devices


def usb_line(devices: list[UsbPrinter], serial: str = "A1") -> Transport:
    def find(**_: object) -> Iterator[UsbPrinter]:
        return iter([device for device in devices if not device.gone])

    return UsbTransport(Usb(0x04B8, 0x0202, serial), "printer", find)


async def test_usb_takes_the_device_of_its_serial_number_and_its_printer_interface(
    usb_printers: list[UsbPrinter],
) -> None:
    line = usb_line(usb_printers)
    await line.open()
    usb_printers[1].say += b"\x12"
    data = bytes(1000)

    await line.write(data)

    assert await line.read() == b"\x12"
    assert bytes(usb_printers[1].received) == data
    assert usb_printers[1].claimed == [1]
    assert not usb_printers[0].received
    await line.close()


async def test_usb_that_is_busy_for_a_while_gets_every_byte_once(usb_printers: list[UsbPrinter]) -> None:
    line = usb_line(usb_printers)
    await line.open()
    usb_printers[1].busy = 3
    data = os.urandom(3000)

    await line.write(data)

    assert bytes(usb_printers[1].received) == data
    await line.close()


async def test_usb_that_is_unplugged_says_so_and_is_found_again(usb_printers: list[UsbPrinter]) -> None:
    line = usb_line(usb_printers)
    await line.open()
    usb_printers[1].gone = True

    with pytest.raises(TransportError, match="unplugged"):
        await line.write(b"x")
    with pytest.raises(TransportError, match="unplugged"):
        await line.open()
    usb_printers[1].gone = False
    await line.open()

    assert line.is_open
    await line.close()


async def test_a_usb_reader_that_gives_up_loses_no_byte(usb_printers: list[UsbPrinter]) -> None:
    line = usb_line(usb_printers)
    await line.open()
    reading = asyncio.create_task(line.read())
    await asyncio.wait([reading], timeout=0)
    reading.cancel()
    await asyncio.wait([reading])
    usb_printers[1].say += b"\x12"

    assert await line.read() == b"\x12"
    await line.close()


async def test_usb_without_libusb_says_so() -> None:
    def find(**_: object) -> SimpleNamespace:
        raise usb.core.NoBackendError("No backend available")

    line = UsbTransport(Usb(1, 2), "printer", find)

    with pytest.raises(TransportError, match="no libusb"):
        await line.open()


async def test_a_cable_in_memory_can_be_pulled_out() -> None:
    cable = Cable("twin")
    await cable.till.open()
    await cable.peer.open()
    await cable.till.write(b"hello")
    assert await cable.peer.read(2) == b"he"
    assert await cable.peer.read() == b"llo"

    cable.unplug()

    assert await cable.peer.read() == b""
    with pytest.raises(TransportError, match="unplugged"):
        await cable.till.write(b"x")
    with pytest.raises(TransportError):
        await cable.till.open()
    cable.plug()
    await cable.till.open()
    assert cable.till.is_open
