"""Names of devices that survive replugging.

`/dev/ttyUSB0` is whichever was plugged in first today; udev's links under `/dev/serial` tell adapters apart, by serial
number (`by-id`) or by the socket they are in (`by-path`). A device on USB is named by its serial number where it has
one: of two of a model, the first to be found is another one tomorrow. `/dev/usb/lp0` becomes the printer that it is.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from devices.errors import BadAddress, n_
from devices.transports.address import Address, File, SerialLine, Usb

_BY_ORDER = re.compile(r"/dev/tty(USB|ACM)\d+|/dev/input/event\d+")
_PRINTER = re.compile(r"/dev/usb/lp\d+")
LINKS = tuple(Path(f"/dev/{kind}/{by}") for kind in ("serial", "input") for by in ("by-id", "by-path"))


def settled(address: Address, links: tuple[Path, ...] = LINKS, printers: Path | None = None) -> Address:
    """The address by a name that stays: a port that is numbered in the order of plugging is named by its link.

    A printer that is not plugged in keeps the name it was given; `by_order` tells of it.

    It looks at what is plugged in, which may block for a second: call it in a thread.

    Raises:
        BadAddress: it has no link, since it is not plugged in or udev does not run here; or it is one of several.
    """
    if isinstance(address, File) and _PRINTER.fullmatch(address.path):
        from devices.transports.usblp import named  # noqa: PLC0415 - most printers are on the network

        return named(address.path, printers) or address
    if isinstance(address, Usb):
        return address if address.serial else _numbered(address)
    if not isinstance(address, SerialLine | File) or not _BY_ORDER.fullmatch(address.path):
        return address
    port = Path(address.path).resolve()
    for folder in links:
        for link in sorted(folder.glob("*")) if folder.is_dir() else ():
            if link.resolve() == port:
                return replace(address, path=str(link))
    reason = n_("this name changes when it is plugged in again; plug it in, or give its link in {folder}")
    links_of = "/dev/serial/by-id" if isinstance(address, SerialLine) else "/dev/input/by-id"
    raise BadAddress(address=address, reason=reason, folder=links_of)


def by_order(address: Address) -> bool:
    """Whether an address is a name that another device may have tomorrow."""
    if isinstance(address, File):
        return bool(_PRINTER.fullmatch(address.path) or _BY_ORDER.fullmatch(address.path))
    return isinstance(address, SerialLine) and bool(_BY_ORDER.fullmatch(address.path))


def _numbered(address: Usb) -> Usb:
    """The only device of its model, by its serial number."""
    from devices.transports.usb import serial_numbers  # noqa: PLC0415 - few tills have devices without a driver

    found = serial_numbers(address)
    if len(found) > 1:
        known = ", ".join(filter(None, found)) or "-"
        reason = n_("several of this model are plugged in; add the serial number, one of {known}")
        raise BadAddress(address=address, reason=reason, known=known)
    # one with a blank in it cannot be typed
    return replace(address, serial=found[0]) if found and re.fullmatch(r"\S+", found[0]) else address
