"""Hot-plug: what the system's kernel and udev say when something is plugged in or pulled out.

A socket of the kernel's own (netlink, `NETLINK_KOBJECT_UEVENT`) on the loop: no library is needed for it. Where it
cannot be had, as in most containers, devices are found by looking at them every few seconds; they are in any case.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable

logger = logging.getLogger(__name__)

FROM_KERNEL, FROM_UDEV = 1, 2
"""Groups of listeners: udev speaks once it has made its links."""
PROTOCOL = 15
"""NETLINK_KOBJECT_UEVENT."""
SUBSYSTEMS = frozenset({b"usb", b"usbmisc", b"tty", b"usb-serial", b"hidraw", b"input"})
SETTLING = 0.3
"""Seconds of quiet: one plug makes a dozen events."""


def about_devices(event: bytes) -> bool:
    """Whether an event tells that something came or went that may be on a counter. No bytes make it raise."""
    fields = _properties(event).split(b"\0")
    actions = {field.removeprefix(b"ACTION=") for field in fields if field.startswith(b"ACTION=")}
    if not actions & {b"add", b"remove", b"bind"}:
        return False
    return any(
        field.startswith(b"SUBSYSTEM=") and field.removeprefix(b"SUBSYSTEM=") in SUBSYSTEMS
        for field in fields
    )


def _properties(event: bytes) -> bytes:
    """The `NAME=value` fields: the kernel's events begin with them, udev's name where they do (libudev-monitor)."""
    if not event.startswith(b"libudev\0"):
        return event
    return event[int.from_bytes(event[16:20], sys.byteorder) :]


class HotPlug:
    """Calls somebody, once for each time that something was plugged in or pulled out.

    Args:
        changed: is called on the loop; it returns at once.
        settling: seconds of quiet before it is.
    """

    def __init__(self, changed: Callable[[], None], settling: float = SETTLING) -> None:
        self._changed = changed
        self._settling = settling
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self, listening: socket.socket | None = None) -> bool:
        """Listen, on the running loop; False: this system does not say.

        Args:
            listening: a datagram socket that stands in for the kernel's.
        """
        found = listening or _listen()
        if found is None:
            return False
        found.setblocking(False)
        self._socket = found
        asyncio.get_running_loop().add_reader(found.fileno(), self._heard)
        return True

    def stop(self) -> None:
        """Listen no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _heard(self) -> None:
        assert self._socket is not None
        try:
            event = self._socket.recv(65536)
        except OSError:
            event = b""  # too many events at once: some were lost, so something may have come
        if event and not about_devices(event):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._settling, self._changed)


def _listen() -> socket.socket | None:
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        return None
    try:
        found = socket.socket(family, socket.SOCK_DGRAM, PROTOCOL)
    except OSError as error:
        logger.info("no word of plugged devices comes here: %s", error)
        return None
    try:
        found.bind((0, FROM_KERNEL | FROM_UDEV))
    except OSError as error:
        logger.info("no word of plugged devices comes here: %s", error)
        found.close()
        return None
    return found
