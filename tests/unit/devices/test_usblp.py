"""USB printers of the system's own driver: the same one whatever it is called when it is plugged in again."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.errors import BadAddress
from devices.transports import TransportError, open_transport, parse_address, usblp
from devices.transports.address import UsbPrinter
from devices.transports.identity import by_order, settled


class Bus:
    """What the kernel tells of the printers that are plugged in (sysfs), and the files that it makes for them."""

    def __init__(self, root: Path) -> None:
        self.printers = root / "class"
        self.nodes = root / "dev"
        self._devices = root / "devices"
        for folder in (self.printers, self.nodes):
            folder.mkdir()
        self._open: list[int] = []

    def plug(self, node: str, socket: str, model: str, serial: str | None) -> int:
        """A printer in a socket, called `lp0` this time; the descriptor is its own side of the cable."""
        usb = self._devices / socket
        interface = usb / f"{socket}:1.0"
        interface.mkdir(parents=True, exist_ok=True)
        vendor, product = model.split(":")
        (usb / "idVendor").write_text(f"{vendor}\n")
        (usb / "idProduct").write_text(f"{product}\n")
        (usb / "serial").unlink(missing_ok=True)
        if serial is not None:
            (usb / "serial").write_text(f"{serial}\n")
        (self.printers / node).mkdir()
        (self.printers / node / "device").symlink_to(interface)
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self._open += [ours, theirs]
        (self.nodes / node).symlink_to(os.ttyname(theirs))
        return ours

    def pull_out(self, node: str) -> None:
        (self.printers / node / "device").unlink()
        (self.printers / node).rmdir()
        (self.nodes / node).unlink()

    def close(self) -> None:
        for descriptor in self._open:
            os.close(descriptor)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    bus = Bus(tmp_path)
    monkeypatch.setattr(usblp, "CLASS", bus.printers)
    monkeypatch.setattr(usblp, "NODES", bus.nodes)
    yield bus
    bus.close()


def address_of(bus: Bus, node: str) -> str:
    return str(usblp.named(str(bus.nodes / node)))


async def written(address: str, data: bytes) -> None:
    line = open_transport(address, "printer")
    await line.open()
    await line.write(data)
    await line.close()


async def test_a_printer_is_found_by_its_serial_number_whatever_it_is_called_today(bus: Bus) -> None:
    bus.plug("lp0", "1-1", "04b8:0e15", "SN-A")
    bus.plug("lp1", "1-2", "04b8:0e15", "SN-B")
    address = address_of(bus, "lp1")
    assert address == "lp:04b8:0e15:SN-B"

    bus.pull_out("lp0")
    bus.pull_out("lp1")
    mine = bus.plug("lp0", "1-3", "04b8:0e15", "SN-B")
    bus.plug("lp1", "1-1", "04b8:0e15", "SN-A")
    await written(address, b"a receipt")

    assert os.read(mine, 100) == b"a receipt"


async def test_the_only_one_of_its_model_needs_no_serial_number(bus: Bus) -> None:
    bus.plug("lp0", "1-1", "04b8:0e15", "SN-A")
    bus.plug("lp1", "1-2", "0416:5011", None)
    address = address_of(bus, "lp1")
    assert address == "lp:0416:5011"

    bus.pull_out("lp0")
    bus.pull_out("lp1")
    mine = bus.plug("lp0", "1-4", "0416:5011", None)
    await written(address, b"x")

    assert os.read(mine, 100) == b"x"


@pytest.mark.parametrize("serial", [None, "0000", "two words"])
async def test_several_of_a_model_that_look_alike_are_told_apart_by_their_sockets(
    bus: Bus, serial: str | None
) -> None:
    for node, socket in (("lp0", "1-1.4"), ("lp1", "1-2")):
        bus.plug(node, socket, "0416:5011", serial)

    assert [address_of(bus, node) for node in ("lp0", "lp1")] == ["lp:0416:5011:@1-1.4", "lp:0416:5011:@1-2"]


async def test_a_printer_that_is_pulled_out_says_so_and_is_found_when_it_is_back(bus: Bus) -> None:
    bus.plug("lp0", "1-1", "04b8:0e15", "SN-A")
    address = address_of(bus, "lp0")
    bus.pull_out("lp0")
    line = open_transport(address, "printer")
    with pytest.raises(TransportError, match="unplugged") as raised:
        await line.open()
    assert raised.value.untouched

    mine = bus.plug("lp5", "1-2", "04b8:0e15", "SN-A")
    await line.open()
    await line.write(b"back")
    await line.close()
    assert os.read(mine, 100) == b"back"


def test_a_name_by_the_order_of_plugging_becomes_the_printer_that_it_is(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usblp, "NODES", Path("/dev/usb"))
    bus.plug("lp0", "1-1", "04b8:0e15", "SN-A")

    assert str(settled(parse_address("file:/dev/usb/lp0"))) == "lp:04b8:0e15:SN-A"
    left = settled(parse_address("file:/dev/usb/lp7"))
    assert str(left) == "file:/dev/usb/lp7"
    assert by_order(left)
    assert not by_order(parse_address("lp:04b8:0e15"))


@pytest.mark.parametrize("text", ["lp:04b8:0e15", "lp:04b8:0e15:SN-A", "lp:04b8:0e15:@1-1.2"])
def test_an_address_is_read_as_it_is_written(text: str) -> None:
    address = parse_address(text)

    assert isinstance(address, UsbPrinter)
    assert str(address) == text
    device = DeviceConfig("p", "printer", "escpos", text)
    assert CounterConfig().with_device(device).devices == (device,)


@pytest.mark.parametrize(
    "text", ["lp:", "lp:04b8", "lp:04b8:0e15:", "lp:04b8:0e15:@", "lp:04b8:0e15:two words"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_address(text)
