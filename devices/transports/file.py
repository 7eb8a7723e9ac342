"""Files that take bytes: the system's printer devices (`/dev/usb/lp0`), pipes and plain files."""

from __future__ import annotations

import asyncio
import errno
import os
import stat

from devices.errors import UNPLUGGED, n_
from devices.transports.address import File
from devices.transports.descriptor import read_some, write_all
from devices.transports.transport import TransportError

NO_FILE = n_("its file is not there")
FORBIDDEN = n_("the till has no right to use it")
BUSY = n_("another program uses it")
FULL = n_("the disk is full")
ONE_WAY = n_("it can only be written to")

_REASONS = {
    errno.ENOENT: NO_FILE,
    errno.EISDIR: NO_FILE,
    errno.ENODEV: UNPLUGGED,
    errno.ENXIO: UNPLUGGED,
    errno.EIO: UNPLUGGED,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: FORBIDDEN,
    errno.EBUSY: BUSY,
    errno.ENOSPC: FULL,
}


class FileTransport:
    """A file of the system. A plain one is appended to, and made when it is missing."""

    pace = None

    def __init__(self, address: File, device: str) -> None:
        self._path = address.path
        self._device = device
        self._descriptor: int | None = None
        self._plain = True

    @property
    def is_open(self) -> bool:
        """Whether the file is open."""
        return self._descriptor is not None

    @property
    def answers(self) -> bool:
        """Only a device answers; not known before it is open."""
        return not self._plain

    async def open(self) -> None:
        """Open the file."""
        if self._descriptor is not None:
            return
        try:
            self._descriptor, self._plain = await asyncio.to_thread(_open, self._path)
        except OSError as error:
            raise self._failed(error, untouched=True) from error

    async def write(self, data: bytes) -> None:
        """Write `data`; a plain file of a network folder may block, and gets a thread."""
        if self._descriptor is None:
            raise TransportError(device=self._device, reason=UNPLUGGED, untouched=True)
        try:
            if self._plain:
                await asyncio.to_thread(_write, self._descriptor, data)
            else:
                await write_all(self._descriptor, data)
        except OSError as error:
            await self.close()
            raise self._failed(error, untouched=False) from error

    async def read(self, limit: int = 4096) -> bytes:
        """What a device has answered."""
        if self._descriptor is None or self._plain:
            raise TransportError(device=self._device, reason=ONE_WAY)
        try:
            data = await read_some(self._descriptor, limit)
        except OSError as error:
            await self.close()
            raise self._failed(error, untouched=False) from error
        if not data:
            await self.close()
        return data

    async def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            await asyncio.to_thread(os.close, descriptor)

    def _failed(self, error: OSError, *, untouched: bool) -> TransportError:
        reason = _REASONS.get(error.errno or 0, UNPLUGGED)
        return TransportError(device=self._device, reason=reason, untouched=untouched)


def _open(path: str) -> tuple[int, bool]:
    """A descriptor, and whether nothing can come back through it.

    Non-blocking: a pipe that nobody reads must not hold up a thread for ever.
    """
    try:
        device = stat.S_ISCHR(os.stat(path).st_mode)  # noqa: PTH116
    except FileNotFoundError:
        if path.startswith("/dev/"):
            raise  # a device that is not there is no file to be made
        device = False
    if device:
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY), False
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
    return os.open(path, flags, 0o600), True


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
