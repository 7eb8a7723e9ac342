"""What the counter tells: typed events, in the order in which things happened."""

from __future__ import annotations

from msgspec import Struct

from devices.health import Health


class DeviceEvent(Struct, frozen=True):
    """Something that happened to a device."""

    device: str


class HealthChanged(DeviceEvent, frozen=True):
    """Its state or the reason for it changed; the length of its queue alone is not told."""

    health: Health
    kind: str = ""
    """Of the device: `printer`, `terminal`…"""


class Printed(DeviceEvent, frozen=True):
    """A job is on paper, whole."""

    job: str


class HandedOver(DeviceEvent, frozen=True):
    """All of a job has left for a printer that cannot say whether it is on paper."""

    job: str


class Rerouted(DeviceEvent, frozen=True):
    """A job that waited for this printer, which cannot print, goes to the one that stands in for it."""

    job: str
    to: str


class PrintLost(DeviceEvent, frozen=True):
    """Nobody knows if a job is on paper, or it can never be: it will not be sent again by itself."""

    job: str
    slug: str
    template: str
    reason: str


class PrintFound(DeviceEvent, frozen=True):
    """A job in doubt is on paper after all: its printer confirmed it late."""

    job: str


class DrawerKicked(DeviceEvent, frozen=True):
    """The drawer sprang open."""


class DrawerStuck(DeviceEvent, frozen=True):
    """A kick did not open the drawer, and is forgotten."""

    reason: str


class DrawerLeftOpen(DeviceEvent, frozen=True):
    """The drawer has stood open for long."""

    seconds: int


class Scanned(DeviceEvent, frozen=True):
    """A scanner has read a code."""

    code: str
    """With its symbology identifier where the scanner sends one, its fields parted by the group separator."""
    verbatim: str = ""
    """All that came with it: what the scanner puts before and behind a code."""


class ScanLost(DeviceEvent, frozen=True):
    """Something was scanned, and what came is no code."""

    reason: str
    verbatim: str = ""
    """What came."""
