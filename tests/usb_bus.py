"""A USB bus that is only sockets: devices at one end of USB/IP, pyusb at the other, and no kernel in between.

The devices are made with PyPI's `usbip`, each on a port of its own. The host's side is a backend of pyusb, in libusb's
place: it attaches devices as the kernel's vhci does, once each, and knows which interfaces the system's drivers hold.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core
from usbip import core, protocol
from usbip.device import USBDevice

from tests.waiting import PATIENCE

_SUBMIT = struct.Struct(">IIIIIIiiii8s")
_RETURNED = struct.Struct(">IIIIIiiiii8x")
_UNLINK, _UNLINKED = 2, 4
_IN, _OUT = 1, 0


class Socket:
    """Where a device is plugged in: it can be pulled out, and put back."""

    def __init__(self, device: USBDevice) -> None:
        self.device = device
        self.port = 0
        self._listening: socket.socket | None = None
        self._calls: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def plug(self) -> None:
        """The device has power, and the host can attach it."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        self._start(self._serve, self._listening)

    def unplug(self) -> None:
        """The device is gone, in the middle of whatever it did."""
        listening, self._listening = self._listening, None
        if listening is None:
            return
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for call in self._calls:
            with suppress(OSError):
                call.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._calls, self._threads = [], []

    def _serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                call, _ = listening.accept()
                call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._calls.append(call)
                self._start(protocol.serve_connection, call, [self.device])

    def _start(self, work: Callable[..., object], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()


class Attached:
    """A device that the host has attached. Once it is gone it stays gone: what is plugged in again is another."""

    def __init__(self, port: int) -> None:
        self.claimed: dict[int, object] = {}
        self.gone = False
        self._lock = threading.Lock()
        self._seq = 0
        self._line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        info = protocol.client_import(self._line)
        self._line.settimeout(None)
        self.address, self._id = info["devnum"], info["busnum"] << 16 | info["devnum"]
        self.descriptor = core.DeviceDescriptor.parse(self.control(0x80, 6, 0x0100, 0, 18))
        self.configuration = self.control(0x80, 6, 0x0200, 0, 4096)
        self.held = {
            block[2] for block in core.iter_descriptors(self.configuration) if block[1] == core.DT_INTERFACE
        }
        """Interfaces that drivers of the system hold, as they do when a device has just come."""

    def control(
        self, kind: int, request: int, value: int, index: int, data: bytes | int, timeout: int = 1000
    ) -> Any:
        """A control transfer: bytes that came, or how many were taken."""
        setup = struct.pack(
            "<BBHHH", kind, request, value, index, data if isinstance(data, int) else len(data)
        )
        return self.transfer(0, data, timeout, setup)

    def transfer(self, endpoint: int, data: bytes | int, timeout: int, setup: bytes = bytes(8)) -> Any:
        """One transfer to its end: bytes to send, or how many are wanted. Raises as libusb's backend does."""
        with self._lock:
            try:
                return self._transfer(endpoint, data, timeout, setup)
            except OSError as error:
                if isinstance(error, usb.core.USBError):
                    raise
                self.close()
                raise usb.core.USBError("No such device", errno=errno.ENODEV) from error

    def _transfer(self, endpoint: int, data: bytes | int, timeout: int, setup: bytes) -> Any:
        if self.gone:
            raise ConnectionError
        self._seq += 1
        seq, sent = self._seq, b"" if isinstance(data, int) else data
        way = _IN if isinstance(data, int) else _OUT
        size = data if isinstance(data, int) else len(data)
        head = (protocol.CMD_SUBMIT, seq, self._id, way, endpoint & 0x0F)
        self._line.sendall(_SUBMIT.pack(*head, 0, size, 0, 0, 0, setup) + sent)
        # what a device says of itself comes, if late; paper may never
        within = timeout / 1000 if endpoint else PATIENCE
        if not select.select([self._line], [], [], within)[0]:
            self._seq += 1
            self._line.sendall(_SUBMIT.pack(_UNLINK, self._seq, self._id, 0, 0, seq, 0, 0, 0, 0, bytes(8)))
        command, status, done, came = self._returned(way)
        if command == protocol.RET_SUBMIT and self._seq != seq:
            self._returned(way)  # it was done after all, just before it was taken back
        elif command == _UNLINKED:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        if status:
            raise usb.core.USBError("Pipe error", errno=-status)
        return came if way == _IN else done

    def _returned(self, way: int) -> tuple[int, int, int, bytes]:
        command, _, _, _, _, status, done, *_ = _RETURNED.unpack(self._exactly(_RETURNED.size))
        came = self._exactly(done) if way == _IN and command == protocol.RET_SUBMIT else b""
        return command, status, done, came

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._line.recv(size - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def close(self) -> None:
        """It is gone."""
        self.gone = True
        self._line.close()


class UsbIp(usb.backend.IBackend):  # type: ignore[misc]
    """The host: what is plugged into these sockets, for pyusb."""

    def __init__(self, *sockets: Socket) -> None:
        self._sockets = sockets
        self._attached: dict[Socket, Attached] = {}

    def close(self) -> None:
        """Detach everything."""
        for device in self._attached.values():
            device.close()

    def attached(self, socket_: Socket) -> Attached:
        """The device in a socket, as the host has it."""
        return self._attached[socket_]

    def enumerate_devices(self) -> Iterator[Attached]:
        for place in self._sockets:
            known = self._attached.get(place)
            with suppress(OSError, core.USBError, usb.core.USBError):
                if known is not None:
                    known.control(0x80, 0, 0, 0, 2)
            if known is None or known.gone:
                try:
                    self._attached[place] = Attached(place.port)
                except (OSError, core.USBError):
                    self._attached.pop(place, None)
            if place in self._attached:
                yield self._attached[place]

    def get_parent(self, dev: Attached) -> None:
        return None

    def get_device_descriptor(self, dev: Attached) -> SimpleNamespace:
        fields = (
            "bLength",
            "bDescriptorType",
            "bcdUSB",
            "bDeviceClass",
            "bDeviceSubClass",
            "bDeviceProtocol",
        )
        fields += ("bMaxPacketSize0", "idVendor", "idProduct", "bcdDevice", "iManufacturer", "iProduct")  # type: ignore[assignment]
        raw = struct.unpack("<BBHBBBBHHHBBBB", dev.descriptor.pack())
        named = dict(zip((*fields, "iSerialNumber", "bNumConfigurations"), raw, strict=True))
        return SimpleNamespace(**named, address=dev.address, bus=1, port_number=1, port_numbers=(1,), speed=2)

    def get_configuration_descriptor(self, dev: Attached, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        names = ("bLength", "bDescriptorType", "wTotalLength", "bNumInterfaces", "bConfigurationValue")
        raw = struct.unpack("<BBHBBBBB", dev.configuration[:9])
        named = dict(zip((*names, "iConfiguration", "bmAttributes", "bMaxPower"), raw, strict=True))
        return SimpleNamespace(**named, extra_descriptors=[])

    def get_interface_descriptor(self, dev: Attached, intf: int, alt: int, config: int) -> SimpleNamespace:
        names = ("bLength", "bDescriptorType", "bInterfaceNumber", "bAlternateSetting", "bNumEndpoints")
        more = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "iInterface")
        raw = [block for block, _ in self._interfaces(dev) if block[2:4] == bytes([intf, alt])]
        if not raw:
            raise IndexError
        return SimpleNamespace(**dict(zip((*names, *more), raw[0], strict=True)), extra_descriptors=[])

    def get_endpoint_descriptor(
        self, dev: Attached, ep: int, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        (pipes,) = [pipes for block, pipes in self._interfaces(dev) if block[2:4] == bytes([intf, alt])]
        names = (
            "bLength",
            "bDescriptorType",
            "bEndpointAddress",
            "bmAttributes",
            "wMaxPacketSize",
            "bInterval",
        )
        named = dict(zip(names, struct.unpack("<BBBBHB", pipes[ep][:7]), strict=True))
        return SimpleNamespace(**named, bRefresh=0, bSynchAddress=0, extra_descriptors=[])

    def _interfaces(self, dev: Attached) -> list[tuple[bytes, list[bytes]]]:
        found: list[tuple[bytes, list[bytes]]] = []
        for block in core.iter_descriptors(dev.configuration):
            if block[1] == core.DT_INTERFACE:
                found.append((bytes(block), []))
            elif block[1] == core.DT_ENDPOINT:
                found[-1][1].append(bytes(block))
        return found

    def open_device(self, dev: Attached) -> SimpleNamespace:
        return SimpleNamespace(device=dev)

    def close_device(self, dev_handle: SimpleNamespace) -> None:
        device = dev_handle.device
        device.claimed = {intf: by for intf, by in device.claimed.items() if by is not dev_handle}

    def set_configuration(self, dev_handle: SimpleNamespace, config_value: int) -> None:
        dev_handle.device.control(0x00, 9, config_value, 0, b"")

    def get_configuration(self, dev_handle: SimpleNamespace) -> int:
        (value,) = dev_handle.device.control(0x80, 8, 0, 0, 1)
        return int(value)

    def claim_interface(self, dev_handle: SimpleNamespace, intf: int) -> None:
        device = dev_handle.device
        if intf in device.held or device.claimed.get(intf, dev_handle) is not dev_handle:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        device.claimed[intf] = dev_handle

    def release_interface(self, dev_handle: SimpleNamespace, intf: int) -> None:
        dev_handle.device.claimed.pop(intf, None)

    def bulk_write(self, dev_handle: SimpleNamespace, ep: int, intf: int, data: Any, timeout: int) -> int:
        return int(dev_handle.device.transfer(ep, data.tobytes(), timeout))

    def bulk_read(self, dev_handle: SimpleNamespace, ep: int, intf: int, buff: Any, timeout: int) -> int:
        return self._into(buff, dev_handle.device.transfer(ep, buff.itemsize * len(buff), timeout))

    def ctrl_transfer(
        self,
        dev_handle: SimpleNamespace,
        kind: int,
        request: int,
        value: int,
        index: int,
        data: Any,
        timeout: int,
    ) -> int:
        control = dev_handle.device.control
        if kind & 0x80:
            return self._into(data, control(kind, request, value, index, len(data), timeout))
        return int(control(kind, request, value, index, data.tobytes(), timeout))

    def _into(self, buff: Any, came: bytes) -> int:
        for n, byte in enumerate(came):
            buff[n] = byte
        return len(came)

    def clear_halt(self, dev_handle: SimpleNamespace, ep: int) -> None:
        dev_handle.device.control(0x02, 1, 0, ep, b"")

    def is_kernel_driver_active(self, dev_handle: SimpleNamespace, intf: int) -> bool:
        return intf in dev_handle.device.held

    def detach_kernel_driver(self, dev_handle: SimpleNamespace, intf: int) -> None:
        dev_handle.device.held.discard(intf)
