"""An input device of the kernel that the till has to itself: what it types reaches no other program, nor a screen."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from devices.errors import UNPLUGGED, n_
from devices.transports.address import File
from devices.transports.descriptor import read_some
from devices.transports.transport import TransportError

EVIOCGRAB = 0x40044590
"""`_IOW('E', 0x90, int)` of `linux/input.h`."""

Grab: TypeAlias = Callable[[int, bool], None]
"""Takes an open device for the till alone, or lets it go; raises `OSError`."""

ABSENT = n_("it is not plugged in")
TAKEN = n_("another program has it to itself")
FORBIDDEN = n_("the till has no right to read it: add its user to the group “input”")
NO_INPUT = n_("this is no input device: give its link in /dev/input/by-id")

_REASONS = {
    errno.ENOENT: ABSENT,
    errno.ENXIO: ABSENT,
    errno.ENODEV: ABSENT,
    errno.EBUSY: TAKEN,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.ENOTTY: NO_INPUT,
    errno.EINVAL: NO_INPUT,
}


def grab(descriptor: int, taken: bool) -> None:
    """Take an input device, or let it go; the kernel also lets it go when its descriptor is closed."""
    fcntl.ioctl(descriptor, EVIOCGRAB, int(taken))


class InputDevice:
    """The cable to an input device: bytes come, none go.

    Args:
        grab: how it is taken; tests give their own.
    """

    answers = True
    pace = None

    def __init__(self, address: File, device: str, grab: Grab = grab) -> None:
        self._path = address.path
        self._device = device
        self._grab = grab
        self._descriptor = -1

    @property
    def is_open(self) -> bool:
        """Whether the till has it."""
        return self._descriptor >= 0

    async def open(self) -> None:
        """Take it."""
        if self.is_open:
            return
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise self._failed(error) from error
        try:
            self._grab(descriptor, True)
        except OSError as error:
            os.close(descriptor)
            raise self._failed(error) from error
        self._descriptor = descriptor

    async def write(self, data: bytes) -> None:  # noqa: ARG002 - a cable takes bytes
        """Nothing can be said to it."""
        raise TransportError(device=self._device, reason=NO_INPUT, untouched=True)

    async def read(self, limit: int = 4096) -> bytes:
        """What has come."""
        if not self.is_open:
            raise TransportError(device=self._device, reason=UNPLUGGED)
        try:
            return await read_some(self._descriptor, limit)
        except OSError as error:
            # errno 19 is what the kernel says of one that was pulled out
            raise self._failed(error) from error

    async def close(self) -> None:
        """Let it go."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                self._grab(descriptor, False)
            os.close(descriptor)

    def _failed(self, error: OSError) -> TransportError:
        reason = _REASONS.get(error.errno or 0, UNPLUGGED)
        return TransportError(device=self._device, reason=reason, untouched=True)
