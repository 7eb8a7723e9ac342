"""The real USB code against real USB devices, of which every transfer goes over USB/IP and none over a bus."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import pytest
import usb.backend.libusb1
import usb.core
from usbip import In, Interface, Out
from usbip.core import OUT, Urb
from usbip.device import USBDevice

from devices import registry
from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.errors import BadAddress
from devices.events import HealthChanged
from devices.health import State
from devices.transports.address import Usb, parse_address
from devices.transports.identity import settled
from devices.transports.transport import TransportError
from devices.transports.usb import BUSY, STALLED, UsbTransport
from tests.usb_bus import Socket, UsbIp
from tests.waiting import PATIENCE

VENDOR, PRODUCT = 0x04B8, 0x0E15


class Keyboard(Interface):  # type: ignore[misc]
    """What a composite printer has beside its paper: the system takes it first."""

    bInterfaceClass = 3  # noqa: N815 - its name in the standard
    keys = In(0x83, "interrupt", mps=8)


class PrinterPort(Interface):  # type: ignore[misc]
    """A printer's interface, which answers status questions and barriers."""

    bInterfaceClass = 7  # noqa: N815 - its name in the standard
    bInterfaceSubClass = 1  # noqa: N815 - its name in the standard
    bInterfaceProtocol = 2  # noqa: N815 - its name in the standard
    down = Out(0x01, "bulk", mps=64)
    up = In(0x82, "bulk", mps=64)

    def __init__(self) -> None:
        super().__init__()
        self.heard = b""
        self.whole = threading.Event()
        """A barrier was passed: what came before it is on paper."""

    def on_out(self, ep: object, data: bytes) -> None:
        self.heard += data
        questions = data.count(b"\x10\x04")
        if questions:
            self.up.write(b"\x16" if b"\x10\x04\x01" in data else b"\x12")
            self.up.write(b"\x12" * (questions - 1)) if questions > 1 else None
        if data.endswith(b"\x1dr\x01"):
            self.up.write(b"\x00")
            self.whole.set()


class UsbPrinter(USBDevice):  # type: ignore[misc]
    """A composite printer. While it is `busy` it takes nothing: the host waits, as with an empty paper roll."""

    def __init__(self, serial: str) -> None:
        super().__init__(VENDOR, PRODUCT, manufacturer="Maker", product="Printer", serial=serial)
        self.set_composite()
        self.keyboard = self.add(Keyboard())
        self.port: PrinterPort = self.add(PrinterPort())
        self.busy = False
        self.was_refused = threading.Event()
        self._waiting: dict[int, tuple[Urb, Callable[[Urb], None]]] = {}

    def handle_urb(self, urb: Urb, respond: Callable[[Urb], None] | None = None) -> Urb | None:
        if self.busy and urb.ep == 1 and urb.direction == OUT:
            assert respond is not None
            self._waiting[urb.seqnum] = (urb, respond)
            self.was_refused.set()
            return None
        return super().handle_urb(urb, respond)

    def cancel_urb(self, seqnum: int) -> None:
        if self._waiting.pop(seqnum, None) is None:
            super().cancel_urb(seqnum)


@pytest.fixture
def printers() -> list[UsbPrinter]:
    return [UsbPrinter("SN-A"), UsbPrinter("SN-B")]


@pytest.fixture
def sockets(printers: list[UsbPrinter]) -> Iterator[list[Socket]]:
    places = [Socket(printer) for printer in printers]
    for place in places:
        place.plug()
    yield places
    for place in places:
        place.unplug()


@pytest.fixture
def host(sockets: list[Socket]) -> Iterator[UsbIp]:
    host = UsbIp(*sockets)
    yield host
    host.close()


@pytest.fixture
def transport(host: UsbIp) -> Callable[[str], UsbTransport]:
    """A cable to the printer of a serial number, and always through pyusb."""
    find = partial(usb.core.find, backend=host)
    return lambda serial: UsbTransport(Usb(VENDOR, PRODUCT, serial), "receipt", find)


Cable = Callable[[str], UsbTransport]


async def test_the_printer_of_a_composite_device_is_found_taken_and_spoken_to(
    transport: Cable, host: UsbIp, sockets: list[Socket], printers: list[UsbPrinter]
) -> None:
    """odoo#12485: a composite device could not be claimed."""
    cable = transport("SN-B")
    await cable.open()
    device = host.attached(sockets[1])
    assert device.held == set(), "every interface was taken from the system's drivers"
    assert list(device.claimed) == [1], "and the printer's was claimed"
    await cable.write(b"\x10\x04\x01")
    assert await cable.read() == b"\x16"
    await cable.close()
    assert (printers[0].port.heard, printers[1].port.heard) == (b"", b"\x10\x04\x01")


async def test_a_long_job_arrives_whole_and_once(transport: Cable, printers: list[UsbPrinter]) -> None:
    job = bytes(range(256)) * 80 + b"\x1dr\x01"
    cable = transport("SN-A")
    await cable.open()
    await cable.write(job)
    assert await cable.read() == b"\x00"
    await cable.close()
    assert printers[0].port.heard == job


async def test_a_printer_that_is_busy_gets_every_byte_once_it_goes_on(
    transport: Cable, printers: list[UsbPrinter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.transports.usb.WRITE_MS", 20)
    printers[0].busy = True
    cable = transport("SN-A")
    await cable.open()
    writing = asyncio.create_task(cable.write(b"RECEIPT"))
    await asyncio.to_thread(printers[0].was_refused.wait, PATIENCE)
    printers[0].busy = False
    await writing
    await cable.close()
    assert printers[0].port.heard == b"RECEIPT"


async def test_a_device_that_another_program_holds_is_told_as_busy(transport: Cable) -> None:
    """pywebdriver#96: resource busy."""
    first, second = transport("SN-A"), transport("SN-A")
    await first.open()
    with pytest.raises(TransportError) as caught:
        await second.open()
    assert (caught.value.reason, caught.value.untouched) == (BUSY, True)
    await first.close()
    await first.open()
    await first.close()


async def test_a_stalled_pipe_is_told_and_works_again_at_the_next_job(
    transport: Cable, printers: list[UsbPrinter]
) -> None:
    cable = transport("SN-A")
    await cable.open()
    printers[0].port.down.stall()
    with pytest.raises(TransportError) as caught:
        await cable.write(b"LOST")
    assert (caught.value.reason, caught.value.untouched) == (STALLED, False)
    await cable.open()
    await cable.write(b"KEPT")
    await cable.close()
    assert printers[0].port.heard == b"KEPT"


async def test_a_stall_of_the_way_back_loses_no_answer(transport: Cable, printers: list[UsbPrinter]) -> None:
    cable = transport("SN-A")
    await cable.open()
    printers[0].port.up.stall()
    printers[0].port.up.write(b"\x12")
    assert await cable.read() == b"\x12"
    await cable.close()


async def test_a_handle_of_before_a_power_cycle_is_given_up_and_the_device_found_again(
    transport: Cable, sockets: list[Socket], printers: list[UsbPrinter]
) -> None:
    """python-escpos#437: a stale handle after a power cycle."""
    cable = transport("SN-A")
    await cable.open()
    sockets[0].unplug()
    sockets[0].plug()
    with pytest.raises(TransportError):
        await cable.write(b"stale")
    assert not cable.is_open
    await cable.open()
    await cable.write(b"fresh")
    await cable.close()
    assert printers[0].port.heard == b"fresh"


async def test_a_serial_number_names_the_same_printer_in_any_socket(
    transport: Cable, sockets: list[Socket], printers: list[UsbPrinter]
) -> None:
    for place in sockets:
        place.unplug()
    sockets[0].device, sockets[1].device = printers[1], printers[0]
    for place in sockets:
        place.plug()
    cable = transport("SN-A")
    await cable.open()
    await cable.write(b"for A")
    await cable.close()
    assert (printers[0].port.heard, printers[1].port.heard) == (b"for A", b"")


async def test_unplugged_in_the_middle_of_an_answer_wakes_who_waits_for_it(
    transport: Cable, sockets: list[Socket]
) -> None:
    cable = transport("SN-A")
    await cable.open()
    waiting = asyncio.create_task(cable.read())
    await asyncio.sleep(0)
    await asyncio.to_thread(sockets[0].unplug)
    with pytest.raises(TransportError):
        await waiting


# --- a name that stays


@pytest.fixture
def plugged(host: UsbIp, monkeypatch: pytest.MonkeyPatch) -> UsbIp:
    """The host's bus is the system's."""
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda *_, **__: host)
    return host


def test_the_only_printer_of_its_model_is_named_by_its_serial_number(
    plugged: UsbIp, sockets: list[Socket]
) -> None:
    sockets[0].unplug()
    assert str(settled(parse_address("usb:04b8:0e15"))) == "usb:04b8:0e15:SN-B"


def test_of_two_of_a_model_the_serial_number_has_to_be_given(plugged: UsbIp) -> None:
    with pytest.raises(BadAddress, match="one of SN-A, SN-B"):
        settled(parse_address("usb:04b8:0e15"))
    assert str(settled(parse_address("usb:04b8:0e15:SN-A"))) == "usb:04b8:0e15:SN-A"


def test_one_that_is_not_plugged_in_keeps_the_name_that_was_typed(plugged: UsbIp) -> None:
    assert str(settled(parse_address("usb:04b8:9999"))) == "usb:04b8:9999"


# --- the whole way: a counter with a printer on USB


@pytest.fixture
async def counter(plugged: UsbIp, happenings: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    monkeypatch.setattr(registry, "POLL", 0.05)
    address = str(Usb(VENDOR, PRODUCT, "SN-A"))
    config = CounterConfig((DeviceConfig("receipt", "printer", "escpos", address),))
    counter = registry.build_counter(config)
    counter.on_event = happenings
    async with counter:
        yield counter


async def test_a_printer_on_usb_prints_is_pulled_out_and_found_again_by_itself(
    counter: Counter, happenings: Any, sockets: list[Socket], printers: list[UsbPrinter]
) -> None:
    counter.print(Document((Text("FIRST"), Cut())))
    async with asyncio.timeout(PATIENCE):
        await counter.printed()
    assert b"FIRST" in printers[0].port.heard

    await asyncio.to_thread(sockets[0].unplug)
    *_, gone = await happenings.until(HealthChanged, 2)
    assert gone.health.state is State.OFFLINE
    counter.print(Document((Text("SECOND"), Cut())))
    await asyncio.to_thread(sockets[0].plug)
    async with asyncio.timeout(PATIENCE):
        await counter.printed()
    assert printers[0].port.heard.count(b"SECOND") == 1
    *_, back = await happenings.until(HealthChanged, 3)
    assert back.health.state is State.ONLINE


def test_what_comes_back_is_looked_for_more_often_than_every_five_seconds() -> None:
    assert registry.POLL < 5
