"""USB without a driver of the system, on devices that a test makes up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import usb.core

from devices.transports import Transport, TransportError, Usb
from devices.transports.usb import UsbTransport


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
