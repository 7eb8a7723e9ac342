"""USB printers that the system's own driver (usblp) speaks to, by what they are.

`/dev/usb/lp0` is whichever was plugged in first; the kernel tells of each which printer it is (sysfs, class `usbmisc`).
"""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

from msgspec import Struct

from devices.transports.address import File, UsbPrinter
from devices.transports.file import FileTransport

CLASS = Path("/sys/class/usbmisc")
NODES = Path("/dev/usb")


class Plugged(Struct, frozen=True):
    """A printer that is plugged in now."""

    node: str
    """Its file, as it is called this time: `/dev/usb/lp0`."""
    vendor: int
    product: int
    serial: str
    """Empty: it has none, or none that could be typed."""
    socket: str
    """Where it is plugged in: `1-1.2`."""

    def is_at(self, address: UsbPrinter) -> bool:
        """Whether this is the printer that is meant."""
        if (self.vendor, self.product) != (address.vendor, address.product):
            return False
        if address.socket:
            return self.socket == address.socket
        return address.serial in ("", self.serial)


def plugged_in(of: Path | None = None) -> tuple[Plugged, ...]:
    """The printers that usblp speaks to, in the order of their names; it reads files, which may block."""
    found = (_plugged(entry) for entry in sorted((of or CLASS).glob("lp*")))
    return tuple(printer for printer in found if printer is not None)


def named(path: str, of: Path | None = None) -> UsbPrinter | None:
    """The printer behind `/dev/usb/lp0`, by a name that stays; None: it is not plugged in.

    By its serial number, else as the only one of its model, else by the socket that it is in.
    """
    printers = plugged_in(of)
    meant = next((printer for printer in printers if printer.node == path), None)
    if meant is None:
        return None
    model = UsbPrinter(meant.vendor, meant.product)
    by_serial = UsbPrinter(meant.vendor, meant.product, serial=meant.serial)
    for address in (by_serial, model) if meant.serial else (model,):
        if [printer for printer in printers if printer.is_at(address)] == [meant]:
            return address
    return UsbPrinter(meant.vendor, meant.product, socket=meant.socket)


class UsbPrinterTransport(FileTransport):
    """A printer's file, under whichever name it is plugged in."""

    def __init__(self, address: UsbPrinter, device: str) -> None:
        super().__init__(File(""), device)
        self._address = address

    async def open(self) -> None:
        """Find it and open its file."""
        if not self.is_open:
            self._path = await asyncio.to_thread(self._node)
        await super().open()

    def _node(self) -> str:
        found = next((printer.node for printer in plugged_in() if printer.is_at(self._address)), None)
        if found is None:
            error = OSError(errno.ENODEV, "not plugged in")
            raise self._failed(error, untouched=True)
        return found


def _plugged(entry: Path) -> Plugged | None:
    """What sysfs tells of one; None: it was pulled out meanwhile."""
    try:
        usb = (entry / "device").resolve(strict=True).parent
        vendor, product = (int(_text(usb / name), 16) for name in ("idVendor", "idProduct"))
    except (OSError, ValueError):
        return None
    try:
        serial = _text(usb / "serial")
    except OSError:
        serial = ""
    typed = serial.isprintable() and not any(sign.isspace() for sign in serial) and "@" not in serial
    return Plugged(str(NODES / entry.name), vendor, product, serial if typed else "", usb.name)


def _text(file: Path) -> str:
    return file.read_text(errors="replace").strip()
