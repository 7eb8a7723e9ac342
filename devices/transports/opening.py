"""From an address to the cable that leads there."""

from __future__ import annotations

from devices.errors import BadAddress, n_
from devices.transports.address import (
    Address,
    Cups,
    File,
    SerialLine,
    Tcp,
    Usb,
    UsbPrinter,
    Via,
    Virtual,
    parse_address,
)
from devices.transports.transport import Transport


def open_transport(address: Address | str, device: str = "") -> Transport:
    """The cable to an address, not opened yet: `await transport.open()` reaches the device.

    Each kind is imported when it is first used, since USB and serial libraries cost a start their time.

    Args:
        device: the device's name, for errors; the address stands in for it.

    Raises:
        BadAddress: it cannot be read, or no cable leads there: a virtual device, a drawer on a printer.
    """
    place = parse_address(address) if isinstance(address, str) else address
    name = device or str(place)
    match place:
        case Tcp():
            from devices.transports.tcp import TcpTransport  # noqa: PLC0415

            return TcpTransport(place, name)
        case SerialLine():
            from devices.transports.serial_line import SerialTransport  # noqa: PLC0415

            return SerialTransport(place, name)
        case Usb():
            from devices.transports.usb import UsbTransport  # noqa: PLC0415

            return UsbTransport(place, name)
        case UsbPrinter():
            from devices.transports.usblp import UsbPrinterTransport  # noqa: PLC0415

            return UsbPrinterTransport(place, name)
        case File():
            from devices.transports.file import FileTransport  # noqa: PLC0415

            return FileTransport(place, name)
        case Cups():
            from devices.transports.cups import CupsTransport  # noqa: PLC0415

            return CupsTransport(place, name)
        case Virtual() | Via():
            raise BadAddress(address=str(place), reason=n_("no cable leads there"))
