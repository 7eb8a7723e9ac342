"""USB without a driver of the system: pyusb, which blocks, in one worker thread per device.

Composite devices (a printer with a keyboard port, a display behind a hub) have several interfaces, of which the
system's drivers hold some: all are taken from them, and the one with a way out is claimed.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import usb.core
import usb.util
from msgspec import Struct

from devices.errors import UNPLUGGED, n_
from devices.transports.address import Usb
from devices.transports.transport import TransportError

T = TypeVar("T")

NO_LIBRARY = n_("this machine has no libusb")
NO_OUTPUT = n_("it has no way to take bytes")
FORBIDDEN = n_("the till has no right to use it")
BUSY = n_("another program uses it")
STUCK = n_("it takes no more bytes")
STALLED = n_("it refused what it was sent")

SLICE_MS = 20
"""Milliseconds that one look for an answer may hold the thread: a write waits no longer than that."""
WRITE_MS = 1000
LEAVE_WITHIN = 2.0
"""Seconds that a handle may take to be given back before the next is asked for."""
STUCK_AFTER = 30
"""Writes of one second each in which nothing moved, before the device is given up."""
CHUNK = 4096
PRINTER_CLASS = 7

_REASONS = {errno.EACCES: FORBIDDEN, errno.EPERM: FORBIDDEN, errno.EBUSY: BUSY, errno.EPIPE: STALLED}

Find = Callable[..., Any]


class Claimed(Struct):
    """A device that is ours, and its two pipes."""

    device: Any
    interface: int
    output: Any
    input: Any | None


class UsbTransport:
    """A USB device, held by this till alone.

    Args:
        find: how devices are found; pyusb's own unless a test brings another backend.
    """

    pace = None

    def __init__(self, address: Usb, device: str, find: Find = usb.core.find) -> None:
        self._address = address
        self._device = device
        self._find = find
        self._claimed: Claimed | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._received = bytearray()
        self._leaving: Future[None] | None = None
        """Gives the last handle back: until then the device is busy with us."""

    @property
    def is_open(self) -> bool:
        """Whether the device is held."""
        return self._claimed is not None

    @property
    def answers(self) -> bool:
        """Whether it has a pipe that leads back; not known before it is open."""
        return self._claimed is None or self._claimed.input is not None

    async def open(self) -> None:
        """Find the device and take it, from the system's drivers too."""
        if self._claimed is None:
            await self._left()
            try:
                self._claimed = await self._run(partial(_claim, self._find, self._address))
            except (usb.core.USBError, usb.core.NoBackendError, _NotUsable) as error:
                await self.close()
                raise self._failed(error, untouched=True) from error

    async def write(self, data: bytes) -> None:
        """Give `data` to the device, at the pace at which it takes it."""
        rest, idle = memoryview(data), 0
        while rest:
            claimed = self._taken()
            try:
                taken = await self._run(partial(_write, claimed, bytes(rest[:CHUNK])))
            except usb.core.USBError as error:
                await self.close()
                raise self._failed(error, untouched=False) from error
            rest, idle = rest[taken:], 0 if taken else idle + 1
            if idle >= STUCK_AFTER:
                await self.close()
                raise TransportError(device=self._device, reason=STUCK)

    async def read(self, limit: int = 4096) -> bytes:
        """What has come, looked for every few milliseconds."""
        while not self._received:
            claimed = self._taken()
            try:
                # the thread itself keeps what it reads: whoever waits here may be gone by then
                await self._run(partial(_read, claimed, self._received))
            except usb.core.USBError as error:
                await self.close()
                raise self._failed(error, untouched=False) from error
        data = bytes(self._received[:limit])
        del self._received[:limit]
        return data

    async def close(self) -> None:
        """Give the device back."""
        self._received = bytearray()
        claimed, self._claimed = self._claimed, None
        worker, self._worker = self._worker, None
        if worker is not None:
            if claimed is not None:
                self._leaving = worker.submit(_release, claimed)
            worker.shutdown(wait=False)

    async def _left(self) -> None:
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            await asyncio.wait([asyncio.wrap_future(leaving)], timeout=LEAVE_WITHIN)

    async def _run(self, work: Callable[[], T]) -> T:
        """Do `work` in the device's thread. One that is cancelled goes on there, and the next waits behind it."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"usb {self._address}")
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _taken(self) -> Claimed:
        if self._claimed is None:
            raise TransportError(device=self._device, reason=UNPLUGGED, untouched=True)
        return self._claimed

    def _failed(self, error: Exception, *, untouched: bool) -> TransportError:
        if isinstance(error, usb.core.NoBackendError):
            reason = NO_LIBRARY
        elif isinstance(error, _NotUsable):
            reason = error.reason
        else:
            reason = _REASONS.get(getattr(error, "errno", None) or 0, UNPLUGGED)
        return TransportError(device=self._device, reason=reason, untouched=untouched)


class _NotUsable(Exception):
    """The device is not there, or is of no use."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _claim(find: Find, address: Usb) -> Claimed:
    for device in find(find_all=True, idVendor=address.vendor, idProduct=address.product):
        if not address.serial or _serial(device) == address.serial:
            break
    else:
        raise _NotUsable(UNPLUGGED)
    _free(device)
    try:
        device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()  # it was just plugged in, and nobody has done it
    return _pipes(device)


def serial_numbers(address: Usb, find: Find | None = None) -> list[str]:
    """The serial numbers of the devices of this model that are plugged in; empty: a device that has none. It blocks."""
    try:
        found = (find or usb.core.find)(find_all=True, idVendor=address.vendor, idProduct=address.product)
        return [_serial(device) for device in found]
    except (usb.core.USBError, usb.core.NoBackendError):
        return []


def _serial(device: Any) -> str:
    try:
        serial: str = device.serial_number or ""
    except (usb.core.USBError, ValueError):
        return ""  # a device that does not say, or whose strings may not be read
    return serial


def _free(device: Any) -> None:
    """Take every interface from the system's drivers: one that is still held keeps the device busy."""
    for configuration in device:
        for interface in configuration:
            with suppress(usb.core.USBError, NotImplementedError):
                if device.is_kernel_driver_active(interface.bInterfaceNumber):
                    device.detach_kernel_driver(interface.bInterfaceNumber)


def _pipes(device: Any) -> Claimed:
    """Claim the interface with a bulk pipe out: the printer's where there is one, else the first."""
    interfaces = sorted(
        device.get_active_configuration(), key=lambda each: each.bInterfaceClass != PRINTER_CLASS
    )
    for interface in interfaces:
        output, input_ = _bulk(interface, usb.util.ENDPOINT_OUT), _bulk(interface, usb.util.ENDPOINT_IN)
        if output is not None:
            usb.util.claim_interface(device, interface.bInterfaceNumber)
            return Claimed(device, interface.bInterfaceNumber, output, input_)
    raise _NotUsable(NO_OUTPUT)


def _bulk(interface: Any, direction: int) -> Any | None:
    for endpoint in interface:
        is_bulk = usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        if is_bulk and usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction:
            return endpoint
    return None


def _write(claimed: Claimed, data: bytes) -> int:
    """How many bytes the device took; none within a second is no failure: a printer without paper waits."""
    try:
        taken: int = claimed.output.write(data, timeout=WRITE_MS)
    except usb.core.USBTimeoutError:
        return 0
    except usb.core.USBError as error:
        if error.errno == errno.EPIPE:
            # the pipe is free for the next job; of this one nobody knows how much was taken
            claimed.output.clear_halt()
        raise
    return taken


def _read(claimed: Claimed, received: bytearray) -> None:
    if claimed.input is None:
        raise usb.core.USBError("no way back", errno=errno.ENODEV)
    try:
        # a device answers in whole packets: room for less than one would overflow
        received += bytes(claimed.input.read(claimed.input.wMaxPacketSize, timeout=SLICE_MS))
    except usb.core.USBTimeoutError:
        return
    except usb.core.USBError as error:
        if error.errno != errno.EPIPE:
            raise
        claimed.input.clear_halt()  # what the device holds is there at the next look


def _release(claimed: Claimed) -> None:
    with suppress(usb.core.USBError):
        usb.util.release_interface(claimed.device, claimed.interface)
    with suppress(usb.core.USBError):
        usb.util.dispose_resources(claimed.device)
