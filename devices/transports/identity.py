"""Names of serial ports that survive replugging.

`/dev/ttyUSB0` is whichever was plugged in first today; udev's links under `/dev/serial` tell adapters apart, by serial
number (`by-id`) or by the socket they are in (`by-path`).
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from devices.errors import BadAddress, n_
from devices.transports.address import Address, SerialLine

_BY_ORDER = re.compile(r"/dev/tty(USB|ACM)\d+")
LINKS = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))


def settled(address: Address, links: tuple[Path, ...] = LINKS) -> Address:
    """The address by a name that stays: a port that is numbered in the order of plugging is named by its link.

    Raises:
        BadAddress: it has no link, since it is not plugged in or udev does not run here.
    """
    if not isinstance(address, SerialLine) or not _BY_ORDER.fullmatch(address.path):
        return address
    port = Path(address.path).resolve()
    for folder in links:
        for link in sorted(folder.glob("*")) if folder.is_dir() else ():
            if link.resolve() == port:
                return replace(address, path=str(link))
    reason = n_(
        "this name changes when it is plugged in again; plug it in, or give its link in /dev/serial/by-id"
    )
    raise BadAddress(address=address, reason=reason)
