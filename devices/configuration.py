"""Which devices a till has, and which printer gets which document: plain records, which the till keeps.

The names of drivers are those that `tui-pos devices add` takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from devices.errors import BadDevice, UnknownDevice, n_
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

Kind: TypeAlias = Literal["printer", "drawer", "display", "terminal", "scale", "scanner", "label"]
DocumentKind: TypeAlias = Literal["receipt", "duplicate", "report", "kitchen", "label"]

KINDS: tuple[Kind, ...] = get_args(Kind)
DOCUMENTS: tuple[DocumentKind, ...] = get_args(DocumentKind)

_CABLES = (Tcp, SerialLine, Usb, File)
_NOTHING = (Virtual,)

ADDRESSES: Mapping[tuple[Kind, str], tuple[type[Address], ...]] = {
    ("printer", "escpos"): (*_CABLES, UsbPrinter, Cups),
    ("drawer", "escpos"): (Via,),
    ("drawer", "serial"): (SerialLine, Tcp),
    ("display", "vfd-escpos"): _CABLES,
    ("display", "vfd-cd5220"): _CABLES,
    ("display", "screen"): (Tcp, File, *_NOTHING),
    ("terminal", "concert"): (SerialLine, Tcp),
    ("terminal", "caisse-ap"): (Tcp,),
    ("terminal", "zvt"): (Tcp,),
    ("terminal", "manual"): _NOTHING,
    ("scale", "toledo-8217"): (SerialLine, Tcp),
    ("scale", "mt-sics"): (SerialLine, Tcp),
    ("scale", "dialog-06"): (SerialLine, Tcp),
    ("scanner", "wedge"): _NOTHING,
    ("scanner", "serial"): (SerialLine, Tcp),
    ("scanner", "evdev"): (File,),
    ("label", "zpl"): (*_CABLES, UsbPrinter, Cups),
    ("label", "epl"): (*_CABLES, UsbPrinter, Cups),
}
"""The drivers of each kind, and where they can reach a device. Any kind has its virtual twin at `virtual:`."""

FALLBACK = "fallback"
"""The option of a printer that names the one that stands in for it."""

TWINS: tuple[Kind, ...] = ("printer", "drawer", "display", "terminal", "scale", "scanner", "label")
"""Kinds whose twin the driver `virtual` stands for."""


class DeviceConfig(Struct, frozen=True, omit_defaults=True):
    """One device of a till, as it is configured."""

    name: str
    """What people call it; it is unique on the till."""
    kind: Kind
    driver: str
    address: str
    options: dict[str, str] = msgspec.field(default_factory=dict)
    """What this driver may be told besides, by name; each driver's documentation lists its own."""

    @property
    def place(self) -> Address:
        """The address, read.

        Raises:
            BadAddress: it cannot be.
        """
        return parse_address(self.address)

    @property
    def virtual(self) -> bool:
        """Whether it is a virtual twin rather than a driver that needs no cable."""
        driver_has_no_cable = Virtual in ADDRESSES.get((self.kind, self.driver), ())
        return isinstance(self.place, Virtual) and not driver_has_no_cable


class CounterConfig(Struct, frozen=True, omit_defaults=True):
    """The devices of one till, and where its documents go."""

    devices: tuple[DeviceConfig, ...] = ()
    documents: dict[DocumentKind, str] = msgspec.field(default_factory=dict)
    """The printer's name for each kind of document; one that has none goes where the receipts go."""

    def named(self, name: str) -> DeviceConfig:
        """The device of this name.

        Raises:
            UnknownDevice: there is none.
        """
        for device in self.devices:
            if device.name == name:
                return device
        raise UnknownDevice(device=name)

    def with_device(self, device: DeviceConfig) -> CounterConfig:
        """The configuration with one more device; one of the same name is replaced.

        Raises:
            BadDevice, BadAddress: it is not one.
        """
        check(device, self)
        others = tuple(other for other in self.devices if other.name != device.name)
        same = next((n for n, other in enumerate(self.devices) if other.name == device.name), len(others))
        changed = replace(self, devices=(*others[:same], device, *others[same:]))
        for other in changed.devices:
            check(other, changed)
        return changed

    def only(self, name: str) -> CounterConfig:
        """The configuration with this device alone, and the printer that it is plugged into.

        Raises:
            UnknownDevice: there is none of this name.
        """
        device = self.named(name)
        place = device.place
        needed = {name, place.name} if isinstance(place, Via) else {name}
        return CounterConfig(tuple(other for other in self.devices if other.name in needed))

    def without(self, name: str) -> CounterConfig:
        """The configuration without a device, the documents that went to it, and its standing in for others.

        Raises:
            UnknownDevice: there is none of this name.
            BadDevice: a drawer is plugged into it.
        """
        self.named(name)
        for other in self.devices:
            if other.name != name and other.place == Via(name):
                raise BadDevice(
                    device=name,
                    reason=n_("“{other}” is plugged into it: remove that first"),
                    other=other.name,
                )
        kept = tuple(_without_stand_in(device, name) for device in self.devices if device.name != name)
        documents = {document: printer for document, printer in self.documents.items() if printer != name}
        return CounterConfig(kept, documents)

    def assigned(self, document: DocumentKind, name: str) -> CounterConfig:
        """The configuration with a kind of document going to a printer.

        Raises:
            UnknownDevice: there is no device of this name.
            BadDevice: it does not print such documents.
        """
        needed = "label" if document == "label" else "printer"
        if self.named(name).kind != needed:
            raise BadDevice(
                device=name, reason=n_("a {document} needs a {kind}"), document=document, kind=needed
            )
        return replace(self, documents={**self.documents, document: name})


def check(device: DeviceConfig, counter: CounterConfig) -> None:
    """See that a device makes sense on its counter.

    Raises:
        BadDevice: it does not.
        BadAddress: its address cannot be read.
    """
    if not re.fullmatch(r"[\w.+-]{1,32}", device.name):
        raise BadDevice(device=device.name, reason=n_("a name is 1 to 32 letters, digits, dots or dashes"))
    place = device.place
    allowed = ADDRESSES.get((device.kind, device.driver))
    if allowed is None and not (device.driver == "virtual" and isinstance(place, Virtual)):
        drivers = ", ".join(driver for kind, driver in ADDRESSES if kind == device.kind)
        raise BadDevice(
            device=device.name,
            reason=n_("a {kind} has one of the drivers {drivers}"),
            kind=device.kind,
            drivers=drivers,
        )
    if device.kind == "printer":
        _check_stand_in(device, counter)
    if isinstance(place, Virtual):
        return
    if allowed is not None and not isinstance(place, allowed):
        reason = n_("the driver {driver} cannot reach a device at {address}")
        raise BadDevice(device=device.name, reason=reason, driver=device.driver, address=device.address)
    if isinstance(place, Via):
        _check_printer(device, place.name, counter)


def _without_stand_in(device: DeviceConfig, name: str) -> DeviceConfig:
    """The device as it is where this printer can stand in for it no more."""
    if device.options.get(FALLBACK) != name:
        return device
    return replace(device, options={key: value for key, value in device.options.items() if key != FALLBACK})


def _check_stand_in(device: DeviceConfig, counter: CounterConfig) -> None:
    name = device.options.get(FALLBACK, "")
    if name and not any(other.name == name != device.name for other in _printers(counter)):
        reason = n_("there is no other printer “{printer}” that could stand in for it")
        raise BadDevice(device=device.name, reason=reason, printer=name)


def _printers(counter: CounterConfig) -> tuple[DeviceConfig, ...]:
    return tuple(device for device in counter.devices if device.kind == "printer")


def _check_printer(drawer: DeviceConfig, name: str, counter: CounterConfig) -> None:
    printer = next((other for other in counter.devices if other.name == name), None)
    if printer is None or printer.kind != "printer":
        raise BadDevice(
            device=drawer.name, reason=n_("there is no printer “{printer}” to plug it into"), printer=name
        )
    if isinstance(printer.place, Cups):
        raise BadDevice(device=drawer.name, reason=n_("a drawer cannot be opened through a print queue"))


def encode(counter: CounterConfig) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(counter)


def decode(kept: bytes | None) -> CounterConfig:
    """As it was kept; None: no device was ever configured."""
    return CounterConfig() if kept is None else msgspec.json.decode(kept, type=CounterConfig)
