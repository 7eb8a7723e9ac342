"""Addresses of devices, as they are typed: `tcp://192.168.1.50:9100`, `serial:/dev/serial/by-id/…?baud=9600&mode=8n1`.

`parse_address` reads one, and `str()` of what it gives is the same address in its canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal, TypeAlias, cast, get_args
from urllib.parse import parse_qsl

from msgspec import Struct

from devices.errors import BadAddress, n_

Parity: TypeAlias = Literal["n", "e", "o"]
Flow: TypeAlias = Literal["none", "rtscts", "xonxoff"]

BAUDS = (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)


class Tcp(Struct, frozen=True):
    """A device on the network."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"


class SerialLine(Struct, frozen=True):
    """A device on a serial port."""

    path: str
    baud: int = 9600
    bits: int = 8
    parity: Parity = "n"
    stop: int = 1
    flow: Flow = "none"

    @property
    def mode(self) -> str:
        """As it is usually written: `8n1`."""
        return f"{self.bits}{self.parity}{self.stop}"

    def __str__(self) -> str:
        flow = "" if self.flow == "none" else f"&flow={self.flow}"
        return f"serial:{self.path}?baud={self.baud}&mode={self.mode}{flow}"


class Usb(Struct, frozen=True):
    """A device on USB, spoken to without a driver of the system."""

    vendor: int
    product: int
    serial: str = ""
    """Empty: the first of its model."""

    def __str__(self) -> str:
        serial = f":{self.serial}" if self.serial else ""
        return f"usb:{self.vendor:04x}:{self.product:04x}{serial}"


class UsbPrinter(Struct, frozen=True):
    """A printer on USB, spoken to through the system's own driver, whatever `/dev/usb/lp0` is today."""

    vendor: int
    product: int
    serial: str = ""
    """Empty: the first of its model, or that in the socket."""
    socket: str = ""
    """Where it is plugged in, as the kernel counts: `1-1.2`; for several of a model without serial numbers."""

    def __str__(self) -> str:
        which = f":{self.serial}" if self.serial else f":@{self.socket}" if self.socket else ""
        return f"lp:{self.vendor:04x}:{self.product:04x}{which}"


class File(Struct, frozen=True):
    """A file that takes bytes: `/dev/usb/lp0`, a pipe, or a plain file."""

    path: str

    def __str__(self) -> str:
        return f"file:{self.path}"


class Cups(Struct, frozen=True):
    """A queue of the system's print service."""

    queue: str

    def __str__(self) -> str:
        return f"cups:{self.queue}"


class Virtual(Struct, frozen=True):
    """No device at all: its virtual twin."""

    def __str__(self) -> str:
        return "virtual:"


class Via(Struct, frozen=True):
    """A drawer that is plugged into a printer."""

    name: str
    """The printer's name on the counter."""

    def __str__(self) -> str:
        return f"via:{self.name}"


Address: TypeAlias = Tcp | SerialLine | Usb | UsbPrinter | File | Cups | Virtual | Via


def parse_address(text: str) -> Address:
    """Read an address as it is typed.

    Raises:
        BadAddress: it is none; its reason says what was expected.
    """
    scheme, colon, rest = text.strip().partition(":")
    read = _SCHEMES.get(scheme.lower())
    if not colon or read is None:
        raise _bad(text, n_("it begins with none of {known}"), *(f"{known}:" for known in _SCHEMES))
    if not rest.isprintable():
        raise _bad(text, n_("it holds characters that cannot be seen"))
    return read(text, rest)


def _tcp(text: str, rest: str) -> Tcp:
    found = re.fullmatch(r"//(?:\[([0-9A-Fa-f:.]+)\]|([^\s/:\[\]@?#]+)):(\d{1,5})/?", rest)
    if not found or not 0 < int(found[3]) < 65536:
        raise _bad(text, n_("a device on the network is tcp://HOST:PORT"))
    return Tcp(found[1] or found[2], int(found[3]))


def _serial(text: str, rest: str) -> SerialLine:
    path, _, query = rest.partition("?")
    options = _options(text, query, ("baud", "mode", "flow"))
    mode = re.fullmatch(r"([78])([neo])([12])", options.get("mode", "8n1").lower())
    baud, flow = options.get("baud", "9600"), options.get("flow", "none").lower()
    if not path.startswith("/"):
        raise _bad(text, n_("a serial port is given by its whole path: serial:/dev/serial/by-id/…"))
    if not mode:
        raise _bad(text, n_("the mode is bits, parity and stop bits, as in 8n1 or 7e1"))
    if not baud.isascii() or not baud.isdecimal() or int(baud) not in BAUDS:
        raise _bad(text, n_("the speed is one of {known}"), *BAUDS)
    if flow not in get_args(Flow):
        raise _bad(text, n_("the flow control is one of {known}"), *get_args(Flow))
    return SerialLine(
        path, int(baud), int(mode[1]), cast("Parity", mode[2]), int(mode[3]), cast("Flow", flow)
    )


def _options(text: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    try:
        options = parse_qsl(query, strict_parsing=True) if query else []
    except ValueError:
        raise _bad(text, n_("what follows the question mark is NAME=VALUE&NAME=VALUE")) from None
    found = dict(options)
    if len(found) < len(options) or not found.keys() <= set(known):
        raise _bad(text, n_("it takes once each of {known}"), *known)
    return found


def _usb(text: str, rest: str) -> Usb:
    found = re.fullmatch(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(\S+))?", rest)
    if not found:
        raise _bad(text, n_("a USB device is usb:VID:PID[:SERIAL], as lsusb shows them"))
    return Usb(int(found[1], 16), int(found[2], 16), found[3] or "")


def _lp(text: str, rest: str) -> UsbPrinter:
    found = re.fullmatch(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(?:@(\d[\d.-]*)|([^\s@]+)))?", rest)
    if not found:
        raise _bad(text, n_("a USB printer of the system is lp:VID:PID[:SERIAL], or lp:VID:PID:@SOCKET"))
    return UsbPrinter(int(found[1], 16), int(found[2], 16), found[4] or "", found[3] or "")


def _file(text: str, rest: str) -> File:
    if not PurePosixPath(rest).is_absolute():
        raise _bad(text, n_("a file is given by its whole path"))
    return File(rest)


def _cups(text: str, rest: str) -> Cups:
    # a leading dash would be an option of lp
    if not re.fullmatch(r"[^\s/#\-][^\s/#]*", rest):
        raise _bad(text, n_("a print queue is cups:QUEUE, as lpstat shows them"))
    return Cups(rest)


def _virtual(text: str, rest: str) -> Virtual:
    if rest:
        raise _bad(text, n_("nothing follows virtual:"))
    return Virtual()


def _via(text: str, rest: str) -> Via:
    if not rest or rest != rest.strip():
        raise _bad(text, n_("a drawer on a printer is via:NAME, with the printer's name"))
    return Via(rest)


def _bad(text: str, reason: str, *known: object) -> BadAddress:
    return BadAddress(address=text, reason=reason, known=", ".join(map(str, known)))


_SCHEMES: dict[str, Callable[[str, str], Address]] = {
    "tcp": _tcp,
    "serial": _serial,
    "usb": _usb,
    "lp": _lp,
    "file": _file,
    "cups": _cups,
    "virtual": _virtual,
    "via": _via,
}
