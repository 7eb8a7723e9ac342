"""The cables of the counter: one small protocol, and an implementation for each way to reach a device."""

from devices.errors import BadAddress
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
from devices.transports.opening import open_transport
from devices.transports.transport import Transport, TransportError

__all__ = [
    "Address",
    "BadAddress",
    "Cups",
    "File",
    "SerialLine",
    "Tcp",
    "Transport",
    "TransportError",
    "Usb",
    "UsbPrinter",
    "Via",
    "Virtual",
    "open_transport",
    "parse_address",
]
